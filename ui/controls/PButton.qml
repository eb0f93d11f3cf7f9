import QtQuick
import "../theme"

// kind: "primary" (one a page), "secondary", "quiet", "danger", "positive". size: "m", "l", "xl". `trailing`, an amount,
// stands at the far end, or under the words where both find no room side by side.
PPressable {
    id: root
    property string text
    property string icon
    property string trailing
    property string kind: "secondary"
    property string size: "m"
    name: text + (trailing ? ", " + trailing : "")

    readonly property bool filled: kind === "primary" || kind === "danger" || kind === "positive"
    readonly property color ground: kind === "primary" ? Theme.accent : kind === "danger" ? Theme.danger
        : kind === "positive" ? Theme.positive : kind === "quiet" ? "transparent" : Theme.surface
    readonly property color inked: !usable ? Theme.inkFaint : kind === "primary" ? Theme.inkOnAccent
        : kind === "danger" ? Theme.inkOnDanger : kind === "positive" ? Theme.inkOnPositive : Theme.ink
    readonly property int typeSize: size === "xl" ? Theme.title : size === "l" ? Theme.bodyLarge : Theme.body

    readonly property bool wraps: Theme.large && !stacks && metrics.needed > width - taken  // in large type two lines have their height
    implicitHeight: Math.max(size === "xl" ? Theme.touchHuge : size === "l" ? Theme.touchLarge : Theme.touch, Math.ceil(typeSize * (wraps ? 2.5 : 1.5)))
    implicitWidth: metrics.needed + (icon ? Theme.iconM + Theme.xs : 0) + (trailing ? priced.needed + Theme.l : 0) + 2 * (size === "m" ? Theme.m : Theme.l)

    // Measured apart from the label, whose own width would answer back to the row that asks for it.
    TextMetrics {
        id: metrics
        text: root.text
        font.family: Theme.family
        font.pixelSize: root.typeSize
        font.weight: Theme.semibold
        readonly property real needed: Math.ceil(advanceWidth * 1.02 + root.typeSize * 0.12)  // joined letters are drawn a little wider than measured
    }
    TextMetrics {
        id: priced
        text: root.trailing
        font.family: Theme.family
        font.pixelSize: root.typeSize
        font.weight: Theme.bold
        readonly property real needed: Math.ceil(advanceWidth * 1.02 + root.typeSize * 0.12)
    }
    readonly property real taken: (trailing ? 2 * Theme.l : 2 * Theme.s) + (icon ? Theme.iconM + Theme.xs : 0) + (trailing && !stacks ? priced.needed + Theme.xs : 0)
    readonly property bool stacks: trailing !== "" && metrics.needed + (icon ? Theme.iconM + Theme.xs : 0) + priced.needed + Theme.xs > width - 2 * Theme.l
    readonly property int lineSize: stacks ? Math.min(typeSize, Math.floor(height * 0.36)) : typeSize

    Rectangle {
        anchors.fill: parent
        radius: root.size === "xl" ? Theme.radiusL : Theme.radiusM
        color: !root.usable && root.filled ? Theme.surfaceSunken : root.down && !root.filled ? Theme.surfaceSunken : root.ground
        border.width: root.kind === "secondary" ? Theme.hairline : 0
        border.color: Theme.lineStrong
        opacity: root.down && root.filled ? 0.9 : 1
        Behavior on color { ColorAnimation { duration: Theme.quick } }
    }
    Row {
        id: row
        anchors.verticalCenter: parent.verticalCenter
        anchors.verticalCenterOffset: root.stacks ? -price.implicitHeight / 2 : 0
        anchors.left: parent.left
        // lines that break are narrower than their place, and stand in the middle with their icon
        readonly property real slack: root.icon !== "" && label.broken ? label.width - label.contentWidth : 0
        anchors.leftMargin: root.trailing && !root.stacks ? Theme.l : (parent.width - width + slack) / 2
        spacing: Theme.xs
        PIcon {
            visible: root.icon !== ""
            name: root.icon
            color: root.inked
            size: root.size === "m" ? Theme.iconS : Theme.iconM
            anchors.verticalCenter: parent.verticalCenter
        }
        PText {
            id: label
            readonly property bool broken: metrics.needed > width
            text: broken ? shell.phrased(root.text) : root.text
            color: root.inked
            width: Math.min(metrics.needed, root.width - root.taken)
            height: Math.min(implicitHeight, root.stacks ? root.height / 2 : root.height)
            font.pixelSize: root.lineSize
            fontSizeMode: broken ? Text.Fit : Text.FixedSize  // two lines, then smaller, never cut
            minimumPixelSize: Theme.least
            wrapMode: broken ? Text.WordWrap : Text.NoWrap
            maximumLineCount: 2
            horizontalAlignment: root.icon === "" && (root.trailing === "" || root.stacks) ? Text.AlignHCenter : Text.AlignLeft
            verticalAlignment: Text.AlignVCenter
            lineHeight: broken ? 0.95 : 1
            font.weight: Theme.semibold
            anchors.verticalCenter: parent.verticalCenter
            Accessible.ignored: true
        }
    }
    PText {
        id: price
        visible: root.trailing !== ""
        text: root.trailing
        color: root.inked
        font.pixelSize: root.lineSize
        font.weight: Theme.bold
        anchors.right: parent.right
        anchors.rightMargin: root.stacks ? (parent.width - width) / 2 : Theme.l
        anchors.verticalCenter: parent.verticalCenter
        anchors.verticalCenterOffset: root.stacks ? row.height / 2 : 0
        Accessible.ignored: true
    }
}
