import QtQuick
import "../theme"
import "../controls"

// Types for whom a dish is: on the glass, or on a keyboard that is there.
PSheet {
    id: root
    open: vm.whom.asking
    title: shell.tr("kiosk.whom")
    summary: shell.tr("kiosk.whom_text")
    maxWidth: Theme.px(900)
    readonly property bool low: !tall && Theme.reach  // the field and what is pressed stand in one row over the keys
    readonly property real rest: (low ? 0 : head.height + foot.height + 2 * Theme.m) + field.height + 3 * Theme.m  // what is not keys
    readonly property real most: height - (tall && !Theme.reach ? Theme.xxl : 2 * Theme.l)
    maxHeight: Math.min(most, rest + letters.height)
    onDismissed: vm.whom.forget()
    onCalmChanged: if (calm) field.take()
    Column {
        id: head
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: Theme.l
        visible: !root.low
        spacing: Theme.xxs
        PText {
            width: parent.width
            text: shell.tr("kiosk.whom")
            font.pixelSize: Theme.title
            font.weight: Theme.black
            wrapMode: Text.Wrap
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
        PText {
            width: parent.width
            visible: !Theme.reach && !Theme.large
            text: shell.tr("kiosk.whom_text")
            muted: true
            wrapMode: Text.Wrap
        }
    }
    PSearchField {
        id: field
        objectName: "kiosk.whom.field"
        anchors.left: parent.left
        anchors.right: root.low ? foot.left : parent.right
        anchors.top: root.low ? parent.top : head.bottom
        anchors.leftMargin: Theme.l
        anchors.rightMargin: root.low ? Theme.s : Theme.l
        anchors.topMargin: root.low ? Theme.m : Theme.s
        icon: "user"
        placeholder: shell.tr("kiosk.whom_name")
        clearName: shell.tr("kiosk.key_delete")
        onEdited: (text) => vm.whom.type(text)
        onSubmitted: vm.whom.done()
        Binding { target: field; property: "text"; value: vm.whom.typed }
        Keys.onEscapePressed: root.dismissed()
    }
    PKeyboard {
        id: letters
        objectName: "kiosk.whom.key"
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.top: field.bottom
        anchors.topMargin: Theme.m
        width: parent.width - 2 * Theme.m
        room: root.most - root.rest
        keys: vm.whom.keys
        deleteName: shell.tr("kiosk.key_delete")
        onPressed: (what) => vm.whom.press(what)
    }
    Row {
        id: foot
        readonly property string part: "foot"
        anchors.right: parent.right
        anchors.rightMargin: Theme.l
        y: root.low ? field.y + (field.height - height) / 2 : parent.height - height - Theme.m
        spacing: Theme.s
        readonly property real cell: root.low ? (parent.width - 2 * Theme.l) * 0.2 : (parent.width - 2 * Theme.l - 2 * spacing) / 3
        PButton {
            objectName: "kiosk.whom.back"
            width: foot.cell
            kind: "quiet"
            size: "l"
            text: shell.tr("kiosk.back")
            onClicked: root.dismissed()
        }
        PButton {
            objectName: "kiosk.whom.space"
            width: foot.cell
            size: "l"
            text: shell.tr("kiosk.key_space")
            onClicked: vm.whom.press(" ")
        }
        PButton {
            readonly property bool goal: true
            objectName: "kiosk.whom.done"
            width: foot.cell
            kind: "primary"
            size: "l"
            text: shell.tr("kiosk.search_end")
            onClicked: vm.whom.done()
        }
    }
}
