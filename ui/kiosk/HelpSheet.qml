import QtQuick
import "../theme"
import "../controls"

// What helps to see and reach: larger type, contrast, everything lower, less movement, more time. For this visit only.
PSheet {
    id: root
    readonly property var comfort: vm.comfort
    readonly property bool two: column.width > Theme.px(560) * (1 + (Theme.magnified - 1) * 0.7)
    title: shell.tr("kiosk.help")
    summary: shell.tr("kiosk.help_text")
    maxWidth: Theme.px(760)
    maxHeight: Math.min(height - Theme.xxl, content.needed + foot.height + Theme.l)
    onOpenChanged: if (open) { content.toTop() }
    PScroll {
        id: content
        readonly property real needed: contentHeight
        anchors.top: parent.top
        anchors.topMargin: Theme.s
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: foot.top
        padding: Theme.l
        Column {
            id: column
            width: content.width - 2 * content.padding
            spacing: Theme.s
            PText {
                width: parent.width
                text: shell.tr("kiosk.help")
                font.pixelSize: Theme.title
                font.weight: Theme.black
                wrapMode: Text.Wrap
                Accessible.role: Accessible.Heading
                Accessible.name: text
            }
            PText {
                width: parent.width
                text: shell.tr("kiosk.help_text")
                muted: true
                wrapMode: Text.Wrap
                bottomPadding: Theme.xs
            }
            PText {
                width: parent.width
                text: shell.tr("kiosk.help_size")
                font.pixelSize: Theme.bodyLarge
                font.weight: Theme.medium
                wrapMode: Text.Wrap
            }
            Row {
                id: sizes
                width: parent.width
                spacing: Theme.s
                Repeater {
                    model: root.comfort.sizes
                    PPressable {
                        id: size
                        required property var modelData
                        objectName: "kiosk.help.size." + modelData.key
                        name: shell.tr("kiosk.help_size") + " " + modelData.text
                        checkable: true
                        role: Accessible.RadioButton
                        checked: root.comfort.magnified === modelData.size
                        width: (sizes.width - 2 * sizes.spacing) / 3
                        height: Math.max(Theme.touchHuge + Theme.m, letter.height + figure.height + Theme.l)
                        onClicked: root.comfort.magnified = modelData.size
                        Rectangle {
                            anchors.fill: parent
                            radius: Theme.radiusM
                            color: size.checked ? Theme.accentSoft : Theme.surface
                            border.width: size.checked ? Theme.outline : Theme.hairline
                            border.color: size.checked ? Theme.accent : Theme.line
                        }
                        PText {
                            id: letter
                            anchors.horizontalCenter: parent.horizontalCenter
                            y: (parent.height - height - figure.height) / 2
                            height: Theme.px(54)
                            verticalAlignment: Text.AlignVCenter
                            text: "A"
                            font.pixelSize: Theme.px(20) * size.modelData.size
                            font.weight: Theme.bold
                            color: size.checked ? Theme.accentStrong : Theme.ink
                            Accessible.ignored: true
                        }
                        PText {
                            id: figure
                            anchors.horizontalCenter: parent.horizontalCenter
                            y: letter.y + letter.height + Theme.xxs
                            text: size.modelData.text
                            font.pixelSize: Theme.label
                            font.weight: Theme.semibold
                            Accessible.ignored: true
                        }
                    }
                }
            }
            Grid {
                id: grid
                width: parent.width
                columns: root.two ? 2 : 1
                spacing: Theme.s
                topPadding: Theme.xs
                Repeater {
                    model: [{ key: "contrast", icon: "contrast" }, { key: "reach", icon: "arrow-down-to-line" },
                        { key: "still", icon: "circle-pause" }, { key: "patient", icon: "hourglass" }]
                    PSwitch {
                        required property var modelData
                        objectName: "kiosk.help." + modelData.key
                        width: (grid.width - (grid.columns - 1) * grid.spacing) / grid.columns
                        text: shell.tr("kiosk.help_" + (modelData.key === "patient" ? "time" : modelData.key))
                        icon: modelData.icon
                        checked: root.comfort[modelData.key]
                        onClicked: root.comfort[modelData.key] = !root.comfort[modelData.key]
                    }
                }
            }
        }
    }
    Rectangle {
        id: foot
        readonly property string part: "foot"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        height: buttons.implicitHeight + 2 * Theme.m
        color: Theme.surface
        radius: root.tall ? 0 : Theme.radiusXl
        Rectangle { width: parent.width; height: parent.radius; color: parent.color }
        Rectangle { width: parent.width; height: Theme.hairline; color: Theme.line }
        Flow {
            id: buttons
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.margins: Theme.l
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.m
            readonly property bool apart: reset.implicitWidth + done.implicitWidth + spacing <= width
            PButton {
                id: reset
                objectName: "kiosk.help.reset"
                width: buttons.apart ? Math.max(implicitWidth, buttons.width * 0.4) : buttons.width
                size: "xl"
                icon: "rotate-ccw"
                usable: root.comfort.helps
                text: shell.tr("kiosk.help_reset")
                onClicked: root.comfort.reset()
            }
            PButton {
                id: done
                readonly property bool goal: true
                objectName: "kiosk.help.done"
                width: buttons.apart ? buttons.width - reset.width - buttons.spacing : buttons.width
                kind: "primary"
                size: "xl"
                text: shell.tr("kiosk.help_done")
                onClicked: root.dismissed()
            }
        }
    }
}
