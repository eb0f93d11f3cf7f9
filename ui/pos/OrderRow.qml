import QtQuick
import "../theme"
import "../controls"

// One order in the list: what is called out, what it waits for, what it costs.
PPressable {
    id: row

    required property string order_id
    required property string number
    required property string status
    required property string paid
    required property int ageMinutes
    required property bool late
    required property int totalMinor
    required property string customerName
    required property string placeKind
    required property string placeName
    readonly property string place: placeKind ? shell.tr("pos." + placeKind, { number: placeName }) : placeName
    required property string dining
    required property int summary
    required property bool task
    required property string takenBy
    required property bool byPhone
    required property bool selected

    readonly property string age: ageMinutes < 1 ? shell.tr("pos.now")
        : ageMinutes < 60 ? shell.tr("pos.minutes", { n: ageMinutes })
        : shell.tr("pos.hours", { h: Math.floor(ageMinutes / 60), n: ageMinutes % 60 })

    objectName: "pos.order." + order_id
    height: Theme.px(84)
    name: number + ", " + shell.tr("pos.status." + status) + (byPhone ? ", " + shell.tr("pos.by_phone") : "") + ", " + shell.formatMoney(totalMinor)
    checkable: true
    checked: selected
    role: Accessible.ListItem
    onClicked: vm.select(order_id)

    PCard {
        anchors.fill: parent
        radius: Theme.radiusM
        selected: row.selected
        color: row.down ? Theme.surfaceSunken : row.task ? Theme.dangerSoft : Theme.surface
    }
    PText {
        id: numberText
        anchors { left: parent.left; leftMargin: Theme.m; top: parent.top; topMargin: Theme.s }
        text: row.number
        font.pixelSize: Theme.title
        font.weight: Theme.black
        Accessible.ignored: true
    }
    StatusBadge {
        id: statusBadge
        anchors { left: numberText.right; leftMargin: Theme.s; verticalCenter: numberText.verticalCenter }
        status: row.status
        solid: row.task && !row.down
    }
    PBadge {
        objectName: row.objectName + ".phone"
        anchors { left: statusBadge.right; leftMargin: Theme.xs; verticalCenter: numberText.verticalCenter }
        visible: row.byPhone
        text: shell.tr("pos.by_phone")
        icon: "tablet"
    }
    PText {
        anchors { right: parent.right; rightMargin: Theme.m; baseline: numberText.baseline }
        text: shell.formatMoney(row.totalMinor)
        font.pixelSize: Theme.bodyLarge
        font.weight: Theme.semibold
        font.features: { "tnum": 1 }
        Accessible.ignored: true
    }
    PIcon {
        id: clock
        anchors { left: parent.left; leftMargin: Theme.m; verticalCenter: ageText.verticalCenter }
        name: row.late ? "timer" : "clock"
        size: Theme.px(15)
        color: row.late ? Theme.danger : Theme.inkFaint
    }
    PText {
        id: ageText
        anchors { left: clock.right; leftMargin: Theme.xxs; bottom: parent.bottom; bottomMargin: Theme.s }
        text: row.age
        color: row.late ? Theme.danger : Theme.inkMuted
        font.pixelSize: Theme.label
        font.weight: row.late ? Theme.bold : Theme.regular
        Accessible.ignored: true
    }
    PText {
        anchors { left: ageText.right; leftMargin: Theme.xxs; right: paidBadge.left; rightMargin: Theme.xs; baseline: ageText.baseline }
        text: ["", row.place, row.customerName || row.takenBy, shell.tr("pos.pieces", { n: row.summary })].filter((t, n) => n === 0 || t !== "").join(" · ").trim()
        muted: true
        font.pixelSize: Theme.label
        Accessible.ignored: true
    }
    PaidBadge {
        id: paidBadge
        anchors { right: parent.right; rightMargin: Theme.m; verticalCenter: ageText.verticalCenter }
        paid: row.paid
        solid: row.task && !row.down  // on a ground of its own tone
    }
}
