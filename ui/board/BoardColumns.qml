import QtQuick
import "../theme"
import "../controls"

// The columns of the page that is shown. They tell the view model how much fits.
Item {
    id: columns

    readonly property int gap: Theme.xl
    readonly property int across: Math.max(1, Math.min(4, Math.floor((width + gap) / (Theme.px(290) + gap))))
    readonly property int count: Math.max(1, vm.columnsShown)
    readonly property real leastUnit: Theme.px(15)
    // Pages that are not full are given air, up to a third more.
    readonly property real unitHeight: Math.max(leastUnit, Math.min(leastUnit * 4 / 3, Math.floor(height / vm.unitsUsed)))

    readonly property real columnWidth: (width - (across - 1) * gap) / across
    readonly property var type: ({  // what a text has to fit into, and in which sizes it is written
        width: columnWidth, heading: Theme.title, name: Theme.bodyLarge, variation: Theme.label, gap: Theme.s, between: Theme.m
    })

    onTypeChanged: fitting.restart()
    onHeightChanged: fitting.restart()
    Timer {
        id: fitting
        interval: 0
        onTriggered: vm.fit(Math.floor(columns.height / columns.leastUnit), columns.across, columns.type)
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
                width: columns.columnWidth
                height: columns.height
                visible: count > 0
                interactive: false
                model: modelData
                displaced: Transition { enabled: !Theme.reducedMotion; NumberAnimation { property: "y"; duration: Theme.slow; easing.type: Theme.easing } }
                delegate: BoardRow {
                    width: column.width
                    unitHeight: columns.unitHeight
                }
            }
        }
    }
}
