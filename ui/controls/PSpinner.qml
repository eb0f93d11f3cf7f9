import QtQuick
import "../theme"

// Something is on its way.
PIcon {
    id: root
    property bool running: visible
    name: "loader"
    size: Theme.iconXl
    color: Theme.accent
    RotationAnimation on rotation {
        running: root.running && !Theme.reducedMotion
        from: 0
        to: 360
        duration: Theme.breath / 2
        loops: Animation.Infinite
    }
}
