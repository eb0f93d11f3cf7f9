import QtQuick
import "../theme"
import "../controls"

// One dish: what it is, what it asks, how many, what it costs so. All that is pressed in the end is at the foot.
PSheet {
    id: root
    readonly property var facts: vm.sheet.facts
    readonly property real floor: below + foot.height + Theme.s  // what passes is said above this
    open: vm.sheet.isOpen
    title: facts.name
    summary: facts.spoken
    maxWidth: Theme.px(940)
    // as tall as it needs to be where little is asked, and nothing that could change that
    readonly property bool brief: facts.brief && facts.offer.name === undefined && facts.single === ""
    maxHeight: Math.min(height * (roomy ? 1 : 0.92), brief ? Math.max(scroll.contentHeight + scroll.anchors.topMargin + foot.height, height * 0.4) : height)
    onDismissed: vm.sheet.close()
    // The first questions come with the sheet; the answers of the others when it has begun to rise, that it does so at once.
    property bool whole: false
    onOpenChanged: {
        if (open) scroll.toTop()
        else whole = false
    }
    onVisibleChanged: if (!visible) vm.sheet.forget()
    Timer { interval: 50; running: root.open && !root.whole; onTriggered: root.whole = true }
    Connections {
        target: vm
        function onScrollTo(key) {
            for (let i = 0; i < asked.count; ++i)
                if (asked.itemAt(i).key === key) {
                    if (shell.byKeys) asked.itemAt(i).nextItemInFocusChain().forceActiveFocus()
                    scroll.reveal(asked.itemAt(i))
                }
        }
    }
    Connections {
        target: vm.sheet
        function onUpgraded() { scroll.toTop(); root.forceActiveFocus() }
    }
    PScroll {
        id: scroll
        objectName: "kiosk.sheet.scroll"
        anchors.top: parent.top
        anchors.topMargin: Theme.xs  // what scrolls away ends at the sheet's edge, under its round corners
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: foot.top
        padding: Theme.l
        head: Theme.m
        spacing: Theme.xl
        DishHead { width: scroll.width - 2 * scroll.padding; facts: root.facts; tall: root.tall }
        ComboOffer {
            width: scroll.width - 2 * scroll.padding
            visible: root.facts.offer.name !== undefined || root.facts.single !== ""
            offer: root.facts.offer
            single: root.facts.single
        }
        Repeater {
            id: asked
            model: vm.sheet.questions
            Question {
                required property int index
                width: scroll.width - 2 * scroll.padding
                later: index > 1 && !root.whole
            }
        }
        ForWhom { width: scroll.width - 2 * scroll.padding }
    }
    Rectangle {
        id: foot
        readonly property string part: "foot"
        readonly property bool stacked: Theme.large && root.tall  // the way out and the number over what adds it
        readonly property real first: Theme.m + (root.tall && !stacked ? Theme.helpRoom : 0)
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        // large words over the price need more height than one line
        readonly property real press: add.stacks && Theme.large ? Math.round(Theme.touchHuge * 1.4) : Theme.touchHuge
        height: press + 2 * Theme.m + (stacked ? stepper.height + Theme.m : 0)
        color: Theme.surface
        radius: root.tall ? 0 : Theme.radiusXl
        Rectangle { width: parent.width; height: parent.radius; color: parent.color }
        Rectangle { width: parent.width; height: Theme.hairline; color: Theme.line }
        PStepper {
            id: stepper
            objectName: "kiosk.sheet.quantity"
            anchors.left: leave.right
            anchors.leftMargin: Theme.s
            anchors.top: parent.top
            anchors.topMargin: foot.stacked ? Theme.m : (parent.height - height) / 2
            usable: !root.facts.lost
            name: root.facts.name
            lessName: shell.tr("kiosk.one_less")
            moreName: shell.tr("kiosk.one_more")
            value: root.facts.quantity
            minimum: 1
            maximum: root.facts.maximum
            onChanged: (value) => vm.sheet.setQuantity(value)
        }
        PButton {
            id: add
            readonly property bool goal: true
            objectName: "kiosk.sheet.add"
            anchors.left: parent.left
            anchors.leftMargin: foot.stacked ? Theme.l + Theme.helpRoom : foot.first + leave.width + stepper.width + Theme.s + Theme.m
            anchors.right: parent.right
            anchors.rightMargin: Theme.l
            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.m
            height: foot.press
            kind: "primary"
            size: "xl"
            usable: !root.facts.lost
            text: root.facts.lost ? shell.tr("kiosk.sold_out") : root.facts.missing > 0 ? shell.tr("kiosk.choose_more", { n: root.facts.missing })
                : root.facts.editing ? shell.tr("kiosk.save") : shell.tr("kiosk.add")
            trailing: root.facts.total
            onClicked: vm.sheet.take()
        }
        PIconButton {  // the last for keys, which come to what adds it first
            id: leave
            objectName: "kiosk.sheet.close"
            anchors.left: parent.left
            anchors.leftMargin: foot.first
            anchors.verticalCenter: stepper.verticalCenter
            kind: "quiet"
            icon: "x"
            iconSize: Theme.iconL
            name: shell.tr("kiosk.close")
            onClicked: vm.sheet.close()
        }
    }
}
