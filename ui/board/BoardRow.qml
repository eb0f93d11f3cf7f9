import QtQuick
import "../theme"
import "../controls"

// A heading, or a dish with its price. Heights are whole units, so that a column holds what the layout counted.
Item {
    id: row

    required property string kind
    required property string item_id
    required property string name
    required property string description
    required property int priceMinor
    required property bool from_
    required property bool priced
    required property var variations
    required property bool continued
    required property bool first
    required property string note
    required property int units
    property real unitHeight

    readonly property string amount: !priced ? ""
        : from_ ? shell.tr("board.from", { price: shell.formatMoney(priceMinor) })
        : shell.formatMoney(priceMinor)

    objectName: kind === "item" ? "board.item." + item_id : ""
    height: units * unitHeight
    Accessible.role: kind === "heading" ? Accessible.Heading : Accessible.StaticText
    Accessible.name: [name, amount].concat(variations.map(priceOf)).filter(t => t !== "").join(", ")

    function priceOf(variation) { return variation.name + " " + shell.formatMoney(variation.priceMinor) }

    PText {
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; bottomMargin: Theme.xs }
        visible: row.kind === "heading"
        text: row.continued ? shell.tr("board.continued", { name: row.name }) : row.name
        wrapMode: Text.Wrap
        maximumLineCount: 4
        elide: Text.ElideRight
        color: Theme.accent
        font.pixelSize: Theme.title
        font.weight: Theme.black
    }
    PText {
        id: nameText
        anchors { left: parent.left; right: price.left; rightMargin: Theme.s; top: parent.top }
        visible: row.kind === "item"
        text: row.name
        wrapMode: Text.Wrap
        maximumLineCount: 4
        elide: Text.ElideRight
        font.pixelSize: Theme.bodyLarge
        font.weight: Theme.semibold
    }
    PText {
        id: price
        anchors { right: parent.right; baseline: nameText.baseline }
        visible: row.kind === "item" && row.priced
        text: row.amount
        font.pixelSize: Theme.bodyLarge
        font.weight: Theme.bold
        font.features: { "tnum": 1 }
    }
    PText {
        id: words
        anchors { left: parent.left; right: parent.right; top: nameText.bottom }
        visible: text !== ""
        text: row.note !== "" ? shell.tr("board.without", { what: row.note }) : row.description
        color: row.note !== "" ? Theme.warning : Theme.inkMuted
        font.pixelSize: Theme.caption
    }
    Flow {
        anchors { left: parent.left; right: parent.right; top: words.visible ? words.bottom : nameText.bottom }
        Repeater {
            model: row.variations
            delegate: PText {
                required property var modelData
                width: Math.min(implicitWidth, row.width)
                rightPadding: Theme.m  // lines of a flow with a spacing would stand apart, too
                text: row.priceOf(modelData)
                wrapMode: Text.Wrap
                font.pixelSize: Theme.label
                font.weight: Theme.semibold
            }
        }
    }
}
