import QtQuick
import "../theme"
import "../controls"

// The keyboard on the glass, for finding a dish: large keys, no capitals, no accents needed.
Rectangle {
    id: board
    readonly property string part: "keys"
    implicitHeight: (vm.browse.keys.length + 1) * (letters.cellHeight + letters.gap) + 2 * Theme.m
    color: Theme.surfaceSunken
    radius: Theme.radiusL
    MouseArea { anchors.fill: parent }
    Column {
        anchors.horizontalCenter: parent.horizontalCenter
        y: Theme.m
        spacing: letters.gap
        PKeyboard {
            id: letters
            objectName: "kiosk.key"
            anchors.horizontalCenter: parent.horizontalCenter
            width: board.width - 2 * Theme.s
            keys: vm.browse.keys
            deleteName: shell.tr("kiosk.key_delete")
            onPressed: (what) => vm.browse.press(what)
        }
        Row {
            readonly property string part: "space"
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: letters.gap
            PKey {
                objectName: "kiosk.key.space"
                width: letters.cellWidth * 5
                height: letters.cellHeight
                text: shell.tr("kiosk.key_space")
                small: true
                onClicked: vm.browse.press(" ")
            }
            PKey {
                objectName: "kiosk.search.done"
                width: letters.cellWidth * 3
                height: letters.cellHeight
                text: shell.tr("kiosk.search_end")
                small: true
                onClicked: vm.browse.search(false)
            }
        }
    }
}
