import QtQuick
import "../theme"
import "../controls"
import "../staff"

// The menu on the wall: a head, pictures of what is good, and columns of dishes with their prices.
Item {
    id: board

    Binding { target: Theme; property: "unit"; value: Math.max(0.5, Math.min(board.width / 1422, board.height / 800)) }
    Binding { target: Theme; property: "dark"; value: true }

    Rectangle {
        anchors.fill: parent
        color: Theme.background
    }
    BoardHead {
        id: head
        anchors { left: parent.left; right: parent.right; top: parent.top; leftMargin: Theme.xl; rightMargin: Theme.xl }
    }
    Item {
        id: page
        anchors { left: parent.left; right: parent.right; top: head.bottom; bottom: parent.bottom; leftMargin: Theme.xl; rightMargin: Theme.xl }
        anchors.bottomMargin: Theme.l

        Gallery {
            id: gallery
            anchors { left: parent.left; top: parent.top; bottom: scan.visible ? scan.top : parent.bottom; bottomMargin: scan.visible ? Theme.m : 0 }
            width: visible ? Theme.px(250) : 0
            visible: vm.pictures.count > 0
        }
        Column {  // large enough to be scanned from the queue
            id: scan
            anchors { left: parent.left; bottom: parent.bottom }
            width: visible ? Theme.px(250) : 0
            visible: vm.phone.picture !== ""
            spacing: Theme.s
            PText {
                width: parent.width
                horizontalAlignment: Text.AlignHCenter
                text: shell.tr("board.with_phone")
                font.weight: Theme.semibold
                wrapMode: Text.Wrap
            }
            PCode {
                objectName: "board.code"
                anchors.horizontalCenter: parent.horizontalCenter
                side: Theme.px(200)
                picture: vm.phone.picture
                modules: vm.phone.modules
                name: shell.tr("board.with_phone")
            }
        }
        BoardColumns {
            anchors { left: gallery.visible ? gallery.right : scan.right; leftMargin: gallery.visible || scan.visible ? Theme.xl : 0; right: parent.right; top: parent.top; bottom: parent.bottom }
        }
    }
    SequentialAnimation {
        id: turning
        NumberAnimation { target: page; property: "opacity"; to: 0; duration: Theme.slow; easing.type: Theme.easing }
        ScriptAction { script: vm.turnPage() }
        NumberAnimation { target: page; property: "opacity"; to: 1; duration: Theme.slow; easing.type: Theme.easing }
    }
    Connections {
        target: vm
        function onTurning() { turning.restart() }
    }
    PEmpty {
        objectName: "board.empty"
        anchors.centerIn: parent
        visible: !vm.ready
        title: shell.tr("board.soon")
    }
    StaffLayer { }
}
