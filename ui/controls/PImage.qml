import QtQuick
import "../theme"

// A dish's picture on a calm ground that is always the same for its name. One that is missing or broken leaves the
// first letter there, as if it were meant so. `dished` lays a plate under it.
Item {
    id: root
    property string source
    property string name
    property bool round: false
    property bool dished: false
    property real inset: 0.12
    property color ground: Theme.plate(name)
    property bool showsGround: true
    property bool faded: false
    property bool fades: true  // shows slowly that it faded
    property int radius: Theme.radiusM
    property int detail: 256  // pixels decoded a side; more for a picture that is shown large
    readonly property real side: Math.min(width, height)
    readonly property bool shown: picture.status === Image.Ready

    Rectangle {
        anchors.fill: parent
        visible: root.showsGround
        radius: root.round ? width / 2 : root.radius
        color: root.faded ? Theme.surfaceSunken : root.ground
        Behavior on color { enabled: root.fades; ColorAnimation { duration: Theme.slow } }
    }
    Rectangle {
        visible: root.dished
        anchors.centerIn: parent
        width: root.side * 0.94
        height: width
        radius: width / 2
        color: Theme.plateDisc
        opacity: root.faded ? 0.5 : 1
    }
    PText {
        anchors.centerIn: parent
        visible: !root.shown && picture.status !== Image.Loading
        text: root.name.slice(0, 1).toUpperCase()
        font.pixelSize: Math.max(1, root.side * 0.44)
        font.weight: Theme.bold
        color: root.faded ? Theme.inkFaint : Theme.accent
        opacity: 0.55
        Accessible.ignored: true
    }
    Image {
        id: picture
        anchors.centerIn: parent
        width: root.side * (1 - 2 * root.inset)
        height: width
        fillMode: Image.PreserveAspectFit
        sourceSize: Qt.size(root.detail, root.detail)
        source: root.source
        asynchronous: true
        smooth: true
        mipmap: true
        opacity: root.faded ? Theme.faded : 1
        Behavior on opacity { enabled: root.fades; NumberAnimation { duration: Theme.normal } }
        Accessible.ignored: true
    }
}
