import QtQuick
import "../theme"
import "../controls"

// The basket line by line: change, remove, see what ran out; and at its foot the sum and the way to pay.
Item {
    id: root
    property bool closable: true
    signal closed()
    PText {
        id: title
        anchors.left: parent.left
        anchors.leftMargin: Theme.l
        anchors.top: parent.top
        anchors.topMargin: Theme.l
        text: shell.tr("kiosk.basket")
        font.pixelSize: Theme.title
        font.weight: Theme.black
    }
    PIconButton {
        objectName: "kiosk.basket.close"
        visible: root.closable
        anchors.right: parent.right
        anchors.rightMargin: Theme.m
        anchors.verticalCenter: title.verticalCenter
        kind: "quiet"
        icon: "chevron-down"
        iconSize: Theme.iconL
        name: shell.tr("kiosk.close")
        onClicked: root.closed()
    }
    ListView {
        id: list
        objectName: "kiosk.basket.lines"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: title.bottom
        anchors.topMargin: Theme.m
        anchors.bottom: foot.top
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        model: vm.basket.rows
        spacing: Theme.s
        leftMargin: Theme.m
        rightMargin: Theme.m
        delegate: BasketLine { width: list.width - 2 * Theme.m }
        remove: Transition { NumberAnimation { property: "opacity"; to: 0; duration: Theme.quick } }
        displaced: Transition { NumberAnimation { property: "y"; duration: Theme.normal; easing.type: Theme.easing } }
    }
    PEmpty {
        anchors.centerIn: list
        visible: list.count === 0
        icon: "shopping-basket"
        title: shell.tr("kiosk.basket_empty")
        text: shell.tr("kiosk.basket_empty_text")
    }
    Column {
        id: foot
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        anchors.margins: Theme.l
        spacing: Theme.m
        PDivider { width: parent.width }
        Item {
            width: parent.width
            height: sum.implicitHeight
            PText { anchors.verticalCenter: parent.verticalCenter; text: shell.tr("kiosk.total"); font.pixelSize: Theme.bodyLarge; muted: true }
            PText {
                id: sum
                anchors.right: parent.right
                text: vm.basket.totalText
                font.pixelSize: Theme.headline
                font.weight: Theme.black
                font.features: ({ "tnum": 1 })
            }
        }
        PText {
            width: parent.width
            visible: vm.basket.isTroubled
            text: shell.tr("kiosk.basket_trouble")
            color: Theme.danger
            wrapMode: Text.Wrap
        }
        PButton {
            objectName: root.closable ? "kiosk.basket.pay" : "kiosk.pay"
            width: parent.width
            kind: "primary"
            size: "xl"
            icon: "credit-card"
            text: shell.tr("kiosk.pay")
            enabled: vm.basket.pieces > 0 && !vm.basket.isTroubled
            onClicked: vm.checkOut()
        }
    }
}
