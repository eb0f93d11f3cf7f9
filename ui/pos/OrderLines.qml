import QtQuick
import "../theme"
import "../controls"

// The dishes of the chosen order.
ListView {
    id: lines

    objectName: "pos.detail.lines"
    clip: true
    model: vm.lines
    boundsBehavior: Flickable.StopAtBounds
    delegate: DishLine {
        width: lines.width
    }
}
