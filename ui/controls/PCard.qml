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
    Rectangle {
        z: -1
        visible: parent.raised
        anchors.fill: parent
        anchors.topMargin: Theme.xs
        anchors.bottomMargin: -Theme.xxs
        radius: parent.radius
        color: Theme.cast
    }
}
