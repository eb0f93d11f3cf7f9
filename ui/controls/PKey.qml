import QtQuick
import "../theme"

// One key of a keyboard on the glass.
PPressable {
    id: root
    property string text
    property string icon
    property bool small: false
    name: text
    Rectangle {
        anchors.fill: parent
        radius: Theme.radiusS
        color: root.down ? Theme.accentSoft : Theme.surface
        border.width: Theme.hairline
        border.color: root.down ? Theme.accent : Theme.line
    }
    PText {
        anchors.centerIn: parent
        width: parent.width - Theme.xs
        horizontalAlignment: Text.AlignHCenter
        visible: root.icon === ""
        text: root.text
        // a low key holds its letter, and the widest of a script (ض) is no smaller than the others
        font.pixelSize: Math.min(root.small ? Theme.body : Theme.title, root.height * 0.8, root.small ? Infinity : root.width * 0.72)
        fontSizeMode: Text.HorizontalFit
        minimumPixelSize: Theme.least
        font.weight: Theme.semibold
        elide: Text.ElideRight
        Accessible.ignored: true
    }
    PIcon { anchors.centerIn: parent; visible: root.icon !== ""; name: root.icon }
}
