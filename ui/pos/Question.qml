import QtQuick
import "../theme"
import "../controls"

// One question and its options, side by side.
Column {
    id: question

    required property string key
    required property string kind
    required property string title
    required property int least
    required property int most
    required property bool missing
    required property var options
    readonly property bool single: most === 1

    readonly property string rule: kind === "without" ? ""
        : least === 1 && most === 1 ? shell.tr("pos.sheet_one")
        : least > 0 && most > 0 ? shell.tr("pos.sheet_range", { least: least, most: most })
        : least > 0 ? shell.tr("pos.sheet_least", { n: least })
        : most > 0 ? shell.tr("pos.sheet_most", { n: most }) : ""

    objectName: "pos.question." + key
    spacing: Theme.xs

    Item {
        width: parent.width
        height: titleText.height

        PText {
            id: titleText
            text: question.kind === "variation" ? shell.tr("pos.sheet_size")
                : question.kind === "without" ? shell.tr("pos.sheet_without")
                : question.kind === "inside_without" ? question.title + ": " + shell.tr("pos.sheet_without") : question.title
            font.pixelSize: Theme.bodyLarge
            font.weight: Theme.bold
        }
        PBadge {
            anchors { left: titleText.right; leftMargin: Theme.s; verticalCenter: titleText.verticalCenter }
            visible: text !== "" && question.kind !== "variation"
            text: question.rule
            tone: question.missing ? "accent" : "neutral"
        }
    }
    Grid {
        id: grid
        readonly property int across: Math.max(2, Math.floor(question.width / Theme.px(250)))
        columns: across
        spacing: Theme.xs

        Repeater {
            model: question.options
            delegate: PChoice {
                required property var modelData
                objectName: "pos.option." + question.key + "." + modelData.id
                width: (question.width - (grid.across - 1) * grid.spacing) / grid.across
                single: question.single
                checked: modelData.selected
                gone: modelData.out
                text: question.kind === "without" ? shell.tr("pos.without", { what: modelData.name }) : modelData.name
                extra: modelData.priceMinor !== null && modelData.priceMinor !== undefined
                    ? shell.formatMoney(modelData.priceMinor) : modelData.extraMinor ? shell.formatExtra(modelData.extraMinor) : ""
                count: question.kind === "slot" && modelData.countable ? modelData.count : 0
                most: modelData.portions
                countable: question.kind === "slot" && modelData.countable
                key: objectName
                onCounted: (n) => vm.draft.count(question.key, modelData.id, n)
                onClicked: vm.draft.answer(question.key, modelData.id)
            }
        }
    }
}
