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
    // Two beside each other, an odd one at the end by itself; one alone is as wide as the page, and an odd few that fit
    // stand in one row. Three too long for half a row, and names too long to stand beside what counts them, have one each.
    readonly property int columns: {
        const many = options.length
        if (many === 1 || width <= Theme.px(520) * Theme.magnified) return 1
        const beside = mark + (countable ? 2 * Math.max(48, Theme.px(48)) + Theme.xxl + Theme.s : 0)
        const longest = options.reduce((most, o) => Math.max(most, names.advanceWidth(o.name)), 0)
        const half = (width - Theme.s) / 2 - beside
        if (many % 2 === 1 && many * (Math.ceil(longest) + beside + Theme.s) - Theme.s <= width) return many
        if (many === 3 && options.some((o) => names.advanceWidth(o.name) + (o.extra ? prices.advanceWidth(o.extra) + Theme.s : 0) > half))
            return 1
        return countable && longest > 1.8 * half ? 1 : 2
    }
    readonly property real mark: Theme.px(26) + 2 * Theme.m + Theme.s  // what ticks an answer, and the room around it
    readonly property bool under: columns > 2 && options.some((o) => o.extra && !o.countable
        && names.advanceWidth(o.name) + prices.advanceWidth(o.extra) > (width + Theme.s) / columns - 2 * Theme.s - mark)
    FontMetrics { id: names; font.family: Theme.family; font.pixelSize: Theme.body; font.weight: Theme.medium }
    FontMetrics { id: prices; font.family: Theme.family; font.pixelSize: Theme.body; font.weight: Theme.semibold }
    function level(index) {  // those in a row are as tall as the tallest of them
        let tallest = 0
        for (let i = index - index % grid.columns; i < Math.min(choices.count, index - index % grid.columns + grid.columns); ++i)
            tallest = Math.max(tallest, choices.itemAt(i)?.implicitHeight ?? 0)
        return tallest
    }
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
        Flow {
            id: grid
            readonly property int tiles: Math.max(2, Math.floor(width / Theme.px(206)))
            readonly property int rows: Math.ceil(root.options.length / tiles)  // of tiles, as even as can be: four are two and two
            readonly property int columns: root.tiled ? Math.max(2, Math.ceil(root.options.length / rows)) : root.columns
            readonly property real cell: Math.floor((width - (columns - 1) * Theme.s) / columns)
            width: parent.width
            visible: !root.folded
            spacing: Theme.s
            Repeater {
                id: choices
                model: root.folded || root.later ? 0 : root.options.length  // a choice that changes stays where it is, with its focus
                PChoice {
                    required property int index
                    readonly property var modelData: root.options[index] || ({ id: "", name: "", extra: "", note: "", image: "", selected: false, out: false, full: false, count: 0, most: 1, countable: false })
                    objectName: "kiosk.sheet.option." + root.key + "." + modelData.id
                    width: grid.columns === 2 && index % 2 === 0 && index === choices.count - 1 && !root.tiled ? grid.width : grid.cell
                    height: Math.max(implicitHeight, root.level(index))
                    text: modelData.name
                    extra: modelData.extra
                    note: modelData.note
                    image: modelData.image
                    subject: modelData.id
                    pictured: root.tiled
                    under: root.under && !root.tiled
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
