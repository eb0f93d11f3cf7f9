import QtQuick
import "../theme"
import "../controls"

// On the left every order of the shop that somebody still has to do something about; on the right the chosen one.
Item {
    id: page

    signal voidAsked()

    OrderList {
        id: list
        anchors { left: parent.left; top: parent.top; bottom: parent.bottom; margins: Theme.m; rightMargin: 0 }
        width: Math.max(Theme.px(400), page.width * 0.42)
        emptyTop: choose.y - y
    }
    OrderDetail {
        anchors { left: list.right; right: parent.right; top: parent.top; bottom: parent.bottom; margins: Theme.m }
        visible: vm.order.order_id !== ""
        onVoidAsked: page.voidAsked()
    }
    PEmpty {
        id: choose
        objectName: "pos.empty.order"
        anchors.verticalCenter: parent.verticalCenter
        x: list.x + list.width + (page.width - list.x - list.width - width) / 2
        width: Theme.px(420)
        visible: vm.order.order_id === ""
        icon: "receipt"
        title: shell.tr("pos.choose_order")
        text: shell.tr("pos.choose_order_hint")
    }
}
