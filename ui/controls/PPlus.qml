import QtQuick
import "../theme"

// "One of these, please", on what is touched as a whole: grows with the type.
Rectangle {
    width: Theme.px(42 * Theme.magnified)
    height: width
    radius: width / 2
    color: Theme.accentSoft
    PIcon { anchors.centerIn: parent; name: "plus"; size: Theme.px(22 * Theme.magnified); color: Theme.accentStrong }
}
