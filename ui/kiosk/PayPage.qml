import QtQuick
import "../theme"
import "../controls"

// How to pay, the card terminal's turn, and what to do when it did not go through. What is pressed is at the foot.
Page {
    id: page
    signal voucherWanted()
    readonly property string question: shell.tr(free ? "kiosk.nothing_to_pay" : "kiosk.how_to_pay")
    title: choosing ? question : shell.tr("kiosk.pay")
    summary: choosing ? shell.tr("kiosk." + vm.dining) + ", " + vm.payment.total : ""
    readonly property bool over: vm.payment.state === "done"
    property string step: "choose"
    Binding on step { value: vm.payment.state; when: !page.over; restoreMode: Binding.RestoreNone }  // it fades as it was
    readonly property bool choosing: step === "choose"
    readonly property bool free: vm.payment.free  // there is nothing to choose
    readonly property bool stopped: vm.payment.stopped !== ""
    readonly property bool returns: ways.leaves && step !== "card"  // a card that is being charged is not left by a slip
    readonly property bool busy: step === "placing" || step === "card" || step === "asking"
    readonly property bool tall: height > width
    // on a wide screen the ways to pay stand beside the receipt, and, where there is little room, beside what went wrong
    readonly property bool crowded: Theme.reach && Theme.large && width < Theme.px(900)  // the lower half, in large type
    readonly property bool beside: !tall && !crowded && (choosing || !busy && (Theme.large || Theme.reach))
    readonly property bool low: !tall && Theme.reach
    // where type is large and room is low, a tip has the place of the receipt and of the question: the sum stands in the
    // upper half, too
    readonly property bool tipping: choosing && vm.payment.tips.length > 0
    readonly property bool aside: tipping && beside && low && Theme.large
    readonly property bool pressed: tipping && crowded
    readonly property real side: Math.min(beside ? (width - 2 * Theme.xxl - Theme.xl) / 2 : width - 2 * Theme.xl, Theme.px(crowded ? 720 : 640))
    // where two columns are narrow, the receipt, whose lines hold a name and a price, is the wider one
    readonly property real lean: beside && choosing && !aside && width < Theme.px(900) ? Theme.l : 0
    // room for the dishes themselves: over the words on a tall screen, over the ways to pay on a wide one
    readonly property real room: tall ? actions.y - title.height - place.height - receipt.height - 2 * Theme.l : actions.y - receipt.begin - Theme.l
    readonly property bool plated: choosing && plates.many > 0 && !Theme.reach && !Theme.large && room > Theme.px(tall ? 330 : 150)
    Rectangle {  // a plate that looks in from above; beside a receipt a cloth
        visible: page.plated
        readonly property real edge: page.tall ? page.width * 1.3 : 0
        width: page.tall ? edge : actions.width
        height: page.tall ? edge : page.room
        radius: !visible ? 0 : page.tall ? edge / 2 : Theme.radiusL  // `PDisc` says why
        anchors.left: parent.left
        anchors.leftMargin: page.tall ? (parent.width - edge) / 2 : parent.width / 2 + Theme.l
        y: page.tall ? plates.y + plates.side * 0.62 - edge : receipt.begin
        color: Theme.accentSoft
    }
    OrderPlates {
        id: plates
        objectName: "kiosk.pay.plates"
        visible: page.plated
        side: page.tall ? Math.min(Theme.px(220), page.room * 0.4) : Math.min(Theme.px(200), page.room * 0.7)
        anchors.left: parent.left
        anchors.leftMargin: page.tall ? Theme.xl : parent.width / 2 + 2 * Theme.l
        width: page.tall ? parent.width - 2 * Theme.xl : actions.width - 2 * Theme.l
        height: side
        y: page.tall ? Math.max(Theme.l, (page.room - side - Theme.xl) * 0.4) : receipt.begin + (page.room - side) / 2
    }
    PText {
        id: title
        anchors.horizontalCenter: parent.horizontalCenter
        y: page.low || page.pressed ? Theme.m : page.tall && page.plated ? plates.y + plates.side + Theme.xl : page.tall ? Math.max(Theme.xxxl, (actions.y - height - place.height - receipt.height - 2 * Theme.l) * 0.4) : Theme.xxl
        width: parent.width - 2 * Theme.xl
        visible: page.choosing && !page.aside && !(page.pressed && actions.y < y + height)
        horizontalAlignment: Text.AlignHCenter
        text: shell.phrased(page.question)
        font.pixelSize: page.low || page.pressed ? Theme.headline : Theme.display
        font.weight: Theme.black
        wrapMode: Text.Wrap
    }
    PBadge {
        id: place
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.top: title.bottom
        anchors.topMargin: Theme.s
        visible: page.choosing && !page.low
        icon: vm.dining === "here" ? "utensils" : "shopping-bag"
        text: shell.tr("kiosk." + vm.dining) + (vm.place.said && vm.dining === "here" ? " · " + vm.place.said : "")
    }
    Receipt {
        id: receipt
        anchors.left: parent.left
        anchors.leftMargin: page.beside ? parent.width / 2 - width - Theme.l + page.lean : (parent.width - width) / 2
        anchors.top: page.low ? title.bottom : place.bottom
        anchors.topMargin: page.low ? Theme.s : Theme.l
        width: page.side + 2 * page.lean
        height: implicitHeight
        // where it begins beside the ways to pay; its own `y` would answer back to its height
        readonly property real begin: title.height + (page.low ? Theme.m + Theme.s : Theme.xxl + Theme.s + place.height + Theme.l)
        readonly property Item last: page.free ? order : counter  // of the ways to pay
        least: page.beside ? most : 0
        // clear of the help button, and down to where the second way to pay ends if that is lower
        most: page.beside ? Math.max(parent.height - Theme.touchHuge - 2 * Theme.m, actions.y + last.y + last.height) - begin : actions.y - title.height - place.height - Theme.xxxl - Theme.s - 2 * Theme.l
        visible: page.choosing && !page.crowded && !page.aside
    }
    Loader {
        objectName: "kiosk.tips.aside"
        active: page.aside
        anchors.left: receipt.left
        y: Math.max(Theme.s, (page.height - Theme.touchHuge - height) / 2)  // over the help button
        width: page.side
        sourceComponent: TipRow { enabled: !page.stopped }
    }
    PText {  // instead of the receipt, which the basket shows as well
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.top: title.bottom
        visible: page.choosing && page.crowded && !page.tipping
        text: vm.payment.total
        font.pixelSize: Theme.display
        font.weight: Theme.black
        color: Theme.accentStrong
    }
    PayState {
        anchors.left: parent.left
        anchors.leftMargin: page.beside ? parent.width / 2 - width - Theme.l : (parent.width - width) / 2
        brief: Theme.reach && Theme.large
        readonly property real gap: page.crowded ? Theme.s : page.low ? Theme.m : Theme.l
        // beside what is pressed down to the help button, else down to what is pressed
        readonly property real end: page.beside ? parent.height - Theme.touchHuge - Theme.m : actions.visible ? actions.y : parent.height
        room: end - 2 * gap
        y: Math.max(gap, Math.min(end - gap - height, page.busy || page.beside ? (parent.height - height) * 0.42 : (actions.y - height) / 2))
        width: page.side
        visible: !page.choosing
        step: page.step
    }
    Column {
        id: actions
        anchors.left: parent.left
        anchors.leftMargin: page.beside ? parent.width / 2 + Theme.l + page.lean : (parent.width - width) / 2
        y: page.height - height - (page.crowded ? Theme.s : (Theme.touchHuge + 2 * Theme.m - (ways.visible ? back.height : Theme.touchHuge)) / 2)  // the last row beside the help button
        width: page.side
        spacing: Theme.m
        visible: !page.busy || page.step === "card"
        PText {
            objectName: "kiosk.pay.paid"
            width: parent.width
            visible: !page.busy && vm.payment.paid !== ""
            horizontalAlignment: Text.AlignHCenter
            text: shell.tr("kiosk.voucher_paid", { amount: vm.payment.paid })
            color: Theme.positive
            font.pixelSize: Theme.bodyLarge
            font.weight: Theme.bold
            wrapMode: Text.Wrap
            Accessible.role: Accessible.AlertMessage
            Accessible.name: text
        }
        PText {
            objectName: "kiosk.pay.stopped"
            width: parent.width
            visible: page.stopped
            horizontalAlignment: Text.AlignHCenter
            text: vm.payment.stopped
            color: Theme.warning
            font.pixelSize: Theme.bodyLarge
            font.weight: Theme.bold
            wrapMode: Text.Wrap
            Accessible.role: Accessible.AlertMessage
            Accessible.name: text
        }
        Loader {
            active: page.tipping && !page.aside
            visible: active
            width: parent.width
            sourceComponent: TipRow { enabled: !page.stopped }
        }
        PButton {
            readonly property bool goal: true
            objectName: "kiosk.pay.again"
            visible: page.step === "failed" || page.step === "silent"
            width: parent.width
            kind: "primary"
            size: "xl"
            icon: "rotate-ccw"
            text: page.step === "failed" ? shell.tr("kiosk.try_card") : shell.tr("kiosk.try_again")
            onClicked: vm.payAgain()
        }
        PButton {  // what became of the payment is told in any case
            objectName: "kiosk.pay.cancel"
            visible: page.step === "card" && !(vm.payment.calledOff && Theme.reach && Theme.large)  // what is said then needs its room
            usable: !vm.payment.calledOff
            anchors.horizontalCenter: parent.horizontalCenter
            width: Math.min(parent.width, page.width - 2 * (Theme.l + Theme.helpRoom))
            size: "xl"
            icon: "x"
            text: shell.tr("kiosk.pay_cancel")
            onClicked: vm.callOff()
        }
        PButton {  // as at the counter: should it cost something by now, nothing is charged unasked
            id: order
            readonly property bool goal: true
            objectName: "kiosk.pay.free"
            visible: page.free
            width: parent.width
            kind: "primary"
            size: "xl"
            icon: "check"
            usable: !page.stopped
            text: shell.tr("kiosk.order_now")
            onClicked: vm.pay("counter")
        }
        PButton {
            readonly property bool goal: true
            objectName: "kiosk.pay.card"
            visible: page.choosing && !page.free
            width: parent.width
            kind: "primary"
            size: "xl"
            icon: "credit-card"
            usable: !page.stopped
            text: shell.tr("kiosk.by_card")
            onClicked: vm.pay("card")
        }
        PButton {
            id: counter
            objectName: "kiosk.pay.counter"
            visible: page.choosing && !page.free || page.step === "failed"
            width: parent.width
            size: "xl"
            icon: "banknote"
            usable: !page.stopped
            text: shell.tr("kiosk.at_counter")
            onClicked: vm.pay("counter")
        }
        Grid {  // with nothing in it it would keep its height
            id: ways
            anchors.horizontalCenter: parent.horizontalCenter
            readonly property bool leaves: !vm.payment.uncertain && !page.over
            readonly property bool redeems: vm.vouchers && (page.choosing && !page.free || page.step === "failed")
            visible: leaves || redeems
            readonly property real free: Math.min(parent.width, page.width - 2 * (Theme.l + Theme.helpRoom))  // clear of the help button
            columns: !voucher.visible || voucher.implicitWidth + back.implicitWidth + Theme.m <= free ? 2 : 1
            horizontalItemAlignment: Grid.AlignHCenter
            columnSpacing: Theme.m
            rowSpacing: Theme.xs
            PButton {
                id: back
                objectName: "kiosk.pay.back"
                visible: ways.leaves
                kind: page.stopped ? "primary" : "quiet"
                size: "l"
                icon: "arrow-left"
                text: page.step === "failed" ? shell.tr("kiosk.give_up") : shell.tr("kiosk.back_to_basket")
                onClicked: vm.backToMenu()
            }
            PButton {
                id: voucher
                objectName: "kiosk.pay.voucher"
                visible: ways.redeems
                kind: "quiet"
                size: "l"
                icon: "ticket"
                usable: !page.stopped
                text: shell.tr("kiosk.voucher")
                onClicked: page.voucherWanted()
            }
        }
    }
}
