import QtQuick
import "../theme"
import "../controls"

// The one combo that holds this dish, with what it costs on top; and once it is taken, the way back. Nothing to decline.
Item {
    id: root
    property var offer: ({})
    property string single
    readonly property bool back: single !== ""
    implicitHeight: back ? Theme.touch : card.height
    PPressable {
        id: card
        objectName: root.back ? "" : "kiosk.sheet.upgrade"
        visible: !root.back
        enabled: visible
        width: parent.width
        height: Math.max(Theme.touchHuge, texts.implicitHeight + 2 * Theme.m)
        name: [root.offer.name, root.offer.with, root.offer.more].filter((said) => said).join(", ")
        onClicked: vm.sheet.upgrade()
        PCard {
            anchors.fill: parent
            color: card.down ? Theme.accentSoft : Theme.surface
            border.color: Theme.accent
        }
        PImage {
            id: picture
            anchors.left: parent.left
            anchors.leftMargin: Theme.s
            anchors.verticalCenter: parent.verticalCenter
            visible: (root.offer.image || "") !== ""
            width: visible ? Theme.px(64) : 0
            height: width
            round: true
            inset: 0.08
            source: root.offer.image || ""
            name: root.offer.name || ""
            key: root.offer.item_id || ""
        }
        Column {
            id: texts
            anchors.left: picture.right
            anchors.leftMargin: Theme.m
            anchors.right: more.left
            anchors.rightMargin: Theme.m
            anchors.verticalCenter: parent.verticalCenter
            PText {
                width: parent.width
                text: root.offer.name || ""
                font.pixelSize: Theme.bodyLarge
                font.weight: Theme.bold
                wrapMode: Text.Wrap
                maximumLineCount: 2
                elide: Text.ElideRight
                Accessible.ignored: true
            }
            PText {
                width: parent.width
                text: root.offer.with || ""
                muted: true
                wrapMode: Text.Wrap
                maximumLineCount: Theme.large ? 12 : 2
                elide: Text.ElideRight
                Accessible.ignored: true
            }
        }
        PText {
            id: more
            anchors.right: parent.right
            anchors.rightMargin: Theme.l
            anchors.verticalCenter: parent.verticalCenter
            text: root.offer.more || ""
            color: Theme.accentStrong
            font.pixelSize: Theme.title
            font.weight: Theme.bold
            font.features: ({ "tnum": 1 })
            Accessible.ignored: true
        }
    }
    PButton {
        objectName: root.back ? "kiosk.sheet.downgrade" : ""
        anchors.left: parent.left
        visible: root.back
        kind: "quiet"
        icon: "undo-2"
        text: shell.tr("kiosk.only_dish", { name: root.single })
        width: Math.min(implicitWidth, parent.width)
        onClicked: vm.sheet.downgrade()
    }
}
