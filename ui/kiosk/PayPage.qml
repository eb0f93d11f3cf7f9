import QtQuick
import "../theme"
import "../controls"

// How to pay, the card terminal's turn, and what to do when it did not go through.
Page {
    id: page
    readonly property string step: vm.payment.state
    readonly property bool busy: step === "placing" || step === "card"
    readonly property bool tall: height > width
    Column {
        anchors.horizontalCenter: parent.horizontalCenter
        y: page.tall ? parent.height * 0.2 : parent.height * 0.08
        width: Math.min(parent.width - 2 * Theme.xl, Theme.px(640))
        spacing: Theme.m
        Rectangle {
            anchors.horizontalCenter: parent.horizontalCenter
            width: Theme.px(150)
            height: width
            radius: width / 2
            color: page.step === "failed" || page.step === "silent" ? Theme.warningSoft : Theme.accentSoft
            PSpinner { anchors.centerIn: parent; visible: page.step === "placing" }
            PIcon {
                anchors.centerIn: parent
                visible: page.step !== "placing"
                size: Theme.px(72)
                name: page.step === "failed" || page.step === "silent" ? "circle-alert" : "credit-card"
                color: page.step === "failed" || page.step === "silent" ? Theme.warning : Theme.accent
                SequentialAnimation on scale {
                    running: page.step === "card" && !Theme.reducedMotion
                    loops: Animation.Infinite
                    alwaysRunToEnd: true
                    NumberAnimation { to: 1.12; duration: Theme.breath / 4; easing.type: Easing.InOutSine }
                    NumberAnimation { to: 1; duration: Theme.breath / 4; easing.type: Easing.InOutSine }
                }
            }
        }
        PText {
            objectName: "kiosk.pay.title"
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: page.step === "failed" ? shell.tr("kiosk.failed." + vm.payment.failure)
                : page.step === "silent" ? shell.tr("kiosk.silent") : page.step === "card" ? shell.tr("kiosk.present_card")
                : page.step === "placing" ? shell.tr("kiosk.sending") : shell.tr("kiosk.how_to_pay")
            font.pixelSize: Theme.headline
            font.weight: Theme.black
            wrapMode: Text.Wrap
            Accessible.role: Accessible.AlertMessage
            Accessible.name: text
        }
        PText {
            width: parent.width
            visible: text !== ""
            horizontalAlignment: Text.AlignHCenter
            text: page.step === "failed" ? shell.tr("kiosk.nothing_charged") : page.step === "silent" ? shell.tr("kiosk.silent_text") : ""
            muted: true
            font.pixelSize: Theme.bodyLarge
            wrapMode: Text.Wrap
        }
        PText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: shell.formatMoney(vm.payment.totalMinor)
            font.pixelSize: Theme.display
            font.weight: Theme.black
            color: Theme.accentStrong
            font.features: ({ "tnum": 1 })
        }
    }
    Column {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: page.tall ? Theme.xxxl : Theme.l
        width: Math.min(parent.width - 2 * Theme.xl, Theme.px(640))
        spacing: Theme.m
        visible: !page.busy
        PButton {
            objectName: "kiosk.pay.again"
            visible: page.step === "failed" || page.step === "silent"
            width: parent.width
            kind: "primary"
            size: "xl"
            icon: "rotate-ccw"
            text: shell.tr("kiosk.try_again")
            onClicked: vm.payAgain()
        }
        PButton {
            objectName: "kiosk.pay.card"
            visible: page.step === "choose"
            width: parent.width
            kind: "primary"
            size: "xl"
            icon: "credit-card"
            text: shell.tr("kiosk.by_card")
            onClicked: vm.pay("card")
        }
        PButton {
            objectName: "kiosk.pay.counter"
            visible: page.step === "choose" || page.step === "failed"
            width: parent.width
            size: "xl"
            icon: "banknote"
            text: shell.tr("kiosk.at_counter")
            onClicked: vm.pay("counter")
        }
        PButton {
            objectName: "kiosk.pay.back"
            anchors.horizontalCenter: parent.horizontalCenter
            kind: "quiet"
            size: "l"
            icon: "arrow-left"
            text: shell.tr("kiosk.back_to_basket")
            onClicked: vm.backToMenu()
        }
    }
}
