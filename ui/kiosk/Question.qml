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
    readonly property bool tiled: pictured && !Theme.large
    required property bool folds
    required property string choices
    required property string badge
    required property string tone
    required property var options
    readonly property bool countable: options.some((o) => o.countable)  // then all are as tall
    property bool later: false  // its answers are not made yet
    property bool folded: folds && !options.some((o) => o.selected)
    objectName: "kiosk.question." + key
    implicitHeight: column.implicitHeight
    readonly property string part: key
    Accessible.role: Accessible.Grouping
    Accessible.name: title + ", " + badge
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
                anchors.left: parent.left
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
            onClicked: {
                root.folded = false
                if (shell.byKeys) choices.itemAt(0)?.forceActiveFocus()
            }
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
                text: root.choices
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
            columns: root.tiled ? Math.max(2, Math.floor(width / Theme.px(206))) : width > Theme.px(520) * Theme.magnified ? 2 : 1
            spacing: Theme.s
            Repeater {
                id: choices
                model: root.folded || root.later ? 0 : root.options.length  // a choice that changes stays where it is, with its focus
                PChoice {
                    required property int index
                    readonly property var modelData: root.options[index] || ({ id: "", name: "", extra: "", note: "", image: "", selected: false, out: false, full: false, count: 0, most: 1, countable: false })
                    objectName: "kiosk.sheet.option." + root.key + "." + modelData.id
                    width: (root.width - (parent.columns - 1) * Theme.s) / parent.columns
                    text: modelData.name
                    extra: modelData.extra
                    note: modelData.note
                    image: modelData.image
                    subject: modelData.id
                    pictured: root.tiled
                    checked: modelData.selected
                    gone: modelData.out
                    full: modelData.full
                    count: modelData.count
                    most: modelData.most
                    countable: root.countable
                    key: objectName
                    lessName: shell.tr("kiosk.one_less")
                    moreName: shell.tr("kiosk.one_more")
                    onCounted: (n) => vm.sheet.count(root.key, modelData.id, n)
                    single: root.single
                    onClicked: vm.sheet.answer(root.key, modelData.id)
                }
            }
        }
    }
}
