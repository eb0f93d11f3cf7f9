import QtQuick
import "../theme"
import "../controls"

// The number to listen for.
Page {
    id: page
    title: counter ? shell.tr("kiosk.almost") : shell.tr("kiosk.thanks")
    summary: vm.thanks.spoken
    readonly property bool counter: vm.payment.atCounter
    readonly property bool tall: height > width
    readonly property color tone: counter ? Theme.accentStrong : Theme.positive
    Timer {
        id: staying
        running: page.shown && vm.thanks.paper !== "printing"
        interval: Theme.thanksTime
        onTriggered: vm.startOver()
    }
    Rectangle { anchors.fill: parent; color: page.counter ? Theme.accentSoft : Theme.positiveSoft }
    Grid {  // one under the other; in large type on a wide screen, which is low, side by side
        id: all
        readonly property bool beside: Theme.large && !page.tall
        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.max(Theme.l, (finish.y - height) * 0.5)
        scale: Math.min(1, (finish.y - 2 * Theme.l) / height)  // what is still too much becomes a little smaller
        transformOrigin: Item.Top
        columns: beside ? 2 : 1
        spacing: page.tall ? Theme.xl : Theme.l
        columnSpacing: Theme.xl
        verticalItemAlignment: Grid.AlignVCenter
        readonly property real cell: beside ? (page.width - 3 * Theme.xl) / 2 : Math.min(page.width - 2 * Theme.xl, Theme.px(680))
        Column {
            width: all.cell
            spacing: all.spacing
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
                    width: Math.min(implicitWidth, all.cell - seal.width - Theme.m)
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
                        font.family: Theme.numbers
                        font.pixelSize: page.tall ? Theme.giant : Theme.hero * 1.3
                        fontSizeMode: Text.HorizontalFit
                        minimumPixelSize: Theme.display
                        font.weight: Theme.black
                        color: page.tone
                        Accessible.role: Accessible.StaticText
                        Accessible.name: shell.tr("kiosk.your_number") + " " + text
                    }
                }
            }
        }
        Column {
            width: all.cell
            spacing: all.spacing
            Row {
                anchors.horizontalCenter: parent.horizontalCenter
                visible: vm.thanks.wait !== ""
                spacing: Theme.s
                PIcon { name: "clock"; size: Theme.iconL; color: page.tone; anchors.verticalCenter: parent.verticalCenter }
                PText {
                    objectName: "kiosk.done.wait"
                    anchors.verticalCenter: parent.verticalCenter
                    width: Math.min(implicitWidth, all.cell - Theme.iconL - Theme.s)
                    text: vm.thanks.wait
                    wrapMode: Text.Wrap
                    font.pixelSize: Theme.headline
                    font.weight: Theme.bold
                }
            }
            PText {
                width: parent.width
                horizontalAlignment: Text.AlignHCenter
                objectName: "kiosk.done.next"
                visible: !Theme.large || vm.thanks.paperText === ""  // one thing at a time
                text: shell.phrased(vm.thanks.next)
                Accessible.name: vm.thanks.next
                font.pixelSize: Theme.title
                font.weight: Theme.medium
                wrapMode: Text.Wrap
                lineHeight: 1.25
            }
            PText {
                objectName: "kiosk.done.paper.text"
                width: parent.width
                visible: text !== ""
                horizontalAlignment: Text.AlignHCenter
                text: shell.phrased(vm.thanks.paperText)
                color: vm.thanks.paper === "printing" || vm.thanks.paper === "printed" ? page.tone : Theme.danger
                font.pixelSize: Theme.bodyLarge
                font.weight: Theme.bold
                wrapMode: Text.Wrap
                Accessible.role: Accessible.AlertMessage
                Accessible.name: vm.thanks.paperText
            }
            Row {
                anchors.horizontalCenter: parent.horizontalCenter
                visible: vm.phone.picture !== ""
                spacing: Theme.l
                PCode {
                    id: code
                    objectName: "kiosk.done.code"
                    side: Math.max(Theme.px(page.tall ? 200 : 150), 3 * modules)  // three pixels each at the least
                    picture: page.shown ? vm.phone.picture : ""
                    modules: vm.phone.modules
                    name: shell.tr("kiosk.follow_on_phone")
                }
                PText {
                    anchors.verticalCenter: parent.verticalCenter
                    width: Math.min(implicitWidth, all.cell - code.width - Theme.l, Theme.px(340))
                    visible: !Theme.large || !vm.thanks.printer
                    text: shell.phrased(shell.tr("kiosk.follow_on_phone"))
                    font.pixelSize: Theme.bodyLarge
                    font.weight: Theme.medium
                    wrapMode: Text.Wrap
                    Accessible.ignored: true
                }
            }
        }
    }
    Grid {  // paper, or none: as near as each other
        id: finish
        readonly property bool apart: paper.visible && page.width >= Theme.px(Theme.large ? 1300 : 640)
        readonly property real cell: Math.min((page.width - 2 * (Theme.l + Theme.helpRoom) - (apart ? Theme.m : 0)) / (apart ? 2 : 1), Theme.px(420))
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.m  // its last row beside the help button
        columns: apart ? 2 : 1
        spacing: Theme.m
        PButton {
            id: paper
            objectName: "kiosk.done.paper"
            visible: vm.thanks.printer
            width: finish.cell
            size: "xl"
            icon: "receipt"
            usable: vm.thanks.paper !== "printing" && vm.thanks.paper !== "printed"
            text: shell.tr("kiosk.receipt_print")
            onClicked: { staying.restart(); vm.thanks.printReceipt() }
        }
        PButton {
            readonly property bool goal: true
            objectName: "kiosk.done.finish"
            width: finish.cell
            size: "xl"
            text: shell.tr("kiosk.finish")
            hint: shell.tr("kiosk.your_number") + " " + vm.payment.number
            onClicked: vm.startOver()
        }
    }
}
