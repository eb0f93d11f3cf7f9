import QtQuick
import "../theme"

// A surface that comes up over the page, from below on a tall screen, in the middle on a wide one. The page under it
// is dimmed and out of reach. Content goes into the sheet's own area. It takes the focus when it is open and has its title,
// whichever comes first, so that a screen reader says title and summary once; a thing in it that takes it first keeps it.
Item {
    id: root
    property string title
    property string summary
    readonly property bool landing: true
    Accessible.ignored: title === ""
    Accessible.role: Accessible.Dialog
    Accessible.name: title
    Accessible.description: summary
    Accessible.focusable: true
    property bool open: false
    property bool dismissable: true
    property real maxWidth: Theme.px(760)
    readonly property bool roomy: Theme.reach && Theme.large  // all there is of the lower half
    property real maxHeight: height - Theme.xxl
    readonly property real below: tall ? 0 : (height - panel.height) / 2  // what is free under it
    readonly property bool tall: height > width || width < Theme.px(900)
    default property alias content: holder.data
    property bool calm: false  // a double tap that opened it touches nothing on it
    signal dismissed()
    property bool told: false
    onOpenChanged: {
        calm = told = false
        panel.move(open)
        if (open) { rest.restart(); Qt.callLater(tell) }
    }
    Component.onCompleted: if (open) panel.move(true)
    onTitleChanged: if (open && !told) Qt.callLater(tell)
    function tell() {  // later: `open` may have changed before the title that belongs to it
        if (!open || told) return
        told = title !== ""
        for (let item = Window.activeFocusItem; item && item !== root; item = item.parent)
            if (item.parent === root) return
        focus = false  // without a title it was not heard
        forceActiveFocus()
    }
    Timer { id: rest; interval: Theme.doubleTap; onTriggered: root.calm = root.open }

    anchors.fill: parent
    visible: open || dim.opacity > 0
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
            onClicked: if (root.dismissable && root.calm) root.dismissed()
            onWheel: (wheel) => wheel.accepted = true
        }
    }
    Rectangle {
        id: panel
        width: root.tall ? parent.width : root.roomy ? parent.width - 2 * (Theme.l + Theme.helpRoom) : Math.min(parent.width - 2 * Theme.l, root.maxWidth)
        height: Math.min(root.maxHeight, root.height - (root.roomy ? Theme.m : root.tall ? Theme.xxl : 2 * Theme.l))
        anchors.horizontalCenter: parent.horizontalCenter
        // The first frame after a touch shows that it comes: it begins some way up, instead of below the edge.
        readonly property real place: root.tall ? parent.height - height : (parent.height - height) / 2
        property bool up: false
        property bool begins: false
        function move(open) {
            if (open && dim.opacity === 0) {
                glide.enabled = false
                begins = true
                glide.enabled = true
            }
            up = open
            begins = false
        }
        y: up ? place : begins ? place + (parent.height - place) * 0.75 : parent.height
        Behavior on y { id: glide; NumberAnimation { duration: Theme.slow; easing.type: Theme.easing } }
        radius: Theme.radiusXl
        color: Theme.background
        MouseArea { anchors.fill: parent }
        Rectangle {  // a sheet that stands on the bottom edge has no lower corners
            visible: root.tall
            anchors.bottom: parent.bottom
            anchors.horizontalCenter: parent.horizontalCenter
            width: parent.width
            height: parent.radius
            color: parent.color
        }
        Item {
            id: holder
            anchors.fill: parent
            enabled: root.calm
        }
        Rectangle {  // black on black has no edge of its own; over the content, whose foot has a ground of its own
            visible: Theme.contrast
            width: parent.width
            height: parent.height + (root.tall ? radius : 0)
            radius: visible ? parent.radius : 0
            color: "transparent"
            border.width: Theme.hairline
            border.color: Theme.lineStrong
        }
    }
}
