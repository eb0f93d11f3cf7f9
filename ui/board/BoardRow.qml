import QtQuick
import "../theme"
import "../controls"

// A heading, or a dish with its price or its prices by size. Heights are whole units, as the layout counts them.
Item {
    id: row
    required property string kind
    required property string item_id
    required property string name
    required property string description
    required property int priceMinor
    required property bool priced
    required property var variations
    required property bool continued
    required property bool first
    required property string note
    property int unitHeight
    readonly property bool heading: kind === "heading"
    readonly property string under: note ? shell.tr("board.without", { what: note }) : description
    objectName: heading ? "" : "board.item." + item_id
    height: unitHeight * (heading ? 2 : 2 + (variations.length > 0 ? 1 : 0) + (description !== "" ? 1 : 0))
    Accessible.role: heading ? Accessible.Heading : Accessible.StaticText
    Accessible.name: name + (priced ? ", " + shell.formatMoney(priceMinor) : "")

    PText {
        visible: row.heading
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.xs
        text: row.continued ? shell.tr("board.continued", { name: row.name }) : row.name
        color: Theme.accent
        font.pixelSize: Theme.bodyLarge
        font.weight: Theme.black
        font.capitalization: Font.AllUppercase
        font.letterSpacing: Theme.px(1)
    }
    PText {
        id: dish
        visible: !row.heading
        anchors.left: parent.left
        anchors.right: price.left
        anchors.rightMargin: Theme.m
        anchors.top: parent.top
        anchors.topMargin: Theme.xs
        text: row.name
        font.pixelSize: Theme.body
        font.weight: Theme.semibold
    }
    PText {
        id: price
        visible: row.priced && !row.heading
        anchors.right: parent.right
        anchors.baseline: dish.baseline
        text: visible ? shell.formatMoney(row.priceMinor) : ""
        font.pixelSize: Theme.body
        font.weight: Theme.bold
        font.features: ({ "tnum": 1 })
    }
    PText {
        id: words
        visible: !row.heading && text !== "" && row.description !== ""
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: dish.bottom
        text: row.under
        color: row.note ? Theme.warning : Theme.inkMuted
        font.pixelSize: Theme.caption
    }
    Row {
        visible: !row.heading && row.variations.length > 0
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: words.visible ? words.bottom : dish.bottom
        anchors.topMargin: Theme.xxs
        spacing: Theme.l
        clip: true
        Repeater {
            model: row.heading ? [] : row.variations
            Row {
                required property var modelData
                spacing: Theme.xs
                PText { text: modelData.name; muted: true; font.pixelSize: Theme.label }
                PText {
                    text: shell.formatMoney(modelData.priceMinor)
                    font.pixelSize: Theme.label
                    font.weight: Theme.bold
                    font.features: ({ "tnum": 1 })
                }
            }
        }
    }
}
