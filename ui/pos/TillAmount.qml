import QtQuick
import "../theme"
import "../controls"

// How much is taken now: all, an equal share, or a typed part; then in which way.
Item {
    id: amount

    readonly property var till: vm.till
    readonly property alias keypad: keypad

    Column {
        id: left
        anchors { left: parent.left; top: parent.top; bottom: pay.top }
        width: (parent.width - Theme.l) / 2
        spacing: Theme.s

        PText {
            text: shell.tr("pos.pay_now")
            muted: true
        }
        PText {
            objectName: "pos.till.amount"
            text: shell.formatMoney(amount.till.amountMinor)
            font.pixelSize: Theme.display
            font.weight: Theme.black
            font.features: { "tnum": 1 }
        }
        PText {
            text: shell.tr("pos.pay_of", { due: shell.formatMoney(amount.till.dueMinor) })
            muted: true
        }
        Flow {
            width: parent.width
            spacing: Theme.xs

            PChip {
                objectName: "pos.till.whole"
                text: shell.tr("pos.pay_whole")
                checked: amount.till.ways === 1 && amount.till.entry !== "part"
                onClicked: amount.till.split(1)
            }
            Repeater {
                model: [2, 3, 4, 5, 6]
                delegate: PChip {
                    required property int modelData
                    objectName: "pos.till.ways." + modelData
                    text: shell.tr("pos.pay_ways", { n: modelData })
                    checked: amount.till.ways === modelData
                    onClicked: amount.till.split(modelData)
                }
            }
            PChip {
                objectName: "pos.till.part"
                icon: "pencil"
                text: shell.tr("pos.pay_other")
                checked: amount.till.entry === "part"
                onClicked: amount.till.typePart()
            }
        }
    }
    PKeypad {
        id: keypad
        objectName: "pos.till.keypad"
        anchors { right: parent.right; top: parent.top }
        width: (parent.width - Theme.l) / 2
        visible: amount.till.entry === "part"
        deleteName: shell.tr("pos.key_back")
        onPressed: key => amount.till.key(key)
    }
    Row {
        id: pay
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
        spacing: Theme.s

        PButton {
            objectName: "pos.till.cash"
            width: (amount.width - 2 * Theme.s) / 3
            size: "xl"
            kind: "primary"
            icon: "banknote"
            usable: amount.till.amountMinor > 0
            text: shell.tr("pos.cash")
            onClicked: amount.till.payCash()
        }
        PButton {
            objectName: "pos.till.card"
            width: (amount.width - 2 * Theme.s) / 3
            size: "xl"
            kind: "primary"
            icon: "credit-card"
            usable: amount.till.amountMinor > 0
            text: shell.tr("pos.card")
            onClicked: amount.till.payCard()
        }
        PButton {
            objectName: "pos.till.voucher"
            width: (amount.width - 2 * Theme.s) / 3
            size: "xl"
            icon: "ticket"
            usable: amount.till.amountMinor > 0
            text: shell.tr("pos.voucher")
            onClicked: amount.till.payVoucher()
        }
    }
}
