import QtQuick
import "../theme"
import "../controls"

// One dish of an order: how many, what was chosen, what is left out, what it costs.
Item {
    id: line

    required property string name
    required property int quantity
    required property var details
    required property var without
    required property string note
    required property int totalMinor

    height: words.height + Theme.s

    PText {
        id: count
        anchors { left: parent.left; top: words.top }
        width: Theme.px(36)
        text: line.quantity + "×"
        color: line.quantity > 1 ? Theme.accent : Theme.inkMuted
        font.weight: Theme.bold
    }
    Column {
        id: words
        anchors { left: count.right; right: price.left; rightMargin: Theme.s; top: parent.top; topMargin: Theme.xxs }

        PText {
            width: parent.width
            text: line.name
            wrapMode: Text.Wrap
            font.weight: Theme.semibold
        }
        PText {
            width: parent.width
            visible: text !== ""
            text: line.details.concat(line.without.map(w => shell.tr("pos.without", { what: w }))).join(" · ")
            wrapMode: Text.Wrap
            muted: true
            font.pixelSize: Theme.label
        }
        PText {
            width: parent.width
            visible: text !== ""
            text: line.note
            wrapMode: Text.Wrap
            color: Theme.accent
            font.pixelSize: Theme.label
        }
    }
    PText {
        id: price
        anchors { right: parent.right; top: words.top }
        text: shell.formatMoney(line.totalMinor)
        font.features: { "tnum": 1 }
    }
}
