import QtQuick
import "../theme"
import "../controls"

// A tip, where the shop wants them: nothing is chosen beforehand, and who says nothing gives none.
Column {
    id: root
    readonly property int many: Math.max(1, vm.payment.tips.length)
    readonly property real each: (width - (many - 1) * Theme.s) / many
    // no tip is said in words, and has the room that they need if the amounts have enough in what is left
    readonly property real first: Math.max(each, wordy)
    readonly property real rest: many > 1 ? (width - first - (many - 1) * Theme.s) / (many - 1) : 0
    readonly property int across: many > 1 && widest > rest ? 2 : many
    property real wordy: 0
    property real widest: 0  // what the longest amount needs: it may have nine digits
    function measure() {
        let needs = 0
        for (let i = 1; i < chips.count; ++i) needs = Math.max(needs, chips.itemAt(i)?.implicitWidth ?? 0)
        wordy = chips.itemAt(0)?.implicitWidth ?? 0
        widest = needs
    }
    spacing: Theme.s
    PText {
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: shell.tr("kiosk.tip")
        muted: true
        font.pixelSize: Theme.bodyLarge
        wrapMode: Text.Wrap
    }
    Grid {
        width: parent.width
        columns: root.across
        spacing: Theme.s
        Repeater {
            id: chips
            model: vm.payment.tips
            onItemAdded: root.measure()
            delegate: TipChip {
                required property var modelData
                required property int index
                objectName: "kiosk.tip." + modelData.percent
                width: root.across < root.many ? (root.width - Theme.s) / 2 : index === 0 ? root.first : root.rest
                name: modelData.text
                share: modelData.share
                amount: modelData.amount
                checked: modelData.chosen
                onImplicitWidthChanged: root.measure()
                onClicked: vm.tip(modelData.percent)
            }
        }
    }
}
