import QtQuick
import "../theme"
import "../controls"

// The keyboard on the glass, for finding a dish: large keys, no capitals, no accents needed.
Rectangle {
    id: board
    readonly property string part: "keys"
    property real most: 0  // how high it may be; 0: as its keys like it
    property bool folds: false  // makes room for what was found
    signal folded()
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
            room: board.most > 0 ? (board.most - 2 * Theme.m) * keys.length / (keys.length + 1) : 0
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
                width: letters.cellWidth * (board.folds ? 3 : 5)
                height: letters.cellHeight
                text: shell.tr("kiosk.key_space")
                small: true
                onClicked: vm.browse.press(" ")
            }
            PKey {
                objectName: "kiosk.search.done"
                width: letters.cellWidth * (board.folds ? 5.5 : 3)
                height: letters.cellHeight
                text: board.folds ? shell.tr("kiosk.show_dishes", { n: vm.browse.count }) : shell.tr("kiosk.search_end")
                small: true
                onClicked: board.folds ? board.folded() : vm.browse.search(false)
            }
        }
    }
}
