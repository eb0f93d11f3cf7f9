import QtQuick
import "../theme"

// A page of the kiosk: there when it is shown, out of reach and out of the accessibility tree when not.
Item {
    property bool shown: false
    visible: opacity > 0
    enabled: shown
    opacity: shown ? 1 : 0
    Behavior on opacity { NumberAnimation { duration: Theme.normal } }
}
