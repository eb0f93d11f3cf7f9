import QtQuick
import "../theme"
import "../controls"

// The basket line by line: change, remove, see what ran out; and at its foot the sum and the way to pay.
Item {
    id: root
    readonly property string part: "basket"
    property bool closable: true
    readonly property real floor: foot.height + foot.anchors.bottomMargin + Theme.s
    readonly property real edge: closable ? Theme.l : Theme.m
    // the upper half says what it is and comes to: here are the lines
    readonly property bool cramped: Theme.reach && (Theme.large || !closable)
    signal closed()
    signal phoneWanted()
    PText {
        id: title
        anchors.left: parent.left
        anchors.leftMargin: root.edge
        anchors.right: Theme.large ? parent.right : count.left
        anchors.rightMargin: Theme.large ? root.edge : Theme.s
        anchors.top: parent.top
        anchors.topMargin: Theme.large ? Theme.s : Theme.l
        visible: !root.cramped || root.closable
        text: shell.tr("kiosk.basket")
        wrapMode: Theme.large ? Text.Wrap : Text.NoWrap
        font.pixelSize: Theme.title
        fontSizeMode: Theme.large ? Text.FixedSize : Text.HorizontalFit
        minimumPixelSize: Theme.least
        font.weight: Theme.black
    }
    PText {
        id: count
        anchors.right: parent.right
        anchors.rightMargin: root.edge
        anchors.baseline: title.baseline
        visible: title.visible && vm.basket.pieces > 0 && !Theme.large  // there the title has the line to itself
        text: shell.tr("kiosk.pieces", { n: vm.basket.pieces })
        muted: true
    }
    ListView {
        id: list
        objectName: "kiosk.basket.lines"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: root.edge
        anchors.rightMargin: root.edge
        anchors.top: title.visible ? title.bottom : parent.top
        anchors.topMargin: Theme.large ? Theme.xs : Theme.m
        anchors.bottomMargin: root.cramped ? Theme.xs : 0  // there is no line between them
        anchors.bottom: foot.visible ? foot.top : parent.bottom  // nothing at the foot has no height that counts
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        model: vm.basket.rows
        currentIndex: -1  // it would be kept, far away from what is seen
        spacing: Theme.s
        bottomMargin: Theme.m
        delegate: BasketLine { width: list.width }
        // what was just taken is seen, where the order is longer than its place; a line has its height a moment later
        property int fresh: -1
        function reveal() {
            if (fresh < 0 || moving) return
            forceLayout()
            positionViewAtIndex(fresh, ListView.Contain)
            const end = originY + contentHeight + bottomMargin - height  // clear of the sum, where its head stays in sight
            if (fresh === list.count - 1 && end <= itemAtIndex(fresh)?.y) contentY = Math.max(originY, end)
        }
        onContentHeightChanged: if (fresh >= 0) Qt.callLater(reveal)
        Timer { id: settled; interval: Theme.doubleTap; onTriggered: list.fresh = -1 }
        Connections {
            target: vm.basket
            function onTaken(row) { list.fresh = row; settled.restart(); Qt.callLater(list.reveal) }
        }
        // one that takes no time never ends where two lines go at once: the line would stay, for the next guest to see
        remove: Transition { enabled: !Theme.reducedMotion; NumberAnimation { property: "opacity"; to: 0; duration: Theme.quick } }
        displaced: Transition { enabled: !Theme.reducedMotion; NumberAnimation { property: "y"; duration: Theme.normal; easing.type: Theme.easing } }
        Rectangle {  // more of the order above
            id: fade
            parent: list
            readonly property color ground: root.closable ? Theme.background : Theme.surface
            width: parent.width
            height: Theme.m  // no more than a line has above its words
            visible: list.contentY > list.originY + 1
            gradient: Gradient {
                GradientStop { position: 0; color: fade.ground }
                GradientStop { position: 1; color: Qt.alpha(fade.ground, 0) }
            }
        }
        Rectangle {
            parent: root
            visible: list.contentHeight > list.height + 1
            anchors.right: parent.right
            anchors.rightMargin: Theme.xxs
            y: list.y + list.visibleArea.yPosition * list.height
            width: Theme.px(5)
            height: list.visibleArea.heightRatio * list.height
            radius: width / 2
            color: Theme.lineStrong
            opacity: 0.45
        }
    }
    PEmpty {
        anchors.centerIn: list
        visible: list.count === 0
        icon: "shopping-basket"
        title: shell.tr("kiosk.basket_empty")
        text: shell.tr("kiosk.basket_empty_text")
    }
    Column {
        id: foot
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        anchors.leftMargin: root.edge
        anchors.rightMargin: root.edge
        anchors.bottomMargin: root.closable ? Theme.m : Theme.l  // its last row beside the help button
        spacing: Theme.s
        visible: vm.basket.pieces > 0 || root.closable
        Suggestion { width: parent.width; dish: vm.basket.suggestion }
        PDivider { width: parent.width; visible: !root.cramped }
        PText {
            width: parent.width
            visible: vm.basket.isTroubled
            text: vm.basket.troubleText
            color: Theme.warning
            font.weight: Theme.medium
            wrapMode: Text.Wrap
        }
        Item {
            width: parent.width
            height: sum.implicitHeight
            visible: !root.cramped
            PText { id: label; anchors.left: parent.left; anchors.baseline: sum.baseline; text: shell.tr("kiosk.total"); font.pixelSize: Theme.bodyLarge; muted: true }
            PText {
                id: sum
                objectName: "kiosk.basket.total"
                anchors.right: parent.right
                text: vm.basket.totalText
                font.pixelSize: Theme.headline
                font.weight: Theme.black
                font.features: ({ "tnum": 1 })
            }
        }
        PText {
            width: parent.width
            visible: text !== ""
            horizontalAlignment: Text.AlignRight
            text: vm.basket.taxText
            muted: true
        }
        PButton {
            objectName: root.cramped ? "" : "kiosk.basket.phone"
            visible: !root.cramped && vm.phone.possible && vm.basket.pieces > 0
            width: parent.width
            kind: "quiet"
            icon: "tablet"
            text: shell.tr("kiosk.to_phone")
            onClicked: root.phoneWanted()
        }
        Grid {
            id: ways
            readonly property bool stacked: Theme.large && root.closable && !root.cramped
            readonly property real aside: phone.visible ? phone.width + spacing : 0
            anchors.right: parent.right
            width: parent.width - (root.closable ? Theme.helpRoom : 0)
            columns: stacked ? 1 : 3
            spacing: Theme.m
            PButton {
                id: more
                objectName: "kiosk.basket.close"
                visible: root.closable
                width: ways.stacked ? parent.width : Math.min(Math.max(implicitWidth, parent.width * 0.36), (parent.width - ways.aside) * 0.5)
                size: "xl"
                text: shell.tr("kiosk.more_food")
                onClicked: root.closed()
            }
            PIconButton {
                id: phone
                objectName: root.cramped ? "kiosk.basket.phone" : ""
                visible: root.cramped && vm.phone.possible && vm.basket.pieces > 0
                height: more.visible ? more.height : Theme.touchHuge
                icon: "tablet"
                name: shell.tr("kiosk.to_phone")
                onClicked: root.phoneWanted()
            }
            PButton {
                readonly property bool goal: true
                objectName: root.closable ? "kiosk.basket.pay" : "kiosk.pay"
                height: Math.max(implicitHeight, more.visible && !ways.stacked ? more.height : 0)
                width: parent.width - ways.aside - (root.closable && !ways.stacked ? more.width + parent.spacing : 0)
                kind: "primary"
                size: "xl"
                icon: "credit-card"
                text: shell.tr("kiosk.pay")
                usable: vm.basket.pieces > 0 && !vm.basket.isTroubled
                onClicked: vm.checkOut()
            }
        }
    }
}
