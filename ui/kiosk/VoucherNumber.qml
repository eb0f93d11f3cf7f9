import QtQuick
import "../theme"
import "../controls"

// Pays with a voucher, by its twelve digits. Open until it paid, or the customer goes back.
PDialog {
    id: root
    clear: true
    readonly property string typed: (vm.voucher.digits + "············").slice(0, 12)
    open: vm.voucher.asking && vm.page === "pay"
    title: shell.tr("kiosk.voucher")
    text: vm.voucher.failure || shell.tr("kiosk.voucher_text")
    decline: shell.tr("kiosk.back")
    onEscaped: declined()
    onDeclined: vm.voucher.forget()
    Keys.onPressed: (event) => keypad.typed(event)
    PText {
        objectName: "kiosk.voucher.typed"
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: root.typed.slice(0, 4) + " " + root.typed.slice(4, 8) + " " + root.typed.slice(8)
        font.pixelSize: Theme.headline
        fontSizeMode: Theme.large ? Text.FixedSize : Text.HorizontalFit
        wrapMode: Theme.large ? Text.WordWrap : Text.NoWrap
        minimumPixelSize: Theme.least
        font.weight: Theme.black
        font.features: ({ "tnum": 1 })
        color: vm.voucher.failure ? Theme.danger : Theme.ink
    }
    PKeypad {
        id: keypad
        objectName: "kiosk.voucher.key"
        width: parent.width
        keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "del"]
        deleteName: shell.tr("kiosk.delete_digit")
        onPressed: (key) => vm.voucher.press(key)
    }
}
