import QtQuick
import "../theme"
import "../controls"

// The number to listen for.
Page {
    id: page
    readonly property bool counter: vm.payment.kind === "counter"
    readonly property bool tall: height > width
    readonly property color tone: counter ? Theme.accentStrong : Theme.positive
    Timer {
        running: page.shown
        interval: Theme.toastTime * 4
        onTriggered: vm.startOver()
    }
    Rectangle { anchors.fill: parent; color: page.counter ? Theme.accentSoft : Theme.positiveSoft }
    Column {
        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.max(Theme.l, (finish.y - height) * 0.5)
        width: Math.min(parent.width - 2 * Theme.xl, Theme.px(680))
        spacing: page.tall ? Theme.xl : Theme.l
        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: Theme.m
            Rectangle {
                id: seal
                width: Theme.px(64)
                height: width
                radius: width / 2
                color: page.tone
                anchors.verticalCenter: parent.verticalCenter
                PIcon { anchors.centerIn: parent; name: page.counter ? "banknote" : "check"; size: Theme.px(38); color: page.counter ? Theme.inkOnAccent : Theme.inkOnPositive }
            }
            PText {
                anchors.verticalCenter: parent.verticalCenter
                width: Math.min(implicitWidth, page.width - seal.width - 3 * Theme.xl)
                text: page.counter ? shell.tr("kiosk.almost") : shell.tr("kiosk.thanks")
                font.pixelSize: Theme.display
                font.weight: Theme.black
                wrapMode: Text.Wrap
            }
        }
        PCard {
            anchors.horizontalCenter: parent.horizontalCenter
            width: parent.width
            height: ticket.implicitHeight + 2 * Theme.xl
            radius: Theme.radiusXl
            raised: true
            Column {
                id: ticket
                anchors.centerIn: parent
                width: parent.width - 2 * Theme.xl
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
                    font.pixelSize: page.tall ? Theme.giant : Theme.hero * 1.3
                    fontSizeMode: Text.HorizontalFit
                    minimumPixelSize: Theme.display
                    font.weight: Theme.black
                    color: page.tone
                    Accessible.role: Accessible.AlertMessage
                    Accessible.name: shell.tr("kiosk.your_number") + " " + text
                }
            }
        }
        PText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: page.counter ? shell.tr("kiosk.go_counter", { price: vm.payment.total }) : shell.tr("kiosk.listen")
            font.pixelSize: Theme.title
            font.weight: Theme.medium
            wrapMode: Text.Wrap
            lineHeight: 1.25
        }
    }
    PButton {
        id: finish
        objectName: "kiosk.done.finish"
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: page.tall ? Theme.xxxl : Theme.l
        width: Math.min(parent.width - 2 * Theme.xl, Theme.px(420))
        size: "xl"
        text: shell.tr("kiosk.finish")
        onClicked: vm.startOver()
    }
}
