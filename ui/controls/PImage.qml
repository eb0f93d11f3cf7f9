import QtQuick
import "../theme"

// A dish's picture on a calm ground that is always the same for its `key`, whatever it is called in a language. One that is missing or broken leaves the
// first letter there, or its number on the menu, as if it were meant so. `dished` lays a plate under it.
Item {
    id: root
    property string source
    property string name
    property string key: name
    property bool round: false
    property bool dished: false
    property real inset: 0.12
    property color ground: Theme.plate(key)
    property bool showsGround: true
    property bool faded: false
    property bool fades: true  // shows slowly that it faded
    property int radius: Theme.radiusM
    property int detail: 256  // pixels decoded a side, at most; more for a picture that is shown large
    readonly property real side: Math.min(width, height)
    readonly property bool shown: picture.status === Image.Ready
    // A picture that travels is there one day: then it comes into its place, and nothing else moves.
    readonly property bool travels: source.startsWith("blob:")
    readonly property string file: travels ? shell.pictures.file(source, most, shell.pictures.revision) : source
    readonly property bool opaque: travels && shell.pictures.isPhoto(source, shell.pictures.revision)
    readonly property real rim: opaque && round ? Math.max(inset, 0.15) : inset  // a photo's corners stay on a round plate
    readonly property bool photo: opaque && !round  // it fills the frame
    readonly property int most: photo ? 2 * detail : detail
    property color behind: "transparent"  // the ground it stands on: with it a photo gets round corners
    property bool late: false
    onFileChanged: if (travels && file === "") late = true
    Component.onCompleted: if (travels && file === "") late = true

    Rectangle {
        id: plate
        anchors.fill: parent
        visible: root.showsGround
        radius: !root.showsGround ? 0 : root.round ? width / 2 : root.radius  // round corners cost, hidden ones too
        color: root.faded ? Theme.surfaceSunken : root.ground
        Behavior on color { enabled: root.fades; ColorAnimation { duration: Theme.slow } }
    }
    Rectangle {
        visible: root.dished && !(root.photo && root.shown)
        anchors.centerIn: parent
        width: Math.round(root.side * 0.94)
        height: width
        radius: root.dished ? width / 2 : 0
        color: Theme.plateDisc
        opacity: root.faded ? 0.5 : 1
    }
    PText {
        anchors.centerIn: parent
        visible: !root.shown && picture.status !== Image.Loading
        text: visible ? shell.initial(root.name) : ""
        font.pixelSize: Math.max(1, root.side * Math.min(0.44, 1 / text.length))
        font.weight: Theme.bold
        color: root.faded ? Theme.inkFaint : Theme.accent
        opacity: 0.55
        Accessible.ignored: true
    }
    Image {
        id: picture
        anchors.centerIn: parent
        width: root.photo ? root.width : Math.round(root.side * (1 - 2 * root.rim))  // whole pixels are copied, others scaled
        height: root.photo ? root.height : width
        fillMode: root.opaque ? Image.PreserveAspectCrop : Image.PreserveAspectFit
        // As large as it is shown: less memory, and a frame that copies it instead of scaling it.
        readonly property int pixels: Math.min(root.most, Math.ceil(width))
        sourceSize: root.photo ? Qt.size(pixels, Math.ceil(height)) : Qt.size(pixels, pixels)
        retainWhileLoading: true
        source: pixels > 0 ? root.file : ""
        asynchronous: true
        smooth: true
        mipmap: true
        opacity: root.late && !root.shown ? 0 : root.faded ? Theme.faded : 1
        Behavior on opacity { enabled: root.fades; NumberAnimation { duration: Theme.normal } }
        Accessible.ignored: true
    }
    Loader {  // over a photo's corners, in the colour of what it stands on
        active: root.opaque && root.shown && (root.photo ? root.behind.a === 1 : root.showsGround)
        anchors.fill: picture
        anchors.margins: -1
        sourceComponent: Item {
            clip: true  // it covers nothing beside the photo
            Rectangle {
                readonly property int corner: root.photo ? root.radius : picture.width / 2
                readonly property int rim: Math.ceil(corner * 0.42)  // what a square's corner stands out over a circle's
                anchors.fill: parent
                anchors.margins: 1 - rim
                color: "transparent"
                radius: corner + rim
                border.width: rim
                border.color: root.photo ? root.behind : plate.color
            }
        }
    }
}
