import QtQuick
import "../theme"
import "../controls"

// The shop's own dishes, breathing. A touch anywhere begins.
Page {
    id: page
    readonly property bool tall: height > width
    Rectangle {
        anchors.fill: parent
        gradient: Gradient {
            GradientStop { position: 0; color: Theme.accentSoft }
            GradientStop { position: 0.7; color: Theme.background }
        }
    }
    Column {
        id: head
        anchors.top: parent.top
        anchors.topMargin: page.tall ? Theme.xxxl : Theme.xxl
        anchors.horizontalCenter: parent.horizontalCenter
        width: parent.width - 2 * Theme.xl
        spacing: Theme.xs
        PText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: vm.shopName
            font.pixelSize: Theme.display
            font.weight: Theme.black
            wrapMode: Text.Wrap
            maximumLineCount: 2
        }
        PText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: shell.tr("kiosk.welcome")
            muted: true
            font.pixelSize: Theme.title
        }
    }
    Grid {
        id: dishes
        anchors.centerIn: parent
        columns: page.tall ? 3 : Math.max(1, Math.ceil(vm.showCase.length / 2))
        spacing: Theme.l
        readonly property real cell: page.tall ? Math.min((page.width - 2 * Theme.xl - 2 * spacing) / 3, page.height * 0.17)
            : Math.min(page.height * 0.24, page.width * 0.16)
        Repeater {
            model: vm.showCase
            PImage {
                required property var modelData
                required property int index
                width: dishes.cell
                height: dishes.cell
                source: modelData.image
                name: modelData.name
                round: true
                ground: Theme.surface
                SequentialAnimation on scale {
                    running: page.shown && !Theme.reducedMotion
                    loops: Animation.Infinite
                    PauseAnimation { duration: Theme.slow * (index % 5) }
                    NumberAnimation { to: 1.06; duration: Theme.breath / 2; easing.type: Easing.InOutSine }
                    NumberAnimation { to: 1; duration: Theme.breath / 2; easing.type: Easing.InOutSine }
                }
            }
        }
    }
    PEmpty {
        anchors.centerIn: parent
        visible: !vm.ready
        icon: "store"
        title: shell.tr("kiosk.no_menu")
        text: shell.tr("kiosk.no_menu_text")
    }
    Rectangle {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: page.tall ? Theme.xxxl : Theme.xl
        visible: vm.ready
        width: call.width + 2 * Theme.xxl
        height: Theme.touchHuge
        radius: height / 2
        color: Theme.accent
        Row {
            id: call
            anchors.centerIn: parent
            spacing: Theme.s
            PIcon { name: "hand"; color: Theme.inkOnAccent; size: Theme.iconL; anchors.verticalCenter: parent.verticalCenter }
            PText {
                text: shell.tr("kiosk.touch")
                color: Theme.inkOnAccent
                font.pixelSize: Theme.title
                font.weight: Theme.bold
                anchors.verticalCenter: parent.verticalCenter
            }
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
