import QtQuick
import "../theme"
import "../controls"

// What is wrong with this terminal, a sentence each; or that all is well.
Rectangle {
    id: root
    property var sentences: []
    readonly property bool well: sentences.length === 0
    implicitHeight: column.implicitHeight + 2 * Theme.m
    radius: Theme.radiusL
    color: well ? Theme.positiveSoft : Theme.warningSoft
    Column {
        id: column
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.m }
        spacing: Theme.xs
        Row {
            width: parent.width
            spacing: Theme.s
            PIcon {
                id: sign
                name: root.well ? "circle-check" : "triangle-alert"
                color: root.well ? Theme.positive : Theme.warning
            }
            PText {
                width: parent.width - sign.width - parent.spacing
                text: root.well ? shell.tr("stays.well") : shell.tr("stays.unwell")
                color: root.well ? Theme.positive : Theme.warning
                font.pixelSize: Theme.bodyLarge
                font.weight: Theme.bold
                wrapMode: Text.Wrap
            }
        }
        Repeater {
            model: root.sentences
            PText {
                required property var modelData
                width: column.width
                text: modelData
                wrapMode: Text.Wrap
            }
        }
    }
}
