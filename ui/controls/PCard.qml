import QtQuick
import "../theme"

// A surface that lies on the ground, with a soft edge instead of a shader's shadow.
Rectangle {
    property bool raised: false
    property bool selected: false
    radius: Theme.radiusL
    color: Theme.surface
    border.width: selected ? Theme.outline : Theme.hairline
    border.color: selected ? Theme.accent : Theme.line
    Rectangle {  // no more of it than is seen: without a GPU every pixel of what lies below is drawn, too
        z: -1
        visible: parent.raised
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        anchors.bottomMargin: -Theme.xxs
        height: 2 * radius + Theme.xxs
        radius: parent.radius
        color: Theme.cast
    }
}
