import QtQuick
import "../theme"
import "../controls"

// A dish: picture, name, price. One that ran out fades where it stands and says why.
PPressable {
    id: tile
    property string title
    property string description
    property string price
    property string image
    property string reason
    property string few
    property bool out: false
    property bool pictured: true
    property bool fades: true
    property var marks: []
    name: title + ", " + (out ? reason : price)
    hint: description

    PCard {
        anchors.fill: parent
        raised: !tile.out
        color: tile.out ? Theme.surfaceSunken : Theme.surface
        Behavior on color { enabled: tile.fades; ColorAnimation { duration: Theme.slow } }
    }
    PImage {
        id: picture
        anchors.top: parent.top
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: Theme.s
        visible: tile.pictured
        height: tile.pictured ? parent.height * 0.46 : 0
        source: tile.image
        name: tile.title
        faded: tile.out
        fades: tile.fades
        dished: true
        inset: 0.1
    }
    Row {
        id: badges
        x: tile.pictured ? picture.x + Theme.xs : foot.x + foot.width - width - Theme.px(50)
        y: tile.pictured ? picture.y + Theme.xs : foot.y + (foot.height - height) / 2
        spacing: Theme.xxs
        visible: !tile.out
        Repeater {
            model: tile.marks
            PBadge {
                required property string modelData
                text: shell.tr("kiosk.mark." + modelData)
                icon: modelData === "spicy" ? "flame" : "leaf"
                tone: modelData === "spicy" ? "danger" : "positive"
            }
        }
    }
    PBadge {
        x: tile.pictured ? picture.x + picture.width - width - Theme.xs : badges.x - width - (badges.width > 0 ? Theme.xxs : 0)
        y: tile.pictured ? picture.y + picture.height - height - Theme.xs : foot.y + (foot.height - height) / 2
        visible: tile.few !== ""
        text: tile.few
        tone: "warning"
    }
    PText {
        id: heading
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: picture.bottom
        anchors.leftMargin: Theme.m
        anchors.rightMargin: Theme.m
        anchors.topMargin: Theme.s
        text: tile.title
        readonly property bool long: implicit.width > 2 * width
        TextMetrics { id: implicit; text: tile.title; font.family: Theme.family; font.pixelSize: Theme.bodyLarge; font.weight: Theme.bold }
        font.pixelSize: long ? Theme.body : Theme.bodyLarge
        font.weight: Theme.bold
        color: tile.out ? Theme.inkFaint : Theme.ink
        wrapMode: Text.Wrap
        maximumLineCount: 3
        elide: Text.ElideRight
        lineHeight: 1.05
        Accessible.ignored: true
    }
    PText {
        anchors.left: heading.left
        anchors.right: heading.right
        anchors.top: heading.bottom
        anchors.topMargin: Theme.xxs
        anchors.bottom: foot.top
        visible: height >= font.pixelSize * 1.2
        text: tile.reason !== "" && !tile.out ? tile.reason : tile.description
        color: tile.reason !== "" && !tile.out ? Theme.warning : tile.out ? Theme.inkFaint : Theme.inkMuted
        font.pixelSize: Theme.label
        wrapMode: Text.Wrap
        maximumLineCount: Math.max(1, Math.floor(height / (font.pixelSize * 1.25)))
        elide: Text.ElideRight
        clip: true
        Accessible.ignored: true
    }
    Item {
        id: foot
        anchors.left: heading.left
        anchors.right: heading.right
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s
        height: Theme.px(42)
        PText {
            anchors.verticalCenter: parent.verticalCenter
            width: parent.width - Theme.px(50)
            text: tile.out ? tile.reason : tile.price
            color: tile.out ? Theme.danger : Theme.accentStrong
            font.pixelSize: tile.out ? Theme.label : Theme.title
            font.weight: Theme.bold
            font.features: ({ "tnum": 1 })
            wrapMode: Text.Wrap
            maximumLineCount: 2
            elide: Text.ElideRight
            Accessible.ignored: true
        }
        Rectangle {
            visible: !tile.out
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            width: Theme.px(42)
            height: width
            radius: width / 2
            color: Theme.accentSoft
            PIcon { anchors.centerIn: parent; name: "plus"; size: Theme.px(22); color: Theme.accentStrong }
        }
    }
}
