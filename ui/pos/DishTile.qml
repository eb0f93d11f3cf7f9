import QtQuick
import "../theme"
import "../controls"

// One dish to tap. What is out stays in its place, greyed, so that the next tap hits what it meant.
PPressable {
    id: tile

    required property string item_id
    required property int priceMinor
    required property bool priced
    required property bool several
    required property string sold
    required property int remaining
    required property string note
    required property string image
    required property var model
    readonly property bool out: sold === "out"

    objectName: "pos.dish." + item_id
    name: model.name
    hint: out ? shell.tr("pos.out") : ""
    onClicked: vm.draft.tapDish(item_id)

    PCard {
        anchors.fill: parent
        radius: Theme.radiusM
        color: tile.down ? Theme.surfaceSunken : tile.out ? Theme.surfaceSunken : Theme.surface
    }
    PImage {
        id: picture
        anchors { right: parent.right; top: parent.top; margins: Theme.xs }
        visible: tile.image !== ""
        width: Theme.px(44)
        height: width
        round: true
        name: tile.model.name
        key: tile.item_id
        source: tile.image
        faded: tile.out
    }
    PText {
        anchors { left: parent.left; right: picture.visible ? picture.left : parent.right; top: parent.top; margins: Theme.s }
        anchors.rightMargin: Theme.xxs
        text: tile.model.name
        wrapMode: Text.Wrap
        maximumLineCount: 2
        elide: Text.ElideRight
        color: tile.out ? Theme.inkFaint : Theme.ink
        font.weight: Theme.semibold
        font.strikeout: tile.out
        Accessible.ignored: true
    }
    PText {
        anchors { left: parent.left; right: parent.right; bottom: price.top; margins: Theme.s; bottomMargin: 0 }
        visible: tile.note !== "" && !tile.out
        text: shell.tr("pos.without", { what: tile.note })
        color: Theme.warning
        font.pixelSize: Theme.caption
    }
    PText {
        id: price
        anchors { left: parent.left; bottom: parent.bottom; margins: Theme.s }
        text: !tile.priced ? shell.tr("pos.open_price")
            : tile.several ? shell.tr("pos.from", { price: shell.formatMoney(tile.priceMinor) })
            : shell.formatMoney(tile.priceMinor)
        muted: true
        font.pixelSize: Theme.label
        Accessible.ignored: true
    }
    PBadge {
        anchors { right: parent.right; bottom: parent.bottom; margins: Theme.xs }
        visible: tile.out || tile.remaining >= 0
        text: tile.out ? shell.tr("pos.out") : shell.tr("pos.left", { n: tile.remaining })
        tone: tile.out ? "danger" : "warning"
    }
}
