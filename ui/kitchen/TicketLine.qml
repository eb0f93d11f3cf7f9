import QtQuick
import "../theme"
import "../controls"

// One dish of a ticket. A knock marks it made; another takes that back.
PPressable {
    id: row

    property var line
    property string order
    property bool quiet: false // nothing to be done about it any more
    readonly property bool over: line.bumped || line.removed || quiet
    readonly property string remark: line.removed ? shell.tr("kitchen.removed")
        : line.warning !== "" ? shell.tr("kitchen.sold_out") : line.changed ? shell.tr("kitchen.changed") : ""
    readonly property bool grave: line.removed || line.warning !== ""

    function said(choice) { return choice.kind === "without" ? shell.tr("kitchen.without", { name: choice.text }) : choice.text }

    objectName: "kitchen.line." + order + "." + line.lineId
    implicitHeight: Math.max(Theme.touch, words.height + Theme.xs)
    pressFeedback: false
    checkable: true
    checked: line.bumped
    enabled: !line.removed && !quiet
    name: shell.tr(line.bumped ? "kitchen.line_recall" : "kitchen.line_bump", { quantity: line.quantity, name: [line.name].concat(line.choices.map(c => said(c))).join(", ") })
    onClicked: vm.tapLine(order, line.lineId)

    Rectangle {
        anchors { fill: parent; leftMargin: Theme.xxs; rightMargin: Theme.xxs }
        radius: Theme.radiusS
        visible: row.down || row.remark !== ""
        color: row.down ? Theme.surfaceSunken : row.grave ? Theme.dangerSoft : Theme.warningSoft
    }
    PIcon {
        anchors { left: parent.left; leftMargin: Theme.s; top: parent.top; topMargin: Theme.xs }
        visible: row.line.bumped
        name: "check"
        color: Theme.positive
    }
    PText {
        anchors { left: parent.left; leftMargin: Theme.s; top: parent.top; topMargin: Theme.xxs }
        visible: !row.line.bumped
        text: row.line.quantity
        color: row.over ? Theme.inkFaint : row.line.quantity > 1 ? Theme.accent : Theme.ink
        font.pixelSize: Theme.title
        font.weight: Theme.black
        Accessible.ignored: true
    }
    Column {
        id: words
        anchors { left: parent.left; leftMargin: Theme.xxl; right: parent.right; rightMargin: Theme.s }
        anchors { top: parent.top; topMargin: Theme.xxs }

        PText {
            width: parent.width
            text: row.line.name
            wrapMode: Text.Wrap
            color: row.over ? Theme.inkFaint : Theme.ink
            font.pixelSize: Theme.bodyLarge
            font.weight: Theme.semibold
            font.strikeout: row.over
            Accessible.ignored: true
        }
        Repeater {
            model: row.line.choices
            delegate: PText {
                id: choice
                required property var modelData
                readonly property bool less: modelData.kind === "minus" || modelData.kind === "without"
                readonly property bool differs: less || modelData.kind === "plus"
                objectName: row.objectName + "." + modelData.kind
                width: words.width
                text: (less ? "− " : differs ? "+ " : "") + row.said(modelData)
                wrapMode: Text.Wrap
                leftPadding: modelData.kind === "part" ? 0 : Theme.s
                color: row.over ? Theme.inkFaint : less ? Theme.accent : differs || modelData.kind === "part" ? Theme.ink : Theme.inkMuted
                font.weight: differs ? Theme.bold : Theme.regular
                Accessible.ignored: true
                font.strikeout: row.over
            }
        }
        PText {
            width: parent.width
            visible: text !== ""
            text: row.line.guest ? "→ " + row.line.guest : ""
            wrapMode: Text.Wrap
            color: row.over ? Theme.inkFaint : Theme.ink
            font.weight: Theme.bold
        }
        PText {
            width: parent.width
            visible: text !== ""
            text: row.line.note
            wrapMode: Text.Wrap
            color: Theme.accent
            font.weight: Theme.bold
        }
        PText {
            width: parent.width
            visible: text !== ""
            text: row.remark
            wrapMode: Text.Wrap
            color: row.grave ? Theme.danger : Theme.warning
            font.weight: Theme.bold
        }
    }
}
