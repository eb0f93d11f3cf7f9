import QtQuick
import "../theme"

// Rows of keys on the glass. `keys`: a list of rows, each a list of what its keys type; "del" deletes. Keys are as large
// as the width and `room`, the height there is, allow, and 48 px at the least.
Column {
    id: root
    property var keys: []
    property string key: objectName
    property string deleteName: "⌫"
    property real room: 0
    readonly property real widest: {
        let most = 10
        for (const row of keys) most = Math.max(most, row.length + (row.includes("del") ? 0.5 : 0))
        return most
    }
    readonly property real gap: Math.max(2, Math.min(Theme.xs, width / widest - 48.5))  // it gives way before a key gets too small
    readonly property real cellWidth: Math.min(Theme.px(72), width / widest - gap)
    readonly property real cellHeight: room > 0 ? Math.max(48, Math.min(Theme.touchLarge, room / Math.max(1, keys.length) - gap)) : Theme.touchLarge
    signal pressed(string what)
    spacing: gap
    Repeater {
        model: root.keys
        Row {
            id: line
            required property int index
            required property var modelData
            readonly property string part: root.key + index  // right and left go from row to row
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: root.gap
            LayoutMirroring.enabled: false
            Repeater {
                model: line.modelData
                PKey {
                    required property string modelData
                    objectName: root.key + "." + modelData
                    width: modelData === "del" ? root.cellWidth * 1.5 : root.cellWidth
                    height: root.cellHeight
                    text: modelData === "del" ? "" : modelData
                    icon: modelData === "del" ? "delete" : ""
                    name: modelData === "del" ? root.deleteName : modelData
                    onClicked: root.pressed(modelData)
                }
            }
        }
    }
}
