import QtQuick
import "../theme"
import "../controls"

// What staff must know or settle: money to give back, a dish sold while out, why it was voided.
Column {
    id: notices

    property var order
    spacing: Theme.xs

    Rectangle {
        objectName: "pos.refund.task"
        width: parent.width
        height: visible ? Math.max(task.height, give.height) + Theme.m : 0
        visible: !!notices.order.canRefund
        radius: Theme.radiusM
        color: Theme.dangerSoft

        PText {
            id: task
            anchors { left: parent.left; right: give.left; margins: Theme.s; verticalCenter: parent.verticalCenter }
            text: shell.tr(notices.order.status === "voided" ? "pos.refund_void" : "pos.refund_task",
                           { amount: shell.formatMoney(notices.order.overpaidMinor || 0) })
            wrapMode: Text.Wrap
            color: Theme.danger
            font.weight: Theme.semibold
        }
        PButton {
            id: give
            objectName: "pos.refund"
            anchors { right: parent.right; rightMargin: Theme.xs; verticalCenter: parent.verticalCenter }
            width: Theme.px(200)
            kind: "danger"
            usable: vm.busy === ""
            text: shell.tr("pos.refund", { amount: shell.formatMoney(notices.order.overpaidMinor || 0) })
            onClicked: vm.refund()
        }
    }
    Rectangle {
        objectName: "pos.lost.task"
        width: parent.width
        height: visible ? Math.max(lost.height, bear.height) + Theme.m : 0
        visible: !!notices.order.lostMoney
        radius: Theme.radiusM
        color: Theme.dangerSoft

        PText {
            id: lost
            anchors { left: parent.left; right: bear.left; margins: Theme.s; verticalCenter: parent.verticalCenter }
            text: shell.tr("pos.warning.declined_late")
            wrapMode: Text.Wrap
            color: Theme.danger
            font.weight: Theme.semibold
        }
        PButton {
            id: bear
            objectName: "pos.write_off"
            anchors { right: parent.right; rightMargin: Theme.xs; verticalCenter: parent.verticalCenter }
            width: Theme.px(200)
            kind: "danger"
            usable: vm.busy === ""
            text: shell.tr("pos.write_off", { amount: shell.formatMoney(notices.order.dueMinor || 0) })
            onClicked: vm.writeOff()
        }
    }
    PText {
        width: parent.width
        visible: (notices.order.voidReason || "") !== ""
        text: shell.tr("pos.voided_because", { reason: notices.order.voidReason || "" })
        wrapMode: Text.Wrap
        color: Theme.danger
        font.weight: Theme.semibold
    }
    Repeater {
        model: (notices.order.warnings || []).filter(w => w !== "overpaid" && w !== "declined_late")
        delegate: PText {
            required property string modelData
            width: notices.width
            text: shell.tr("pos.warning." + modelData)
            wrapMode: Text.Wrap
            color: Theme.warning
            font.weight: Theme.semibold
        }
    }
}
