import QtQuick
import "../theme"
import "../controls"

// Where the payment stands, in a picture, a sentence and the amount.
Column {
    id: root
    property string step
    property bool brief: false  // words only, where there is little room
    property real room: 0  // what is said has it for itself; the picture takes what is left, and the sum goes before it
    readonly property bool troubled: step === "failed" || step === "silent"
    readonly property bool calledOff: step === "card" && vm.payment.calledOff
    readonly property bool waiting: step === "placing" || step === "asking" || calledOff
    readonly property real words: title.implicitHeight + (advice.visible ? advice.implicitHeight + spacing : 0)
    readonly property real sum: total.implicitHeight + spacing
    readonly property real disc: Math.min(waiting || step === "card" ? Theme.px(230) : Theme.px(150), room - words - (total.visible ? sum : 0) - spacing)
    spacing: Theme.m
    Rectangle {
        anchors.horizontalCenter: parent.horizontalCenter
        visible: !root.brief && root.disc >= Theme.px(72)
        width: Math.max(0, root.disc)
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
        id: title
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
        id: advice
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
        id: total
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        // within reach the upper half says it, too
        visible: Theme.reach ? root.words + root.sum <= root.room && !(root.brief && root.troubled) : true
        text: vm.payment.total
        font.pixelSize: Theme.display
        font.weight: Theme.black
        color: Theme.accentStrong
        font.features: ({ "tnum": 1 })
    }
}
