import QtQuick
import "../theme"

// A dish's picture. One that is missing or broken leaves the first letter on a calm ground, as if it were meant so.
Item {
    id: root
    property string source
    property string name
    property bool round: false
    property real inset: 0.12
    property color ground: Theme.accentSoft
    property bool showsGround: true
    property bool faded: false

    Rectangle {
        anchors.fill: parent
        visible: root.showsGround
        radius: root.round ? width / 2 : Theme.radiusM
        color: root.faded ? Theme.surfaceSunken : root.ground
    }
    PText {
        anchors.centerIn: parent
        visible: picture.status !== Image.Ready && picture.status !== Image.Loading
        text: root.name.slice(0, 1).toUpperCase()
        font.pixelSize: Math.max(1, Math.min(root.width, root.height) * 0.44)
        font.weight: Theme.bold
        color: Theme.accent
        opacity: 0.55
        Accessible.ignored: true
    }
    Image {
        id: picture
        anchors.centerIn: parent
        width: Math.min(parent.width, parent.height) * (1 - 2 * root.inset)
        height: width
        fillMode: Image.PreserveAspectFit
        sourceSize: Qt.size(256, 256)
        source: root.source
        asynchronous: true
        smooth: true
        mipmap: true
        opacity: root.faded ? Theme.faded : 1
        Behavior on opacity { NumberAnimation { duration: Theme.normal } }
        Accessible.ignored: true
    }
}
