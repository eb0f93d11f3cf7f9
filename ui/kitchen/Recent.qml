import QtQuick
import "../theme"
import "../controls"

// The tickets bumped last, to call any of them back.
PSheet {
    id: recent

    objectName: "kitchen.recent"
    maxHeight: Math.min(height - Theme.xxl, title.height + 3 * Theme.l + vm.recent.count * (Theme.touchLarge + Theme.xs))
    onDismissed: open = false

    PText {
        id: title
        anchors { left: parent.left; top: parent.top; margins: Theme.l }
        text: shell.tr("kitchen.recent")
        font.pixelSize: Theme.title
        font.weight: Theme.bold
    }
    PIconButton {
        objectName: "kitchen.recent.close"
        anchors { right: parent.right; top: parent.top; margins: Theme.s }
        kind: "quiet"
        icon: "x"
        name: shell.tr("kitchen.close")
        onClicked: recent.open = false
    }
    ListView {
        anchors { left: parent.left; right: parent.right; top: title.bottom; bottom: parent.bottom; margins: Theme.l }
        clip: true
        spacing: Theme.xs
        model: vm.recent
        delegate: PPressable {
            id: row
            required property string order_id
            required property string number
            required property string lines
            objectName: "kitchen.recent." + order_id
            width: ListView.view.width
            height: Theme.touchLarge
            name: shell.tr("kitchen.recall", { number: row.number })
            onClicked: {
                vm.recall(row.order_id)
                recent.open = false
            }

            PCard {
                anchors.fill: parent
                radius: Theme.radiusM
            }
            PText {
                id: numberText
                anchors { left: parent.left; leftMargin: Theme.m; verticalCenter: parent.verticalCenter }
                text: row.number
                font.pixelSize: Theme.title
                font.weight: Theme.black
            }
            PText {
                anchors { left: numberText.right; right: back.left; margins: Theme.m; verticalCenter: parent.verticalCenter }
                text: row.lines
                muted: true
            }
            PIcon {
                id: back
                anchors { right: parent.right; rightMargin: Theme.m; verticalCenter: parent.verticalCenter }
                name: "undo-2"
            }
        }
    }
}
