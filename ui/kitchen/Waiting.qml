import QtQuick
import "../theme"
import "../controls"

// Tickets that no longer fit on the wall, by number, so that none is ever unseen.
Rectangle {
    id: strip

    property var numbers: []

    height: Theme.touch
    radius: Theme.radiusM
    color: Theme.warningSoft

    PText {
        anchors { left: parent.left; right: parent.right; margins: Theme.m; verticalCenter: parent.verticalCenter }
        text: shell.tr("kitchen.waiting", { n: strip.numbers.length }) + "    " + strip.numbers.join("   ")
        color: Theme.warning
        font.pixelSize: Theme.bodyLarge
        font.weight: Theme.bold
    }
}
