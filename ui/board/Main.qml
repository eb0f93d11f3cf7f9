import QtQuick
import "../theme"
import "../controls"

// The menu on the wall. Nobody touches it; what has run out is simply not there.
Rectangle {
    id: board
    color: Theme.background
    readonly property int unitHeight: Theme.px(21)
    Binding { target: Theme; property: "unit"; value: Math.max(0.4, Math.min(board.width / 1280, board.height / 720)) }
    Binding { target: Theme; property: "dark"; value: true }

    function measure() {
        if (page.height > 0)
            vm.fit(Math.floor(page.height / unitHeight), Math.max(1, Math.floor((page.width - showcase.width) / Theme.px(290))))
    }
    Component.onCompleted: measure()

    Item {
        id: head
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.leftMargin: Theme.xxl
        anchors.rightMargin: Theme.xxl
        height: Theme.px(92)
        Rectangle {
            id: flame
            anchors.verticalCenter: parent.verticalCenter
            width: Theme.px(44)
            height: width
            radius: width / 2
            color: Theme.accent
            PIcon { anchors.centerIn: parent; name: "flame"; color: Theme.inkOnAccent; size: Theme.iconM }
        }
        PText {
            anchors.left: flame.right
            anchors.leftMargin: Theme.m
            anchors.right: pages.left
            anchors.rightMargin: Theme.l
            anchors.verticalCenter: parent.verticalCenter
            text: vm.menuName || vm.storeName
            font.pixelSize: Theme.headline
            font.weight: Theme.black
        }
        Row {
            id: pages
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.xs
            visible: vm.pages > 1
            Accessible.name: shell.tr("board.page", { page: vm.page + 1, pages: vm.pages })
            Repeater {
                model: vm.pages
                Rectangle {
                    required property int index
                    width: index === vm.page ? Theme.xl : Theme.s
                    height: Theme.s
                    radius: height / 2
                    color: index === vm.page ? Theme.accent : Theme.line
                    Behavior on width { NumberAnimation { duration: Theme.normal } }
                }
            }
        }
        PDivider { anchors.bottom: parent.bottom; width: parent.width }
    }
    Item {
        id: page
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: head.bottom
        anchors.bottom: parent.bottom
        anchors.leftMargin: Theme.xxl
        anchors.rightMargin: Theme.xxl
        anchors.topMargin: Theme.l
        anchors.bottomMargin: Theme.l
        onHeightChanged: board.measure()
        onWidthChanged: board.measure()
        Row {
            id: wall
            anchors.left: parent.left
            anchors.right: showcase.visible ? showcase.left : parent.right
            anchors.rightMargin: showcase.visible ? Theme.xxl : 0
            anchors.top: parent.top
            anchors.bottom: parent.bottom
            spacing: Theme.xxl
            Repeater {
                model: vm.columns
                BoardColumn {
                    required property var modelData
                    required property int index
                    visible: index < vm.columnsShown
                    rows: modelData
                    unitHeight: board.unitHeight
                    width: (wall.width - (Math.max(1, vm.columnsShown) - 1) * wall.spacing) / Math.max(1, vm.columnsShown)
                    height: wall.height
                }
            }
        }
        ShowCase {
            id: showcase
            visible: vm.pictures.count > 0
            anchors.right: parent.right
            anchors.top: parent.top
            anchors.bottom: parent.bottom
            width: Theme.px(250)
        }
    }
    SequentialAnimation {
        id: turn
        NumberAnimation { target: page; property: "opacity"; to: 0; duration: Theme.slow }
        ScriptAction { script: vm.turnPage() }
        NumberAnimation { target: page; property: "opacity"; to: 1; duration: Theme.slow }
    }
    Connections {
        target: vm
        function onTurning() { turn.restart() }
    }
    PEmpty {
        anchors.centerIn: parent
        visible: !vm.ready
        icon: "utensils"
        title: shell.tr("board.soon")
    }
}
