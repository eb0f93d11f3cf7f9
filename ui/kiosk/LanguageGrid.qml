import QtQuick
import "../theme"
import "../controls"

// The languages by their own names, each in its own letters.
Column {
    id: root
    readonly property string part: "languages"
    property string prefix: "kiosk.lang."
    property real least: Theme.px(150)
    property int most: 9  // columns
    property int typeSize: Theme.bodyLarge
    signal chosen(string code)
    readonly property int count: vm.languages.length
    readonly property int fitting: Math.max(1, Math.min(most, count, Math.floor((width + spacing) / (needed + spacing))))
    readonly property real needed: Math.max(least, widest.advanceWidth + 2 * Theme.m)
    readonly property int columns: Math.ceil(count / Math.ceil(count / fitting))  // rows as even as can be
    readonly property real cell: (width - (columns - 1) * spacing) / columns
    spacing: Theme.s
    TextMetrics {
        id: widest
        font.family: Theme.family
        font.pixelSize: root.typeSize
        font.weight: Theme.semibold
        text: vm.languages.reduce((longest, one) => one.name.length > longest.length ? one.name : longest, "")
    }
    Repeater {
        model: Math.ceil(root.count / root.columns)
        Row {
            id: row
            required property int index
            anchors.horizontalCenter: parent.horizontalCenter  // a last row that is not full stands in the middle
            spacing: root.spacing
            Repeater {
                model: vm.languages.slice(row.index * root.columns, (row.index + 1) * root.columns)
                PPressable {
                    id: cell
                    required property var modelData
                    objectName: root.prefix + modelData.code
                    name: modelData.name
                    checkable: true
                    role: Accessible.RadioButton
                    checked: shell.language === modelData.code
                    height: Math.max(Theme.touchLarge, Math.ceil(root.typeSize * 1.75))
                    width: root.cell
                    onClicked: root.chosen(modelData.code)
                    Rectangle {
                        anchors.fill: parent
                        radius: Theme.radiusM
                        color: cell.checked ? Theme.ink : cell.down ? Theme.surfaceSunken : Theme.surface
                        border.width: Theme.hairline
                        border.color: cell.checked ? Theme.ink : Theme.line
                    }
                    PText {
                        id: label
                        anchors.centerIn: parent
                        text: cell.modelData.name
                        color: cell.checked ? Theme.background : Theme.ink
                        font.family: cell.modelData.face
                        font.pixelSize: root.typeSize
                        font.weight: Theme.semibold
                        Accessible.ignored: true
                    }
                }
            }
        }
    }
}
