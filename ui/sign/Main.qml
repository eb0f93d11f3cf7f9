import QtQuick
import "../theme"
import "../staff"

// A terminal whose own screen fails says that it is out of order; staff can get in.
Rectangle {
    id: root
    color: Theme.signGround
    readonly property bool tall: height > width
    readonly property real fit: tall ? Math.min(width / 720, height / 1180) : Math.min(width / 1440, height / 810)
    Binding { target: Theme; property: "unit"; value: Math.max(0.35, root.fit) }
    Binding { target: Theme; property: "finger"; value: 60 }
    Binding { target: Theme; property: "family"; value: shell.typeface }
    Binding { target: Theme; property: "mirrored"; value: shell.mirrored }
    LayoutMirroring.enabled: Theme.mirrored
    LayoutMirroring.childrenInherit: true

    ClosedPage { anchors.fill: parent }
    StaffLayer { free: false }
}
