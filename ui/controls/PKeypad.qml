import QtQuick
import "../theme"

// Digits for amounts and counts. `pressed(key)`: "0" … "9", "00", "del". What it stands on gives it the keys of a keyboard
// that is plugged in: `Keys.onPressed: (event) => keypad.typed(event)`.
Grid {
    id: root
    property string key: objectName
    property var keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "00", "0", "del"]
    property string deleteName: "⌫"
    property real cellHeight: Theme.touchLarge
    signal pressed(string key)
    function typed(event) {
        const key = event.key === Qt.Key_Backspace ? "del" : event.text
        if (!visible || !enabled || !keys.includes(key) || key === "") return
        event.accepted = true
        pressed(key)
    }
    columns: 3
    LayoutMirroring.enabled: false  // 1 2 3 stand as on every telephone
    spacing: Theme.xs
    Repeater {
        model: root.keys
        PPressable {
            id: cell
            required property string modelData
            objectName: root.key + "." + modelData
            name: modelData === "del" ? root.deleteName : modelData
            width: (root.width - 2 * root.spacing) / 3
            height: root.cellHeight
            enabled: modelData !== ""  // an empty one keeps its place
            opacity: modelData !== "" ? 1 : 0
            onClicked: root.pressed(modelData)
            Rectangle {
                anchors.fill: parent
                radius: Theme.radiusM
                color: cell.down ? Theme.surfaceSunken : Theme.surface
                border.width: Theme.hairline
                border.color: Theme.line
            }
            PText {
                anchors.centerIn: parent
                visible: cell.modelData !== "del"
                text: cell.modelData
                font.pixelSize: Theme.title
                font.weight: Theme.semibold
                Accessible.ignored: true
            }
            PIcon { anchors.centerIn: parent; visible: cell.modelData === "del"; name: "delete" }
        }
    }
}
