import QtQuick
import "../theme"

// One question with one or two answers; on a tall screen in its lower half, where everybody reaches it.
Item {
    id: root
    property bool open: false
    property string icon
    property string title
    property string text
    property string spoken: text  // for a screen reader, which says it once
    property string accept
    property string decline
    property string tone: "primary"
    property bool clear: false  // so narrow that it leaves the help button in the corner free
    property string key: objectName
    default property alias extra: more.data
    signal accepted()
    signal declined()
    signal beside()  // touched beside its buttons
    readonly property bool landing: true
    onOpenChanged: if (open) forceActiveFocus()
    Keys.onEscapePressed: escaped()
    signal escaped()
    anchors.fill: parent
    visible: open
    enabled: open
    z: 200
    Accessible.role: Accessible.Dialog
    Accessible.name: root.title
    Accessible.description: root.spoken
    Accessible.focusable: true
    Rectangle {
        anchors.fill: parent
        color: Theme.scrim
        MouseArea { anchors.fill: parent; onClicked: root.beside(); onWheel: (wheel) => wheel.accepted = true }
    }
    PCard {
        anchors.horizontalCenter: parent.horizontalCenter
        y: root.height > root.width ? Math.min(root.height * 0.5, root.height - height - Theme.l)
            : Theme.reach ? root.height - height - Theme.l : (root.height - height) / 2
        // in large type a low window makes it wider, then nearer to its edges, and only then smaller
        readonly property bool low: Theme.large && root.height < root.width
        width: Math.min(parent.width - 2 * (Theme.l + besideHelp), Theme.px(low ? 840 : 560))
        readonly property real besideHelp: root.clear && (low || root.height > root.width) ? Theme.helpRoom : 0
        height: column.implicitHeight + 2 * Math.max(Theme.m, Math.min(Theme.xl, (root.height - column.implicitHeight) / 2 - Theme.s))
        scale: Math.min(1, (root.height - 2 * Theme.s) / height)
        transformOrigin: y > Theme.s ? Item.Bottom : Item.Center
        color: Theme.surfaceRaised
        Column {
            id: column
            anchors.centerIn: parent
            width: parent.width - 2 * Theme.xl
            spacing: Theme.m
            PIcon {
                visible: root.icon !== ""
                name: root.icon
                size: Theme.iconXl
                color: root.tone === "danger" ? Theme.danger : Theme.accent
                anchors.horizontalCenter: parent.horizontalCenter
            }
            PText {
                width: parent.width
                text: shell.phrased(root.title)
                wrapMode: Text.Wrap
                horizontalAlignment: Text.AlignHCenter
                font.pixelSize: Theme.title
                font.weight: Theme.bold
            }
            PText {
                width: parent.width
                visible: text !== ""
                text: shell.phrased(root.text)
                muted: true
                wrapMode: Text.Wrap
                horizontalAlignment: Text.AlignHCenter
                font.pixelSize: Theme.bodyLarge
                lineHeight: 1.25
            }
            Column {
                id: more
                width: parent.width
                spacing: Theme.s
            }
            PButton {
                objectName: root.key + ".accept"
                width: parent.width
                visible: root.accept !== ""
                text: root.accept
                kind: root.tone
                size: "l"
                onClicked: root.accepted()
            }
            PButton {
                objectName: root.key + ".decline"
                width: parent.width
                visible: root.decline !== ""
                text: root.decline
                kind: "quiet"
                size: "l"
                onClicked: root.declined()
            }
        }
    }
}
