import QtQuick
import "../theme"
import "../controls"

// One ticket. It absorbs knocks while it leaves and while it slides, so that none lands on a neighbour.
Item {
    id: card

    required property int index
    required property string order_id
    required property string number
    required property string dining
    required property string customerName
    required property string placeKind
    required property string placeName
    required property string elapsed
    required property string lateness
    required property var lines
    required property bool voided
    required property bool recalled
    required property bool fresh
    required property bool leaving

    property bool shown: false
    property bool placed: false
    readonly property real wantedHeight: head.height + list.height + bump.height + 3 * Theme.xs
    readonly property bool sliding: slideX.running || slideY.running

    function put(newX, newY, newHeight) {
        x = newX
        y = newY
        height = newHeight
        placed = true
    }

    objectName: "kitchen.ticket." + order_id
    visible: shown
    enabled: !sliding && !leaving
    opacity: leaving ? Theme.faded : 1

    Behavior on x {
        enabled: card.placed
        NumberAnimation { id: slideX; duration: Theme.normal; easing.type: Theme.easing }
    }
    Behavior on y {
        enabled: card.placed
        NumberAnimation { id: slideY; duration: Theme.normal; easing.type: Theme.easing }
    }

    Rectangle {
        anchors.fill: parent
        radius: Theme.radiusM
        color: Theme.surface
        border.width: card.fresh ? Theme.px(3) : Theme.hairline
        border.color: card.fresh ? Theme.accent : Theme.line
    }

    TicketHead {
        id: head
        width: parent.width
        number: card.number
        elapsed: card.elapsed
        dining: card.dining
        place: card.placeKind ? shell.tr("kitchen." + card.placeKind, { number: card.placeName }) : card.placeName
        who: card.customerName
        badge: card.voided ? shell.tr("kitchen.voided") : card.recalled ? shell.tr("kitchen.recalled") : ""
        mood: card.voided ? "late" : card.lateness
        word: card.lateness === "late" ? shell.tr("kitchen.late") : card.lateness === "slow" ? shell.tr("kitchen.slow")
            : card.fresh ? shell.tr("kitchen.new") : ""
    }

    Flickable {
        anchors { top: head.bottom; bottom: bump.top; left: parent.left; right: parent.right }
        anchors.topMargin: Theme.xxs
        contentHeight: list.height
        interactive: contentHeight > height
        clip: interactive

        Column {
            id: list
            width: parent.width
            Repeater {
                model: card.lines
                delegate: TicketLine {
                    required property var modelData
                    width: list.width
                    line: modelData
                    order: card.order_id
                    quiet: card.voided
                }
            }
        }
    }

    PPressable {
        id: bump
        objectName: "kitchen.bump." + card.order_id
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: Theme.xs }
        height: Theme.touchLarge
        name: shell.tr("kitchen.bump_ticket", { number: card.number })
        onClicked: vm.bump(card.order_id)

        Rectangle {
            anchors.fill: parent
            radius: Theme.radiusS
            color: card.leaving ? Theme.positive : card.voided ? Theme.dangerSoft : Theme.positiveSoft
        }
        Row {
            anchors.centerIn: parent
            spacing: Theme.xs
            PIcon {
                anchors.verticalCenter: parent.verticalCenter
                name: card.voided ? "x" : "check"
                color: bumpText.color
            }
            PText {
                id: bumpText
                text: card.leaving ? shell.tr("kitchen.made") : card.voided ? shell.tr("kitchen.remove_void")
                    : shell.tr("kitchen.bump")
                color: card.leaving ? Theme.inkOnPositive : card.voided ? Theme.danger : Theme.positive
                font.pixelSize: Theme.title
                font.weight: Theme.bold
                Accessible.ignored: true
            }
        }
    }
}
