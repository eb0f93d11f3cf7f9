import QtQuick
import "../theme"
import "../controls"

// What is about to be paid, line by line, to look over once more. The lines scroll when they are many; the sum stays.
PCard {
    id: root
    property real least: 0
    property real most: Theme.px(400)
    readonly property real foot: rule.height + sums.height + sums.anchors.bottomMargin + sum.implicitHeight + 2 * Theme.s
    implicitHeight: Math.min(most, Math.max(least, lines.implicitHeight + foot + 2 * Theme.l))
    Flickable {
        id: list
        objectName: "kiosk.receipt.lines"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.bottom: rule.top
        anchors.margins: Theme.l
        anchors.bottomMargin: Theme.s
        contentHeight: lines.implicitHeight
        boundsBehavior: Flickable.StopAtBounds
        interactive: contentHeight > height + 1
        clip: true
        Column {
            id: lines
            width: parent.width
            spacing: Theme.s
            Repeater {
                model: vm.basket.rows
                Item {
                    id: line
                    required property string name
                    required property string details
                    required property string price
                    required property string trouble
                    required property bool struck
                    required property int quantity
                    width: lines.width
                    height: Math.max(times.height, words.height)
                    PText { id: times; anchors.left: parent.left; text: (Theme.mirrored ? "\u200f" : "") + line.quantity + " ×"; muted: true; font.pixelSize: Theme.bodyLarge; font.features: ({ "tnum": 1 }) }
                    Column {
                        id: words
                        readonly property real inset: Math.max(Theme.px(46), times.width + Theme.s)
                        anchors.left: parent.left
                        anchors.leftMargin: inset
                        width: parent.width - inset
                        // only the name stands beside the price: what was chosen has the whole line
                        PText { anchors.left: parent.left; width: parent.width - cost.width - Theme.m; text: shell.parted(line.name, width, font); font.pixelSize: Theme.bodyLarge; font.weight: Theme.medium; wrapMode: Text.Wrap; maximumLineCount: 12; elide: Text.ElideRight }
                        PText { width: parent.width; visible: text !== ""; text: line.details; muted: true; font.pixelSize: Theme.label; wrapMode: Text.Wrap }
                        PText { width: parent.width; visible: text !== "" && vm.payment.stopped !== ""; text: line.trouble; color: Theme.warning; font.pixelSize: Theme.label; font.weight: Theme.bold; wrapMode: Text.Wrap }
                    }
                    PText { id: cost; anchors.right: parent.right; text: line.price; font.pixelSize: Theme.bodyLarge; font.weight: Theme.medium; font.strikeout: line.struck && vm.payment.stopped !== ""; font.features: ({ "tnum": 1 }) }
                }
            }
        }
        Rectangle {  // more lines below
            parent: list
            anchors.bottom: parent.bottom
            width: parent.width
            height: Theme.l
            visible: list.interactive && !list.atYEnd
            gradient: Gradient {
                GradientStop { position: 0; color: Qt.alpha(root.color, 0) }
                GradientStop { position: 1; color: root.color }
            }
        }
        Rectangle {
            parent: root
            visible: list.interactive
            anchors.right: parent.right
            anchors.rightMargin: Theme.xs
            y: list.y + list.visibleArea.yPosition * list.height
            width: Theme.px(5)
            height: list.visibleArea.heightRatio * list.height
            radius: width / 2
            color: Theme.lineStrong
            opacity: list.moving ? 0.9 : 0.4
        }
    }
    PDivider {
        id: rule
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.l
        anchors.rightMargin: Theme.l
        anchors.bottom: sums.top
        anchors.bottomMargin: Theme.s
    }
    Column {  // what leads to the sum: a tip, what a voucher has paid
        id: sums
        anchors.left: rule.left
        anchors.right: rule.right
        anchors.bottom: sum.top
        anchors.bottomMargin: vm.payment.sums.length > 0 ? Theme.xs : 0
        spacing: Theme.xxs
        Repeater {
            model: vm.payment.sums
            Item {
                id: row
                required property var modelData
                width: sums.width
                height: amount.implicitHeight
                PText { anchors.left: parent.left; width: parent.width - amount.width - Theme.s; text: row.modelData.text; muted: true; font.pixelSize: Theme.bodyLarge; fontSizeMode: Text.HorizontalFit; minimumPixelSize: Theme.least }
                PText { id: amount; objectName: "kiosk.receipt." + row.modelData.key; anchors.right: parent.right; text: row.modelData.amount; font.pixelSize: Theme.bodyLarge; font.weight: Theme.medium; font.features: ({ "tnum": 1 }) }
            }
        }
    }
    PText {
        id: word
        anchors.left: rule.left
        anchors.baseline: sum.baseline
        text: vm.payment.paid !== "" ? shell.tr("kiosk.still_due") : shell.tr("kiosk.total")
        font.pixelSize: Theme.title
        font.weight: Theme.semibold
    }
    PText {
        anchors.left: word.right
        anchors.leftMargin: Theme.s
        anchors.right: sum.left
        anchors.rightMargin: Theme.s
        anchors.baseline: sum.baseline
        text: vm.basket.taxText
        muted: true
        font.pixelSize: Theme.label
    }
    PText {
        id: sum
        objectName: "kiosk.receipt.total"
        anchors.right: rule.right
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.l
        width: Math.min(implicitWidth, rule.width - word.implicitWidth - Theme.s)
        horizontalAlignment: Text.AlignRight
        fontSizeMode: Text.HorizontalFit
        minimumPixelSize: Theme.least
        text: vm.payment.total
        font.pixelSize: Theme.headline
        font.weight: Theme.black
        color: Theme.accentStrong
        font.features: ({ "tnum": 1 })
    }
}
