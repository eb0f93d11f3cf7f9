import QtQuick
import "../theme"
import "../controls"

// What can be done with the order now: money first, then the next step; what is rare stands apart.
Column {
    id: actions

    property var order
    readonly property var steps: order.steps || []
    readonly property bool canPay: !!order.canPay
    readonly property real cell: (width - 2 * Theme.xs) / 3
    signal voidAsked()

    spacing: Theme.xs

    Row {
        spacing: Theme.xs
        visible: actions.canPay

        PButton {
            objectName: "pos.pay.cash"
            width: actions.cell
            size: "l"
            kind: "primary"
            icon: "banknote"
            text: shell.tr("pos.cash")
            onClicked: vm.till.openCash(actions.order.order_id)
        }
        PButton {
            objectName: "pos.pay.card"
            width: actions.cell
            size: "l"
            kind: "primary"
            icon: "credit-card"
            text: shell.tr("pos.card")
            onClicked: vm.till.openCard(actions.order.order_id)
        }
        PButton {
            objectName: "pos.pay.split"
            width: actions.cell
            size: "l"
            icon: "split"
            text: shell.tr("pos.split")
            onClicked: vm.till.open(actions.order.order_id)
        }
    }
    Row {
        spacing: Theme.xs
        visible: actions.steps.length > 0

        Repeater {
            model: actions.steps
            delegate: PButton {
                required property string modelData
                required property int index
                objectName: "pos.step." + modelData
                width: actions.steps.length === 1 ? actions.width : (actions.width - (actions.steps.length - 1) * Theme.xs) / actions.steps.length
                size: "l"
                kind: index === 0 && !actions.canPay ? "positive" : "secondary"
                icon: index === 0 ? "check" : ""
                usable: vm.busy === ""
                text: shell.tr("pos.step." + modelData)
                onClicked: vm.step(modelData)
            }
        }
    }
    Row {
        spacing: Theme.xs
        visible: !!actions.order.canAmend || !!actions.order.canVoid

        PButton {
            objectName: "pos.add"
            width: (actions.width - Theme.xs) / 2
            usable: !!actions.order.canAmend
            icon: "plus"
            text: shell.tr("pos.add")
            onClicked: vm.amendSelected()
        }
        PButton {
            objectName: "pos.void"
            width: (actions.width - Theme.xs) / 2
            usable: !!actions.order.canVoid && vm.busy === ""
            icon: "ban"
            text: shell.tr("pos.void")
            onClicked: actions.voidAsked()
        }
    }
}
