import QtQuick
import "../theme"

// A page that may be longer than its place: scrolls by finger and wheel, shows where it is.
Flickable {
    id: root
    default property alias content: holder.data
    property int spacing: 0
    property int padding: 0
    property int head: 0  // more room above the first thing
    contentWidth: width
    contentHeight: holder.implicitHeight + 2 * padding + head
    clip: true
    boundsBehavior: Flickable.StopAtBounds
    flickableDirection: Flickable.VerticalFlick
    property bool glides: true
    function toTop() { glides = false; contentY = 0; glides = true }
    function reveal(item) {
        if (!item) return
        const y = item.mapToItem(contentItem, 0, 0).y
        contentY = Math.max(0, Math.min(y - Theme.l, contentHeight - height))
    }
    Behavior on contentY {
        enabled: root.glides && !root.moving && !root.dragging
        NumberAnimation { duration: Theme.slow; easing.type: Theme.easing }
    }
    Column {
        id: holder
        x: root.padding
        y: root.padding + root.head
        width: root.width - 2 * root.padding
        spacing: root.spacing
    }
    Rectangle {
        parent: root
        visible: root.contentHeight > root.height + 1
        anchors.right: parent.right
        anchors.rightMargin: Theme.xxs
        readonly property real track: root.height - root.head  // it keeps clear of a sheet's round corner
        y: root.head + root.visibleArea.yPosition * track + Theme.xxs
        width: Theme.px(5)
        height: Math.max(Theme.xl, root.visibleArea.heightRatio * track - 2 * Theme.xxs)
        radius: width / 2
        color: Theme.lineStrong
        opacity: root.moving ? 0.9 : 0.45
        Behavior on opacity { NumberAnimation { duration: Theme.normal } }
    }
}
