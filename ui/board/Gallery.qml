import QtQuick
import "../theme"
import "../controls"

// Three dishes to want.
Column {
    id: gallery

    readonly property real cell: (height - 2 * spacing) / 3
    spacing: Theme.m

    Repeater {
        model: vm.pictures
        delegate: PCard {
            id: dish
            required property string item_id
            required property string name
            required property string image
            required property int priceMinor
            required property bool from_
            objectName: "board.picture." + item_id
            width: gallery.width
            height: gallery.cell

            PImage {
                anchors { left: parent.left; right: parent.right; top: parent.top; bottom: words.top; margins: Theme.s }
                name: dish.name
                source: dish.image
                behind: Theme.surface
                inset: 0
                showsGround: false
            }
            Column {
                id: words
                anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: Theme.m; topMargin: 0 }
                PText {
                    width: parent.width
                    text: dish.name
                    horizontalAlignment: Text.AlignHCenter
                    font.pixelSize: Theme.bodyLarge
                    font.weight: Theme.bold
                }
                PText {
                    width: parent.width
                    text: dish.from_ ? shell.tr("board.from", { price: shell.formatMoney(dish.priceMinor) }) : shell.formatMoney(dish.priceMinor)
                    horizontalAlignment: Text.AlignHCenter
                    color: Theme.accent
                    font.pixelSize: Theme.bodyLarge
                    font.weight: Theme.bold
                }
            }
        }
    }
}
