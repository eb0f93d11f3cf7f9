import QtQuick
import "../theme"
import "../controls"

// Categories, dishes, basket: one under the other on a tall screen, side by side on a wide one.
Page {
    id: page
    property bool tall: true
    property bool basketOpen: false
    property Item kept: null  // where somebody who goes by keys was, to go on from there
    readonly property Item focused: Window.activeFocusItem
    signal givenUp()
    onShownChanged: { kept = null; if (!shown) basketOpen = false }
    onFocusedChanged: if (focused && shown && ground.enabled && !basketOpen && !vm.sheet.isOpen) kept = focused
    Connections {
        target: vm.basket
        function onChanged() { if (vm.basket.pieces === 0) page.basketOpen = false }
    }
    Connections {
        target: vm
        function onBasketShut() { page.basketOpen = false }
    }

    Item {
        id: ground
        anchors.fill: parent
        enabled: !page.basketOpen && !vm.sheet.isOpen  // what lies under a sheet is out of reach of keys too
        onEnabledChanged: if (enabled && page.kept) page.kept.forceActiveFocus()
        MenuHead {
            id: head
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.top: parent.top
            onOver: vm.basket.pieces > 0 ? page.givenUp() : vm.startOver()
        }
        CategoryRail {
            id: rail
            objectName: "kiosk.categories"
            anchors.left: parent.left
            anchors.leftMargin: Theme.s
            anchors.top: head.bottom
            anchors.bottom: page.tall ? bar.top : parent.bottom
            width: Theme.px(page.tall ? 124 : 138)
        }
        DishGrid {
            objectName: "kiosk.dishes"
            anchors.left: rail.right
            anchors.right: page.tall ? parent.right : side.left
            anchors.top: head.bottom
            anchors.bottom: rail.bottom
            columns: page.tall ? 2 : Math.max(2, Math.floor(width / Theme.px(260)))
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
            width: page.tall ? 0 : Theme.px(412)
            color: Theme.surface
            radius: Theme.radiusL
            Rectangle { anchors.right: parent.right; width: parent.radius; height: parent.height; color: parent.color }
            Rectangle { anchors.bottom: parent.bottom; width: parent.width; height: parent.radius; color: parent.color }
            Loader {
                anchors.fill: parent
                active: !page.tall
                sourceComponent: BasketView { closable: false }
            }
        }
    }
    PSheet {
        open: page.tall && page.basketOpen
        maxHeight: page.height * 0.74
        onDismissed: page.basketOpen = false
        onOpenChanged: if (open) forceActiveFocus()
        Loader {
            anchors.fill: parent
            active: page.tall
            sourceComponent: BasketView { closable: true; onClosed: page.basketOpen = false }
        }
    }
}
