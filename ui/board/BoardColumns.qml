import QtQuick
import "../theme"
import "../controls"

// The columns of the page that is shown. They tell the view model how much fits.
Item {
    id: columns

    readonly property int gap: Theme.xl
    readonly property int across: Math.max(1, Math.min(4, Math.floor((width + gap) / (Theme.px(290) + gap))))
    readonly property int count: Math.max(1, vm.columnsShown)
    readonly property real unitHeight: Theme.px(15)

    onWidthChanged: fitting.restart()
    onHeightChanged: fitting.restart()
    Timer {
        id: fitting
        interval: 0
        onTriggered: vm.fit(Math.floor(columns.height / columns.unitHeight), columns.across)
    }
    Row {
        anchors.fill: parent
        spacing: columns.gap

        Repeater {
            model: vm.columns
            delegate: ListView {
                id: column
                required property var modelData
                required property int index
                objectName: "board.column." + index
                width: (columns.width - (columns.across - 1) * columns.gap) / columns.across
                height: columns.height
                visible: count > 0
                interactive: false
                clip: true
                model: modelData
                displaced: Transition { NumberAnimation { property: "y"; duration: Theme.slow; easing.type: Theme.easing } }
                delegate: BoardRow {
                    width: column.width
                    unitHeight: columns.unitHeight
                }
            }
        }
    }
}
