import QtQuick
import "../theme"

// Something that is on or off, with the words for it; the whole row can be touched.
PPressable {
    id: root
    property string text
    property string icon
    name: text
    checkable: true
    role: Accessible.CheckBox
    implicitHeight: Math.max(Theme.touchLarge, words.implicitHeight + Theme.m)
    Rectangle {
        anchors.fill: parent
        radius: Theme.radiusM
        color: root.checked ? Theme.accentSoft : root.down ? Theme.surfaceSunken : Theme.surface
        border.width: root.checked ? Theme.outline : Theme.hairline
        border.color: root.checked ? Theme.accent : Theme.line
    }
    PIcon {
        id: sign
        anchors.left: parent.left
        anchors.leftMargin: Theme.m
        anchors.verticalCenter: parent.verticalCenter
        name: root.icon
        color: root.checked ? Theme.accentStrong : Theme.ink
    }
    PText {
        id: words
        anchors.left: sign.right
        anchors.leftMargin: Theme.m
        anchors.right: track.left
        anchors.rightMargin: Theme.m
        anchors.verticalCenter: parent.verticalCenter
        text: root.text
        font.pixelSize: Theme.bodyLarge
        font.weight: Theme.medium
        wrapMode: Text.Wrap
        Accessible.ignored: true
    }
    Rectangle {
        id: track
        anchors.right: parent.right
        anchors.rightMargin: Theme.m
        anchors.verticalCenter: parent.verticalCenter
        width: Theme.px(56)
        height: Theme.px(32)
        radius: height / 2
        color: root.checked ? Theme.accent : Theme.surfaceSunken
        border.width: root.checked ? 0 : Theme.outline
        border.color: Theme.lineStrong
        Rectangle {
            readonly property real gap: Theme.px(4)
            anchors.left: parent.left
            anchors.leftMargin: root.checked ? parent.width - width - gap : gap
            anchors.verticalCenter: parent.verticalCenter
            width: parent.height - 2 * gap
            height: width
            radius: width / 2
            color: root.checked ? Theme.inkOnAccent : Theme.inkFaint
            Behavior on anchors.leftMargin { NumberAnimation { duration: Theme.quick; easing.type: Theme.easing } }
        }
    }
}
