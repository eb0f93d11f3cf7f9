import QtQuick
import "../theme"
import "../controls"

// One line of the basket. One that can't be had any more keeps its place and size, and says what may be done.
Item {
    id: line
    required property string key
    required property string item_id
    required property string name
    required property string details
    required property int quantity
    required property int most
    required property string price
    required property bool struck
    required property string image
    required property string trouble
    required property string offer
    required property int room
    required property string spoken
    readonly property bool bad: trouble !== ""
    readonly property bool narrow: width < Theme.px(460) * (1 + (Theme.magnified - 1) * 0.6)
    objectName: "kiosk.line." + key
    readonly property string part: key
    Accessible.role: Accessible.Grouping
    Accessible.name: spoken
    implicitHeight: column.implicitHeight + 2 * Theme.m
    PCard {
        anchors.fill: parent
        color: line.bad ? Theme.warningSoft : Theme.surface
        border.color: line.bad ? Theme.warning : Theme.line
        Behavior on color { ColorAnimation { duration: Theme.slow } }
    }
    PImage {
        id: picture
        anchors.left: parent.left
        anchors.leftMargin: Theme.m
        y: Theme.m
        visible: vm.railPictured
        width: visible ? Theme.px(line.narrow ? 60 : 76) : 0
        height: width
        source: line.image
        behind: line.bad ? Theme.warningSoft : Theme.surface
        name: line.name
        key: line.item_id
        faded: line.bad
        inset: 0.08
    }
    Column {
        id: column
        anchors.left: picture.right
        anchors.leftMargin: picture.visible ? Theme.m : Theme.xxs
        anchors.right: parent.right
        anchors.rightMargin: Theme.m
        y: Theme.m
        spacing: Theme.xxs
        Item {
            id: first
            // beside what it costs the name has two lines; a longer one has them all to itself
            readonly property real room: width - amount.implicitWidth - Theme.m
            readonly property bool apart: whole.advanceWidth > 1.9 * room
            TextMetrics { id: whole; text: line.name; font.family: Theme.family; font.pixelSize: Theme.bodyLarge; font.weight: Theme.bold }
            width: parent.width
            height: heading.implicitHeight + (apart ? amount.implicitHeight : 0)
            PText {
                id: heading
                anchors.left: parent.left
                width: first.apart ? parent.width : first.room
                text: shell.parted(line.name, width, font)
                font.pixelSize: Theme.bodyLarge
                font.weight: Theme.bold
                wrapMode: Text.Wrap
                maximumLineCount: 12  // the size stands at its end
                elide: Text.ElideRight
            }
            PText {
                id: amount
                anchors.right: parent.right
                y: first.apart ? parent.height - height : 0
                text: line.price
                font.pixelSize: Theme.bodyLarge
                font.weight: Theme.bold
                font.strikeout: line.struck
                color: line.bad ? Theme.inkMuted : Theme.ink
                font.features: ({ "tnum": 1 })
            }
        }
        Item {  // as tall as the taller of both, so that nothing moves when the one takes the other's place
            width: parent.width
            visible: line.details !== "" || line.bad
            height: Math.max(chosen.text ? chosen.implicitHeight : 0, notice.implicitHeight)
            PText {
                id: chosen
                width: parent.width
                visible: !line.bad
                text: line.details
                muted: true
                font.pixelSize: Theme.label
                wrapMode: Text.Wrap
            }
            PText {
                id: notice
                width: parent.width
                visible: line.bad
                text: line.bad ? line.trouble : " "
                color: Theme.warning
                font.pixelSize: Theme.label
                font.weight: Theme.bold
                wrapMode: Text.Wrap
                Accessible.role: Accessible.StaticText
                Accessible.name: line.name + ", " + text
            }
        }
        Item {
            id: acts
            // on a small screen what is pressed has the picture's column, too, and if that is not enough there is no copying
            readonly property real needed: stepper.implicitWidth + 2 * stepper.size
            readonly property bool under: line.narrow && picture.visible && needed > column.width
            readonly property bool copies: !line.narrow || needed <= width
            x: under ? picture.x - column.x : 0
            width: column.width - x
            height: Theme.touch + Theme.xs + (under ? Math.max(0, picture.height - y) : 0)
            PStepper {
                id: stepper
                objectName: "kiosk.line.quantity." + line.key
                anchors.left: parent.left
                anchors.bottom: parent.bottom
                visible: !line.bad
                size: line.narrow ? Math.max(48, Theme.px(52)) : Theme.touch
                name: line.name
                lessName: shell.tr("kiosk.one_less")
                moreName: shell.tr("kiosk.one_more")
                value: line.quantity
                minimum: 0
                maximum: line.most
                onChanged: (value) => vm.basket.setQuantity(line.key, value)
            }
            PIconButton {
                objectName: "kiosk.line.remove." + line.key
                anchors.left: parent.left
                anchors.bottom: parent.bottom
                visible: line.bad
                icon: "trash-2"
                name: shell.tr("kiosk.remove") + " " + line.name
                onClicked: vm.basket.remove(line.key)
            }
            PIconButton {
                objectName: "kiosk.line.copy." + line.key
                anchors.bottom: parent.bottom
                anchors.right: line.narrow ? pencil.left : edit.left
                width: stepper.size
                height: stepper.size
                visible: !line.bad && acts.copies
                kind: "quiet"
                icon: "copy"
                name: shell.tr("kiosk.copy") + ", " + line.name
                onClicked: vm.sheet.copy(line.key)
            }
            PButton {
                id: edit
                objectName: "kiosk.line.edit." + line.key
                anchors.bottom: parent.bottom
                anchors.right: parent.right
                visible: !line.bad && !line.narrow
                kind: "quiet"
                icon: "pencil"
                text: shell.tr("kiosk.change")
                name: text + " " + line.name
                onClicked: vm.sheet.edit(line.key)
            }
            PIconButton {
                id: pencil
                width: stepper.size
                height: stepper.size
                objectName: "kiosk.line.pencil." + line.key
                anchors.bottom: parent.bottom
                anchors.right: parent.right
                visible: !line.bad && line.narrow
                kind: "quiet"
                icon: "pencil"
                name: shell.tr("kiosk.change") + " " + line.name
                onClicked: vm.sheet.edit(line.key)
            }
            PButton {
                objectName: "kiosk.line.mend." + line.key
                anchors.bottom: parent.bottom
                anchors.right: parent.right
                width: Math.min(implicitWidth, parent.width - Theme.touch - Theme.s)
                visible: line.bad
                kind: "primary"
                icon: line.narrow ? "" : "refresh-cw"
                text: line.offer !== "" ? shell.tr("kiosk.offer." + line.offer, { n: line.room }) : ""
                name: text + ", " + line.name
                onClicked: vm.mend(line.key)
            }
        }
    }
}
