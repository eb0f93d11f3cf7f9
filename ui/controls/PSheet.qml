import QtQuick
import "../theme"

// A surface that comes up over the page, from below on a tall screen, in the middle on a wide one. The page under it
// is dimmed and out of reach. Content goes into the sheet's own area.
Item {
    id: root
    property bool open: false
    property bool dismissable: true
    property real maxWidth: Theme.px(760)
    property real maxHeight: height - Theme.xxl
    readonly property bool tall: height > width
    default property alias content: holder.data
    signal dismissed()

    anchors.fill: parent
    visible: dim.opacity > 0
    enabled: open
    z: 100
    Keys.onEscapePressed: if (dismissable) dismissed()

    Rectangle {
        id: dim
        anchors.fill: parent
        color: Theme.scrim
        opacity: root.open ? 1 : 0
        Behavior on opacity { NumberAnimation { duration: Theme.normal } }
        MouseArea {
            anchors.fill: parent
            onClicked: if (root.dismissable) root.dismissed()
            onWheel: (wheel) => wheel.accepted = true
        }
    }
    Rectangle {
        id: panel
        width: root.tall ? parent.width : Math.min(parent.width - 2 * Theme.l, root.maxWidth)
        height: Math.min(root.maxHeight, root.height - (root.tall ? Theme.xxl : 2 * Theme.l))
        anchors.horizontalCenter: parent.horizontalCenter
        y: root.open ? (root.tall ? parent.height - height : (parent.height - height) / 2) : parent.height
        Behavior on y { NumberAnimation { duration: Theme.slow; easing.type: Theme.easing } }
        radius: Theme.radiusXl
        color: Theme.background
        MouseArea { anchors.fill: parent }
        Rectangle {  // a sheet that stands on the bottom edge has no lower corners
            visible: root.tall
            anchors.bottom: parent.bottom
            width: parent.width
            height: parent.radius
            color: parent.color
        }
        Item {
            id: holder
            anchors.fill: parent
        }
    }
}
