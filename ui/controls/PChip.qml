import QtQuick
import "../theme"

// A short choice among several, in a row.
PPressable {
    id: root
    property string text
    property string icon
    property string count
    property int size: Theme.label
    name: text
    checkable: true
    role: Accessible.RadioButton
    implicitHeight: Theme.touch
    implicitWidth: Math.max(Theme.touch, row.implicitWidth + 2 * Theme.m)
    Rectangle {
        anchors.fill: parent
        radius: height / 2
        color: root.checked ? Theme.ink : root.down ? Theme.surfaceSunken : Theme.surface
        border.width: root.checked ? 0 : Theme.hairline
        border.color: Theme.line
        Behavior on color { ColorAnimation { duration: Theme.quick } }
    }
    Row {
        id: row
        anchors.centerIn: parent
        spacing: Theme.xs
        PIcon {
            visible: root.icon !== ""
            name: root.icon
            size: Theme.iconS
            color: root.checked ? Theme.background : Theme.ink
            anchors.verticalCenter: parent.verticalCenter
        }
        PText {
            visible: root.text !== ""
            text: root.text
            color: root.checked ? Theme.background : Theme.ink
            font.pixelSize: root.size
            font.weight: Theme.semibold
            anchors.verticalCenter: parent.verticalCenter
            Accessible.ignored: true
        }
        PText {
            visible: root.count !== ""
            text: root.count
            color: root.checked ? Theme.background : Theme.accentStrong
            font.pixelSize: root.size
            font.weight: Theme.bold
            anchors.verticalCenter: parent.verticalCenter
            Accessible.ignored: true
        }
    }
}
