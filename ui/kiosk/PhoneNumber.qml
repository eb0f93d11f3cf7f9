import QtQuick
import "../theme"
import "../controls"

// Takes up a basket that was put together on a phone, by the six digits that it shows.
PDialog {
    id: root
    clear: true
    readonly property string typed: (vm.phone.digits + "······").slice(0, 6)
    title: shell.tr("kiosk.from_phone")
    text: vm.phone.wrong ? shell.tr("kiosk.from_phone_wrong") : shell.tr("kiosk.from_phone_text")
    decline: shell.tr("kiosk.back")
    onEscaped: declined()
    onDeclined: { open = false; vm.phone.forget() }
    Keys.onPressed: (event) => keypad.typed(event)
    PText {
        objectName: "kiosk.phone.typed"
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: root.typed.slice(0, 3) + " " + root.typed.slice(3)
        font.pixelSize: Theme.display
        font.weight: Theme.black
        font.features: ({ "tnum": 1 })
        color: vm.phone.wrong ? Theme.danger : Theme.ink
    }
    PKeypad {
        id: keypad
        objectName: "kiosk.phone.key"
        width: parent.width
        keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "del"]
        deleteName: shell.tr("kiosk.delete_digit")
        onPressed: (key) => vm.phone.press(key)
    }
    Connections {
        target: vm
        function onChanged() { if (vm.page !== "start") root.open = false }
    }
}
