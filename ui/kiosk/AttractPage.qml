import QtQuick
import QtQuick.Shapes
import "../theme"
import "../controls"

// The shop's own dishes, one after the other. A touch anywhere begins.
Page {
    id: page
    readonly property bool open: vm.ready && !vm.soldOut
    // why nobody can order here; who was in the middle of it when the screen was started again is sent to no counter
    readonly property string closed: vm.ready ? "kiosk.nothing_now" : vm.returning ? "kiosk.moment" : "kiosk.no_menu"
    title: open ? vm.shopName : shell.tr(closed)
    summary: open ? shell.tr("kiosk.welcome") + " " + shell.tr("kiosk.keys") : shell.tr(closed + "_text")
    onSummaryChanged: if (activeFocus) shell.announce(summary, "welcome")  // the menu has come while one waited
    Keys.onReturnPressed: vm.touch()
    Keys.onEnterPressed: vm.touch()
    Keys.onSpacePressed: vm.touch()
    readonly property bool tall: height > width
    readonly property int count: vm.showCase.length
    // a wide screen has no room for a long name, the welcome, where to touch and the languages in large type
    readonly property bool low: Theme.large && !tall && shop.height + pill.height + languages.height + 2 * Theme.title + Theme.touchHuge + 4 * Theme.xl > height
    readonly property real gap: low ? Theme.m : Theme.xl
    property int turn: 0
    readonly property int turned: count > 0 ? turn % count : 0
    Timer {
        running: page.shown && page.count > 1
        repeat: true
        interval: Theme.showTime
        onTriggered: page.turn += 1
    }
    Rectangle { anchors.fill: parent; color: Theme.accentSoft }
    Shape {  // a hill of lighter ground, under the dish and what is touched; a round Rectangle of this size costs 30 MB
        readonly property real wide: page.width * (page.tall ? 2.6 : 1.2)
        width: wide
        height: wide
        anchors.right: parent.right
        anchors.rightMargin: page.width * (page.tall ? 0.5 : 0.2) - wide / 2
        y: page.height * (page.tall ? 0.36 : 0.44)
        ShapePath {
            id: hill
            readonly property real round: page.width * (page.tall ? 1.3 : 0.6)
            strokeWidth: -1
            fillColor: Theme.background
            startX: 0
            startY: round
            PathArc { x: 2 * hill.round; y: hill.round; radiusX: hill.round; radiusY: hill.round }
            PathArc { x: 0; y: hill.round; radiusX: hill.round; radiusY: hill.round }
        }
    }
    Column {
        id: head
        visible: page.open
        anchors.left: parent.left
        anchors.leftMargin: page.tall ? (parent.width - width) / 2 : Theme.xxxl
        y: page.tall ? parent.height * 0.055 : Math.max(Theme.m, (parent.height - Theme.touch - height - 2 * page.gap - pill.height - languages.height) * 0.45)
        width: page.tall ? parent.width - 2 * Theme.xl : parent.width * 0.42
        spacing: Theme.xs
        PText {
            id: shop
            width: parent.width
            horizontalAlignment: page.tall ? Text.AlignHCenter : Text.AlignLeft
            text: shell.parted(vm.shopName, width, font)
            font.pixelSize: (page.tall ? Theme.display : Theme.display * 1.4) * (Theme.large && vm.shopName.length > 24 ? 0.6 : 1)
            font.weight: Theme.black
            wrapMode: Text.Wrap
            maximumLineCount: 3
            elide: Text.ElideRight
            lineHeight: 1.05
        }
        PText {
            width: parent.width
            visible: page.tall || !page.low  // it gives way to what is touched
            horizontalAlignment: page.tall ? Text.AlignHCenter : Text.AlignLeft
            text: shell.phrased(shell.tr("kiosk.welcome"))
            muted: true
            font.pixelSize: Theme.title
            wrapMode: Text.Wrap
        }
    }
    HeroDishes {
        id: hero
        readonly property real room: pill.y - head.y - head.height - Theme.l
        visible: page.open
        dishes: vm.showCase
        turned: page.turned
        moving: page.shown
        anchors.right: parent.right
        anchors.rightMargin: page.tall ? (parent.width - width) / 2 : Theme.xxxl
        y: page.tall ? head.y + head.height + Math.max(width * 0.06 + Theme.s, (room - height) * 0.4) : Math.max(width * 0.09, (parent.height - height) / 2)
        width: page.tall ? Math.max(0, Math.min(parent.width * 0.86, (room - words - Theme.s) / 1.06)) : Math.min(parent.height * 0.68, parent.width * 0.42)
        height: width + words
    }
    PEmpty {
        objectName: "kiosk.attract.closed"
        anchors.verticalCenter: parent.verticalCenter
        anchors.right: parent.right  // on a wide screen beside the languages
        anchors.rightMargin: page.tall || !languages.visible ? (parent.width - width) / 2 : Math.max(Theme.l, parent.width * 0.28 - width / 2)
        visible: !page.open
        icon: !vm.ready && vm.returning ? "hourglass" : "store"
        title: page.title
        text: page.summary
    }
    Rectangle {
        id: pill
        anchors.left: parent.left
        anchors.leftMargin: page.tall ? (parent.width - width) / 2 : Theme.xxxl
        // not by the languages' place, which stands by this one's: where a screen is turned one is still as it was
        y: page.tall ? languages.foot - height - Theme.xl : head.y + head.height + page.gap
        visible: page.open
        readonly property real slack: invitation.lineCount > 1 ? invitation.width - invitation.contentWidth : 0  // beside lines that break
        width: Math.min(call.implicitWidth - slack + 2 * Theme.xxl, page.tall ? parent.width - 2 * Theme.l : parent.width * 0.44)
        height: Math.max(Theme.touchHuge + Theme.m, invitation.implicitHeight + Theme.l)
        radius: height / 2
        color: Theme.accent
        Row {
            id: call
            anchors.centerIn: parent
            anchors.horizontalCenterOffset: pill.slack / 2
            spacing: Theme.m
            PIcon { id: hand; name: "hand"; color: Theme.inkOnAccent; size: Theme.px(38); anchors.verticalCenter: parent.verticalCenter }
            PText {
                id: invitation
                width: Math.min(implicitWidth, (page.tall ? page.width - 2 * Theme.l : page.width * 0.44) - hand.width - Theme.m - 2 * Theme.xl)
                text: shell.tr("kiosk.touch")
                color: Theme.inkOnAccent
                font.pixelSize: Theme.headline
                font.weight: Theme.bold
                wrapMode: Text.Wrap
                anchors.verticalCenter: parent.verticalCenter
            }
        }
    }
    PPressable {
        objectName: "kiosk.attract"
        anchors.fill: parent
        name: page.open ? shell.tr("kiosk.touch") : page.title
        pressFeedback: false
        onClicked: vm.touch()
    }
    LanguageGrid {
        id: languages
        prefix: "kiosk.attract.lang."
        visible: vm.ready && count > 1  // what is said of an empty shop is said in one's own language
        least: Theme.px(118)
        typeSize: page.tall ? Theme.bodyLarge : Math.min(Theme.bodyLarge, Theme.px(34))
        anchors.left: parent.left
        anchors.leftMargin: page.tall ? Theme.l : Theme.xxxl
        width: page.tall ? parent.width - 2 * Theme.l : parent.width * 0.42
        readonly property real foot: page.height - height - Theme.touchHuge - 2 * Theme.m
        y: page.tall || !page.open ? foot : pill.y + pill.height + page.gap
        onChosen: (code) => { vm.speak(code); vm.touch() }
    }
}
