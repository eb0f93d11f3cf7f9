import QtQuick

// A round ground. Without a GPU a picture of every round corner is kept, also of what is hidden, and a large disc's is
// megabytes: so it is round only while it is seen.
Rectangle {
    height: width
    radius: visible ? width / 2 : 0
}
