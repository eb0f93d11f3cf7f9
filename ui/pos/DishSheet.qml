import QtQuick
import "../theme"
import "../controls"

// The questions of one dish. What must still be answered is marked, and the button says how much is missing.
PSheet {
    id: sheet

    readonly property var dish: vm.draft.sheet

    objectName: "pos.sheet"
    open: dish.open
    maxWidth: Theme.px(860)
    onDismissed: vm.draft.closeSheet()

    PText {
        id: title
        anchors { left: parent.left; right: close.left; top: parent.top; margins: Theme.l }
        text: sheet.dish.name
        font.pixelSize: Theme.title
        font.weight: Theme.bold
    }
    PIconButton {
        id: close
        objectName: "pos.sheet.close"
        anchors { right: parent.right; top: parent.top; margins: Theme.s }
        kind: "quiet"
        icon: "x"
        name: shell.tr("pos.cancel")
        onClicked: vm.draft.closeSheet()
    }
    PScroll {
        anchors { left: parent.left; right: parent.right; top: title.bottom; bottom: foot.top; topMargin: Theme.xs }
        padding: Theme.l
        spacing: Theme.l

        OpenPrice {
            width: parent.width
            visible: sheet.dish.asksPrice
        }
        Repeater {
            model: vm.draft.questions
            delegate: Question { width: parent.width }
        }
        PSearchField {
            id: note
            objectName: "pos.sheet.note"
            width: parent.width
            icon: "pencil"
            placeholder: shell.tr("pos.sheet_note")
            clearName: shell.tr("pos.clear_search")
            onEdited: text => vm.draft.sheetNote(text)
            Connections {
                target: sheet
                function onOpenChanged() { if (sheet.open) note.text = sheet.dish.note }
            }
        }
    }
    Item {
        id: foot
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: Theme.l; topMargin: 0 }
        height: Theme.touchHuge

        PStepper {
            id: stepper
            objectName: "pos.sheet.count"
            anchors { left: parent.left; verticalCenter: parent.verticalCenter }
            minimum: 1
            value: sheet.dish.quantity
            name: shell.tr("pos.quantity", { name: sheet.dish.name })
            lessName: shell.tr("pos.less")
            moreName: shell.tr("pos.more")
            onChanged: value => vm.draft.sheetQuantity(value)
        }
        PButton {
            objectName: "pos.sheet.take"
            anchors { left: stepper.right; leftMargin: Theme.m; right: parent.right; verticalCenter: parent.verticalCenter }
            size: "xl"
            kind: "primary"
            usable: sheet.dish.missing === 0
            text: sheet.dish.missing > 0 ? shell.tr("pos.sheet_missing", { n: sheet.dish.missing })
                : shell.tr(sheet.dish.changing ? "pos.sheet_change" : "pos.sheet_add", { amount: shell.formatMoney(sheet.dish.totalMinor) })
            onClicked: vm.draft.takeSheet()
        }
    }
}
