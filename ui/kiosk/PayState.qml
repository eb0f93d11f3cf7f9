import QtQuick
import "../theme"
import "../controls"

// Where the payment stands, in a picture, a sentence and the amount.
Column {
    id: root
    property string step
    property bool brief: false  // words only, where there is little room
    readonly property bool troubled: step === "failed" || step === "silent"
    readonly property bool calledOff: step === "card" && vm.payment.calledOff
    readonly property bool waiting: step === "placing" || step === "asking" || calledOff
    spacing: Theme.m
    Rectangle {
        anchors.horizontalCenter: parent.horizontalCenter
        visible: !root.brief
        width: root.waiting || root.step === "card" ? Theme.px(230) : Theme.px(150)
        height: width
        radius: width / 2
        color: root.troubled ? Theme.warningSoft : Theme.accentSoft
        PSpinner { anchors.centerIn: parent; visible: root.waiting }
        PIcon {
            anchors.centerIn: parent
            visible: !root.waiting
            size: Math.round(parent.width * 0.48)
            name: root.troubled ? "circle-alert" : "credit-card"
            color: root.troubled ? Theme.warning : Theme.accent
            SequentialAnimation on scale {
                running: root.step === "card" && !Theme.reducedMotion
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
        readonly property string said: root.step === "failed" ? vm.payment.failure : root.step === "silent" ? shell.tr("kiosk.silent")
            : root.step === "asking" ? shell.tr("kiosk.asking")
            : root.step === "card" ? shell.tr(root.calledOff ? "kiosk.pay_cancelling" : "kiosk.present_card") : shell.tr("kiosk.sending")
        text: shell.phrased(said)
        font.pixelSize: root.brief ? Theme.title : Theme.headline
        font.weight: Theme.black
        wrapMode: Text.Wrap
        Accessible.role: Accessible.StaticText
        Accessible.name: said
    }
    PText {
        width: parent.width
        visible: root.troubled || root.step === "asking" || root.calledOff
        horizontalAlignment: Text.AlignHCenter
        readonly property string said: root.calledOff ? shell.tr("kiosk.pay_cancelling_text") : root.step === "failed" ? vm.payment.advice : root.step === "asking" ? (vm.payment.number ? shell.tr("kiosk.asking_text", { number: vm.payment.number }) : shell.tr("kiosk.silent_text"))
            : vm.payment.uncertain ? shell.tr("kiosk.silent_card") : shell.tr("kiosk.silent_text")
        text: shell.phrased(said)
        Accessible.name: said
        muted: true
        font.pixelSize: Theme.bodyLarge
        wrapMode: Text.Wrap
        lineHeight: 1.2
    }
    PText {
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        visible: !root.brief || !root.troubled
        text: vm.payment.total
        font.pixelSize: Theme.display
        font.weight: Theme.black
        color: Theme.accentStrong
        font.features: ({ "tnum": 1 })
    }
}
