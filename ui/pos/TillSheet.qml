import QtQuick
import "../theme"
import "../controls"

// Taking money: how much, how, and what came of it.
PSheet {
    id: sheet

    readonly property var till: vm.till

    objectName: "pos.till"
    open: till.stage !== "closed"
    dismissable: till.stage !== "waiting" && till.stage !== "done"
    maxWidth: Theme.px(820)
    maxHeight: Theme.px(640)
    onDismissed: till.close()
    Keys.onPressed: (event) => [amount, cash, voucher].find((page) => page.visible)?.keypad.typed(event)

    PText {
        id: title
        anchors { left: parent.left; top: parent.top; margins: Theme.l }
        text: shell.tr("pos.pay", { number: sheet.till.number })
        font.pixelSize: Theme.title
        font.weight: Theme.bold
    }
    PIconButton {
        objectName: "pos.till.close"
        anchors { right: parent.right; top: parent.top; margins: Theme.s }
        visible: sheet.dismissable
        kind: "quiet"
        icon: "x"
        name: shell.tr("pos.close")
        onClicked: sheet.till.close()
    }
    Item {
        anchors { left: parent.left; right: parent.right; top: title.bottom; bottom: parent.bottom; margins: Theme.l; topMargin: Theme.m }

        TillAmount {
            id: amount
            anchors.fill: parent
            visible: sheet.till.stage === "amount"
        }
        TillCash {
            id: cash
            anchors.fill: parent
            visible: sheet.till.stage === "cash"
        }
        TillVoucher {
            id: voucher
            anchors.fill: parent
            visible: sheet.till.stage === "voucher"
        }
        TillOutcome {
            anchors.fill: parent
            visible: ["waiting", "failed", "done"].includes(sheet.till.stage)
        }
    }
}
