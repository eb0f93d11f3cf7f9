import QtQuick
import "../theme"
import "../controls"

// In the same corner of every view, low enough for everybody: what helps to see and reach.
PPressable {
    id: root
    objectName: "kiosk.help"
    name: shell.tr("kiosk.help")
    width: Theme.touch
    height: Theme.touch
    Rectangle {
        anchors.fill: parent
        radius: width / 2
        color: vm.comfort.helps ? Theme.accent : root.down ? Theme.surfaceSunken : Theme.surface
        border.width: Theme.hairline
        border.color: vm.comfort.helps ? Theme.accent : Theme.lineStrong
        PIcon { anchors.centerIn: parent; name: "accessibility"; size: Theme.px(30); color: vm.comfort.helps ? Theme.inkOnAccent : Theme.ink }
    }
}
