import QtQuick
import "../theme"
import "../controls"

// How many are left of a dish, typed.
PSheet {
    id: sheet

    objectName: "pos.count"
    open: vm.stock.counting
    maxWidth: Theme.px(460)
    maxHeight: Theme.px(640)
    onDismissed: vm.stock.closeCount()

    Column {
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.l }
        spacing: Theme.s

        PText {
            width: parent.width
            text: shell.tr("pos.stock_count_title", { name: vm.stock.countName })
            wrapMode: Text.Wrap
            font.pixelSize: Theme.title
            font.weight: Theme.bold
        }
        PText {
            width: parent.width
            text: shell.tr("pos.stock_count_hint")
            wrapMode: Text.Wrap
            muted: true
            font.pixelSize: Theme.label
        }
        PText {
            objectName: "pos.count.digits"
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: vm.stock.countDigits === "" ? "0" : vm.stock.countDigits
            color: vm.stock.countDigits === "" ? Theme.inkFaint : Theme.ink
            font.pixelSize: Theme.display
            font.weight: Theme.black
        }
        PKeypad {
            objectName: "pos.count.keypad"
            width: parent.width
            deleteName: shell.tr("pos.key_back")
            onPressed: key => vm.stock.key(key)
        }
        PButton {
            objectName: "pos.count.save"
            width: parent.width
            size: "l"
            kind: "primary"
            usable: vm.stock.countDigits !== ""
            text: shell.tr("pos.save")
            onClicked: vm.stock.saveCount()
        }
    }
}
