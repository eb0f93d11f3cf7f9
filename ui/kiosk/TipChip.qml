import QtQuick
import "../theme"
import "../controls"

// One answer to the question for a tip: how much of the order, and under it what that is in money.
PPressable {
    id: root
    property string share
    property string amount
    checkable: true
    role: Accessible.RadioButton
    readonly property string longest: share.split(" ").reduce((a, b) => b.length > a.length ? b : a, "")  // without an amount two lines are the words'
    readonly property real breadth: Math.max(word.advanceWidth, money.advanceWidth) * 1.02
    TextMetrics { id: word; text: root.amount ? root.share : root.longest; font: first.font }
    TextMetrics { id: money; text: root.amount; font: second.font }
    implicitWidth: Math.max(Theme.touch, Math.ceil(breadth) + 2 * Theme.s)
    implicitHeight: Math.max(Theme.touchLarge, Math.ceil(1.3 * (Theme.bodyLarge + Theme.label)) + 2 * Theme.xs)
    Rectangle {
        anchors.fill: parent
        radius: Theme.radiusM
        color: root.checked ? Theme.ink : root.down ? Theme.surfaceSunken : Theme.surface
        border.width: root.checked ? 0 : Theme.hairline
        border.color: Theme.line
        Behavior on color { ColorAnimation { duration: Theme.quick } }
    }
    Column {
        anchors.centerIn: parent
        width: parent.width - 2 * Theme.xs
        PText {
            id: first
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: root.share
            color: root.checked ? Theme.background : Theme.ink
            font.pixelSize: root.amount ? Theme.bodyLarge : Theme.body
            font.weight: Theme.bold
            wrapMode: root.amount ? Text.NoWrap : Text.Wrap
            maximumLineCount: 2
            lineHeight: root.amount ? 1 : 0.95
            Accessible.ignored: true
        }
        PText {
            id: second
            visible: root.amount !== ""
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: root.amount
            color: root.checked ? Theme.background : Theme.inkMuted
            font.pixelSize: Theme.label
            font.weight: Theme.medium
            font.features: ({ "tnum": 1 })
            Accessible.ignored: true
        }
    }
}
