import QtQuick
import "../theme"

// An empty place that says why it is empty.
Column {
    id: root
    property string icon: "utensils"
    property string title
    property string text
    width: Math.min(parent ? parent.width - 2 * Theme.l : Theme.px(480), Theme.px(520))
    spacing: Theme.s
    Rectangle {
        anchors.horizontalCenter: parent.horizontalCenter
        width: Theme.iconXl + Theme.xxl
        height: width
        radius: width / 2
        color: Theme.accentSoft
        PIcon { anchors.centerIn: parent; name: root.icon; size: Theme.iconXl; color: Theme.accent }
    }
    PText {
        width: parent.width
        text: root.title
        wrapMode: Text.Wrap
        horizontalAlignment: Text.AlignHCenter
        font.pixelSize: Theme.title
        font.weight: Theme.bold
    }
    PText {
        width: parent.width
        visible: text !== ""
        text: root.text
        muted: true
        wrapMode: Text.Wrap
        horizontalAlignment: Text.AlignHCenter
    }
}
