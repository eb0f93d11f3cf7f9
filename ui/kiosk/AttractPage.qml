import QtQuick
import "../theme"
import "../controls"

// The shop's own dishes, one after the other. A touch anywhere begins.
Page {
    id: page
    readonly property bool tall: height > width
    readonly property int count: vm.showCase.length
    property int turn: 0
    readonly property int turned: count > 0 ? turn % count : 0
    Timer {
        running: page.shown && page.count > 1
        repeat: true
        interval: Theme.showTime
        onTriggered: page.turn += 1
    }
    Rectangle { anchors.fill: parent; color: Theme.accentSoft }
    Rectangle {  // a hill of lighter ground, under the dish and what is touched
        readonly property real wide: page.width * (page.tall ? 2.6 : 1.2)
        width: wide
        height: wide
        radius: wide / 2
        x: page.tall ? (page.width - wide) / 2 : page.width * 0.8 - wide / 2
        y: page.height * (page.tall ? 0.36 : 0.44)
        color: Theme.background
    }
    Column {
        id: head
        visible: vm.ready
        x: page.tall ? (parent.width - width) / 2 : Theme.xxxl
        y: page.tall ? parent.height * 0.055 : parent.height * 0.24
        width: page.tall ? parent.width - 2 * Theme.xl : parent.width * 0.42
        spacing: Theme.xs
        PText {
            width: parent.width
            horizontalAlignment: page.tall ? Text.AlignHCenter : Text.AlignLeft
            text: vm.shopName
            font.pixelSize: page.tall ? Theme.display : Theme.display * 1.4
            font.weight: Theme.black
            wrapMode: Text.Wrap
            maximumLineCount: 2
            elide: Text.ElideRight
            lineHeight: 1.05
        }
        PText {
            width: parent.width
            horizontalAlignment: page.tall ? Text.AlignHCenter : Text.AlignLeft
            text: shell.tr("kiosk.welcome")
            muted: true
            font.pixelSize: Theme.title
            wrapMode: Text.Wrap
        }
    }
    HeroDishes {
        id: hero
        visible: vm.ready
        dishes: vm.showCase
        turned: page.turned
        moving: page.shown
        x: page.tall ? (parent.width - width) / 2 : parent.width - width - Theme.xxxl
        y: page.tall ? Math.max(parent.height * 0.17, head.y + head.height + width * 0.06) : Math.max(width * 0.09, (parent.height - height) / 2)
        width: page.tall ? Math.min(parent.width * 0.86, parent.height * 0.48) : Math.min(parent.height * 0.68, parent.width * 0.42)
        height: width + Theme.px(96)
    }
    PEmpty {
        anchors.centerIn: parent
        visible: !vm.ready
        icon: "store"
        title: shell.tr("kiosk.no_menu")
        text: shell.tr("kiosk.no_menu_text")
    }
    Rectangle {
        id: pill
        x: page.tall ? (parent.width - width) / 2 : Theme.xxxl
        y: page.tall ? parent.height - height - parent.height * 0.085 : parent.height * 0.24 + head.height + Theme.xxl
        visible: vm.ready
        width: call.width + 2 * Theme.xxl
        height: Theme.touchHuge + Theme.m
        radius: height / 2
        color: Theme.accent
        Row {
            id: call
            anchors.centerIn: parent
            spacing: Theme.m
            PIcon { name: "hand"; color: Theme.inkOnAccent; size: Theme.px(38); anchors.verticalCenter: parent.verticalCenter }
            PText {
                text: shell.tr("kiosk.touch")
                color: Theme.inkOnAccent
                font.pixelSize: Theme.headline
                font.weight: Theme.bold
                anchors.verticalCenter: parent.verticalCenter
            }
        }
    }
    Row {
        spacing: Theme.l
        x: page.tall ? (parent.width - width) / 2 : Theme.xxxl
        y: page.tall ? parent.height - height - parent.height * 0.032 : pill.y + pill.height + Theme.l
        visible: vm.ready && vm.languages.length > 1
        Repeater {
            model: vm.languages
            PText { required property var modelData; text: modelData.name; muted: true; font.pixelSize: Theme.body; font.weight: Theme.medium }
        }
    }
    PPressable {
        objectName: "kiosk.attract"
        anchors.fill: parent
        name: shell.tr("kiosk.touch")
        pressFeedback: false
        onClicked: vm.touch()
    }
}
