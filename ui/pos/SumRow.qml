import QtQuick
import "../theme"
import "../controls"

// A label and an amount on one line.
Item {
    id: row

    property string label
    property string amount
    property bool strong: false
    property bool quiet: false

    height: labelText.height

    PText {
        id: labelText
        anchors { left: parent.left; right: amountText.left; rightMargin: Theme.s }
        text: row.label
        muted: row.quiet
        font.pixelSize: row.strong ? Theme.bodyLarge : Theme.label
        font.weight: row.strong ? Theme.bold : Theme.regular
    }
    PText {
        id: amountText
        anchors.right: parent.right
        text: row.amount
        muted: row.quiet
        font.pixelSize: labelText.font.pixelSize
        font.weight: labelText.font.weight
        font.features: { "tnum": 1 }
    }
}
