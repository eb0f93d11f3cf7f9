import QtQuick
import "../theme"
import "../controls"

// A tip, where the shop wants them: nothing is chosen beforehand, and who says nothing gives none.
Column {
    id: root
    readonly property int many: Math.max(1, vm.payment.tips.length)
    readonly property real each: (width - (many - 1) * Theme.s) / many
    readonly property int across: Theme.large || widest > each ? 2 : many
    property real widest: 0  // what the longest needs: an amount may have nine digits
    function measure() {
        let needs = 0
        for (let i = 0; i < chips.count; ++i) needs = Math.max(needs, chips.itemAt(i)?.implicitWidth ?? 0)
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
            delegate: PChip {
                required property var modelData
                objectName: "kiosk.tip." + modelData.percent
                width: (root.width - (root.across - 1) * Theme.s) / root.across
                text: modelData.text
                checked: modelData.chosen
                onImplicitWidthChanged: root.measure()
                onClicked: vm.tip(modelData.percent)
            }
        }
    }
}
