import QtQuick
import "../theme"
import "../controls"

// What is about to be paid, line by line, to look over once more.
PCard {
    id: root
    property real most: Theme.px(400)
    implicitHeight: Math.min(most, column.implicitHeight + 2 * Theme.l)
    Flickable {
        anchors.fill: parent
        anchors.margins: Theme.l
        contentHeight: column.implicitHeight
        boundsBehavior: Flickable.StopAtBounds
        interactive: contentHeight > height
        clip: true
        Column {
            id: column
            width: parent.width
            spacing: Theme.s
            Repeater {
                model: vm.basket.rows
                Item {
                    id: line
                    required property string name
                    required property string details
                    required property string price
                    required property int quantity
                    width: column.width
                    height: Math.max(times.height, words.height)
                    PText { id: times; text: line.quantity + " ×"; muted: true; font.pixelSize: Theme.bodyLarge; font.features: ({ "tnum": 1 }) }
                    Column {
                        id: words
                        x: Math.max(Theme.px(46), times.width + Theme.s)
                        width: parent.width - x - cost.width - Theme.m
                        PText { width: parent.width; text: line.name; font.pixelSize: Theme.bodyLarge; font.weight: Theme.medium; wrapMode: Text.Wrap; maximumLineCount: 2; elide: Text.ElideRight }
                        PText { width: parent.width; visible: text !== ""; text: line.details; muted: true; font.pixelSize: Theme.label; wrapMode: Text.Wrap }
                    }
                    PText { id: cost; anchors.right: parent.right; text: line.price; font.pixelSize: Theme.bodyLarge; font.weight: Theme.medium; font.features: ({ "tnum": 1 }) }
                }
            }
            PDivider { width: parent.width }
            Item {
                width: parent.width
                height: sum.implicitHeight
                PText { id: word; anchors.baseline: sum.baseline; text: shell.tr("kiosk.total"); font.pixelSize: Theme.title; font.weight: Theme.semibold }
                PText { anchors.left: word.right; anchors.leftMargin: Theme.s; anchors.baseline: sum.baseline; text: vm.basket.taxText; muted: true; font.pixelSize: Theme.label }
                PText {
                    id: sum
                    anchors.right: parent.right
                    text: vm.payment.total
                    font.pixelSize: Theme.headline
                    font.weight: Theme.black
                    color: Theme.accentStrong
                    font.features: ({ "tnum": 1 })
                }
            }
        }
    }
}
