import QtQuick
import "../theme"
import "../controls"

// Along the top: whose station, how many tickets, and the two things a cook may want: counts and the last ticket back.
Item {
    id: bar

    property bool countsShown
    readonly property bool narrow: width < Theme.px(1000)
    signal toggleCounts()
    signal showRecent()

    height: (narrow && flow.height > 0 ? flow.y : Theme.s) + Math.max(flow.height, narrow ? 0 : Theme.touch) + Theme.s

    PText {
        id: count
        anchors { left: parent.left; top: parent.top; topMargin: Theme.s }
        height: Theme.touch
        verticalAlignment: Text.AlignVCenter
        text: shell.tr("kitchen.tickets", { n: vm.tickets.count })
        font.pixelSize: Theme.title
        font.weight: Theme.bold
    }
    Flow { // stations: beside the count where there is room, under it where there is not
        id: flow
        anchors { left: bar.narrow ? parent.left : count.right; right: bar.narrow ? parent.right : right.left }
        anchors { leftMargin: bar.narrow ? 0 : Theme.l; rightMargin: bar.narrow ? 0 : Theme.m }
        y: bar.narrow ? Theme.touch + Theme.s + Theme.xs : Theme.s
        spacing: Theme.xs

        PChip {
            visible: vm.stations.length > 1
            objectName: "kitchen.station."
            text: shell.tr("kitchen.all_stations")
            checked: vm.station === ""
            onClicked: vm.station = ""
        }
        Repeater {
            model: vm.stations.length > 1 ? vm.stations : []
            delegate: PChip {
                required property string modelData
                objectName: "kitchen.station." + modelData
                text: modelData.charAt(0).toUpperCase() + modelData.slice(1)
                checked: vm.station === modelData
                onClicked: vm.station = modelData
            }
        }
    }
    Row {
        id: right
        anchors { right: parent.right; top: parent.top; topMargin: Theme.s }
        spacing: Theme.xs

        PIconButton {
            visible: bar.narrow
            objectName: "kitchen.allday.toggle.narrow"
            icon: "list"
            name: shell.tr("kitchen.show_all_day")
            onClicked: bar.toggleCounts()
        }
        PButton {
            visible: !bar.narrow
            objectName: "kitchen.allday.toggle"
            width: Theme.px(150)
            icon: "list"
            text: shell.tr("kitchen.all_day")
            name: shell.tr("kitchen.show_all_day")
            kind: bar.countsShown ? "primary" : "secondary"
            onClicked: bar.toggleCounts()
        }
        PIconButton {
            objectName: "kitchen.recent.show"
            icon: "history"
            usable: vm.recent.count > 0
            name: shell.tr("kitchen.recent_show")
            onClicked: bar.showRecent()
        }
        PButton {
            objectName: "kitchen.recall"
            width: Theme.px(190)
            icon: "undo-2"
            usable: vm.lastNumber !== ""
            text: vm.lastNumber === "" ? shell.tr("kitchen.recall_none") : shell.tr("kitchen.recall", { number: vm.lastNumber })
            onClicked: vm.recallLast()
        }
    }
}
