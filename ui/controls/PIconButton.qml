import QtQuick
import "../theme"

// A round or square button with an icon only; `name` is what a screen reader says.
PPressable {
    id: root
    property string icon
    property string kind: "secondary"
    property int iconSize: Theme.iconM
    property bool faint: !usable
    implicitWidth: Theme.touch
    implicitHeight: Theme.touch
    Rectangle {
        anchors.fill: parent
        radius: Theme.radiusM
        color: root.kind === "primary" ? Theme.accent : root.kind === "quiet" ? (root.down ? Theme.surfaceSunken : "transparent")
            : root.down ? Theme.surfaceSunken : Theme.surface
        border.width: root.kind === "secondary" ? Theme.hairline : 0
        border.color: Theme.line
        opacity: root.faint ? Theme.faded : 1
    }
    PIcon {
        anchors.centerIn: parent
        name: root.icon
        size: root.iconSize
        color: root.kind === "primary" ? Theme.inkOnAccent : Theme.ink
        opacity: root.faint ? Theme.faded : 1
    }
}
