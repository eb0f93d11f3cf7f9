import QtQuick
import "../theme"

// − n +. It asks; whoever holds the number decides. What has the focus keeps it at its limit: who presses once more than
// can be had is not to choose the next thing by it.
Item {
    id: root
    property int value: 1
    property int minimum: 0
    property int maximum: 99
    property string name
    property string lessName: "−"
    property string moreName: "+"
    property string key: objectName
    property int size: Theme.touch
    property bool usable: true
    enabled: usable
    signal changed(int value)
    implicitHeight: size
    implicitWidth: 2 * size + Theme.xxl
    Accessible.role: Accessible.SpinBox
    Accessible.name: name
    Accessible.description: String(value)
    PIconButton {
        objectName: root.key + ".less"
        anchors.left: parent.left
        name: root.lessName + " " + root.name
        icon: root.value === 1 && root.minimum === 0 ? "trash-2" : "minus"
        width: root.size
        height: root.size
        usable: root.usable && (root.value > root.minimum || activeFocus)
        faint: !root.usable || root.value <= root.minimum
        onClicked: root.changed(root.value - 1)
    }
    PText {
        anchors.centerIn: parent
        text: root.value
        font.pixelSize: Theme.bodyLarge
        font.weight: Theme.bold
        font.features: ({ "tnum": 1 })
        Accessible.ignored: true
    }
    PIconButton {
        objectName: root.key + ".more"
        anchors.right: parent.right
        name: root.moreName + " " + root.name
        icon: "plus"
        width: root.size
        height: root.size
        usable: root.usable && (root.value < root.maximum || activeFocus)
        faint: !root.usable || root.value >= root.maximum
        onClicked: root.changed(root.value + 1)
    }
}
