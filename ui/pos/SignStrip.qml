import QtQuick
import "../theme"
import "../controls"

// Above every page: which of the shop's screens send their customers to the counter, and an end to it.
Column {
    id: root
    readonly property bool shown: vm.signs.rows.length > 0
    visible: shown
    height: shown ? implicitHeight : 0
    Repeater {
        model: vm.signs.rows
        Rectangle {
            id: row
            required property var modelData
            objectName: "pos.sign." + modelData.device_id
            width: root.width
            height: Math.max(Theme.touch + Theme.xs, said.implicitHeight + Theme.m)
            color: Theme.warningSoft
            PIcon {
                id: icon
                anchors { left: parent.left; leftMargin: Theme.m; verticalCenter: parent.verticalCenter }
                name: "triangle-alert"
                color: Theme.warning
                size: Theme.iconS
            }
            PText {
                id: said
                anchors { left: icon.right; right: down.left; margins: Theme.s; verticalCenter: parent.verticalCenter }
                text: row.modelData.text
                color: Theme.warning
                font.pixelSize: Theme.label
                font.weight: Theme.semibold
                wrapMode: Text.Wrap
                Accessible.role: Accessible.AlertMessage
                Accessible.name: text
            }
            PButton {
                id: down
                objectName: "pos.sign.down." + row.modelData.device_id
                anchors { right: parent.right; rightMargin: Theme.m; verticalCenter: parent.verticalCenter }
                text: shell.tr("pos.sign_down")
                onClicked: vm.signs.takeDown(row.modelData.device_id)
            }
        }
    }
}
