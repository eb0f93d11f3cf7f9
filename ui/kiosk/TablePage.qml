import QtQuick
import "../theme"
import "../controls"

// Where the food is brought: the table's number, or that of a stand. Beside each other where the page is wide.
Page {
    id: page
    readonly property string what: vm.place.kind === "stand" ? "stand" : "table"
    title: shell.tr("kiosk." + page.what + "_ask")
    summary: shell.tr("kiosk." + page.what + "_text")
    Keys.onPressed: (event) => keypad.typed(event)
    readonly property bool beside: width > height
    readonly property bool crowded: Theme.reach && Theme.large  // one sentence at a time, where there is little room
    readonly property bool low: beside && height < Theme.px(620)  // what is pressed stands under the words, beside the keys
    readonly property real rest: low ? height : foot.y  // the room of the keys
    readonly property real column: beside ? (width - 2 * Theme.xl - Theme.xxl) / 2 : Math.min(width - 2 * Theme.xl, Theme.px(640))
    Column {
        id: words
        width: page.column
        anchors.left: parent.left
        anchors.leftMargin: page.beside ? Theme.xl : (page.width - width) / 2
        y: page.beside ? Math.max(Theme.m, (foot.y - height) / 2) : Math.max(Theme.l, (keys.y - height) / 2)
        spacing: Theme.m
        Rectangle {
            anchors.horizontalCenter: parent.horizontalCenter
            visible: !Theme.reach && !Theme.large
            width: Theme.px(page.beside ? 120 : 150)
            height: width
            radius: width / 2
            color: Theme.accentSoft
            PIcon { anchors.centerIn: parent; name: "utensils"; size: Math.round(parent.width * 0.48); color: Theme.accent }
        }
        PText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            visible: !page.crowded || !vm.place.missing
            readonly property string said: shell.tr("kiosk." + page.what + "_ask")
            text: shell.phrased(said)
            font.pixelSize: page.crowded ? Theme.body : Theme.reach || Theme.large ? Theme.headline : Theme.display
            font.weight: Theme.black
            wrapMode: Text.Wrap
            lineHeight: 1.05
            Accessible.role: Accessible.Heading
            Accessible.name: said
        }
        PText {
            objectName: "kiosk.table.text"
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            visible: !page.crowded || vm.place.missing
            readonly property string said: vm.place.missing ? shell.tr("kiosk.table_missing") : shell.tr("kiosk." + page.what + "_text")
            text: shell.phrased(said)
            color: vm.place.missing ? Theme.danger : Theme.inkMuted
            font.pixelSize: page.crowded ? Theme.body : Theme.bodyLarge
            font.weight: vm.place.missing ? Theme.semibold : Theme.regular
            wrapMode: Text.Wrap
            lineHeight: 1.2
            Accessible.role: Accessible.StaticText
            Accessible.name: said
        }
    }
    Column {
        id: keys
        width: page.column
        anchors.right: parent.right
        anchors.rightMargin: page.beside ? Theme.xl : (page.width - width) / 2
        y: page.beside ? Math.max(Theme.xs, (page.rest - height) / 2) : foot.y - height - Theme.l
        spacing: Theme.s
        PText {
            objectName: "kiosk.table.typed"
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: vm.place.digits || "–"
            font.family: Theme.numbers
            font.pixelSize: page.beside || Theme.large ? Theme.display : Theme.hero
            font.weight: vm.place.digits === "" ? Theme.regular : Theme.black
            font.features: ({ "tnum": 1 })
            color: vm.place.digits === "" ? Theme.inkFaint : Theme.accentStrong
            Accessible.name: vm.place.said || shell.tr("kiosk." + page.what + "_ask")
        }
        PKeypad {
            id: keypad
            objectName: "kiosk.table.key"
            width: parent.width
            cellHeight: Math.max(Theme.touch, Math.min(Theme.touchHuge, (page.rest - Theme.display * 1.4 - 3 * Theme.s - 3 * Theme.xs) / 4))
            keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "del"]
            deleteName: shell.tr("kiosk.delete_digit")
            onPressed: (key) => vm.place.press(key)
        }
    }
    Column {
        id: foot
        readonly property real inset: page.low ? Theme.l + Theme.helpRoom : (page.width - width) / 2
        anchors.left: parent.left
        anchors.leftMargin: inset
        y: page.height - height - (page.low ? Theme.xs : (Theme.touchHuge + 2 * Theme.m - back.height) / 2)  // beside the help button
        width: page.low ? page.column - Theme.helpRoom : Math.min(page.width - 2 * Theme.xl - (page.beside ? 2 * Theme.helpRoom : 0), Theme.px(page.beside ? 900 : 640))
        spacing: Theme.s
        PButton {
            readonly property bool goal: true
            objectName: "kiosk.table.go"
            width: parent.width
            kind: "primary"
            size: page.height > Theme.px(600) ? "xl" : "l"
            text: shell.tr("kiosk.table_go")
            onClicked: vm.settlePlace(true)
        }
        Grid {
            id: ways
            readonly property real clear: page.low ? 0 : Math.max(0, Theme.l + Theme.helpRoom - foot.inset)  // of the help button
            readonly property bool apart: none.implicitWidth + back.implicitWidth + spacing <= foot.width - clear
            anchors.left: parent.left
            anchors.leftMargin: Math.max(clear, (foot.width - width) / 2)
            columns: apart ? 2 : 1
            spacing: Theme.m
            rowSpacing: Theme.xs
            horizontalItemAlignment: Grid.AlignHCenter
            PButton {
                id: back
                objectName: "kiosk.table.back"
                width: Math.min(implicitWidth, foot.width)
                kind: "quiet"
                size: "l"
                icon: "arrow-left"
                text: shell.tr("kiosk.back_to_basket")
                onClicked: vm.backToMenu()
            }
            PButton {
                id: none
                objectName: "kiosk.table.none"
                width: Math.min(implicitWidth, foot.width)
                size: "l"
                icon: "shopping-bag"
                text: shell.tr("kiosk.table_none")
                onClicked: vm.settlePlace(false)
            }
        }
    }
}
