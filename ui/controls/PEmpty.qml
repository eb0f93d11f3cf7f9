import QtQuick
import "../theme"

// An empty place that says why it is empty.
Column {
    id: root
    property string icon: "utensils"
    property string title
    property string text
    property bool pictured: true
    property bool brief: false  // the title alone
    readonly property real disc: Theme.iconXl + Theme.xxl + spacing
    readonly property real more: text === "" ? 0 : words.implicitHeight + spacing
    readonly property real least: heading.implicitHeight
    width: Math.min(parent ? parent.width - 2 * Theme.l : Theme.px(480), Theme.px(520))
    spacing: Theme.s
    Rectangle {
        anchors.horizontalCenter: parent.horizontalCenter
        visible: root.pictured
        width: Theme.iconXl + Theme.xxl
        height: width
        radius: width / 2
        color: Theme.accentSoft
        PIcon { anchors.centerIn: parent; name: root.icon; size: Theme.iconXl; color: Theme.accent }
    }
    PText {
        id: heading
        width: parent.width
        text: shell.phrased(root.title)
        wrapMode: Text.Wrap
        horizontalAlignment: Text.AlignHCenter
        font.pixelSize: Theme.title
        font.weight: Theme.bold
    }
    PText {
        id: words
        width: parent.width
        visible: text !== "" && !root.brief
        text: shell.phrased(root.text)
        muted: true
        wrapMode: Text.Wrap
        horizontalAlignment: Text.AlignHCenter
    }
}
