import QtQuick
import "../theme"
import "../controls"

// The number to listen for.
Page {
    id: page
    readonly property bool counter: vm.payment.kind === "counter"
    Timer {
        running: page.shown
        interval: Theme.toastTime * 4
        onTriggered: vm.startOver()
    }
    Rectangle { anchors.fill: parent; color: page.counter ? Theme.accentSoft : Theme.positiveSoft }
    Column {
        anchors.centerIn: parent
        anchors.verticalCenterOffset: -parent.height * 0.06
        width: Math.min(parent.width - 2 * Theme.xl, Theme.px(660))
        spacing: Theme.m
        Rectangle {
            anchors.horizontalCenter: parent.horizontalCenter
            width: Theme.px(120)
            height: width
            radius: width / 2
            color: page.counter ? Theme.accent : Theme.positive
            PIcon { anchors.centerIn: parent; name: page.counter ? "banknote" : "check"; size: Theme.px(64); color: page.counter ? Theme.inkOnAccent : Theme.inkOnPositive }
        }
        PText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: page.counter ? shell.tr("kiosk.almost") : shell.tr("kiosk.thanks")
            font.pixelSize: Theme.headline
            font.weight: Theme.black
            wrapMode: Text.Wrap
        }
        PText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: shell.tr("kiosk.your_number")
            font.pixelSize: Theme.title
            muted: true
        }
        PText {
            objectName: "kiosk.done.number"
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: vm.payment.number
            font.pixelSize: Theme.hero
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Theme.display
            font.weight: Theme.black
            color: page.counter ? Theme.accentStrong : Theme.positive
            Accessible.role: Accessible.AlertMessage
            Accessible.name: shell.tr("kiosk.your_number") + " " + text
        }
        PText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: page.counter ? shell.tr("kiosk.go_counter", { price: shell.formatMoney(vm.payment.totalMinor) }) : shell.tr("kiosk.listen")
            font.pixelSize: Theme.title
            wrapMode: Text.Wrap
            lineHeight: 1.2
        }
    }
    PButton {
        objectName: "kiosk.done.finish"
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.xxl
        width: Math.min(parent.width - 2 * Theme.xl, Theme.px(420))
        size: "xl"
        text: shell.tr("kiosk.finish")
        onClicked: vm.startOver()
    }
}
