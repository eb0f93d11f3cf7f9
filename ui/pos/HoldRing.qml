import QtQuick
import QtQuick.Shapes
import "../theme"
import "../controls"

// A round button that acts when held; a ring closes round it while the finger is down.
Item {
    id: ring

    property string name
    property string icon
    property color tone: Theme.danger
    property real progress: 0
    signal held()

    implicitWidth: Theme.touchLarge
    implicitHeight: Theme.touchLarge
    activeFocusOnTab: true
    Accessible.role: Accessible.Button
    Accessible.name: name
    Accessible.onPressAction: if (enabled) held()
    Keys.onReturnPressed: held()
    Keys.onSpacePressed: held()

    Rectangle {
        anchors.fill: parent
        anchors.margins: Theme.xxs
        radius: width / 2
        color: area.pressed ? Theme.surfaceSunken : Theme.surface
        border.width: ring.activeFocus ? Theme.outline : Theme.hairline
        border.color: ring.activeFocus ? Theme.focus : Theme.line
    }
    Shape {
        anchors.fill: parent
        visible: ring.progress > 0
        preferredRendererType: Shape.GeometryRenderer
        ShapePath {
            strokeColor: ring.tone
            strokeWidth: Theme.xxs
            fillColor: "transparent"
            capStyle: ShapePath.RoundCap
            PathAngleArc {
                centerX: ring.width / 2
                centerY: ring.height / 2
                radiusX: ring.width / 2 - Theme.xxs
                radiusY: radiusX
                startAngle: -90
                sweepAngle: 360 * ring.progress
            }
        }
    }
    PIcon {
        anchors.centerIn: parent
        name: ring.icon
        color: ring.tone
    }
    NumberAnimation {
        id: closing
        target: ring
        property: "progress"
        from: 0
        to: 1
        duration: Theme.hold
        onFinished: {
            ring.progress = 0
            ring.held()
        }
    }
    MouseArea {
        id: area
        anchors.fill: parent
        preventStealing: true
        onPressed: closing.restart()
        onReleased: ring.letGo()
        onCanceled: ring.letGo()
        onExited: ring.letGo()
    }
    function letGo() {
        closing.stop()
        progress = 0
    }
}
