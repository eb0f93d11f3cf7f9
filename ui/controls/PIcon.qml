import QtQuick
import "../theme"

// An icon of assets/icons in one colour.
Image {
    property string name
    readonly property var pointing: ["arrow-left", "arrow-right", "chevron-left", "chevron-right", "undo-2"]
    property color color: Theme.ink
    property int size: Theme.iconM
    width: size
    height: size
    sourceSize: Qt.size(size, size)
    source: name ? "image://icon/" + name + "/" + String(color).slice(-6) : ""
    asynchronous: false
    mirror: Theme.mirrored && pointing.includes(name)
    Accessible.ignored: true
}
