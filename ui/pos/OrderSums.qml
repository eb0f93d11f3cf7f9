import QtQuick
import "../theme"
import "../controls"

// What the order costs, what was paid and how, what is due.
Column {
    id: sums

    property var order
    spacing: Theme.xxs

    PDivider {
        width: parent.width
    }
    Repeater {
        model: sums.order.taxes || []
        delegate: SumRow {
            required property var modelData
            width: sums.width
            quiet: true
            label: shell.tr(modelData.inclusive ? "pos.tax_inclusive" : "pos.tax_exclusive",
                            { name: modelData.name, percentage: modelData.percentage })
                + (modelData.tipMinor ? " · " + shell.tr("pos.tip", { amount: shell.formatMoney(modelData.tipMinor) }) : "")
                + (modelData.declined ? " · " + shell.tr("pos.declined_late") : "")
            amount: shell.formatMoney(modelData.declined ? 0 : modelData.amountMinor)
        }
    }
    SumRow {
        width: parent.width
        strong: true
        label: shell.tr("pos.total")
        amount: shell.formatMoney(sums.order.totalMinor || 0)
    }
    Repeater {
        model: sums.order.tenders || []
        delegate: SumRow {
            required property var modelData
            width: sums.width
            quiet: true
            label: shell.tr("pos." + modelData.tender) + (modelData.card ? " " + modelData.card : "")
                + (modelData.changeMinor ? " · " + shell.tr("pos.tendered", {
                    amount: shell.formatMoney(modelData.tenderedMinor), change: shell.formatMoney(modelData.changeMinor) }) : "")
                + (modelData.refundedMinor ? " · " + shell.tr("pos.refunded", { amount: shell.formatMoney(modelData.refundedMinor) }) : "")
            amount: shell.formatMoney(modelData.amountMinor)
        }
    }
    SumRow {
        width: parent.width
        visible: (sums.order.dueMinor || 0) > 0 && (sums.order.paidMinor || 0) > 0
        strong: true
        label: shell.tr("pos.due")
        amount: shell.formatMoney(sums.order.dueMinor || 0)
    }
}
