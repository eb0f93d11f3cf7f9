import QtQuick
import "../theme"
import "../controls"

// What shall be shown: diets, what to avoid, what it may cost. The list behind it follows each touch.
PSheet {
    id: root
    title: shell.tr("kiosk.filters")
    maxWidth: Theme.px(860)
    maxHeight: Math.min(height * (roomy ? 1 : tall ? 0.8 : 0.92), Theme.px(120) + scroll.contentHeight + foot.height)
    onOpenChanged: if (open) { scroll.toTop() }
    PText {
        id: heading
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: Theme.l
        text: shell.tr("kiosk.filters")
        font.pixelSize: Theme.headline
        font.weight: Theme.black
        Accessible.role: Accessible.Heading
        Accessible.name: text
    }
    PScroll {
        id: scroll
        objectName: "kiosk.filters.scroll"
        anchors.top: heading.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: foot.top
        padding: Theme.l
        spacing: Theme.l
        Repeater {
            model: root.visible ? vm.browse.choices : []
            Column {
                id: group
                readonly property string part: modelData.title
                required property var modelData
                width: scroll.width - 2 * scroll.padding
                spacing: Theme.s
                PText {
                    width: parent.width
                    text: group.modelData.title
                    font.pixelSize: Theme.bodyLarge
                    font.weight: Theme.bold
                    wrapMode: Text.Wrap
                    Accessible.role: Accessible.Heading
                    Accessible.name: text
                }
                Flow {
                    width: parent.width
                    spacing: Theme.s
                    Repeater {
                        model: group.modelData.options
                        PChip {
                            required property var modelData
                            objectName: "kiosk.filter." + modelData.key
                            role: Accessible.CheckBox
                            height: Theme.touchLarge
                            size: Theme.body
                            text: modelData.text
                            icon: checked ? "check" : ""
                            checked: vm.browse.wishedKeys.indexOf(modelData.key) >= 0
                            onClicked: vm.browse.wish(modelData.key)
                        }
                    }
                }
            }
        }
        PText {
            objectName: "kiosk.filters.honest"
            visible: vm.browse.statesFood  // of what dishes cost there is nothing to ask
            width: scroll.width - 2 * scroll.padding
            text: shell.tr("kiosk.filter_honest")
            muted: true
            wrapMode: Text.Wrap
        }
    }
    Rectangle {
        id: foot
        readonly property string part: "foot"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        readonly property bool stacked: Theme.large && clear.implicitWidth + done.implicitWidth + 4 * Theme.m + Theme.helpRoom * root.tall > width  // one over the other
        height: done.height + 2 * Theme.m + (stacked ? clear.height + Theme.xs : 0)
        color: Theme.surface
        radius: root.tall ? 0 : Theme.radiusXl
        Rectangle { width: parent.width; height: parent.radius; color: parent.color }
        Rectangle { width: parent.width; height: Theme.hairline; color: Theme.line }
        PButton {
            id: clear
            objectName: "kiosk.filter.clear"
            anchors.left: parent.left
            anchors.leftMargin: Theme.m + (root.tall && !foot.stacked ? Theme.helpRoom : 0)
            anchors.top: parent.top
            anchors.topMargin: Theme.m
            width: Math.min(implicitWidth, parent.width * (foot.stacked ? 1 : Theme.large ? 0.5 : 0.34) - (foot.stacked ? 2 * Theme.m : 0))
            size: "xl"
            kind: "quiet"
            usable: vm.browse.wishes > 0
            text: shell.tr("kiosk.filters_clear")
            onClicked: vm.browse.clearWishes()
        }
        PButton {
            id: done
            readonly property bool goal: true
            objectName: "kiosk.filter.done"
            anchors.left: parent.left
            anchors.leftMargin: foot.stacked ? Theme.l + (root.tall ? Theme.helpRoom : 0) : clear.anchors.leftMargin + clear.width + Theme.m
            anchors.right: parent.right
            anchors.rightMargin: Theme.l
            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.m
            size: "xl"
            kind: "primary"
            text: vm.browse.count > 0 ? shell.tr("kiosk.show_dishes", { n: vm.browse.count }) : shell.tr("kiosk.nothing_fits_short")
            onClicked: root.dismissed()
        }
    }
}
