import QtQuick
import "../theme"
import "../controls"

// What happened to the order, when, by whom; newest first.
ListView {
    id: history

    property var entries: []

    objectName: "pos.detail.history"
    clip: true
    model: entries
    boundsBehavior: Flickable.StopAtBounds
    delegate: Item {
        id: entry
        required property var modelData
        width: history.width
        height: words.height + Theme.s

        PText {
            id: time
            width: Theme.px(92)
            text: entry.modelData.at
            muted: true
            font.features: { "tnum": 1 }
        }
        Column {
            id: words
            anchors { left: time.right; right: amount.left; rightMargin: Theme.s }

            PText {
                width: parent.width
                text: [entry.modelData.what, entry.modelData.why, entry.modelData.by].filter(t => t !== "").join(" · ")
                font.weight: Theme.medium
            }
            PText {
                width: parent.width
                visible: text !== ""
                text: entry.modelData.detail.join(", ")
                wrapMode: Text.Wrap
                muted: true
                font.pixelSize: Theme.label
            }
        }
        PText {
            id: amount
            anchors.right: parent.right
            text: shell.formatMoney(entry.modelData.amountMinor)
            muted: true
            font.features: { "tnum": 1 }
        }
    }
}
