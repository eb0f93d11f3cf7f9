import QtQuick
import "../theme"

// An icon of assets/icons in one colour.
Image {
    property string name
    property color color: Theme.ink
    property int size: Theme.iconM
    width: size
    height: size
    sourceSize: Qt.size(size, size)
    source: name ? "image://icon/" + name + "/" + String(color).slice(-6) : ""
    asynchronous: false
    Accessible.ignored: true
}
