import QtQuick
import "../theme"
import "../controls"

// What the guest hands over, and what goes back.
Item {
    id: cash

    readonly property var till: vm.till
    readonly property alias keypad: keypad

    Column {
        anchors { left: parent.left; top: parent.top }
        width: (parent.width - Theme.l) / 2
        spacing: Theme.s

        SumRow {
            width: parent.width
            strong: true
            label: shell.tr("pos.due")
            amount: shell.formatMoney(cash.till.amountMinor)
        }
        SumRow {
            width: parent.width
            strong: true
            label: shell.tr("pos.pay_given")
            amount: shell.formatMoney(cash.till.typedMinor)
        }
        PText {
            width: parent.width
            topPadding: Theme.s
            text: cash.till.typedMinor > 0 && !cash.till.enough
                ? shell.tr("pos.pay_short", { amount: shell.formatMoney(cash.till.shortMinor) }) : shell.tr("pos.pay_change")
            color: cash.till.typedMinor > 0 && !cash.till.enough ? Theme.danger : Theme.inkMuted
            font.weight: Theme.medium
        }
        PText {
            objectName: "pos.till.change"
            text: shell.formatMoney(cash.till.changeMinor)
            color: cash.till.enough ? Theme.positive : Theme.inkFaint
            font.pixelSize: Theme.display
            font.weight: Theme.black
            font.features: { "tnum": 1 }
        }
        Grid {
            id: notes
            columns: 2
            spacing: Theme.xs

            Repeater {
                model: cash.till.suggestions
                delegate: PButton {
                    required property int modelData
                    required property int index
                    objectName: "pos.till.note." + index
                    width: (cash.width - Theme.l) / 4 - Theme.xs / 2
                    size: "l"
                    text: index === 0 ? shell.tr("pos.pay_exact") : shell.formatMoney(modelData)
                    onClicked: cash.till.suggest(modelData)
                }
            }
        }
    }
    PKeypad {
        id: keypad
        objectName: "pos.till.keypad.given"
        anchors { right: parent.right; top: parent.top }
        width: (parent.width - Theme.l) / 2
        cellHeight: Theme.touchHuge
        deleteName: shell.tr("pos.key_back")
        onPressed: key => cash.till.key(key)
    }
    PButton {
        id: back
        objectName: "pos.till.back"
        anchors { left: parent.left; bottom: parent.bottom }
        width: Theme.px(150)
        size: "xl"
        icon: "arrow-left"
        text: shell.tr("pos.back")
        onClicked: cash.till.back()
    }
    PButton {
        objectName: "pos.till.take"
        anchors { left: back.right; leftMargin: Theme.s; right: parent.right; bottom: parent.bottom }
        size: "xl"
        kind: "positive"
        icon: "check"
        usable: cash.till.enough
        text: shell.tr("pos.pay_take", { amount: shell.formatMoney(cash.till.amountMinor) })
        onClicked: cash.till.takeCash()
    }
}
