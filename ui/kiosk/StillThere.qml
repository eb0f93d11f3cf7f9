import QtQuick
import "../theme"
import "../controls"

// Nobody has touched the screen for a while: asks, counts down, then leaves nothing of the visit.
PDialog {
    id: root
    property string page
    property bool waiting: false
    property int seconds: Theme.stillTime
    property int remaining: seconds
    readonly property bool asked: shell.idle && page !== "attract" && page !== "done" && !waiting
    open: asked
    icon: "hand"
    title: shell.tr("kiosk.still_there")
    text: shell.tr("kiosk.still_text", { n: remaining })
    spoken: shell.tr("kiosk.still_text", { n: seconds })
    accept: shell.tr("kiosk.still_yes")
    decline: shell.tr("kiosk.start_over")
    onAccepted: shell.stillHere()
    onDeclined: { shell.stillHere(); vm.startOver() }
    onAskedChanged: remaining = seconds
    Timer {
        interval: 1000
        repeat: true
        running: root.asked
        onTriggered: {
            root.remaining -= 1
            if (root.remaining === 10 || root.remaining === 5) shell.announce(root.text, "still")
            if (root.remaining <= 0) { shell.stillHere(); vm.startOver() }
        }
    }
}
