import QtQuick
import "../theme"
import "../controls"

// One question about a dish, with how many answers it wants. The one that must be answered next is lit.
Item {
    id: root
    required property string key
    required property string kind
    required property string title
    required property int most
    required property bool asked
    required property bool single
    required property bool pictured
    required property bool folds
    required property string badge
    required property string tone
    required property var options
    property bool folded: folds && !options.some((o) => o.selected)
    objectName: "kiosk.question." + key
    implicitHeight: column.implicitHeight
    Rectangle {
        anchors.fill: parent
        anchors.margins: -Theme.s
        radius: Theme.radiusM
        color: Theme.accentSoft
        border.width: Theme.outline
        border.color: Theme.accent
        opacity: root.asked ? 1 : 0
        visible: opacity > 0
        Behavior on opacity { NumberAnimation { duration: Theme.slow } }
    }
    Column {
        id: column
        width: parent.width
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
                Accessible.role: Accessible.Heading
                Accessible.name: text + ", " + root.badge
            }
            PBadge {
                id: tag
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                text: root.badge
                icon: root.tone === "positive" ? "check" : ""
                tone: root.tone
                solid: root.asked
            }
        }
        PPressable {
            objectName: "kiosk.question.unfold." + root.key
            visible: root.folded
            width: parent.width
            height: Theme.touch
            name: shell.tr("kiosk.show_choices") + ", " + root.title
            onClicked: root.folded = false
            Rectangle {
                anchors.fill: parent
                radius: Theme.radiusM
                color: Theme.surfaceSunken
            }
            PText {
                anchors.left: parent.left
                anchors.right: arrow.left
                anchors.margins: Theme.m
                anchors.verticalCenter: parent.verticalCenter
                text: root.options.map((o) => o.name).join(" · ")
                muted: true
                Accessible.ignored: true
            }
            PIcon {
                id: arrow
                anchors.right: parent.right
                anchors.rightMargin: Theme.m
                anchors.verticalCenter: parent.verticalCenter
                name: "chevron-down"
            }
        }
        Grid {
            width: parent.width
            visible: !root.folded
            columns: root.pictured ? Math.max(2, Math.floor(width / Theme.px(206))) : width > Theme.px(520) ? 2 : 1
            spacing: Theme.s
            Repeater {
                model: root.folded ? [] : root.options
                PChoice {
                    required property var modelData
                    objectName: "kiosk.sheet.option." + root.key + "." + modelData.id
                    width: (root.width - (parent.columns - 1) * Theme.s) / parent.columns
                    text: modelData.name
                    extra: modelData.extra
                    note: modelData.note
                    image: modelData.image
                    pictured: root.pictured
                    checked: modelData.selected
                    gone: modelData.out
                    full: modelData.full
                    single: root.single
                    onClicked: vm.sheet.answer(root.key, modelData.id)
                }
            }
        }
    }
}
