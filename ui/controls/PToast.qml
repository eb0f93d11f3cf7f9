import QtQuick
import "../theme"

// A sentence that passes, with at most one thing to do about it.
Rectangle {
    id: root
    property string text
    property string action
    property string tone: "neutral"
    property string key: objectName
    readonly property Item focused: shown ? Window.activeFocusItem : null
    property real lift: 0  // so far up that it covers nothing that has the focus
    onFocusedChanged: Qt.callLater(rise)  // when that has been scrolled to
    function rise() {
        if (!focused || !shell.byKeys || button.activeFocus) { lift = 0; return }
        const top = focused.mapToItem(parent, 0, 0).y
        const low = parent.height - anchors.bottomMargin + lift
        lift = top < low && top + focused.height > low - height && top > height + Theme.s ? low - top + Theme.s : 0
    }
    signal acted()
    function say(sentence, what, kind) {
        text = sentence
        action = what || ""
        tone = kind || "neutral"
        shown = true
        away.restart()
    }
    function hide() { shown = false }
    property bool shown: false
    visible: opacity > 0
    opacity: shown ? 1 : 0
    Behavior on opacity { NumberAnimation { duration: Theme.normal } }
    implicitHeight: Math.max(Theme.touchLarge, label.implicitHeight + 2 * Theme.m)
    implicitWidth: Theme.px(620)
    radius: Theme.radiusM
    color: tone === "danger" ? Theme.danger : Theme.ink
    z: 300
    Accessible.role: Accessible.StaticText
    Accessible.name: text
    Timer {
        id: away
        interval: Theme.toastTime
        onTriggered: { if (button.activeFocus) restart(); else root.shown = false }  // not while somebody is about to press it
    }
    PText {
        id: label
        anchors.left: parent.left
        anchors.leftMargin: Theme.l
        anchors.right: button.visible ? button.left : parent.right
        anchors.rightMargin: Theme.m
        anchors.verticalCenter: parent.verticalCenter
        text: root.text
        color: root.tone === "danger" ? Theme.inkOnDanger : Theme.background
        wrapMode: Text.Wrap
        maximumLineCount: 5
        font.weight: Theme.medium
    }
    PPressable {
        id: button
        readonly property bool urgent: root.shown
        objectName: root.key + ".action"
        visible: root.action !== ""
        name: root.action
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        width: actionText.implicitWidth + 2 * Theme.l
        height: Theme.touchLarge
        onClicked: { root.shown = false; root.acted() }
        PText {
            id: actionText
            anchors.centerIn: parent
            text: root.action
            color: root.tone === "danger" ? Theme.inkOnDanger : Theme.background
            font.weight: Theme.bold
            font.underline: true
            Accessible.ignored: true
        }
    }
}
