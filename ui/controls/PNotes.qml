import QtQuick
import "../theme"

// What staff must have seen before it goes: in bold what happened, then what it means and what to do, and "Seen".
Column {
    id: root
    property var notes
    readonly property bool shown: notes.rows.length > 0
    property real edge: Theme.radiusL
    property int most: 20  // at once
    readonly property bool wide: width > Theme.px(900)  // the button stands beside the words, not under them
    visible: shown
    height: shown ? implicitHeight : 0
    spacing: Theme.s
    Repeater {
        model: root.notes.rows.slice(0, root.most)
        Rectangle {
            id: row
            required property var modelData
            objectName: "note." + modelData.note_id
            width: root.width
            height: root.wide ? Math.max(said.implicitHeight, seen.height) + 2 * Theme.m
                              : said.implicitHeight + seen.height + 3 * Theme.m
            radius: root.edge
            color: Theme.warningSoft
            Accessible.role: Accessible.AlertMessage
            Accessible.name: modelData.title + " " + modelData.text
            PIcon {
                id: icon
                anchors { left: parent.left; top: parent.top; margins: Theme.m }
                name: "triangle-alert"
                color: Theme.warning
            }
            Column {
                id: said
                anchors {
                    left: icon.right; right: parent.right; top: parent.top
                    margins: Theme.m
                    rightMargin: root.wide ? seen.width + 2 * Theme.m : Theme.m
                }
                spacing: Theme.xs
                PText {
                    width: parent.width
                    text: row.modelData.title
                    font.weight: Theme.bold
                    wrapMode: Text.Wrap
                    Accessible.ignored: true
                }
                PText {
                    width: parent.width
                    text: row.modelData.text
                    wrapMode: Text.Wrap
                    Accessible.ignored: true
                }
            }
            PButton {
                id: seen
                objectName: "note.seen." + row.modelData.note_id
                anchors { right: parent.right; bottom: parent.bottom; margins: Theme.m }
                text: shell.tr("stays.note_seen")
                onClicked: root.notes.seen(row.modelData.note_id)
            }
        }
    }
}
