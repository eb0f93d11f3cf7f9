import QtQuick
import "../theme"
import "../controls"

// Nobody has touched the screen for a while: asks, counts down, then leaves nothing of the visit. A touch is an answer only
// when it has ended: its beginning alone would uncover what lies underneath, which would take it. Any key is one.
PDialog {
    id: root
    property string page
    property bool waiting: false
    property bool helped: false  // somebody has asked for help before the first touch
    property int seconds: Theme.stillTime
    property int remaining: seconds
    readonly property bool due: (page !== "attract" || helped) && page !== "done" && !waiting
    readonly property bool asked: shell.idle && due
    signal gone()
    icon: "hand"
    title: shell.tr("kiosk.still_there")
    text: shell.tr("kiosk.still_text", { n: remaining })
    spoken: shell.tr("kiosk.still_text", { n: seconds })
    accept: shell.tr("kiosk.still_yes")
    decline: shell.tr("kiosk.start_over")
    onAccepted: stay()
    onBeside: stay()
    onDeclined: leave()
    onAskedChanged: {
        remaining = seconds
        if (asked) open = true
        else if (shell.byKeys) open = false
    }
    onDueChanged: if (!due) open = false
    function stay() { open = false; shell.stillHere() }
    function leave() { open = false; shell.stillHere(); gone(); vm.startOver() }
    Timer {
        interval: 1000
        repeat: true
        running: root.asked
        onTriggered: {
            root.remaining -= 1
            if (root.remaining === 10 || root.remaining === 5) shell.announce(root.text, "still")
            if (root.remaining <= 0) root.leave()
        }
    }
}
