import QtQuick
import "../theme"

// kind: "primary" (one a page), "secondary", "quiet", "danger", "positive". size: "m", "l", "xl".
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
    readonly property color inked: !enabled ? Theme.inkFaint : kind === "primary" ? Theme.inkOnAccent
        : kind === "danger" ? Theme.inkOnDanger : kind === "positive" ? Theme.inkOnPositive : Theme.ink
    readonly property int typeSize: size === "xl" ? Theme.title : size === "l" ? Theme.bodyLarge : Theme.body

    implicitHeight: size === "xl" ? Theme.touchHuge : size === "l" ? Theme.touchLarge : Theme.touch
    implicitWidth: metrics.needed + (icon ? Theme.iconM + Theme.xs : 0) + (trailing ? price.implicitWidth + Theme.l : 0) + 2 * (size === "m" ? Theme.m : Theme.l)

    // Measured apart from the label, whose own width would answer back to the row that asks for it.
    TextMetrics {
        id: metrics
        text: root.text
        font.family: Theme.family
        font.pixelSize: root.typeSize
        font.weight: Theme.semibold
        readonly property real needed: Math.ceil(advanceWidth) + 1
    }
    readonly property real taken: 2 * Theme.s + (icon ? Theme.iconM + Theme.xs : 0) + (trailing ? price.implicitWidth + Theme.l : 0)

    Rectangle {
        anchors.fill: parent
        radius: root.size === "xl" ? Theme.radiusL : Theme.radiusM
        color: !root.enabled && root.filled ? Theme.surfaceSunken : root.down && !root.filled ? Theme.surfaceSunken : root.ground
        border.width: root.kind === "secondary" ? Theme.hairline : 0
        border.color: Theme.lineStrong
        opacity: root.down && root.filled ? 0.9 : 1
        Behavior on color { ColorAnimation { duration: Theme.quick } }
    }
    Row {
        id: row
        anchors.verticalCenter: parent.verticalCenter
        x: root.trailing ? Theme.l : (parent.width - width) / 2
        spacing: Theme.xs
        PIcon {
            visible: root.icon !== ""
            name: root.icon
            color: root.inked
            size: root.size === "m" ? Theme.iconS : Theme.iconM
            anchors.verticalCenter: parent.verticalCenter
        }
        PText {
            text: root.text
            color: root.inked
            width: Math.min(metrics.needed, root.width - root.taken)
            font.pixelSize: root.typeSize
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
        font.pixelSize: root.typeSize
        font.weight: Theme.bold
        anchors.right: parent.right
        anchors.rightMargin: Theme.l
        anchors.verticalCenter: parent.verticalCenter
        Accessible.ignored: true
    }
}
