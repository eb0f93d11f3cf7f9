import QtQuick
import "../theme"
import "../controls"
import "../staff"

// The staff's tablet: a rail of three pages, and the sheets that come up over any of them.
Item {
    id: pos

    Binding { target: Theme; property: "unit"; value: Math.max(0.6, Math.min(pos.width / 1280, pos.height / 800)) }

    Rectangle {
        anchors.fill: parent
        color: Theme.background
    }
    Rail {
        id: rail
        anchors { left: parent.left; top: parent.top; bottom: parent.bottom }
    }
    SignStrip {
        id: signs
        anchors { left: rail.right; right: parent.right; top: parent.top }
    }
    PNotes {
        id: notes
        anchors { left: rail.right; right: parent.right; top: signs.bottom }
        notes: vm.notes
        edge: 0
        most: 1
    }
    Item {
        id: page
        anchors { left: rail.right; right: parent.right; top: notes.bottom; bottom: parent.bottom }

        OrdersPage {
            anchors.fill: parent
            visible: vm.page === "orders"
            onVoidAsked: voiding.open = true
        }
        NewPage {
            anchors.fill: parent
            visible: vm.page === "new"
        }
        StockPage {
            anchors.fill: parent
            visible: vm.page === "stock"
        }
    }
    DishSheet { }
    TillSheet { }
    VoidSheet { id: voiding }
    CountSheet { }
    Rectangle {
        objectName: "pos.troubled"
        anchors { left: page.left; right: page.right; top: parent.top }
        height: trouble.height + 2 * Theme.xxs
        visible: vm.troubled
        color: Theme.warningSoft
        PText {
            id: trouble
            anchors.centerIn: parent
            text: shell.tr("pos.troubled")
            color: Theme.warning
            font.pixelSize: Theme.label
            font.weight: Theme.semibold
        }
    }
    PToast {
        id: toast
        objectName: "pos.toast"
        anchors { horizontalCenter: page.horizontalCenter; bottom: parent.bottom; bottomMargin: Theme.l }
    }
    Connections {
        target: vm
        function onToast(text) { toast.say(text, "", "danger") }
    }
    Connections {
        target: vm.stock
        function onHinted(text) { toast.say(text) }
    }
    StaffLayer { }
}
