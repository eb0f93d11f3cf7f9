import QtQuick
import "../theme"
import "../controls"

// A voucher's twelve digits, typed by staff or by a scanner that is one more keypad.
Item {
    id: voucher

    readonly property var till: vm.till
    readonly property alias keypad: keypad
    readonly property string typed: (till.code + "············").slice(0, 12)

    Column {
        anchors { left: parent.left; top: parent.top }
        width: (parent.width - Theme.l) / 2
        spacing: Theme.s

        SumRow {
            width: parent.width
            strong: true
            label: shell.tr("pos.due")
            amount: shell.formatMoney(voucher.till.amountMinor)
        }
        PText {
            topPadding: Theme.s
            text: shell.tr("pos.voucher_code")
            muted: true
        }
        PText {
            objectName: "pos.till.code"
            width: parent.width
            text: voucher.typed.slice(0, 4) + " " + voucher.typed.slice(4, 8) + " " + voucher.typed.slice(8)
            font.pixelSize: Theme.headline
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Theme.least
            font.weight: Theme.black
            font.features: { "tnum": 1 }
        }
    }
    PKeypad {
        id: keypad
        objectName: "pos.till.keypad.code"
        anchors { right: parent.right; top: parent.top }
        width: (parent.width - Theme.l) / 2
        cellHeight: Theme.touchHuge
        keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "del"]
        deleteName: shell.tr("pos.key_back")
        onPressed: key => voucher.till.key(key)
    }
    PButton {
        id: back
        objectName: "pos.till.voucher.back"
        anchors { left: parent.left; bottom: parent.bottom }
        width: Theme.px(150)
        size: "xl"
        icon: "arrow-left"
        text: shell.tr("pos.back")
        onClicked: voucher.till.back()
    }
    PButton {
        objectName: "pos.till.voucher.take"
        anchors { left: back.right; leftMargin: Theme.s; right: parent.right; bottom: parent.bottom }
        size: "xl"
        kind: "positive"
        icon: "check"
        usable: voucher.till.codeWhole
        text: shell.tr("pos.voucher_take")
        onClicked: voucher.till.takeVoucher()
    }
}
