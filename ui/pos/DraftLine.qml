import QtQuick
import "../theme"
import "../controls"

// One dish of the order being taken: tap its words to change it, its stepper for more or fewer.
Item {
    id: line

    required property string key
    required property string name
    required property int quantity
    required property var details
    required property var without
    required property string note
    required property int totalMinor

    height: Math.max(words.height, stepper.height) + Theme.s

    PPressable {
        objectName: "pos.line." + line.key
        anchors { left: parent.left; right: stepper.left; rightMargin: Theme.xs; top: parent.top; bottom: parent.bottom }
        name: line.name + ", " + line.quantity + ", " + shell.formatMoney(line.totalMinor)
        onClicked: vm.draft.editLine(line.key)

        Column {
            id: words
            anchors { left: parent.left; right: parent.right; verticalCenter: parent.verticalCenter }

            PText {
                width: parent.width
                text: line.name
                wrapMode: Text.Wrap
                font.weight: Theme.semibold
                Accessible.ignored: true
            }
            PText {
                width: parent.width
                visible: text !== ""
                text: line.details.concat(line.without.map(w => shell.tr("pos.without", { what: w }))).concat(line.note ? [line.note] : []).join(" · ")
                wrapMode: Text.Wrap
                muted: true
                font.pixelSize: Theme.caption
                Accessible.ignored: true
            }
            PText {
                text: shell.formatMoney(line.totalMinor)
                muted: true
                font.pixelSize: Theme.label
                font.features: { "tnum": 1 }
                Accessible.ignored: true
            }
        }
    }
    PStepper {
        id: stepper
        objectName: "pos.line.count." + line.key
        anchors { right: parent.right; verticalCenter: parent.verticalCenter }
        size: Theme.touch
        value: line.quantity
        name: shell.tr("pos.quantity", { name: line.name })
        lessName: shell.tr("pos.less")
        moreName: shell.tr("pos.more")
        onChanged: value => vm.draft.setQuantity(line.key, value)
    }
    PDivider {
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
    }
}
