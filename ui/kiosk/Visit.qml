import QtQuick
import "../theme"
import "../controls"

// All that a customer comes to see after the first touch: one page at a time, and over every page what may need a word.
Item {
    id: root
    property bool tall: true
    readonly property string page: vm.page
    onPageChanged: {  // not with whatever else changes: who needs help may open it before the first touch
        if (page !== "menu") { toast.hide(); over.open = false }
        if (page === "attract") { help.open = false; languages.open = false }
    }
    readonly property bool covered: over.open || still.open || moment.open || help.open || languages.open || whom.open || handOver.open || fromPhone.open || again.open || byVoucher.open || almost.open

    Item {
        id: pages
        objectName: "kiosk.visit"
        anchors.fill: parent
        enabled: !root.covered
        Keys.onEscapePressed: back()
        function back() {  // from where no sheet has taken the key
            if (vm.sheet.isOpen) vm.sheet.close()
            else if (vm.page === "menu") menu.back()
            else if (vm.page === "start") vm.startOver()
            else if (vm.page === "table" || (vm.page === "pay" && pay.returns)) vm.backToMenu()
        }
        DonePage { anchors.fill: parent; shown: vm.page === "done" }
        ReachHead { anchors.fill: parent; anchors.bottomMargin: lower.height; shown: Theme.reach && lower.asked }
        Page {  // the pages that ask something; in reach all of them lie in the lower half
            id: lower
            objectName: "kiosk.lower"
            readonly property bool asked: vm.page !== "attract" && vm.page !== "done"
            shown: true
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.bottom: parent.bottom
            height: Theme.reach ? Math.floor(parent.height / 2) : parent.height
            StartPage { anchors.fill: parent; shown: vm.page === "start"; onLanguagesAsked: languages.open = true; onNumberWanted: fromPhone.open = true; onAgainWanted: again.open = true }
            MenuPage { id: menu; anchors.fill: parent; shown: vm.page === "menu"; tall: root.tall; onGivenUp: over.open = true; onLanguagesAsked: languages.open = true; onPhoneWanted: { vm.phone.handOver(vm.dining); handOver.open = true } }
            Loader {
                anchors.fill: parent
                active: vm.place.kind !== "counter"  // where everybody fetches there is nothing to ask
                sourceComponent: TablePage { shown: vm.page === "table" }
            }
            PayPage { id: pay; anchors.fill: parent; shown: vm.page === "pay"; onVoucherWanted: vm.voucher.ask() }
            ItemSheet { id: sheet; objectName: "kiosk.sheet" }
        }
        HelpButton {
            anchors.left: parent.left
            anchors.leftMargin: Theme.l
            anchors.bottom: parent.bottom
            anchors.bottomMargin: (Theme.touchHuge + 2 * Theme.m - height) / 2
            z: 1
            onClicked: help.open = true
        }
    }
    Item {
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        height: lower.height
        z: 150
        HelpSheet { id: help; objectName: "kiosk.help.sheet"; onDismissed: open = false }
        NameSheet { id: whom; objectName: "kiosk.whom" }
        LanguageSheet { id: languages; objectName: "kiosk.languages"; onDismissed: open = false }
    }

    Shortcut { sequences: ["F1", "Help"]; onActivated: help.open = true }

    PToast {
        id: toast
        objectName: "kiosk.toast"
        readonly property bool covered: sheet.open
        onCoveredChanged: if (covered && action === "") hide()  // it was about what is behind now
        readonly property bool whole: covered || root.tall
        readonly property real room: whole ? parent.width : menu.free
        anchors.right: parent.right
        anchors.rightMargin: (whole ? 0 : menu.aside) + (room - width) / 2
        anchors.bottom: parent.bottom
        anchors.bottomMargin: (covered ? sheet.floor : menu.floor) + lift
        width: Math.min(room - 2 * Theme.l, implicitWidth)
        onActed: vm.basket.undo()
    }
    Connections {
        target: vm
        function onToast(sentence) { toast.say(sentence) }
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
        onEscaped: open = false
        onDeclined: { open = false; vm.startOver() }
    }
    StillThere { id: still; objectName: "kiosk.still"; page: vm.page; waiting: vm.payment.state === "placing" || vm.payment.state === "card"; helped: help.open || vm.comfort.helps; onGone: help.open = languages.open = false }

    PhoneHandOver { id: handOver; objectName: "kiosk.phone.over" }
    PhoneNumber { id: fromPhone; objectName: "kiosk.phone.number" }
    VoucherNumber { id: byVoucher; objectName: "kiosk.voucher.number" }
    AgainNumber { id: again; objectName: "kiosk.again.number" }
    PDialog {
        id: almost
        objectName: "kiosk.again.almost"
        open: vm.again.notes.length > 0 && vm.page === "menu"
        icon: "info"
        title: shell.tr(vm.again.title || "kiosk.again_almost")
        text: vm.again.notes.join("\n")
        accept: shell.tr("kiosk.again_ok")
        onAccepted: { vm.again.seen(); menu.showBasket() }
        onEscaped: accepted()
    }

    PDialog {
        id: moment
        objectName: "kiosk.moment"
        property int seconds: 15  // a server is back before; who waits longer is shown another way
        property bool lasts: false
        readonly property bool sent: vm.page === "pay" && vm.payment.state !== "choose"  // who may have paid waits for the word
        onOpenChanged: lasts = false
        open: vm.troubled && vm.page !== "attract" && vm.page !== "done"
        icon: "hourglass"
        title: shell.tr("kiosk.moment")
        text: shell.tr(lasts && !sent ? "kiosk.moment_long" : "kiosk.moment_text")
        Timer { interval: moment.seconds * 1000; running: moment.open; onTriggered: moment.lasts = true }
    }
}
