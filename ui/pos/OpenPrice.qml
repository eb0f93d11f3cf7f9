import QtQuick
import "../theme"
import "../controls"

// A price that is asked for, typed like on a till.
Row {
    id: price

    spacing: Theme.l

    Column {
        width: (parent.width - parent.spacing) / 2
        PText {
            text: shell.tr("pos.sheet_price")
            font.pixelSize: Theme.bodyLarge
            font.weight: Theme.bold
        }
        PText {
            objectName: "pos.sheet.price"
            text: shell.formatMoney(vm.draft.sheet.priceMinor)
            color: vm.draft.sheet.priceMinor > 0 ? Theme.ink : Theme.inkFaint
            font.pixelSize: Theme.display
            font.weight: Theme.black
            font.features: { "tnum": 1 }
        }
    }
    PKeypad {
        objectName: "pos.sheet.keypad"
        width: (parent.width - parent.spacing) / 2
        deleteName: shell.tr("pos.key_back")
        onPressed: key => vm.draft.priceKey(key)
    }
}
