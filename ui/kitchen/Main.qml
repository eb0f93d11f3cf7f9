import QtQuick
import "../theme"
import "../controls"
import "../staff"

// The kitchen's screen: tickets over the whole wall, oldest first.
Item {
    id: kitchen

    property bool countsShown: false

    focus: true
    // A bump bar: keys 1 to 9 bump the ticket in that place, R calls the last one back.
    Keys.onPressed: event => {
        if (event.key >= Qt.Key_1 && event.key <= Qt.Key_9) {
            vm.bumpAt(event.key - Qt.Key_1)
            event.accepted = true
        } else if (event.key === Qt.Key_R) {
            vm.recallLast()
            event.accepted = true
        }
    }

    Binding { target: Theme; property: "unit"; value: Math.max(1, Math.min(kitchen.width, kitchen.height) / 830) }
    Binding { target: Theme; property: "dark"; value: true }

    Rectangle {
        anchors.fill: parent
        color: Theme.background
    }
    KitchenBar {
        id: bar
        anchors { left: parent.left; right: parent.right; top: parent.top; leftMargin: Theme.m; rightMargin: Theme.m }
        countsShown: kitchen.countsShown
        onToggleCounts: kitchen.countsShown = !kitchen.countsShown
        onShowRecent: recent.open = true
    }
    Item {
        id: wall
        anchors { left: parent.left; right: counts.visible ? counts.left : parent.right; top: bar.bottom; bottom: parent.bottom }
        anchors { leftMargin: Theme.m; rightMargin: Theme.m; bottomMargin: Theme.m }

        TicketFlow {
            id: flow
            anchors { left: parent.left; right: parent.right; top: parent.top; bottom: parent.bottom }
            anchors.bottomMargin: Theme.touch + Theme.s
            model: vm.tickets
        }
        Waiting {
            anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
            objectName: "kitchen.waiting"
            numbers: flow.waiting
            visible: flow.waiting.length > 0
        }
    }
    AllDay {
        id: counts
        objectName: "kitchen.allday"
        anchors { right: parent.right; top: bar.bottom; bottom: parent.bottom; rightMargin: Theme.m; bottomMargin: Theme.m }
        width: Theme.px(270)
        visible: kitchen.countsShown
    }
    PEmpty {
        objectName: "kitchen.empty"
        anchors.centerIn: wall
        visible: vm.tickets.count === 0
        icon: "chef-hat"
        title: shell.tr("kitchen.caught_up")
        text: shell.tr("kitchen.caught_up_hint")
    }
    Recent {
        id: recent
    }
    Rectangle {
        objectName: "kitchen.troubled"
        anchors { left: parent.left; right: parent.right; top: parent.top }
        height: trouble.height + 2 * Theme.xs
        visible: vm.troubled
        color: Theme.warning
        PText {
            id: trouble
            anchors.centerIn: parent
            text: shell.tr("kitchen.troubled")
            color: Theme.inkOnWarning
            font.weight: Theme.bold
        }
    }
    PToast {
        id: toast
        objectName: "kitchen.toast"
        anchors { horizontalCenter: parent.horizontalCenter; bottom: parent.bottom; bottomMargin: Theme.xl }
    }
    Connections {
        target: vm
        function onToast(text) { toast.say(text, "", "danger") }
    }
    StaffLayer { }
}
