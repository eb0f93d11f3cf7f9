import QtQuick
import "../theme"
import "../controls"

// No dish is left: why, and the way back to all of them; as much of it as there is room for.
Column {
    id: root
    readonly property bool filtered: vm.browse.wishes > 0
    readonly property bool searched: vm.browse.searching && vm.browse.query !== ""
    signal cleared()
    property real room: 0
    readonly property bool way: filtered || searched
    readonly property real needed: empty.least + (way ? back.implicitHeight + spacing : 0)
    width: parent.width - 2 * Theme.l
    spacing: Theme.l
    PEmpty {
        id: empty
        pictured: root.needed + more + disc <= root.room
        brief: root.needed + more > root.room
        anchors.horizontalCenter: parent.horizontalCenter
        icon: root.searched ? "search" : root.filtered ? "filter" : "utensils"
        title: root.searched ? shell.tr("kiosk.nothing_found", { words: vm.browse.query })
            : root.filtered ? shell.tr("kiosk.nothing_fits") : shell.tr("kiosk.empty_category")
        text: root.filtered ? shell.tr("kiosk.filters_on", { names: vm.browse.wished })
            : root.searched ? shell.tr("kiosk.nothing_found_text") : ""
    }
    PButton {
        objectName: "kiosk.nothing.clear"
        anchors.horizontalCenter: parent.horizontalCenter
        visible: root.filtered
        size: "l"
        kind: "primary"
        text: shell.tr("kiosk.filters_clear")
        onClicked: { vm.browse.clearWishes(); root.cleared() }
    }
    PButton {
        id: back
        objectName: "kiosk.nothing.back"
        anchors.horizontalCenter: parent.horizontalCenter
        visible: root.searched && !root.filtered && root.needed <= root.room  // where it finds none, the keyboard has its end
        size: "l"
        text: shell.tr("kiosk.filters_clear")
        onClicked: { vm.browse.search(false); root.cleared() }
    }
}
