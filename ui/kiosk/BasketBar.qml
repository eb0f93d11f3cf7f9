import QtQuick
import "../theme"
import "../controls"

// Always there at the foot of a tall screen: what it comes to, and the way to pay.
Rectangle {
    id: bar
    readonly property string part: "basket"
    signal opened()
    readonly property bool filled: vm.basket.pieces > 0
    implicitHeight: look.height + 2 * Theme.m
    color: Theme.surface
    Rectangle { width: parent.width; height: Theme.hairline; color: Theme.line }
    PPressable {
        id: look
        objectName: "kiosk.basket.open"
        anchors.left: parent.left
        anchors.leftMargin: Theme.l + Theme.helpRoom
        anchors.right: pay.left
        anchors.rightMargin: Theme.m
        anchors.verticalCenter: parent.verticalCenter
        height: Theme.large ? Math.max(Theme.touchHuge, words.implicitHeight) : Theme.touchHuge  // what is large has its height
        enabled: bar.filled
        name: shell.tr("kiosk.basket") + ", " + shell.tr("kiosk.pieces", { n: vm.basket.pieces }) + ", " + vm.basket.totalText
        onClicked: bar.opened()
        Rectangle {
            id: bag
            anchors.left: parent.left
            anchors.verticalCenter: parent.verticalCenter
            visible: !Theme.large
            width: visible ? Theme.px(64) : 0
            height: width
            radius: width / 2
            color: bar.filled ? Theme.accentSoft : Theme.surfaceSunken
            PIcon { anchors.centerIn: parent; name: "shopping-basket"; size: Theme.iconL; color: bar.filled ? Theme.accentStrong : Theme.inkFaint }
            Rectangle {
                visible: bar.filled
                anchors.right: parent.right
                anchors.top: parent.top
                width: Math.max(height, count.implicitWidth + Theme.s)
                height: Theme.px(26)
                radius: height / 2
                color: Theme.accent
                PText { id: count; anchors.centerIn: parent; text: vm.basket.pieces; color: Theme.inkOnAccent; font.pixelSize: Theme.caption; font.weight: Theme.bold; Accessible.ignored: true }
            }
        }
        Column {
            id: words
            anchors.left: bag.right
            anchors.leftMargin: Theme.large ? 0 : Theme.m
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            PText {
                width: parent.width
                height: Theme.large ? implicitHeight : Math.min(implicitHeight, look.height * (bar.filled ? 0.6 : 1))
                text: bar.filled ? vm.basket.totalText : shell.tr("kiosk.basket_empty")
                font.pixelSize: bar.filled ? Theme.headline : Theme.bodyLarge
                fontSizeMode: Theme.large ? bar.filled ? Text.HorizontalFit : Text.FixedSize : Text.Fit
                minimumPixelSize: Theme.least
                wrapMode: bar.filled ? Text.NoWrap : Text.WordWrap
                font.weight: Theme.black
                color: bar.filled ? Theme.ink : Theme.inkMuted
                font.features: ({ "tnum": 1 })
                Accessible.ignored: true
            }
            PText {
                visible: bar.filled
                width: parent.width
                height: Theme.large ? implicitHeight : Math.min(implicitHeight, look.height * 0.4)
                fontSizeMode: Theme.large ? Text.FixedSize : Text.Fit
                minimumPixelSize: Theme.least
                wrapMode: Text.WordWrap
                elide: Text.ElideRight
                text: vm.basket.isTroubled ? vm.basket.troubleBrief : shell.tr("kiosk.see_basket")
                color: vm.basket.isTroubled ? Theme.danger : Theme.inkMuted
                font.pixelSize: Theme.label
                Accessible.ignored: true
            }
        }
    }
    PButton {
        id: pay
        readonly property bool goal: true
        objectName: bar.visible ? "kiosk.pay" : ""
        anchors.right: parent.right
        anchors.rightMargin: Theme.l
        anchors.verticalCenter: parent.verticalCenter
        width: Theme.large ? Math.min(implicitWidth, bar.width * 0.45) : Theme.px(250)
        kind: "primary"
        size: "xl"
        icon: Theme.large ? "" : "credit-card"
        text: shell.tr("kiosk.pay")
        usable: bar.filled
        onClicked: vm.basket.isTroubled ? bar.opened() : vm.checkOut()
    }
}
