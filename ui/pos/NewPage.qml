import QtQuick
import "../theme"
import "../controls"

// Taking an order: dishes on the left, the order so far on the right.
Item {
    id: page

    DishFinder {
        anchors { left: parent.left; right: pane.left; top: parent.top; bottom: parent.bottom; margins: Theme.m }
    }
    DraftPane {
        id: pane
        anchors { right: parent.right; top: parent.top; bottom: parent.bottom; margins: Theme.m }
        width: Theme.px(390)
    }
}
