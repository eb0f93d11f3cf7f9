import QtQuick
import "../theme"
import "../controls"

// Less, how much, more: of light or sound, in percent.
Item {
    id: root
    property string icon
    property string name
    property int value: 100
    property int least: 0
    signal turned(int by)
    implicitHeight: Theme.touchLarge + label.height + Theme.xs
    Row {
        id: label
        spacing: Theme.s
        PIcon { name: root.icon; anchors.verticalCenter: parent.verticalCenter }
        PText { text: root.name; font.pixelSize: Theme.bodyLarge; font.weight: Theme.medium; anchors.verticalCenter: parent.verticalCenter }
    }
    Row {
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
        height: Theme.touchLarge
        spacing: Theme.s
        PIconButton {
            objectName: root.objectName + ".less"
            width: Theme.touchLarge
            height: width
            icon: "minus"
            name: root.name + ": " + shell.tr("stays.less")
            usable: root.value > root.least
            onClicked: root.turned(-1)
        }
        Rectangle {
            width: parent.width - 2 * Theme.touchLarge - 2 * parent.spacing
            height: parent.height
            radius: Theme.radiusM
            color: Theme.surfaceSunken
            clip: true
            Rectangle {
                readonly property real share: root.value / 100
                anchors.left: parent.left
                width: parent.width * share
                height: parent.height
                radius: parent.radius
                color: Theme.accentSoft
            }
            PText {
                anchors.centerIn: parent
                text: shell.percentText(root.value)
                font.pixelSize: Theme.bodyLarge
                font.weight: Theme.bold
            }
        }
        PIconButton {
            objectName: root.objectName + ".more"
            width: Theme.touchLarge
            height: width
            icon: "plus"
            name: root.name + ": " + shell.tr("stays.more")
            usable: root.value < 100
            onClicked: root.turned(1)
        }
    }
}
