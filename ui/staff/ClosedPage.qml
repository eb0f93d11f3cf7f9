import QtQuick
import "../theme"
import "../controls"

// The out-of-order sign: a friendly word and a way, in one of the shop's languages after the other. It may stand for
// days, so nothing of it keeps its place.
Rectangle {
    id: page
    objectName: "closed"
    property bool shown: true
    visible: shown
    enabled: shown
    color: Theme.signGround
    readonly property bool tall: height > width
    property int turn: 0
    readonly property var tongues: shell.languages
    readonly property string tongue: tongues[turn % tongues.length]
    readonly property int moved: Math.floor(turn / Math.max(1, tongues.length)) % places.length
    readonly property var places: [{ x: 0.5, y: 0.4 }, { x: 0.46, y: 0.3 }, { x: 0.54, y: 0.52 }, { x: 0.5, y: 0.6 }]
    Accessible.role: Accessible.AlertMessage
    Accessible.name: title.text + " " + way.text

    MouseArea { anchors.fill: parent }  // nothing under it is touched
    Timer {
        running: page.shown
        repeat: true
        interval: Theme.showTime * 1.5
        onTriggered: page.turn += 1
    }
    Column {
        id: words
        width: Math.min(page.width - 2 * Theme.xxl, Theme.px(page.tall ? 600 : 760))
        x: (page.width - width) * page.places[page.moved].x
        y: (page.height - height) * page.places[page.moved].y
        spacing: Theme.l
        Rectangle {
            anchors.horizontalCenter: parent.horizontalCenter
            width: Theme.iconXl * 2.4
            height: width
            radius: width / 2
            color: Theme.signPlate
            PIcon { anchors.centerIn: parent; name: "store"; size: Theme.iconXl * 1.2; color: Theme.signInk }
        }
        PText {
            id: title
            width: parent.width
            text: shell.sayIn(page.tongue, "stays.closed")
            font.family: shell.typefaceOf(page.tongue)
            color: Theme.signInk
            font.pixelSize: Theme.display
            font.weight: Theme.black
            wrapMode: Text.Wrap
            horizontalAlignment: Text.AlignHCenter
            lineHeight: 1.05
        }
        PText {
            id: way
            width: parent.width
            text: shell.sayIn(page.tongue, "stays.closed_way")
            font.family: shell.typefaceOf(page.tongue)
            color: Theme.signInk
            font.pixelSize: Theme.headline
            wrapMode: Text.Wrap
            horizontalAlignment: Text.AlignHCenter
            lineHeight: 1.2
        }
    }
}
