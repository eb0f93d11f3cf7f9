import QtQuick
import "../theme"
import "../controls"

// A dish's picture, name and what is in it. In large type on a narrow sheet only the name stands beside the picture.
Item {
    id: root
    property var facts
    property bool tall: true
    readonly property bool under: Theme.large && picture.visible && beside < 16 * Theme.bodyLarge
    readonly property real beside: width - (picture.visible ? picture.width + Theme.l : 0)
    readonly property real all: name.implicitHeight + Theme.xs + words.implicitHeight
    readonly property real first: Math.max(picture.height, under ? name.implicitHeight : all)
    implicitHeight: first + (under ? Theme.m + words.implicitHeight : 0)
    PImage {
        id: picture
        anchors.left: parent.left
        readonly property bool several: root.facts.pictures.length > 1
        visible: root.facts.image !== ""
        width: visible ? Theme.px(root.tall ? 240 : 176) : 0
        height: width
        source: several ? "" : root.facts.image
        behind: Theme.background
        name: several ? "" : root.facts.name
        key: root.facts.item_id
        dished: true
        detail: 512
        inset: 0.1
        radius: Theme.radiusL
        faded: root.facts.lost
        fades: false  // another dish is another picture
        Loader {
            anchors.fill: parent
            active: picture.several
            sourceComponent: DishPictures {
                objectName: "kiosk.sheet.pictures"
                pictures: root.facts.pictures
                name: root.facts.name
                key: root.facts.item_id
                faded: root.facts.lost
            }
        }
    }
    PText {
        id: name
        objectName: "kiosk.sheet.name"
        anchors.right: parent.right
        y: (root.first - (root.under ? implicitHeight : root.all)) / 2
        width: root.beside
        text: shell.parted(root.facts.name, width, font)
        font.pixelSize: Theme.headline
        font.weight: Theme.black
        wrapMode: Text.Wrap
        maximumLineCount: 12  // here it is read to its end
        elide: Text.ElideRight
        lineHeight: 1.05
        Accessible.role: Accessible.Heading
        Accessible.name: root.facts.name
    }
    Column {
        id: words
        anchors.right: parent.right
        y: root.under ? root.first + Theme.m : name.y + name.implicitHeight + Theme.xs
        width: root.under ? root.width : root.beside
        spacing: Theme.xs
        PText {
            width: parent.width
            visible: text !== ""
            text: root.facts.description
            muted: true
            font.pixelSize: Theme.bodyLarge
            wrapMode: Text.Wrap
        }
        Flow {
            width: parent.width
            visible: root.facts.marks.length > 0
            spacing: Theme.xxs
            Repeater {
                model: root.facts.marks
                DietBadge { required property string modelData; mark: modelData }
            }
        }
        PText {
            width: parent.width
            visible: text !== ""
            objectName: "kiosk.sheet.allergens"
            text: root.facts.allergens
            font.weight: Theme.semibold
            wrapMode: Text.Wrap
        }
        PText {
            width: parent.width
            visible: text !== ""
            text: root.facts.energy
            muted: true
            wrapMode: Text.Wrap
        }
        Rectangle {
            anchors.left: parent.left
            visible: root.facts.notice !== ""
            width: Math.min(parent.width, notice.implicitWidth + 2 * Theme.m)
            height: notice.height + 2 * Theme.xs
            radius: Theme.radiusS
            color: Theme.warningSoft
            PText {
                id: notice
                anchors.centerIn: parent
                width: Math.min(implicitWidth, parent.parent.width - 2 * Theme.m)
                text: root.facts.notice
                color: Theme.warning
                font.weight: Theme.semibold
                wrapMode: Text.Wrap
                Accessible.role: Accessible.StaticText
                Accessible.name: text
            }
        }
    }
}
