import QtQuick
import "../theme"
import "../controls"

// All dishes of all categories in one list, a few side by side, under heads that stay until the next one pushes them
// away. The rail follows, and leads.
Item {
    id: root
    property int columns: 2
    property real spare: 0  // beside it, where no category is left
    readonly property var nothing: ({ item_id: "", name: "", description: "", price: "", out: false, reason: "", few: "", image: "", marks: [] })
    readonly property real headHeight: Math.max(Theme.px(54), Math.ceil(Theme.headline * 1.4))
    readonly property real lowHeight: Theme.large || Theme.reach ? besideHeight : Theme.px(198)  // without a picture
    readonly property real highHeight: Theme.large || Theme.reach ? besideHeight : Theme.px(326)
    readonly property real bareHeight: Theme.large || Theme.reach ? besideHeight - Math.ceil(Theme.label * 2.6) : Theme.px(160)  // names and prices only
    readonly property real besideHeight: Math.ceil(Theme.bodyLarge * 2.2 + Theme.label * 2.6 + Math.max(Theme.title * 1.3, Theme.px(42 * Theme.magnified)) + Theme.px(56)
            + (Theme.large && !Theme.reach && width < Theme.px(560) * columns ? Theme.label * 1.3 : 0))  // a line more for a long name
    onColumnsChanged: {  // other shelves: the list stands where the rail says, and not where the old ones ended
        vm.browse.setColumns(columns)
        list.goTo(vm.category)
    }
    Component.onCompleted: vm.browse.setColumns(columns)
    function begin() { Qt.callLater(list.arrive, 0) }
    property var landing: null  // where keys go on from as soon as this is no longer covered
    onEnabledChanged: land()
    function land() {
        if (!enabled || landing === null) return
        const at = vm.browse.shelves.indexOf(landing.shelf)
        list.positionViewAtIndex(at, ListView.Contain)
        list.forceLayout()
        list.itemAtIndex(at)?.tile(landing.place)?.forceActiveFocus()
        landing = null
    }
    Connections {
        target: vm
        function onLandOn(shelf, place) {
            root.landing = shell.byKeys && shelf !== "" ? { shelf: shelf, place: place } : null
            root.land()
        }
    }

    ListView {
        id: list
        objectName: "kiosk.dishes.grid"
        anchors.fill: parent
        anchors.leftMargin: Theme.xs
        anchors.rightMargin: Theme.xs
        model: vm.browse.shelves
        reuseItems: true
        currentIndex: -1  // it would be kept, far away from what is seen
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        cacheBuffer: Math.max(0, Math.round(height * 0.6))
        // so much room that the last category, too, comes to the top when it is asked for
        bottomMargin: Math.max(Theme.xl, vm.browse.searching ? 0 : height - lastHeight)
        readonly property real lastHeight: root.headHeight + root.bareHeight
        section.property: "section"
        section.labelPositioning: ViewSection.InlineLabels | ViewSection.CurrentLabelAtStart
        section.delegate: Rectangle {
            id: head
            required property string section
            width: list.width
            height: Math.max(root.headHeight, heading.implicitHeight + Theme.xs)
            color: Theme.background
            PText {
                id: heading
                anchors.left: parent.left
                anchors.leftMargin: Theme.xs
                anchors.right: parent.right
                anchors.rightMargin: Theme.m
                anchors.verticalCenter: parent.verticalCenter
                readonly property string said: { vm.browse.count; shell.language; return vm.browse.heading(head.section) }
                text: shell.parted(said, width, font)
                // in one line as long as it finds room in smaller type, else in more of them
                readonly property bool long: implicit.advanceWidth > width * (Theme.large ? 2 : Theme.headline / Theme.bodyLarge)
                TextMetrics { id: implicit; text: heading.said; font.family: Theme.family; font.pixelSize: Theme.headline; font.weight: Theme.black }
                font.pixelSize: long ? Theme.bodyLarge : Theme.headline
                fontSizeMode: Theme.large || long ? Text.FixedSize : Text.HorizontalFit
                minimumPixelSize: Theme.bodyLarge
                wrapMode: Theme.large || long ? Text.Wrap : Text.NoWrap
                maximumLineCount: 4
                elide: Text.ElideRight
                font.weight: Theme.black
                Accessible.role: Accessible.Heading
                Accessible.name: said
            }
        }
        onCurrentSectionChanged: vm.scrolledTo(currentSection)
        delegate: Row {
            id: shelf
            required property int index
            required property string section
            required property bool pictured
            required property bool bare
            required property var cells
            readonly property string part: section
            readonly property string partName: { vm.browse.count; shell.language; return vm.browse.heading(section) }
            property bool away: false  // waits to become another shelf
            property bool fades: true  // not while it becomes one: only what happens to a dish is shown slowly
            ListView.onPooled: { away = true; fades = false }
            ListView.onReused: { away = false; settled.restart() }
            Timer { id: settled; interval: 0; onTriggered: shelf.fades = true }
            visible: !away
            height: pictured ? root.highHeight : bare ? root.bareHeight : root.lowHeight
            function tile(n) { return tiles.itemAt(n)?.tile }
            Repeater {
                id: tiles
                model: root.columns
                Item {
                    id: cell
                    required property int index
                    readonly property var dish: index < shelf.cells.length ? shelf.cells[index] : null
                    width: Math.floor(list.width / root.columns)
                    height: shelf.height
                    readonly property Item tile: tile
                    DishTile {
                        id: tile
                        anchors.fill: parent
                        anchors.margins: Theme.xs
                        visible: cell.dish !== null
                        objectName: cell.dish !== null && !shelf.away ? "kiosk.item." + cell.dish.item_id : ""
                        fades: shelf.fades
                        pictured: shelf.pictured
                        bare: shelf.bare
                        dish: cell.dish ?? root.nothing
                        onClicked: vm.tapDish(cell.dish.item_id)
                        onActiveFocusChanged: if (activeFocus) root.reveal(shelf)
                    }
                }
            }
        }
        function goTo(category) {
            forceLayout()
            const at = vm.browse.shelves.indexOf(category + "/0")
            if (at >= 0) positionViewAtIndex(at, ListView.Beginning)
            return at
        }
        function arrive(at) { forceLayout(); itemAtIndex(at)?.tile(0)?.forceActiveFocus() }
        Connections {
            target: vm
            function onGoTo(category) {
                const at = list.goTo(category)
                if (at >= 0 && shell.byKeys && root.enabled) list.arrive(at)
            }
        }
        Connections {
            target: vm.browse
            function onQueryChanged() { list.positionViewAtBeginning() }
        }
        Rectangle {
            parent: list
            visible: list.contentHeight > list.height + 1
            anchors.right: parent.right
            width: Theme.px(5)
            y: list.visibleArea.yPosition * list.height
            height: Math.max(Theme.xl, list.visibleArea.heightRatio * list.height)
            radius: width / 2
            color: Theme.lineStrong
            opacity: list.moving ? 0.9 : 0.4
        }
    }
    Nothing { anchors.centerIn: list; anchors.horizontalCenterOffset: -root.spare / 2; visible: list.count === 0; room: list.height; onCleared: if (shell.byKeys) root.begin() }

    // Who goes by keys sees where that is: not behind the head, not below the edge.
    function reveal(shelf) {
        const top = shelf.y - list.contentY
        if (top < headHeight) list.contentY = Math.max(list.originY, shelf.y - headHeight)
        else if (top + shelf.height > list.height) list.contentY = shelf.y + shelf.height - list.height
    }
}
