import QtQuick
import "../theme"
import "../controls"

// Waiting for the card or the disk, and what came of it. The change to hand back is the largest thing on the screen.
Item {
    id: outcome

    readonly property var till: vm.till
    readonly property bool waits: till.stage === "waiting"
    readonly property bool failed: till.stage === "failed"
    readonly property bool paid: till.stage === "done"
    readonly property bool card: waits && till.tender === "card"

    Column {
        anchors.centerIn: parent
        anchors.verticalCenterOffset: -Theme.touchHuge / 2
        width: parent.width
        spacing: Theme.m

        PSpinner {
            anchors.horizontalCenter: parent.horizontalCenter
            visible: outcome.waits
        }
        PIcon {
            anchors.horizontalCenter: parent.horizontalCenter
            visible: !outcome.waits
            name: outcome.till.uncertain ? "circle-alert" : outcome.failed ? "circle-x" : "circle-check"
            size: Theme.iconXl
            color: outcome.till.uncertain ? Theme.warning : outcome.failed ? Theme.danger : Theme.positive
        }
        PText {
            objectName: "pos.till.outcome"
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            text: outcome.waits ? shell.tr(!outcome.card ? "pos.pay_waiting" : outcome.till.calledOff ? "pos.pay_cancelling" : "pos.pay_waiting_card")
                : shell.tr(outcome.till.uncertain ? "pos.pay_unknown" : outcome.failed ? "pos.pay_failed" : "pos.pay_done")
            font.pixelSize: Theme.title
            font.weight: Theme.bold
        }
        PText {
            objectName: "pos.till.words"
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            visible: text !== ""
            text: outcome.failed ? outcome.till.error
                : outcome.card ? (outcome.till.calledOff ? shell.tr("pos.pay_cancelling_text") : "")
                : outcome.paid ? [
                    outcome.till.calledOff ? shell.tr("pos.pay_cancel_late") : "",
                    outcome.till.dueMinor > 0 ? shell.tr("pos.pay_part_done", { due: shell.formatMoney(outcome.till.dueMinor) }) : "",
                ].filter((said) => said !== "").join("\n") : ""
            muted: true
            font.pixelSize: Theme.bodyLarge
        }
        PText {
            anchors.horizontalCenter: parent.horizontalCenter
            visible: outcome.paid && outcome.till.resultChangeMinor > 0
            text: shell.tr("pos.pay_change")
            muted: true
        }
        PText {
            objectName: "pos.till.result.change"
            anchors.horizontalCenter: parent.horizontalCenter
            visible: outcome.paid && outcome.till.resultChangeMinor > 0
            text: shell.formatMoney(outcome.till.resultChangeMinor)
            color: Theme.positive
            font.pixelSize: Theme.hero
            font.weight: Theme.black
        }
    }
    Row {
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
        spacing: Theme.s
        visible: !outcome.waits || outcome.card

        PButton {  // what became of the payment is told in any case
            objectName: "pos.till.cancel"
            width: outcome.width
            visible: outcome.card
            usable: !outcome.till.calledOff
            size: "xl"
            icon: "x"
            text: shell.tr("pos.pay_cancel")
            onClicked: outcome.till.callOff()
        }
        PButton {
            objectName: "pos.till.other"
            width: (outcome.width - Theme.s) / 2
            visible: outcome.failed
            size: "xl"
            text: shell.tr("pos.pay_other_way")
            onClicked: outcome.till.back()
        }
        PButton {
            objectName: "pos.till.again"
            width: (outcome.width - Theme.s) / 2
            visible: outcome.failed
            size: "xl"
            kind: "primary"
            icon: "refresh-cw"
            text: shell.tr(outcome.till.uncertain ? "pos.pay_ask" : "pos.pay_again")
            onClicked: outcome.till.retry()
        }
        PButton {
            objectName: "pos.till.next"
            width: outcome.width
            visible: outcome.paid
            size: "xl"
            kind: "primary"
            text: shell.tr(outcome.till.dueMinor > 0 ? "pos.pay_next" : "pos.pay_finish")
            onClicked: outcome.till.nextPart()
        }
    }
}
