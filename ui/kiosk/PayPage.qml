import QtQuick
import "../theme"
import "../controls"

// How to pay, the card terminal's turn, and what to do when it did not go through. What is pressed is at the foot.
Page {
    id: page
    readonly property string step: vm.payment.state
    readonly property bool choosing: step === "choose"
    readonly property bool busy: step === "placing" || step === "card"
    readonly property bool tall: height > width
    readonly property bool beside: choosing && !tall  // on a wide screen the ways to pay stand beside the receipt
    readonly property real side: Math.min(beside ? (width - 2 * Theme.xxl - Theme.xl) / 2 : width - 2 * Theme.xl, Theme.px(640))
    PText {
        id: title
        anchors.horizontalCenter: parent.horizontalCenter
        y: page.tall ? Math.max(Theme.xxxl, (actions.y - height - place.height - receipt.height - 2 * Theme.l) * 0.4) : Theme.xxl
        width: parent.width - 2 * Theme.xl
        visible: page.choosing
        horizontalAlignment: Text.AlignHCenter
        text: shell.tr("kiosk.how_to_pay")
        font.pixelSize: Theme.display
        font.weight: Theme.black
        wrapMode: Text.Wrap
    }
    PBadge {
        id: place
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.top: title.bottom
        anchors.topMargin: Theme.s
        visible: page.choosing
        icon: vm.dining === "here" ? "utensils" : "shopping-bag"
        text: shell.tr("kiosk." + vm.dining)
    }
    Receipt {
        id: receipt
        x: page.beside ? parent.width / 2 - width - Theme.l : (parent.width - width) / 2
        anchors.top: place.bottom
        anchors.topMargin: Theme.l
        width: page.side
        height: implicitHeight
        least: page.beside ? most : 0
        most: page.beside ? parent.height - Theme.xxl - y : actions.y - title.height - place.height - Theme.xxxl - Theme.s - 2 * Theme.l
        visible: page.choosing
    }
    PayState {
        anchors.horizontalCenter: parent.horizontalCenter
        y: page.busy ? (parent.height - height) * 0.42 : Math.max(Theme.l, (actions.y - height) / 2)
        width: page.side
        visible: !page.choosing
        step: page.step
    }
    Column {
        id: actions
        x: page.beside ? parent.width / 2 + Theme.l : (parent.width - width) / 2
        y: page.height - height - (page.tall || page.beside ? Theme.xxl : Theme.l)
        width: page.side
        spacing: Theme.m
        visible: !page.busy
        PButton {
            objectName: "kiosk.pay.again"
            visible: page.step === "failed" || page.step === "silent"
            width: parent.width
            kind: "primary"
            size: "xl"
            icon: "rotate-ccw"
            text: page.step === "failed" ? shell.tr("kiosk.try_card") : shell.tr("kiosk.try_again")
            onClicked: vm.payAgain()
        }
        PButton {
            objectName: "kiosk.pay.card"
            visible: page.choosing
            width: parent.width
            kind: "primary"
            size: "xl"
            icon: "credit-card"
            text: shell.tr("kiosk.by_card")
            onClicked: vm.pay("card")
        }
        PButton {
            objectName: "kiosk.pay.counter"
            visible: page.choosing || page.step === "failed"
            width: parent.width
            size: "xl"
            icon: "banknote"
            text: shell.tr("kiosk.at_counter")
            onClicked: vm.pay("counter")
        }
        PButton {
            objectName: "kiosk.pay.back"
            visible: !vm.payment.uncertain
            anchors.horizontalCenter: parent.horizontalCenter
            kind: "quiet"
            size: "l"
            icon: "arrow-left"
            text: page.step === "failed" ? shell.tr("kiosk.give_up") : shell.tr("kiosk.back_to_basket")
            onClicked: vm.backToMenu()
        }
    }
}
