import QtQuick
import "../theme"

// A column of the wall; a row that goes lets those under it close up.
ListView {
    id: column
    property var rows
    property int unitHeight
    model: rows
    interactive: false
    clip: true
    delegate: BoardRow { width: column.width; unitHeight: column.unitHeight }
    remove: Transition { NumberAnimation { property: "opacity"; to: 0; duration: Theme.quick } }
    displaced: Transition { NumberAnimation { property: "y"; duration: Theme.normal; easing.type: Theme.easing } }
}
