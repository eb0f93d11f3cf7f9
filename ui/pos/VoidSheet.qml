import QtQuick
import "../theme"
import "../controls"

// Voiding needs a reason: one tap on a usual one, or a few words.
PSheet {
    id: sheet

    property string reason
    property string other

    objectName: "pos.voiding"
    maxWidth: Theme.px(560)
    maxHeight: Theme.px(580)
    onDismissed: open = false
    onOpenChanged: if (open) { reason = ""; other = ""; words.text = "" }

    Column {
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.l }
        spacing: Theme.s

        PText {
            width: parent.width
            text: shell.tr("pos.void_title", { number: vm.order.number || "" })
            font.pixelSize: Theme.title
            font.weight: Theme.bold
        }
        PText {
            width: parent.width
            text: shell.tr("pos.void_hint")
            wrapMode: Text.Wrap
            muted: true
        }
        Repeater {
            model: ["left", "mistake", "cannot", "test"]
            delegate: PChoice {
                required property string modelData
                objectName: "pos.void.reason." + modelData
                width: parent.width
                single: true
                text: shell.tr("pos.void_reason." + modelData)
                checked: sheet.reason === text && sheet.other === ""
                onClicked: {
                    sheet.reason = text
                    sheet.other = ""
                    words.text = ""
                }
            }
        }
        PSearchField {
            id: words
            objectName: "pos.void.other"
            width: parent.width
            icon: "pencil"
            placeholder: shell.tr("pos.void_reason.other")
            clearName: shell.tr("pos.clear_search")
            onEdited: text => sheet.other = text.trim()
        }
        Row {
            spacing: Theme.s
            PButton {
                objectName: "pos.void.keep"
                width: words.width / 2 - Theme.s / 2
                size: "l"
                text: shell.tr("pos.keep")
                onClicked: sheet.open = false
            }
            PButton {
                objectName: "pos.void.do"
                width: words.width / 2 - Theme.s / 2
                size: "l"
                kind: "danger"
                usable: sheet.other !== "" || sheet.reason !== ""
                text: shell.tr("pos.void_do")
                onClicked: {
                    vm.void_(sheet.other !== "" ? sheet.other : sheet.reason)
                    sheet.open = false
                }
            }
        }
    }
}
