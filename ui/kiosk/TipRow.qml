import QtQuick
import "../theme"
import "../controls"

// A tip, where the shop wants them: nothing is chosen beforehand, and who says nothing gives none.
Column {
    id: root
    readonly property int across: Theme.large ? 2 : Math.max(1, vm.payment.tips.length)
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
            model: vm.payment.tips
            delegate: PChip {
                required property var modelData
                objectName: "kiosk.tip." + modelData.percent
                width: (root.width - (root.across - 1) * Theme.s) / root.across
                text: modelData.text
                checked: modelData.chosen
                onClicked: vm.tip(modelData.percent)
            }
        }
    }
}
