import QtQuick
import "../theme"

Rectangle {
    id: root
    property alias text: input.text
    property string placeholder
    property string key: objectName
    property string clearName: "×"
    property int inputMethodHints: Qt.ImhNone
    property string icon: "search"
    signal edited(string text)
    signal submitted(string text)
    readonly property bool typed: input.activeFocus
    function take() { input.forceActiveFocus() }
    function leave() { input.focus = false }
    implicitHeight: Theme.touch
    implicitWidth: Theme.px(320)
    radius: Theme.radiusM
    color: Theme.surface
    border.width: input.activeFocus ? Theme.outline : Theme.hairline
    border.color: input.activeFocus ? Theme.focus : Theme.lineStrong
    PIcon {
        id: glass
        name: root.icon
        size: Theme.iconS
        color: Theme.inkMuted
        anchors.left: parent.left
        anchors.leftMargin: Theme.s
        anchors.verticalCenter: parent.verticalCenter
    }
    TextInput {
        id: input
        objectName: root.key + ".input"
        anchors.left: glass.right
        anchors.leftMargin: Theme.xs
        anchors.right: clear.visible ? clear.left : parent.right
        anchors.rightMargin: Theme.s
        anchors.top: parent.top
        anchors.bottom: parent.bottom
        horizontalAlignment: TextInput.AlignLeft  // the page's way, empty too
        verticalAlignment: TextInput.AlignVCenter
        clip: true
        color: Theme.ink
        selectionColor: Theme.accentSoft
        selectedTextColor: Theme.ink
        font.family: Theme.family
        font.pixelSize: Theme.body
        inputMethodHints: root.inputMethodHints
        activeFocusOnTab: true
        Accessible.role: Accessible.EditableText
        Accessible.name: root.placeholder
        onTextEdited: root.edited(text)
        onAccepted: root.submitted(text)
    }
    PText {
        anchors.fill: input
        verticalAlignment: Text.AlignVCenter
        visible: input.text === ""
        text: root.placeholder
        color: Theme.inkFaint
        Accessible.ignored: true
    }
    PIconButton {
        id: clear
        objectName: root.key + ".clear"
        visible: input.text !== ""
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        kind: "quiet"
        icon: "x"
        iconSize: Theme.iconS
        name: root.clearName
        onClicked: { input.text = ""; root.edited("") }
    }
}
