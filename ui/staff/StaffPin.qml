import QtQuick
import "../theme"
import "../controls"

// The pad for the PIN. It shows how many digits there are, and never which.
FocusScope {
    id: pad
    readonly property bool landing: true  // digits are typed here, whatever has a ring
    readonly property bool unasked: true  // the keys that opened it move nothing on it
    Accessible.role: Accessible.Pane
    Accessible.name: shell.tr("stays.pin")
    readonly property bool waits: staff.waits !== ""
    Column {
        width: Math.min(parent.width - 2 * Theme.l, Theme.px(400))
        anchors.centerIn: parent
        spacing: Theme.m
        PText {
            width: parent.width
            text: shell.tr("stays.pin")
            font.pixelSize: Theme.title
            font.weight: Theme.bold
            wrapMode: Text.Wrap
            horizontalAlignment: Text.AlignHCenter
        }
        Row {
            id: dots
            objectName: "staff.digits"
            anchors.horizontalCenter: parent.horizontalCenter
            height: Theme.touch
            spacing: Theme.s
            LayoutMirroring.enabled: false
            Accessible.role: Accessible.StaticText
            Accessible.name: shell.tr("stays.pin_entered", { n: staff.digits })
            Repeater {
                model: Math.max(staff.digits, 4)
                Rectangle {
                    required property int index
                    anchors.verticalCenter: dots.verticalCenter
                    width: Theme.m
                    height: width
                    radius: width / 2
                    color: index < staff.digits ? Theme.ink : "transparent"
                    border.width: Theme.outline
                    border.color: index < staff.digits ? Theme.ink : Theme.lineStrong
                }
            }
        }
        PText {
            objectName: "staff.said"
            width: parent.width
            height: Math.max(implicitHeight, Theme.bodyLarge * 2.6)
            text: pad.waits ? shell.tr("stays.pin_wait", { time: staff.waits }) : staff.wrong ? shell.tr("stays.pin_wrong") : ""
            color: Theme.danger
            font.pixelSize: Theme.bodyLarge
            wrapMode: Text.Wrap
            horizontalAlignment: Text.AlignHCenter
            Accessible.role: Accessible.AlertMessage
            Accessible.name: text
        }
        PKeypad {
            objectName: "staff.key"
            width: parent.width
            keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "del", "0", ""]
            cellHeight: Theme.touchHuge
            deleteName: shell.tr("stays.delete")
            enabled: !pad.waits
            opacity: pad.waits ? Theme.faded : 1
            onPressed: (key) => staff.press(key)
        }
        PButton {
            objectName: "staff.enter"
            width: parent.width
            kind: "primary"
            size: "xl"
            usable: staff.digits > 0 && !pad.waits && !staff.busy
            text: shell.tr("stays.enter")
            onClicked: staff.press("ok")
        }
    }
}
