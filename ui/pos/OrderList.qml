import QtQuick
import "../theme"
import "../controls"

// Search, filters, and the orders that fit them. Numbers beside the filters say where work waits.
Item {
    id: list

    property real emptyTop: 0  // of what is said while there is none: at one height with what stands beside it

    PSearchField {
        id: search
        objectName: "pos.search"
        anchors { left: parent.left; right: parent.right; top: parent.top }
        placeholder: shell.tr("pos.search_orders")
        clearName: shell.tr("pos.clear_search")
        onEdited: text => vm.search = text
        Connections {
            target: vm
            function onListChanged() { if (vm.search === "" && search.text !== "") search.text = "" }
        }
    }
    Flow {
        id: filters
        anchors { left: parent.left; right: parent.right; top: search.bottom; topMargin: Theme.xs }
        spacing: Theme.xxs

        Repeater {
            model: ["open", "unpaid", "ready", "late", "done"]
            delegate: PChip {
                required property string modelData
                required property int index
                readonly property int many: vm.filters[index].count
                objectName: "pos.filter." + modelData
                text: shell.tr("pos.filter." + modelData)
                count: modelData === "done" || many === 0 ? "" : many
                checked: vm.filter === modelData
                onClicked: vm.filter = modelData
            }
        }
    }
    ListView {
        id: orders
        objectName: "pos.orders"
        anchors { left: parent.left; right: parent.right; top: filters.bottom; bottom: parent.bottom; topMargin: Theme.s }
        clip: true
        spacing: Theme.xs
        model: vm.rows
        boundsBehavior: Flickable.StopAtBounds
        reuseItems: true
        add: Transition { enabled: !Theme.reducedMotion; NumberAnimation { property: "opacity"; from: 0; to: 1; duration: Theme.normal } }
        displaced: Transition { enabled: !Theme.reducedMotion; NumberAnimation { property: "y"; duration: Theme.normal; easing.type: Theme.easing } }
        delegate: OrderRow { width: orders.width }
    }
    PEmpty {
        objectName: "pos.empty.orders"
        anchors { horizontalCenter: parent.horizontalCenter; top: parent.top; topMargin: list.emptyTop }
        visible: vm.rows.count === 0
        icon: "receipt"
        title: shell.tr("pos.no_orders")
        text: shell.tr("pos.no_orders_hint")
    }
}
