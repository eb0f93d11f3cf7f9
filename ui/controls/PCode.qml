import QtQuick
import "../theme"

// A code to scan: black on white in every scheme, large enough for an old camera at arm's length.
Rectangle {
    id: root
    property string picture
    property int modules: 1  // on a side: each is so many whole pixels, or scanners see edges where none are
    property string name
    property real side: Theme.px(220)
    readonly property bool shown: image.status === Image.Ready
    width: side
    height: side
    radius: Math.min(Theme.radiusM, 3 * (side - image.width) / 2)  // the code's own white corners stay inside
    color: Theme.codeGround
    border.width: Theme.hairline
    border.color: Theme.line
    Accessible.role: Accessible.Graphic
    Accessible.name: root.name
    Image {
        id: image
        anchors.centerIn: parent
        width: Math.max(1, Math.floor(root.side / root.modules)) * root.modules
        height: width
        source: root.picture
        sourceSize: Qt.size(width, height)
        smooth: false
    }
}
