import QtQuick
import "../theme"
import "../controls"

// One dish that goes with the order. Whoever does not want it has nothing to do.
PPressable {
    id: root
    property var dish: ({})
    readonly property bool there: dish.item_id !== undefined
    objectName: "kiosk.suggestion"
    visible: there
    enabled: there
    height: there ? Math.max(Theme.px(76), words.implicitHeight + 2 * Theme.xs) : 0
    name: shell.tr("kiosk.goes_with") + ": " + (dish.name || "") + ", " + (dish.price || "")
    onClicked: vm.takeSuggestion()
    PCard {
        anchors.fill: parent
        color: root.down ? Theme.accentSoft : Theme.background
    }
    PImage {
        id: picture
        anchors.left: parent.left
        anchors.leftMargin: Theme.xs
        anchors.verticalCenter: parent.verticalCenter
        visible: (root.dish.image || "") !== ""
        width: visible ? Theme.px(60) : 0
        height: width
        radius: Theme.radiusS
        inset: 0.08
        source: root.dish.image || ""
        behind: root.down ? Theme.accentSoft : Theme.background
        name: root.dish.name || ""
        key: root.dish.item_id || ""
    }
    Column {
        id: words
        anchors.left: picture.right
        anchors.leftMargin: Theme.s
        anchors.right: add.left
        anchors.rightMargin: Theme.s
        anchors.verticalCenter: parent.verticalCenter
        PText {
            width: parent.width
            text: shell.tr("kiosk.goes_with")
            muted: true
            font.pixelSize: Theme.label
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }
        Item {
            width: parent.width
            height: Theme.large ? price.y + price.implicitHeight : title.implicitHeight
            PText {
                id: title
                anchors.left: parent.left
                width: Theme.large ? parent.width : parent.width - price.implicitWidth - Theme.s
                text: root.dish.name || ""
                font.weight: Theme.bold
                wrapMode: Text.Wrap
                maximumLineCount: 2
                elide: Text.ElideRight
                lineHeight: 1.05
                Accessible.ignored: true
            }
            PText {
                id: price
                width: parent.width
                y: Theme.large ? title.implicitHeight : 0
                horizontalAlignment: Theme.large ? Text.AlignLeft : Text.AlignRight
                text: root.dish.price || ""
                font.weight: Theme.bold
                color: Theme.accentStrong
                font.features: ({ "tnum": 1 })
                Accessible.ignored: true
            }
        }
    }
    PPlus {
        id: add
        anchors.right: parent.right
        anchors.rightMargin: Theme.s
        anchors.verticalCenter: parent.verticalCenter
    }
}
