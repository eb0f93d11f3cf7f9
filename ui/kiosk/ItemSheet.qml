import QtQuick
import "../theme"
import "../controls"

// One dish: what it is, what it asks, how many, what it costs so. All that is pressed in the end is at the foot.
PSheet {
    id: root
    readonly property var facts: vm.sheet.facts
    open: vm.sheet.isOpen
    maxWidth: Theme.px(940)
    maxHeight: height * 0.92
    onDismissed: vm.sheet.close()
    onOpenChanged: if (open) { scroll.toTop(); forceActiveFocus() }
    Connections {
        target: vm
        function onScrollTo(key) {
            for (let i = 0; i < asked.count; ++i)
                if (asked.itemAt(i).key === key) scroll.reveal(asked.itemAt(i))
        }
    }
    PScroll {
        id: scroll
        objectName: "kiosk.sheet.scroll"
        anchors.top: parent.top
        anchors.topMargin: Theme.l
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: foot.top
        padding: Theme.l
        spacing: Theme.xl
        DishHead { width: scroll.width - 2 * scroll.padding; facts: root.facts; tall: root.tall }
        Repeater {
            id: asked
            model: vm.sheet.questions
            Question { width: scroll.width - 2 * scroll.padding }
        }
    }
    Rectangle {
        id: foot
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        height: Theme.touchHuge + 2 * Theme.m
        color: Theme.surface
        radius: root.tall ? 0 : Theme.radiusXl
        Rectangle { width: parent.width; height: parent.radius; color: parent.color }
        Rectangle { width: parent.width; height: Theme.hairline; color: Theme.line }
        PIconButton {
            id: leave
            objectName: "kiosk.sheet.close"
            anchors.left: parent.left
            anchors.leftMargin: Theme.m
            anchors.verticalCenter: parent.verticalCenter
            kind: "quiet"
            icon: "x"
            iconSize: Theme.iconL
            name: shell.tr("kiosk.close")
            onClicked: vm.sheet.close()
        }
        PStepper {
            id: stepper
            objectName: "kiosk.sheet.quantity"
            anchors.left: leave.right
            anchors.leftMargin: Theme.s
            anchors.verticalCenter: parent.verticalCenter
            enabled: !root.facts.lost
            name: root.facts.name
            lessName: shell.tr("kiosk.one_less")
            moreName: shell.tr("kiosk.one_more")
            value: root.facts.quantity
            minimum: 1
            maximum: root.facts.maximum
            onChanged: (value) => vm.sheet.setQuantity(value)
        }
        PButton {
            objectName: "kiosk.sheet.add"
            anchors.left: stepper.right
            anchors.leftMargin: Theme.m
            anchors.right: parent.right
            anchors.rightMargin: Theme.l
            anchors.verticalCenter: parent.verticalCenter
            kind: "primary"
            size: "xl"
            enabled: !root.facts.lost
            text: root.facts.lost ? shell.tr("kiosk.sold_out") : root.facts.missing > 0 ? shell.tr("kiosk.choose_more", { n: root.facts.missing })
                : root.facts.editing ? shell.tr("kiosk.save") : shell.tr("kiosk.add")
            trailing: root.facts.total
            onClicked: vm.sheet.take()
        }
    }
}
