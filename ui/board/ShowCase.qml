import QtQuick
import "../theme"
import "../controls"

// A few dishes in pictures beside the words.
Column {
    id: root
    spacing: Theme.l
    Repeater {
        model: vm.pictures
        PCard {
            id: card
            required property string name
            required property string image
            required property int priceMinor
            required property bool from_
            width: root.width
            height: (root.height - 2 * root.spacing) / 3
            PImage {
                anchors.horizontalCenter: parent.horizontalCenter
                anchors.top: parent.top
                anchors.topMargin: Theme.m
                height: parent.height - texts.height - 2 * Theme.m
                width: height
                showsGround: false
                inset: 0.02
                source: card.image ? shell.assets + "/images/" + card.image : ""
                name: card.name
            }
            Column {
                id: texts
                anchors.left: parent.left
                anchors.right: parent.right
                anchors.bottom: parent.bottom
                anchors.margins: Theme.m
                PText {
                    width: parent.width
                    horizontalAlignment: Text.AlignHCenter
                    text: card.name
                    font.weight: Theme.bold
                }
                PText {
                    width: parent.width
                    horizontalAlignment: Text.AlignHCenter
                    text: card.from_ ? shell.tr("board.from", { price: shell.formatMoney(card.priceMinor) }) : shell.formatMoney(card.priceMinor)
                    color: Theme.accent
                    font.pixelSize: Theme.title
                    font.weight: Theme.black
                    font.features: ({ "tnum": 1 })
                }
            }
        }
    }
}
