import QtQuick
import "../theme"
import "../controls"

// One ingredient or dish: what it is, whether it is there, and the button to hold.
PCard {
    id: row

    required property string key
    required property string kind
    required property string subject_id
    required property string name
    required property bool out
    required property int remaining
    required property int users
    required property bool busy

    radius: Theme.radiusM
    color: out ? Theme.dangerSoft : Theme.surface

    Column {
        anchors { left: parent.left; leftMargin: Theme.m; right: count.visible ? count.left : hold.left; rightMargin: Theme.xs }
        anchors.verticalCenter: parent.verticalCenter

        PText {
            width: parent.width
            text: row.name
            wrapMode: Text.Wrap
            maximumLineCount: 2
            elide: Text.ElideRight
            color: row.out ? Theme.danger : Theme.ink
            font.weight: Theme.semibold
        }
        PText {
            width: parent.width
            text: row.remaining >= 0 && !row.out ? shell.tr("pos.left", { n: row.remaining })
                : row.out ? shell.tr("pos.stock_is_out")
                : row.kind === "ingredient" ? shell.tr("pos.stock_users", { n: row.users })
                : shell.tr("pos.stock_available")
            color: row.out ? Theme.danger : Theme.inkMuted
            font.pixelSize: Theme.label
        }
    }
    PIconButton {
        id: count
        objectName: "pos.stock.count." + row.subject_id
        anchors { right: hold.left; rightMargin: Theme.xxs; verticalCenter: parent.verticalCenter }
        visible: row.kind === "item"
        kind: "quiet"
        icon: "boxes"
        name: shell.tr("pos.stock_count_title", { name: row.name })
        onClicked: vm.stock.openCount(row.subject_id)
    }
    PHoldButton {
        id: hold
        objectName: "pos.stock." + row.kind + "." + row.subject_id
        anchors { right: parent.right; rightMargin: Theme.s; verticalCenter: parent.verticalCenter }
        name: shell.tr(row.out ? "pos.hold_back" : "pos.hold_out", { name: row.name })
        text: shell.tr(row.out ? "pos.hold_back_short" : "pos.hold_out_short")
        icon: row.out ? "undo-2" : ""
        tone: row.out ? "positive" : "neutral"
        enabled: !row.busy
        opacity: row.busy ? Theme.faded : 1
        onHeld: vm.stock.toggle(row.key)
        onTapped: vm.stock.hint(row.key)
    }
}
