import QtQuick
import "../theme"
import "../controls"

// Categories, dishes, basket: one under the other on a tall screen, side by side on a wide one.
Page {
    id: page
    title: shell.tr("kiosk.menu")
    summary: vm.summary
    property bool tall: true
    property bool basketOpen: false
    property bool filtersOpen: false
    // where what passes is said: over what is pressed in the end, and on a wide screen beside the basket and its sum
    readonly property real floor: (basketOpen && basket.item ? basket.item.floor : tall ? bar.height : 0) + (basketOpen ? 0 : keys.height + Theme.l)
    readonly property real aside: tall ? 0 : side.width
    readonly property real free: tall ? width : width - side.width - rail.width - Theme.s
    readonly property bool covered: basketOpen || filtersOpen || vm.sheet.isOpen
    property bool uncovering: false  // a double tap that closed what covered it touches nothing here
    onCoveredChanged: { uncovering = !covered; if (uncovering) calmed.restart() }
    Timer { id: calmed; interval: Theme.doubleTap; onTriggered: page.uncovering = false }
    // the lower half in large type has no room for a keyboard and for what it finds: then one makes room for the other
    readonly property bool cramped: height - head.height - strip.height - bar.height * tall - (keys.item ? keys.item.implicitHeight : 0) < shelves.headHeight + shelves.lowHeight
    property bool folded: false
    function fold() {
        folded = true
        head.field.leave()
        if (shell.byKeys) shelves.begin()
    }
    signal givenUp()
    signal languagesAsked()
    signal phoneWanted()
    onShownChanged: if (!shown) basketOpen = filtersOpen = false
    function back() {
        if (basketOpen || filtersOpen) basketOpen = filtersOpen = false
        else if (vm.browse.searching) vm.browse.search(false)
        else if (vm.basket.pieces > 0 && !uncovering) givenUp()
    }
    Connections {
        target: vm.basket
        function onChanged() { if (vm.basket.pieces === 0) page.basketOpen = false }
    }
    function showBasket() { basketOpen = tall && vm.basket.pieces > 0 }  // on a wide screen it is there
    Connections {
        target: vm
        function onBasketShut() { page.basketOpen = false }
        function onBasketCame() { page.showBasket() }
    }

    Item {
        id: ground
        anchors.fill: parent
        enabled: !page.covered && !page.uncovering  // what lies under a sheet is out of reach of keys too
        MenuHead {
            id: head
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.top: parent.top
            tall: page.tall
            onFiltersOpened: page.filtersOpen = true
            onLanguagesAsked: page.languagesAsked()
            onOver: vm.basket.pieces > 0 ? page.givenUp() : vm.startOver()
        }
        Loader {  // costs nothing while nobody searches; for keys right after what is typed
            id: keys
            anchors.left: page.tall ? parent.left : rail.right
            anchors.leftMargin: page.tall ? 0 : -Theme.xxs
            anchors.right: page.tall ? parent.right : side.left
            anchors.bottom: page.tall ? bar.top : parent.bottom
            height: active && item && !page.folded ? item.implicitHeight : 0
            visible: height > 0
            active: vm.browse.searching
            onActiveChanged: page.folded = false
            sourceComponent: SearchBoard { objectName: "kiosk.search.board"; most: Theme.reach && !page.tall ? page.height * 0.56 : 0; folds: page.cramped && vm.browse.query !== "" && vm.browse.count > 0; onFolded: page.fold() }
            Connections {
                target: head.field
                function onTypedChanged() { if (head.field.typed) page.folded = false }
            }
        }
        CategoryRail {
            id: rail
            objectName: "kiosk.categories"
            anchors.left: parent.left
            anchors.leftMargin: Theme.s - Theme.xxs
            anchors.top: head.bottom
            anchors.bottom: page.tall ? keys.top : parent.bottom
            anchors.bottomMargin: page.tall ? 0 : Theme.touchHuge + 2 * Theme.m
            width: Theme.px((page.tall ? 124 : 138) + (Theme.magnified - 1) * (page.tall ? 64 : 46)) + 2 * Theme.xxs
        }
        FilterStrip {
            id: strip
            anchors.left: rail.right
            anchors.leftMargin: -Theme.xxs  // the room of a frame is not the dishes'
            anchors.right: shelves.right
            anchors.top: head.bottom
            onOpened: page.filtersOpen = true
        }
        DishShelves {
            id: shelves
            objectName: "kiosk.dishes"
            anchors.left: rail.right
            anchors.leftMargin: -Theme.xxs
            anchors.right: page.tall ? parent.right : side.left
            anchors.top: strip.bottom
            anchors.bottom: keys.top
            spare: rail.count === 0 ? rail.anchors.leftMargin + rail.width - Theme.xxs : 0
            readonly property int usual: page.tall ? 2 : Math.max(2, Math.floor(width / Theme.px(260)))
            columns: Theme.large ? Math.ceil(usual / 2) : Theme.reach ? usual - 1 : usual
        }
        BasketBar {
            id: bar
            visible: page.tall
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.bottom: parent.bottom
            onOpened: page.basketOpen = true
        }
        Rectangle {
            id: side
            visible: !page.tall
            anchors.right: parent.right
            anchors.top: parent.top
            anchors.topMargin: head.height
            anchors.bottom: parent.bottom
            width: page.tall ? 0 : Theme.px(412 + (Theme.magnified - 1) * 100)
            color: Theme.surface
            radius: Theme.contrast ? 0 : Theme.radiusL
            border.width: Theme.contrast ? Theme.hairline : 0  // there no ground tells it from the menu
            border.color: Theme.line
            Rectangle { anchors.right: parent.right; width: parent.radius; height: parent.height; color: parent.color }
            Rectangle { anchors.bottom: parent.bottom; width: parent.width; height: parent.radius; color: parent.color }
            Loader {
                anchors.fill: parent
                active: !page.tall
                sourceComponent: BasketView { closable: false; onPhoneWanted: page.phoneWanted() }
            }
        }
    }
    PSheet {
        objectName: "kiosk.basket.sheet"
        open: page.tall && page.basketOpen
        maxHeight: page.height * (Theme.reach ? 1 : Theme.large ? 0.88 : 0.74)
        onDismissed: page.basketOpen = false
        title: shell.tr("kiosk.basket")
        summary: vm.basket.spoken
        Loader {
            id: basket
            anchors.fill: parent
            active: page.tall
            sourceComponent: BasketView { closable: true; onClosed: page.basketOpen = false; onPhoneWanted: page.phoneWanted() }
        }
    }
    FilterSheet {
        objectName: "kiosk.filters"
        open: page.filtersOpen
        onDismissed: page.filtersOpen = false
    }
}
