import QtQuick
import "../theme"
import "../controls"

// A dish with several pictures: a swipe shows the next or the one before, a tap or Enter the next; dots say which it is.
Item {
    id: root
    property var pictures: []
    property string name
    property string key
    property bool faded: false
    readonly property int many: pictures.length
    readonly property int at: Math.max(0, reel.currentIndex)
    function show(index) { reel.currentIndex = Math.max(0, Math.min(many - 1, index)) }
    onKeyChanged: { reel.currentIndex = 0; reel.positionViewAtBeginning() }  // another dish
    activeFocusOnTab: true
    Accessible.role: Accessible.Button
    Accessible.name: shell.tr("kiosk.picture_of", { n: at + 1, all: many })
    Accessible.description: shell.tr("kiosk.next_picture")
    Accessible.focusable: true
    Accessible.onPressAction: next()
    Keys.onSpacePressed: next()
    Keys.onReturnPressed: next()
    Keys.onEnterPressed: next()
    function next() { show((at + 1) % many) }
    ListView {
        id: reel
        objectName: "kiosk.sheet.pictures.reel"
        anchors.fill: parent
        clip: true
        orientation: ListView.Horizontal
        snapMode: ListView.SnapOneItem
        highlightRangeMode: ListView.StrictlyEnforceRange
        highlightMoveDuration: Theme.normal
        boundsBehavior: Flickable.StopAtBounds
        cacheBuffer: 0  // one that is not looked at is not read
        model: root.many
        delegate: Item {
            id: frame
            required property int index
            width: reel.width
            height: reel.height
            PImage {
                anchors.fill: parent
                source: root.pictures[frame.index] ?? ""
                behind: Theme.background
                name: root.name
                key: root.key
                dished: true
                detail: 512
                inset: 0.1
                radius: Theme.radiusL
                faded: root.faded
                fades: false
            }
            MouseArea { anchors.fill: parent; onClicked: root.next() }
        }
    }
    Rectangle {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.xs
        width: dots.width + 2 * Theme.xs
        height: dots.height + Theme.xs
        radius: height / 2
        color: Theme.surface
        Row {
            id: dots
            anchors.centerIn: parent
            spacing: Theme.xxs
            Repeater {
                model: root.many
                Rectangle {
                    required property int index
                    width: index === root.at ? 2 * height : height
                    height: Theme.xs
                    radius: height / 2
                    color: index === root.at ? Theme.accent : Theme.lineStrong
                }
            }
        }
    }
    Rectangle {
        anchors.fill: parent
        anchors.margins: -Theme.xxs
        visible: root.activeFocus
        color: "transparent"
        radius: visible ? Theme.radiusL + Theme.xxs : 0
        border.width: Theme.outline
        border.color: Theme.focus
    }
}
