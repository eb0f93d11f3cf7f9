import QtQuick
import "../theme"
import "../controls"

// The order so far: where it is eaten, its dishes, and the button that places it.
PCard {
    id: pane

    readonly property var draft: vm.draft

    PText {
        id: title
        anchors { left: parent.left; right: discard.left; top: parent.top; margins: Theme.m }
        text: pane.draft.amends ? shell.tr("pos.amend_title", { number: pane.draft.amends }) : shell.tr("pos.new_title")
        font.pixelSize: Theme.title
        font.weight: Theme.bold
    }
    PIconButton {
        id: discard
        objectName: "pos.draft.discard"
        anchors { right: parent.right; rightMargin: Theme.xs; verticalCenter: title.verticalCenter }
        visible: pane.draft.pieces > 0 || pane.draft.amends !== ""
        kind: "quiet"
        icon: "trash-2"
        name: shell.tr("pos.discard")
        onClicked: pane.draft.discard()
    }
    PSegmented {
        id: dining
        objectName: "pos.draft.dining"
        anchors { left: parent.left; right: parent.right; top: title.bottom; margins: Theme.m; topMargin: Theme.s }
        enabled: pane.draft.amends === ""
        options: [{ key: "here", text: shell.tr("pos.here") }, { key: "takeaway", text: shell.tr("pos.takeaway") }]
        current: pane.draft.dining
        onChosen: key => pane.draft.dining = key
    }
    ListView {
        id: lines
        objectName: "pos.draft.lines"
        anchors { left: parent.left; right: parent.right; top: dining.bottom; bottom: name.top; margins: Theme.m }
        anchors { topMargin: Theme.xs; bottomMargin: Theme.xs }
        clip: true
        model: pane.draft.lines
        boundsBehavior: Flickable.StopAtBounds
        onCountChanged: Qt.callLater(positionViewAtEnd)
        delegate: DraftLine { width: lines.width }
    }
    PText {
        anchors.centerIn: lines
        visible: lines.count === 0
        text: shell.tr("pos.empty")
        muted: true
    }
    PSearchField {
        id: name
        objectName: "pos.draft.name"
        anchors { left: parent.left; right: parent.right; bottom: sum.top; margins: Theme.m; bottomMargin: Theme.s }
        visible: pane.draft.amends === ""
        icon: "user"
        placeholder: shell.tr("pos.customer")
        clearName: shell.tr("pos.clear_search")
        onEdited: text => pane.draft.customerName = text
        Connections {
            target: pane.draft
            function onChanged() { if (pane.draft.customerName === "" && name.text !== "") name.text = "" }
        }
    }
    SumRow {
        id: sum
        anchors { left: parent.left; right: parent.right; bottom: place.top; margins: Theme.m; bottomMargin: Theme.s }
        strong: true
        label: shell.tr("pos.pieces", { n: pane.draft.pieces })
        amount: shell.formatMoney(pane.draft.totalMinor)
    }
    PButton {
        id: place
        objectName: "pos.draft.place"
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: Theme.m }
        size: "xl"
        kind: "primary"
        icon: "check"
        usable: pane.draft.pieces > 0 && !pane.draft.busy
        text: shell.tr(pane.draft.amends ? "pos.save_change" : "pos.place")
        onClicked: pane.draft.place()
    }
}
