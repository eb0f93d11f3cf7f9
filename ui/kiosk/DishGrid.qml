import QtQuick
import "../theme"
import "../controls"

Item {
    id: root
    property int columns: 2
    PText {
        id: heading
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.m
        anchors.rightMargin: Theme.m
        text: vm.heading
        font.pixelSize: Theme.headline
        font.weight: Theme.black
        Accessible.role: Accessible.Heading
        Accessible.name: text
    }
    GridView {
        id: grid
        objectName: "kiosk.dishes.grid"
        anchors.fill: parent
        anchors.topMargin: heading.height + Theme.xs
        anchors.leftMargin: Theme.xs
        model: vm.dishes
        reuseItems: true
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        cellWidth: Math.floor((width - Theme.s) / root.columns)
        cellHeight: vm.dishesPictured ? Theme.px(326) : Theme.px(198)
        bottomMargin: Theme.xl
        cacheBuffer: Math.max(0, Math.round(height))
        delegate: Item {
            id: cell
            required property string item_id
            required property string name
            required property string description
            required property string price
            required property bool out
            required property string reason
            required property string few
            required property string image
            required property var marks
            property bool away: false  // waits to become another dish
            property bool fades: true  // not while it becomes one: only what happens to a dish is shown slowly
            GridView.onPooled: { away = true; fades = false }
            GridView.onReused: { away = false; settled.restart() }
            Timer { id: settled; interval: 0; onTriggered: cell.fades = true }
            width: grid.cellWidth
            height: grid.cellHeight
            visible: !away
            DishTile {
                anchors.fill: parent
                anchors.margins: Theme.xs
                objectName: cell.away ? "" : "kiosk.item." + cell.item_id
                fades: cell.fades
                title: cell.name
                description: cell.description
                price: cell.price
                out: cell.out
                reason: cell.reason
                few: cell.few
                image: cell.image
                pictured: vm.dishesPictured
                marks: cell.marks
                onClicked: vm.tapDish(cell.item_id)
            }
        }
        Connections {
            target: vm
            property string category
            function onChanged() {
                if (category !== vm.category) { category = vm.category; grid.positionViewAtBeginning() }
            }
        }
        PEmpty {
            anchors.centerIn: parent
            visible: grid.count === 0
            title: shell.tr("kiosk.empty_category")
        }
        Rectangle {
            parent: grid
            visible: grid.contentHeight > grid.height + 1
            anchors.right: parent.right
            anchors.rightMargin: Theme.xxs
            y: grid.visibleArea.yPosition * grid.height
            width: Theme.px(5)
            height: grid.visibleArea.heightRatio * grid.height
            radius: width / 2
            color: Theme.lineStrong
            opacity: grid.moving ? 0.9 : 0.4
        }
    }
}
