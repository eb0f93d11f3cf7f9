import QtQuick
import "../theme"
import "../controls"

// What stands on the large plate of a shop without pictures: a dish by its name, what it is, and its price.
Column {
    id: slate
    required property var dish
    property var shown: dish
    property real room: width  // a plate is round: so much of its height is as wide as this
    // of the plate, by how long the name is and by its longest word, that words part only where they must
    readonly property int long: shown.name.length
    readonly property int word: shown.name.split(" ").reduce((most, part) => Math.max(most, part.length), 1)
    readonly property real share: Math.min(long > 40 ? 0.08 : long > 28 ? 0.105 : long > 12 ? 0.135 : 0.19, Math.max(0.08, 1.5 / word))
    spacing: Theme.s
    Component.onCompleted: shown = dish  // from here on it is turned, and not bound
    onDishChanged: turn.restart()
    SequentialAnimation {
        id: turn
        NumberAnimation { target: slate; property: "opacity"; to: 0; duration: Theme.normal }
        ScriptAction { script: slate.shown = slate.dish }
        NumberAnimation { target: slate; property: "opacity"; to: 1; duration: Theme.slow }
    }
    PText {
        objectName: "kiosk.slate.name"
        width: parent.width
        height: Math.min(implicitHeight, slate.room * 0.56)
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        text: shell.parted(slate.shown.name, width, font)
        font.pixelSize: Math.max(1, Math.round(slate.room * slate.share))
        font.weight: Theme.black
        wrapMode: Text.Wrap
        elide: Text.ElideRight
        maximumLineCount: Math.max(2, Math.floor(slate.room * 0.56 / (font.pixelSize * 1.3)))
        lineHeight: 1.05
    }
    PText {
        width: parent.width
        visible: text !== ""
        horizontalAlignment: Text.AlignHCenter
        text: slate.shown.description ?? ""
        muted: true
        font.pixelSize: Math.max(1, Math.round(slate.room * 0.055))
        wrapMode: Text.Wrap
        elide: Text.ElideRight
        maximumLineCount: 3
    }
    PText {
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: slate.shown.price ?? ""
        color: Theme.accentStrong
        font.pixelSize: Math.max(1, Math.round(slate.room * 0.09))
        font.weight: Theme.bold
        font.features: ({ "tnum": 1 })
    }
}
