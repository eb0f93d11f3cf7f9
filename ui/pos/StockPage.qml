import QtQuick
import "../theme"
import "../controls"

// What is out. One hold changes it, on every screen of the shop.
Item {
    id: page

    Item {
        id: head
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.m }
        height: Theme.touch

        PSearchField {
            objectName: "pos.stock.search"
            anchors { left: parent.left; top: parent.top }
            width: Math.min(Theme.px(420), parent.width - filter.width - Theme.m)
            placeholder: shell.tr("pos.search_stock")
            clearName: shell.tr("pos.clear_search")
            onEdited: text => vm.stock.search = text
        }
        PSegmented {
            id: filter
            objectName: "pos.stock.filter"
            anchors { right: parent.right; top: parent.top }
            width: Theme.px(340)
            options: [
                { key: "all", text: shell.tr("pos.stock_all") },
                { key: "out", text: shell.tr("pos.stock_out", { n: vm.stock.outCount }) }
            ]
            current: vm.stock.onlyOut ? "out" : "all"
            onChosen: key => vm.stock.onlyOut = key === "out"
        }
    }
    GridView {
        id: grid
        objectName: "pos.stock"
        readonly property int across: Math.max(1, Math.floor(width / Theme.px(360)))
        anchors { left: parent.left; right: parent.right; top: head.bottom; bottom: parent.bottom; margins: Theme.m; topMargin: Theme.s }
        anchors.rightMargin: Theme.m - Theme.xs
        clip: true
        cellWidth: Math.max(Theme.touch, Math.floor(width / across))
        cellHeight: Theme.px(92)
        boundsBehavior: Flickable.StopAtBounds
        model: vm.stock.rows
        delegate: StockRow {
            width: grid.cellWidth - Theme.xs
            height: grid.cellHeight - Theme.xs
        }
    }
    PEmpty {
        anchors.centerIn: grid
        visible: vm.stock.rows.count === 0
        icon: vm.stock.onlyOut ? "circle-check" : "search"
        title: shell.tr(vm.stock.onlyOut ? "pos.stock_none_out" : "pos.stock_none_found")
        text: vm.stock.onlyOut ? shell.tr("pos.stock_none_out_hint") : ""
    }
}
