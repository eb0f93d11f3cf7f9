import QtQuick
import "../theme"

// For what must not happen by accident: it acts when held, and shows how far the hold is.
Item {
    id: root
    property string text
    property string name: text
    property string icon
    property string tone: "neutral"  // "danger", "positive"
    property int holdTime: Theme.hold
    property real progress: 0
    readonly property color filled: tone === "danger" ? Theme.danger : tone === "positive" ? Theme.positive : Theme.accent
    property bool done: false  // this touch has acted
    signal held()
    signal tapped()  // let go too early
    implicitHeight: Theme.touch
    implicitWidth: row.implicitWidth + 2 * Theme.m
    activeFocusOnTab: enabled
    Accessible.role: Accessible.Button
    Accessible.name: name
    Accessible.onPressAction: held()
    Keys.onReturnPressed: held()
    Keys.onSpacePressed: held()
    Rectangle {
        anchors.fill: parent
        radius: Theme.radiusM
        color: Theme.surface
        border.width: root.activeFocus ? Theme.outline : Theme.hairline
        border.color: root.activeFocus ? Theme.focus : root.tone === "neutral" ? Theme.lineStrong : root.filled
        Rectangle {
            anchors.left: parent.left
            anchors.top: parent.top
            anchors.bottom: parent.bottom
            width: parent.width * root.progress
            radius: parent.radius
            color: root.filled
            opacity: 0.28
        }
    }
    Row {
        id: row
        anchors.centerIn: parent
        spacing: Theme.xs
        PIcon {
            visible: root.icon !== ""
            name: root.icon
            size: Theme.iconS
            color: root.tone === "neutral" ? Theme.ink : root.filled
            anchors.verticalCenter: parent.verticalCenter
        }
        PText {
            text: root.text
            color: root.tone === "neutral" ? Theme.ink : root.filled
            font.weight: Theme.semibold
            font.pixelSize: Theme.label
            anchors.verticalCenter: parent.verticalCenter
            Accessible.ignored: true
        }
    }
    NumberAnimation on progress {
        id: filling
        running: false
        from: 0
        to: 1
        duration: root.holdTime
        onFinished: if (area.pressed) { root.progress = 0; root.done = true; root.held() }
    }
    MouseArea {
        id: area
        anchors.fill: parent
        enabled: root.enabled
        preventStealing: true
        onPressed: { root.done = false; filling.restart() }
        onClicked: if (!root.done) root.tapped()
        onReleased: { filling.stop(); root.progress = 0 }
        onCanceled: { filling.stop(); root.progress = 0 }
        onExited: { filling.stop(); root.progress = 0 }
    }
}
