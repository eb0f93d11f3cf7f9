import QtQuick
import "../theme"
import "../controls"

// One question about a dish, with how many answers it wants.
Column {
    id: root
    required property string key
    required property string kind
    required property string title
    required property int least
    required property int most
    required property bool missing
    required property bool asked
    required property var options
    objectName: "kiosk.question." + key
    spacing: Theme.s
    Item {
        width: parent.width
        height: Math.max(heading.implicitHeight, tag.implicitHeight)
        PText {
            id: heading
            anchors.verticalCenter: parent.verticalCenter
            width: parent.width - tag.width - Theme.m
            text: root.title
            font.pixelSize: Theme.bodyLarge
            font.weight: Theme.bold
            wrapMode: Text.Wrap
        }
        PBadge {
            id: tag
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            text: root.least > 0 ? (root.missing ? shell.tr("kiosk.please_choose", { n: root.least }) : shell.tr("kiosk.chosen"))
                : root.most > 0 ? shell.tr("kiosk.up_to", { n: root.most }) : shell.tr("kiosk.if_you_like")
            icon: root.least > 0 && !root.missing ? "check" : ""
            tone: root.least > 0 ? (root.missing ? (root.asked ? "danger" : "accent") : "positive") : "neutral"
        }
    }
    Rectangle {
        width: parent.width
        height: Theme.outline
        visible: root.asked
        color: Theme.danger
        radius: height / 2
    }
    Grid {
        width: parent.width
        columns: width > Theme.px(520) ? 2 : 1
        spacing: Theme.s
        Repeater {
            model: root.options
            PChoice {
                required property var modelData
                objectName: "kiosk.sheet.option." + root.key + "." + modelData.id
                width: (root.width - (parent.columns - 1) * Theme.s) / parent.columns
                text: modelData.name
                extra: modelData.extra
                note: modelData.note
                checked: modelData.selected
                gone: modelData.out
                single: root.most === 1
                onClicked: vm.sheet.answer(root.key, modelData.id)
            }
        }
    }
}
