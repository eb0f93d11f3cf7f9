import QtQuick
import "../theme"

// Whatever can be touched: a name for screen readers, focus by keys, a press that is felt, nothing when disabled.
Item {
    id: root
    property string name
    property string hint
    property bool checkable: false
    property bool checked: false
    property bool pressFeedback: true
    property bool usable: true  // its own: what it lies on may take no touch for a moment, and then it looks as before
    property int role: checkable ? Accessible.CheckBox : Accessible.Button
    readonly property bool down: area.pressed && area.containsMouse
    default property alias content: holder.data
    signal clicked()

    enabled: usable
    implicitWidth: Theme.touch
    implicitHeight: Theme.touch
    activeFocusOnTab: enabled
    Accessible.role: role
    Accessible.name: name
    Accessible.description: hint
    Accessible.checkable: checkable
    Accessible.checked: checked
    Accessible.focusable: true
    Accessible.onPressAction: if (enabled) clicked()
    Keys.onSpacePressed: clicked()
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    Item {
        id: holder
        anchors.fill: parent
        scale: root.down && root.pressFeedback ? Theme.pressed : 1
        Behavior on scale { NumberAnimation { duration: Theme.quick; easing.type: Theme.easing } }
    }
    Rectangle {
        anchors.fill: parent
        anchors.margins: -Theme.xxs
        visible: root.activeFocus
        color: "transparent"
        radius: visible ? Theme.radiusM + Theme.xxs : 0
        border.width: Theme.outline
        border.color: Theme.focus
    }
    MouseArea {
        id: area
        anchors.fill: parent
        enabled: root.enabled
        onClicked: root.clicked()
    }
}
