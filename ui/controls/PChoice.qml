import QtQuick
import "../theme"

// A line that is chosen or not: a dot for one of several, a tick for any of several. `extra` stands on the right.
PPressable {
    id: root
    property string text
    property string note
    property string extra
    property bool single: false
    property bool gone: false
    name: text + (extra ? ", " + extra : "") + (note ? ", " + note : "")
    checkable: true
    role: single ? Accessible.RadioButton : Accessible.CheckBox
    enabled: !gone
    implicitHeight: Math.max(Theme.touchLarge, texts.implicitHeight + Theme.m)
    Rectangle {
        anchors.fill: parent
        radius: Theme.radiusM
        color: root.checked ? Theme.accentSoft : root.down ? Theme.surfaceSunken : Theme.surface
        border.width: root.checked ? Theme.outline : Theme.hairline
        border.color: root.checked ? Theme.accent : Theme.line
        opacity: root.gone ? 0.6 : 1
        Behavior on opacity { NumberAnimation { duration: Theme.normal } }
    }
    Rectangle {
        id: mark
        anchors.left: parent.left
        anchors.leftMargin: Theme.m
        anchors.verticalCenter: parent.verticalCenter
        width: Theme.px(26)
        height: width
        radius: root.single ? width / 2 : Theme.radiusS
        color: root.checked ? Theme.accent : "transparent"
        border.width: root.checked ? 0 : Theme.outline
        border.color: root.gone ? Theme.line : Theme.lineStrong
        PIcon {
            anchors.centerIn: parent
            visible: root.checked
            name: "check"
            size: Theme.iconS
            color: Theme.inkOnAccent
        }
    }
    Column {
        id: texts
        anchors.left: mark.right
        anchors.leftMargin: Theme.s
        anchors.right: price.left
        anchors.rightMargin: Theme.s
        anchors.verticalCenter: parent.verticalCenter
        PText {
            width: parent.width
            text: root.text
            color: root.gone ? Theme.inkFaint : Theme.ink
            font.weight: Theme.medium
            wrapMode: Text.Wrap
            maximumLineCount: 2
            elide: Text.ElideRight
            Accessible.ignored: true
        }
        PText {
            width: parent.width
            visible: text !== ""
            text: root.note
            color: Theme.inkMuted
            font.pixelSize: Theme.caption
            wrapMode: Text.Wrap
            maximumLineCount: 2
            elide: Text.ElideRight
            Accessible.ignored: true
        }
    }
    PText {
        id: price
        anchors.right: parent.right
        anchors.rightMargin: Theme.m
        anchors.verticalCenter: parent.verticalCenter
        text: root.extra
        color: root.gone ? Theme.inkFaint : Theme.inkMuted
        font.weight: Theme.semibold
        Accessible.ignored: true
    }
}
