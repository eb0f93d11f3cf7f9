import QtQuick
import "../theme"
import "../controls"

// How many of each dish are still to be made, over all tickets of this station.
PCard {
    id: panel

    PText {
        id: title
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.m }
        text: shell.tr("kitchen.all_day_hint")
        wrapMode: Text.Wrap
        muted: true
    }
    ListView {
        anchors { left: parent.left; right: parent.right; top: title.bottom; bottom: parent.bottom; margins: Theme.m }
        clip: true
        model: vm.allDay
        delegate: Item {
            id: row
            required property string name
            required property int quantity
            width: ListView.view.width
            height: Math.max(Theme.touch, nameText.height + Theme.xs)

            PText {
                id: count
                width: Theme.px(56)
                anchors.verticalCenter: parent.verticalCenter
                text: row.quantity
                color: Theme.accent
                font.pixelSize: Theme.headline
                font.weight: Theme.black
                font.features: { "tnum": 1 }
            }
            PText {
                id: nameText
                anchors { left: count.right; right: parent.right; verticalCenter: parent.verticalCenter }
                text: row.name
                wrapMode: Text.Wrap
                font.pixelSize: Theme.bodyLarge
                font.weight: Theme.semibold
            }
        }
    }
}
