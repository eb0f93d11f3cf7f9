import QtQuick
import "../theme"
import "../controls"

// One dish at a time on a large plate, with its name and price, and small ones waiting around it. In a shop without pictures
// the words are on the plate.
Item {
    id: hero
    property var dishes: []
    property int turned: 0
    property bool moving: true
    readonly property var dish: dishes.length > turned ? dishes[turned] : ({ name: "", price: "", image: "" })
    readonly property bool pictured: dishes.some((d) => d.image !== "")
    readonly property real words: !pictured ? 0 : Math.max(Theme.px(96), Theme.headline * 2.7, said.implicitHeight + Theme.xs)  // under the plate: name and price
    readonly property real plate: width * 0.8

    PDisc {
        anchors.horizontalCenter: parent.horizontalCenter
        width: hero.width
        color: Theme.plateDisc
    }
    PDisc {
        id: disc
        objectName: "kiosk.attract.plate"
        anchors.horizontalCenter: parent.horizontalCenter
        y: (hero.width - height) / 2
        width: hero.plate
        color: Theme.surface
        Loader {
            anchors.centerIn: parent
            active: !hero.pictured && hero.dish.name !== ""
            sourceComponent: HeroSlate {
                width: Math.round(disc.width * 0.76)
                room: width
                dish: hero.dish
            }
        }
        Repeater {
            model: hero.pictured ? hero.dishes : []
            PImage {
                id: picture
                required property var modelData
                required property int index
                readonly property bool here: index === hero.turned
                readonly property bool near: here || visible || index === (hero.turned + 1) % hero.dishes.length
                anchors.centerIn: parent
                width: Math.round(parent.width * 0.7)
                height: width
                inset: 0
                detail: 512
                showsGround: false
                radius: Math.round(width / 2)  // a photo becomes as round as its plate
                behind: Theme.surface
                source: near ? modelData.image : ""  // a large picture takes a megabyte; two of twelve are enough
                name: modelData.name
                visible: opacity > 0
                opacity: here ? 1 : 0
                scale: here ? 1 : 0.82
                Behavior on opacity { NumberAnimation { duration: Theme.slow } }
                Behavior on scale { NumberAnimation { duration: Theme.slow * 2; easing.type: Easing.OutBack } }
            }
        }
    }
    Repeater {
        id: moons
        model: !hero.pictured ? 0 : Math.min(5, Math.max(0, hero.dishes.length - 1))
        PImage {
            id: moon
            required property int index
            readonly property real angle: Math.PI * (1.5 + (index - (moons.count - 1) / 2) * 0.21)
            readonly property var waiting: hero.dishes[(hero.turned + 1 + index) % hero.dishes.length]
            width: hero.width * 0.17
            height: width
            x: hero.width / 2 + Math.cos(angle) * hero.width * 0.475 - width / 2
            y: hero.width / 2 + Math.sin(angle) * hero.width * 0.475 - height / 2
            round: true
            inset: 0.17
            source: waiting.image
            name: waiting.name
            key: waiting.item_id
        }
    }
    Column {
        id: said
        visible: hero.pictured
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        width: Math.max(parent.width, Theme.px(540))
        spacing: Theme.xxs
        PText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: hero.dish.name
            font.pixelSize: Theme.headline
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Theme.px(24)
            font.weight: Theme.black
            elide: Text.ElideRight
        }
        PText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: hero.dish.price
            color: Theme.accentStrong
            font.pixelSize: Theme.headline
            font.weight: Theme.bold
            font.features: ({ "tnum": 1 })
        }
    }
}
