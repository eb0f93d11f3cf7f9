import QtQuick
import "../theme"
import "../controls"

Item {
    id: line
    required property string key
    required property string name
    required property string details
    required property int quantity
    required property string price
    required property string image
    required property string trouble
    required property bool mendable
    objectName: "kiosk.line." + key
    implicitHeight: column.implicitHeight + 2 * Theme.m
    PCard {
        anchors.fill: parent
        color: line.trouble ? Theme.dangerSoft : Theme.surface
        border.color: line.trouble ? Theme.danger : Theme.line
    }
    PImage {
        id: picture
        x: Theme.m
        y: Theme.m
        width: Theme.px(64)
        height: width
        source: line.image
        name: line.name
        faded: line.trouble !== ""
        inset: 0.05
    }
    Column {
        id: column
        anchors.left: picture.right
        anchors.leftMargin: Theme.m
        anchors.right: parent.right
        anchors.rightMargin: Theme.m
        y: Theme.m
        spacing: Theme.xxs
        Item {
            width: parent.width
            height: heading.implicitHeight
            PText {
                id: heading
                width: parent.width - amount.implicitWidth - Theme.m
                text: line.name
                font.pixelSize: Theme.bodyLarge
                font.weight: Theme.bold
                wrapMode: Text.Wrap
                maximumLineCount: 2
                elide: Text.ElideRight
            }
            PText {
                id: amount
                anchors.right: parent.right
                text: line.price
                font.pixelSize: Theme.bodyLarge
                font.weight: Theme.bold
                font.features: ({ "tnum": 1 })
            }
        }
        PText {
            width: parent.width
            visible: text !== ""
            text: line.details
            muted: true
            font.pixelSize: Theme.label
            wrapMode: Text.Wrap
        }
        PText {
            width: parent.width
            visible: text !== ""
            text: line.trouble
            color: Theme.danger
            font.weight: Theme.semibold
            wrapMode: Text.Wrap
        }
        Row {
            topPadding: Theme.xs
            spacing: Theme.s
            PStepper {
                objectName: "kiosk.line.quantity." + line.key
                visible: line.trouble === ""
                name: line.name
                lessName: shell.tr("kiosk.one_less")
                moreName: shell.tr("kiosk.one_more")
                value: line.quantity
                minimum: 0
                onChanged: (value) => vm.basket.setQuantity(line.key, value)
            }
            PButton {
                objectName: "kiosk.line.edit." + line.key
                visible: line.trouble === "" || line.mendable
                kind: line.trouble ? "primary" : "quiet"
                icon: line.trouble ? "refresh-cw" : "pencil"
                text: line.trouble ? shell.tr("kiosk.swap") : shell.tr("kiosk.change")
                name: text + " " + line.name
                onClicked: vm.sheet.edit(line.key)
            }
            PButton {
                objectName: "kiosk.line.remove." + line.key
                visible: line.trouble !== ""
                icon: "trash-2"
                text: shell.tr("kiosk.remove")
                name: text + " " + line.name
                onClicked: vm.basket.remove(line.key)
            }
        }
    }
}
