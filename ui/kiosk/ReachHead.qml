import QtQuick
import "../theme"
import "../controls"

// The upper half while everything that is touched lies in the lower one: whose shop it is, and what the order comes to.
Page {
    id: root
    readonly property var dish: vm.showCase.length > 0 ? vm.showCase[0] : ({ image: "", name: "" })
    readonly property bool alone: dish.image === ""  // the words are in the middle then
    readonly property real room: dish.image !== "" ? width * 0.46 : width - 2 * Theme.xl
    Rectangle { anchors.fill: parent; color: Theme.accentSoft }
    Row {
        anchors.centerIn: parent
        spacing: Theme.xl
        Rectangle {
            visible: root.dish.image !== ""
            width: Math.min(root.height * 0.62, root.width * 0.4)
            height: width
            radius: width / 2
            color: Theme.surface
            PImage {
                anchors.centerIn: parent
                width: parent.width * 0.7
                height: width
                inset: 0
                detail: 512
                showsGround: false
                radius: Math.round(width / 2)
                behind: Theme.surface
                source: root.dish.image
                name: root.dish.name
            }
        }
        Column {
            anchors.verticalCenter: parent.verticalCenter
            width: Math.min(implicitWidth, root.room)
            spacing: Theme.xs
            PText {
                x: root.alone ? (parent.width - width) / 2 : 0
                width: Math.min(implicitWidth, root.room)
                horizontalAlignment: root.alone ? Text.AlignHCenter : Text.AlignLeft
                text: shell.parted(vm.shopName, root.room, font)
                font.pixelSize: vm.shopName.length > 24 ? Math.min(Theme.headline, Math.round(root.room / 9)) : Theme.display
                font.weight: Theme.black
                wrapMode: Text.Wrap
                maximumLineCount: 4
                elide: Text.ElideRight
            }
            PText {
                visible: vm.basket.pieces > 0
                x: root.alone ? (parent.width - width) / 2 : 0
                text: shell.tr("kiosk.basket")
                muted: true
                font.pixelSize: Theme.title
            }
            PText {
                visible: vm.basket.pieces > 0
                x: root.alone ? (parent.width - width) / 2 : 0
                objectName: "kiosk.head.total"
                text: vm.page === "pay" ? vm.payment.total : vm.basket.totalText  // with a tip, without what is paid
                font.pixelSize: Theme.headline
                font.weight: Theme.bold
                color: Theme.accentStrong
            }
        }
    }
}
