import QtQuick
import "../theme"
import "../controls"

// One dish: what it is, what it asks, how many, what it costs so.
PSheet {
    id: root
    readonly property var facts: vm.sheet.facts
    open: vm.sheet.isOpen
    maxWidth: Theme.px(820)
    maxHeight: height * 0.9
    onDismissed: vm.sheet.close()
    onOpenChanged: if (open) scroll.contentY = 0
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
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: foot.top
        padding: Theme.l
        spacing: Theme.l
        Row {
            width: parent.width
            spacing: Theme.l
            PImage {
                id: picture
                width: Theme.px(190)
                height: width
                source: root.facts.image
                name: root.facts.name
                inset: 0.06
            }
            Column {
                width: parent.width - picture.width - parent.spacing
                anchors.verticalCenter: parent.verticalCenter
                spacing: Theme.xs
                PText {
                    width: parent.width - Theme.touch
                    text: root.facts.name
                    font.pixelSize: Theme.headline
                    font.weight: Theme.black
                    wrapMode: Text.Wrap
                    lineHeight: 1.05
                }
                PText {
                    width: parent.width
                    visible: text !== ""
                    text: root.facts.description
                    muted: true
                    font.pixelSize: Theme.bodyLarge
                    wrapMode: Text.Wrap
                }
                PText {
                    width: parent.width
                    visible: text !== ""
                    text: root.facts.energy
                    muted: true
                    font.pixelSize: Theme.label
                }
                PText {
                    width: parent.width
                    visible: root.facts.allergens !== ""
                    text: shell.tr("kiosk.contains", { names: root.facts.allergens })
                    font.pixelSize: Theme.label
                    font.weight: Theme.medium
                    wrapMode: Text.Wrap
                }
            }
        }
        Repeater {
            id: asked
            model: vm.sheet.questions
            Question { width: scroll.width - 2 * scroll.padding }
        }
    }
    PIconButton {
        objectName: "kiosk.sheet.close"
        anchors.top: parent.top
        anchors.right: parent.right
        anchors.margins: Theme.m
        icon: "x"
        name: shell.tr("kiosk.close")
        onClicked: vm.sheet.close()
    }
    Rectangle {
        id: foot
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        height: Theme.touchHuge + 2 * Theme.m
        color: Theme.surface
        radius: root.tall ? 0 : Theme.radiusXl
        Rectangle { width: parent.width; height: Theme.hairline; color: Theme.line }
        PStepper {
            id: stepper
            objectName: "kiosk.sheet.quantity"
            anchors.left: parent.left
            anchors.leftMargin: Theme.l
            anchors.verticalCenter: parent.verticalCenter
            size: Theme.touchLarge
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
            anchors.leftMargin: Theme.l
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
