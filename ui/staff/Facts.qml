import QtQuick
import "../theme"
import "../controls"

// Who this terminal is: a name and a value in each row.
PCard {
    id: root
    property var rows: []
    implicitHeight: column.implicitHeight + 2 * Theme.m
    height: implicitHeight
    Column {
        id: column
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.m }
        spacing: Theme.s
        PText {
            width: parent.width
            text: shell.tr("stays.about")
            font.pixelSize: Theme.bodyLarge
            font.weight: Theme.bold
        }
        Repeater {
            model: root.rows
            Item {
                id: row
                required property var modelData
                width: column.width
                height: Math.max(name.implicitHeight, value.implicitHeight)
                Accessible.role: Accessible.StaticText
                Accessible.name: modelData.name + ": " + modelData.value
                PText {
                    id: name
                    anchors.left: parent.left
                    width: parent.width * 0.42
                    text: row.modelData.name
                    muted: true
                    wrapMode: Text.Wrap
                    Accessible.ignored: true
                }
                PText {
                    id: value
                    objectName: "staff.fact." + row.modelData.key
                    anchors.right: parent.right
                    width: parent.width * 0.55
                    text: row.modelData.value
                    font.weight: Theme.medium
                    wrapMode: Text.WrapAtWordBoundaryOrAnywhere
                    Accessible.ignored: true
                }
            }
        }
    }
}
