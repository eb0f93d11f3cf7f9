import QtQuick
import "../theme"
import "../controls"

// The dishes of the order side by side on their plates, for a last look, each once; those that find no room are counted.
Item {
    id: root
    property real side: Theme.px(150)
    readonly property int many: vm.basket.plates.length
    readonly property int shown: Math.min(many, Math.max(1, Math.floor((width - side) / (side * 0.78)) + 1), 5)
    implicitHeight: side
    Row {
        anchors.horizontalCenter: parent.horizontalCenter
        spacing: -root.side * 0.22
        Repeater {
            model: root.visible ? vm.basket.plates : []
            Rectangle {
                id: plate
                required property int index
                required property var modelData
                readonly property string name: modelData.name
                readonly property string image: modelData.image
                visible: index < root.shown
                width: root.side
                height: width
                radius: width / 2
                color: Theme.surface
                border.width: Theme.outline
                border.color: Theme.accentSoft
                PImage {
                    anchors.centerIn: parent
                    width: Math.round(parent.width * 0.69)
                    height: width
                    inset: 0
                    radius: Math.round(width / 2)  // a photo becomes as round as its plate
                    behind: Theme.surface
                    showsGround: false
                    source: plate.image
                    name: plate.name
                }
                Rectangle {  // the last plate says how many more there are
                    anchors.fill: parent
                    visible: plate.index === root.shown - 1 && root.many > root.shown
                    radius: width / 2
                    color: Theme.accent
                    PText {
                        anchors.centerIn: parent
                        text: "+" + (root.many - root.shown + 1)
                        color: Theme.inkOnAccent
                        font.pixelSize: Math.round(root.side * 0.28)
                        font.weight: Theme.bold
                        Accessible.ignored: true
                    }
                }
            }
        }
    }
}
