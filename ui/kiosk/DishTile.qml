import QtQuick
import "../theme"
import "../controls"

// A dish: picture, name, price. One that ran out fades where it stands and says why.
PPressable {
    id: tile
    required property var dish
    // all is read from the one value: what another dish comes to is reckoned once, and not once for each of its parts
    readonly property bool out: dish.out
    property bool pictured: true
    property bool bare: false  // so low that the reason takes the marks' place
    property bool fades: true
    readonly property bool beside: Theme.large || Theme.reach  // picture and words side by side: lower, with longer lines
    readonly property bool among: !pictured || beside  // marks stand over the price, and not on a picture that is too small
    readonly property real inset: Theme.m + (beside && pictured ? picture.width + Theme.xs : 0)
    name: dish.name + ", " + (dish.out ? dish.reason : dish.price) + (dish.few !== "" && !dish.out ? ", " + dish.few : "")
    hint: [dish.reason !== "" && !dish.out ? dish.reason : "", dish.description, ...dish.marks.map((mark) => shell.tr("kiosk.mark." + mark))].filter((said) => said !== "").reduce((all, said) => all + (all === "" ? "" : /[.!?…。！？]$/.test(all) ? " " : ". ") + said, "")

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
        anchors.margins: Theme.s
        visible: tile.pictured
        width: tile.beside ? Math.min(parent.width * (Theme.large ? 0.28 : 0.34), parent.height - 2 * Theme.s) : parent.width - 2 * Theme.s
        height: !tile.pictured ? 0 : tile.beside ? parent.height - 2 * Theme.s : parent.height * 0.46
        source: tile.dish.image
        behind: tile.out ? Theme.surfaceSunken : Theme.surface
        name: tile.dish.name
        key: tile.dish.item_id
        faded: tile.out
        fades: tile.fades
        dished: true
        inset: 0.1
    }
    Flow {
        id: badges
        anchors.left: parent.left
        anchors.leftMargin: tile.among ? tile.inset : Theme.xs + Theme.s
        y: tile.among ? foot.y - height : picture.y + Theme.xs
        width: tile.among ? parent.width - tile.inset - Theme.m : picture.width - 2 * Theme.xs
        spacing: Theme.xxs
        visible: !tile.out && !(tile.bare && tile.dish.reason !== "")
        Repeater {
            model: tile.dish.marks.length  // a badge that is there becomes another one
            DietBadge {
                required property int index
                mark: tile.dish.marks[index] ?? ""
                most: badges.width
                lifted: !tile.among
            }
        }
        PBadge { visible: tile.among && tile.dish.few !== ""; text: tile.dish.few; tone: "warning" }
    }
    PBadge {
        anchors.left: parent.left
        anchors.leftMargin: Theme.s + Math.max(picture.width - width - Theme.xs, 0)
        y: picture.y + picture.height - height - Theme.xs
        visible: !tile.among && tile.dish.few !== ""
        most: badges.width
        text: tile.dish.few
        tone: "warning"
        lifted: true
    }
    PText {
        id: heading
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.leftMargin: tile.inset
        anchors.rightMargin: Theme.m
        anchors.topMargin: Theme.s + (tile.pictured && !tile.beside ? picture.height + Theme.s : 0)
        text: shell.parted(tile.dish.name, width, font)
        readonly property bool long: implicit.width > 2 * width
        TextMetrics { id: implicit; text: tile.dish.name; font.family: Theme.family; font.pixelSize: Theme.bodyLarge; font.weight: Theme.bold }
        font.pixelSize: !long ? Theme.bodyLarge : Theme.large && implicit.width > 3.6 * width ? Theme.label : Theme.body
        font.weight: Theme.bold
        color: tile.out ? Theme.inkFaint : Theme.ink
        wrapMode: Text.Wrap
        // in large type it has the room that else the description has
        maximumLineCount: Theme.large ? Math.max(3, Math.floor((tile.height - Theme.s - foot.height - (badges.visible ? badges.height : 0) - Theme.s) / (font.pixelSize * 1.3))) : 3
        elide: Text.ElideRight
        lineHeight: 1.05
        Accessible.ignored: true
    }
    PText {
        anchors.left: heading.left
        anchors.right: heading.right
        anchors.top: heading.bottom
        anchors.topMargin: Theme.xxs
        anchors.bottom: tile.among && badges.visible ? badges.top : foot.top
        anchors.bottomMargin: tile.among && badges.visible && badges.height > 0 ? Theme.xxs : 0
        visible: height >= font.pixelSize * 1.2
        text: tile.dish.reason !== "" && !tile.out ? tile.dish.reason : tile.dish.description
        color: tile.dish.reason !== "" && !tile.out ? Theme.warning : tile.out ? Theme.inkFaint : Theme.inkMuted
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
        height: Math.max(plus.height, Math.ceil(Theme.title * 1.3))
        PText {
            anchors.verticalCenter: parent.verticalCenter
            anchors.left: parent.left
            width: parent.width - (plus.visible ? plus.width + Theme.xs : 0)
            text: tile.out ? tile.dish.reason : tile.dish.price
            color: tile.out ? Theme.danger : Theme.accentStrong
            font.pixelSize: tile.out ? Theme.label : Theme.title
            font.weight: Theme.bold
            font.features: ({ "tnum": 1 })
            fontSizeMode: tile.out ? Text.FixedSize : Text.HorizontalFit
            minimumPixelSize: Theme.least
            wrapMode: tile.out ? Text.Wrap : Text.NoWrap
            maximumLineCount: 2
            elide: Text.ElideRight
            Accessible.ignored: true
        }
        PPlus { id: plus; visible: !tile.out; anchors.right: parent.right; anchors.verticalCenter: parent.verticalCenter }
    }
}
