import QtQuick
import "../theme"
import "../controls"

// Whose menu this is, and which of its pages.
Item {
    id: head

    height: Theme.px(84)

    Rectangle {
        id: flame
        anchors { left: parent.left; verticalCenter: parent.verticalCenter }
        width: Math.min(Theme.touch, parent.height * 0.84)  // nobody touches it: on a small window it need not be as large
        height: width
        radius: width / 2
        color: Theme.accent
        PIcon {
            anchors.centerIn: parent
            name: "flame"
            size: Math.min(Theme.iconL, flame.width * 0.56)
            color: Theme.inkOnAccent
        }
    }
    PText {
        id: name
        anchors { left: flame.right; leftMargin: Theme.m; verticalCenter: parent.verticalCenter }
        text: vm.menuName || vm.storeName
        font.pixelSize: Theme.headline
        font.weight: Theme.black
    }
    PText {
        anchors { left: name.right; leftMargin: Theme.l; right: dots.left; baseline: name.baseline }
        visible: vm.ready
        text: shell.tr("board.welcome")
        color: Theme.accent
        font.pixelSize: Theme.title
        font.weight: Theme.medium
    }
    Row {
        id: dots
        anchors { right: parent.right; verticalCenter: parent.verticalCenter }
        spacing: Theme.xs
        visible: vm.pages > 1
        Accessible.role: Accessible.StaticText
        Accessible.name: shell.tr("board.page", { page: vm.page + 1, pages: vm.pages })

        Repeater {
            model: vm.pages
            delegate: Rectangle {
                required property int index
                width: index === vm.page ? Theme.xl : Theme.s
                height: Theme.s
                radius: height / 2
                color: index === vm.page ? Theme.accent : Theme.line
            }
        }
    }
}
