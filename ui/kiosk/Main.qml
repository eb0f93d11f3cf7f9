import QtQuick
import "../theme"
import "../controls"

// The kiosk's window: one page at a time, and over every page what may need a word.
Rectangle {
    id: root
    color: Theme.background
    readonly property bool tall: height > width
    Binding { target: Theme; property: "unit"; value: Math.max(0.35, root.tall ? Math.min(root.width / 720, root.height / 1180) : Math.min(root.width / 1440, root.height / 810)) }
    Binding { target: Theme; property: "finger"; value: root.tall ? 60 : 66 }
    Binding { target: Theme; property: "dark"; value: false }

    Item {
        id: pages
        anchors.fill: parent
        enabled: !over.open && !still.open && !moment.open
        AttractPage { anchors.fill: parent; shown: vm.page === "attract" }
        StartPage { anchors.fill: parent; shown: vm.page === "start" }
        MenuPage { id: menu; anchors.fill: parent; shown: vm.page === "menu"; tall: root.tall; onGivenUp: over.open = true }
        PayPage { anchors.fill: parent; shown: vm.page === "pay" }
        DonePage { anchors.fill: parent; shown: vm.page === "done" }
        ItemSheet { id: sheet; objectName: "kiosk.sheet" }
    }

    PToast {
        id: toast
        objectName: "kiosk.toast"
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.touchHuge + Theme.px(116)
        width: Math.min(parent.width - 2 * Theme.l, implicitWidth)
        onActed: vm.basket.undo()
    }
    Connections {
        target: vm
        function onToast(sentence) { toast.say(sentence) }
        function onChanged() {
            if (vm.page !== "menu") { toast.hide(); over.open = false }
        }
    }
    Connections {
        target: vm.basket
        function onRemoved(name) { toast.say(shell.tr("kiosk.removed", { name: name }), shell.tr("kiosk.undo")) }
    }

    PDialog {
        id: over
        objectName: "kiosk.over.sure"
        icon: "trash-2"
        title: shell.tr("kiosk.over_sure")
        text: shell.tr("kiosk.over_text")
        accept: shell.tr("kiosk.over_keep")
        decline: shell.tr("kiosk.start_over")
        onAccepted: open = false
        onDeclined: { open = false; vm.startOver() }
    }
    StillThere { id: still; objectName: "kiosk.still"; page: vm.page; waiting: vm.payment.state === "placing" || vm.payment.state === "card" }

    PDialog {
        id: moment
        objectName: "kiosk.moment"
        open: vm.troubled && vm.page !== "attract" && vm.page !== "done"
        icon: "hourglass"
        title: shell.tr("kiosk.moment")
        text: shell.tr("kiosk.moment_text")
    }
}
