import QtQuick
import "../theme"

// A page of the kiosk: there when it is shown, out of reach and out of the accessibility tree when not.
// For a moment after it came it takes no touch: the second half of a double tap was meant for the page before.
// One with a title takes the focus then, so that a screen reader says its title and summary.
Item {
    id: page
    property string title
    property string summary
    readonly property bool landing: title !== ""
    Accessible.ignored: !landing
    Accessible.role: Accessible.Pane
    Accessible.name: title
    Accessible.description: summary
    Accessible.focusable: true
    property bool shown: false
    property bool calm: false
    visible: opacity > 0
    enabled: shown && calm
    onShownChanged: { calm = false; if (shown) rest.restart() }
    Component.onCompleted: if (shown) rest.restart()
    Timer { id: rest; interval: Theme.doubleTap; onTriggered: { page.calm = page.shown; if (page.calm && page.landing) page.forceActiveFocus() } }
    opacity: shown ? 1 : 0
    Behavior on opacity { NumberAnimation { duration: Theme.normal } }
}
