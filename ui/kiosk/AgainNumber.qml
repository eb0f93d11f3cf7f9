import QtQuick
import "../theme"
import "../controls"

// The dishes of last time, by the nine digits of a receipt.
PDialog {
    id: root
    clear: true
    readonly property string typed: (vm.again.digits + "·········").slice(0, 9)
    title: shell.tr("kiosk.again")
    text: vm.again.wrong ? shell.tr("kiosk.again_wrong") : shell.tr("kiosk.again_text")
    decline: shell.tr("kiosk.back")
    onEscaped: declined()
    onDeclined: { open = false; vm.again.forget() }
    Keys.onPressed: (event) => keypad.typed(event)
    PText {
        objectName: "kiosk.again.typed"
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: root.typed.slice(0, 3) + " " + root.typed.slice(3, 6) + " " + root.typed.slice(6)
        font.pixelSize: Theme.headline
        font.weight: Theme.black
        font.features: ({ "tnum": 1 })
        color: vm.again.wrong ? Theme.danger : Theme.ink
    }
    PKeypad {
        id: keypad
        objectName: "kiosk.again.key"
        width: parent.width
        keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "del"]
        deleteName: shell.tr("kiosk.delete_digit")
        onPressed: (key) => vm.again.press(key)
    }
    Connections {
        target: vm
        function onChanged() { if (vm.page !== "start") root.open = false }
    }
}
