import QtQuick
import "../theme"
import "../controls"

// Dishes by category or by any part of their name.
Item {
    id: finder

    PSearchField {
        id: search
        objectName: "pos.dishes.search"
        anchors { left: parent.left; right: parent.right; top: parent.top }
        placeholder: shell.tr("pos.search_dishes")
        clearName: shell.tr("pos.clear_search")
        onEdited: text => vm.draft.search = text
        Connections {
            target: vm.draft
            function onChanged() { if (vm.draft.search === "" && search.text !== "") search.text = "" }
        }
    }
    Flow {
        id: categories
        anchors { left: parent.left; right: parent.right; top: search.bottom; topMargin: Theme.xs }
        spacing: Theme.xxs

        Repeater {
            model: vm.draft.categories
            delegate: PChip {
                required property var modelData
                objectName: "pos.category." + modelData.category_id
                text: modelData.name
                checked: vm.draft.category === modelData.category_id
                onClicked: vm.draft.category = modelData.category_id
            }
        }
    }
    GridView {
        id: grid
        objectName: "pos.dishes"
        readonly property int across: Math.max(2, Math.floor(width / Theme.px(190)))
        anchors { left: parent.left; right: parent.right; top: categories.bottom; bottom: parent.bottom; topMargin: Theme.s }
        anchors.rightMargin: -Theme.xs
        clip: true
        cellWidth: Math.max(Theme.touch, Math.floor(width / across))
        cellHeight: Theme.px(112)
        boundsBehavior: Flickable.StopAtBounds
        model: vm.draft.dishes
        delegate: DishTile {
            width: grid.cellWidth - Theme.xs
            height: grid.cellHeight - Theme.xs
        }
    }
}
