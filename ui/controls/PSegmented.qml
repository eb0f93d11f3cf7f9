import QtQuick
import "../theme"

// One of a few. `options`: [{key, text, icon?}].
Rectangle {
    id: root
    property var options: []
    property string current
    property string prefix: objectName
    signal chosen(string key)
    implicitHeight: Theme.touch
    implicitWidth: row.implicitWidth + 2 * Theme.xxs
    radius: Theme.radiusM
    color: Theme.surfaceSunken
    Row {
        id: row
        anchors.fill: parent
        anchors.margins: Theme.xxs
        Repeater {
            model: root.options
            PPressable {
                id: segment
                required property var modelData
                objectName: root.prefix + "." + modelData.key
                name: modelData.text
                checkable: true
                role: Accessible.RadioButton
                checked: modelData.key === root.current
                height: row.height
                width: Math.max(label.implicitWidth + 2 * Theme.m, row.width / Math.max(1, root.options.length))
                onClicked: root.chosen(modelData.key)
                Rectangle {
                    anchors.fill: parent
                    radius: Theme.radiusS + Theme.xxs
                    color: segment.checked ? Theme.surface : "transparent"
                    border.width: segment.checked ? Theme.hairline : 0
                    border.color: Theme.line
                }
                PText {
                    id: label
                    anchors.centerIn: parent
                    text: segment.modelData.text
                    font.pixelSize: Theme.label
                    font.weight: Theme.semibold
                    color: segment.checked ? Theme.ink : Theme.inkMuted
                    Accessible.ignored: true
                }
            }
        }
    }
}
