import QtQuick
import "../theme"
import "../controls"

// The chosen order: dishes or history above, what it costs and what can be done below.
PCard {
    id: detail

    property bool showsHistory: false
    readonly property var order: vm.order
    signal voidAsked()

    objectName: "pos.detail"

    Item {
        id: head
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.m }
        height: whoText.y + whoText.height + Theme.xxs

        PText {
            id: numberText
            text: detail.order.number || ""
            font.pixelSize: Theme.headline
            font.weight: Theme.black
        }
        StatusBadge {
            anchors { left: numberText.right; leftMargin: Theme.s; verticalCenter: numberText.verticalCenter }
            status: detail.order.status || "placed"
        }
        PText {
            id: whoText
            objectName: "pos.detail.who"
            anchors { left: parent.left; right: parent.right; top: numberText.bottom }
            text: [
                shell.tr(detail.order.dining === "here" ? "pos.here" : "pos.takeaway"),
                detail.order.placeKind ? shell.tr("pos." + detail.order.placeKind, { number: detail.order.placeName }) : detail.order.placeName || "",
                detail.order.customerName || "",
                detail.order.byPhone ? shell.tr("pos.by_phone") : detail.order.takenBy ? shell.tr("pos.taken_by", { who: detail.order.takenBy }) : ""
            ].filter(t => t !== "").join(" · ")
            muted: true
            font.pixelSize: Theme.label
        }
        PSegmented {
            objectName: "pos.detail.view"
            anchors { right: parent.right; top: parent.top }
            width: Theme.px(230)
            options: [{ key: "dishes", text: shell.tr("pos.dishes") }, { key: "history", text: shell.tr("pos.history") }]
            current: detail.showsHistory ? "history" : "dishes"
            onChosen: key => detail.showsHistory = key === "history"
        }
    }
    OrderNotices {
        id: notices
        anchors { left: parent.left; right: parent.right; top: head.bottom; margins: Theme.m; topMargin: Theme.s }
        order: detail.order
    }
    OrderLines {
        anchors { left: parent.left; right: parent.right; top: notices.bottom; bottom: sums.top; margins: Theme.m }
        visible: !detail.showsHistory
    }
    OrderHistory {
        anchors { left: parent.left; right: parent.right; top: notices.bottom; bottom: sums.top; margins: Theme.m }
        visible: detail.showsHistory
        entries: detail.order.history || []
    }
    OrderSums {
        id: sums
        anchors { left: parent.left; right: parent.right; bottom: actions.top; margins: Theme.m; bottomMargin: Theme.s }
        order: detail.order
    }
    OrderActions {
        id: actions
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: Theme.m }
        order: detail.order
        onVoidAsked: detail.voidAsked()
    }
}
