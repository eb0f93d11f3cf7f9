import QtQuick
import "../theme"

// An answer that is chosen or not: a dot for one of several, a tick for any of several. `extra` is what it costs.
// `pictured`: a tile with a picture above the words. `full`: stands back, as no more can be chosen, but may be asked.
PPressable {
    id: root
    property string text
    property string note
    property string extra
    property string image
    property string subject  // whose picture it is
    property bool pictured: false
    property bool under: false  // what it costs stands under the words
    property bool single: false
    property bool gone: false
    property bool full: false
    property int count: 0  // portions, where more than one can be had; then they are counted here
    property int most: 1
    property bool countable: false  // has the height for it from the start
    property string key
    property string lessName: "−"
    property string moreName: "+"
    readonly property bool counting: count > 0 && most + count > 2
    readonly property real counter: Math.max(48, Theme.px(48))
    // a name too long to stand beside what counts has it underneath, and the height for it from the start
    readonly property bool stacks: countable && !pictured && measured.advanceWidth > 1.8 * (width - mark.width - 2 * counter - Theme.xxl - 2 * Theme.m - 2 * Theme.s)
    TextMetrics { id: measured; text: root.countable ? root.text : ""; font.family: Theme.family; font.pixelSize: Theme.body; font.weight: Theme.medium }
    signal counted(int n)
    name: text + (count > 1 ? " ×" + count : "") + (extra ? ", " + extra : "") + (note ? ", " + note : "")
    checkable: true
    role: single ? Accessible.RadioButton : Accessible.CheckBox
    enabled: !gone
    implicitHeight: pictured ? Math.max(Theme.px(172) + 2 * (Theme.label - Theme.px(15)), Math.ceil(texts.y + texts.implicitHeight + Theme.xs
            + (countable ? counter + Theme.xs : extra ? price.implicitHeight : 0)))
        : Math.max(countable ? Theme.px(80) : Theme.touchLarge, texts.implicitHeight + Theme.m + (stacks ? counter + Theme.xs : 0))
    Rectangle {
        anchors.fill: parent
        radius: Theme.radiusM
        color: root.checked ? Theme.accentSoft : root.down ? Theme.surfaceSunken : Theme.surface
        border.width: root.checked ? Theme.outline : Theme.hairline
        border.color: root.checked ? Theme.accent : Theme.line
        opacity: root.gone || root.full ? 0.6 : 1
        Behavior on opacity { NumberAnimation { duration: Theme.normal } }
    }
    Loader {  // most choices are words alone: a dish with twenty of them opens in half the time without their pictures
        id: picture
        active: root.pictured
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.top: parent.top
        anchors.topMargin: Theme.xs
        width: parent.width - 2 * Theme.xs
        height: Theme.px(100)
        sourceComponent: PImage {
            radius: Theme.radiusS
            dished: true
            inset: 0.1
            source: root.image
            behind: root.checked ? Theme.accentSoft : root.down ? Theme.surfaceSunken : Theme.surface
            name: root.text
            key: root.subject
            faded: root.gone
        }
    }
    Rectangle {
        id: mark
        anchors.left: parent.left
        anchors.leftMargin: root.pictured ? parent.width - width - Theme.s : Theme.m
        y: root.pictured ? Theme.s : (parent.height - height) / 2
        width: Theme.px(26)
        height: width
        radius: root.single ? width / 2 : Theme.radiusS
        color: root.checked ? Theme.accent : root.pictured ? Theme.surface : "transparent"
        border.width: root.checked ? 0 : Theme.outline
        border.color: root.gone || root.full ? Theme.line : Theme.lineStrong
        PIcon {
            anchors.centerIn: parent
            name: root.checked ? "check" : ""
            size: Theme.iconS
            color: Theme.inkOnAccent
        }
    }
    Column {
        id: texts
        objectName: "words"
        anchors.left: parent.left
        anchors.leftMargin: root.pictured ? Theme.s : Theme.m + mark.width + Theme.s
        y: root.pictured ? picture.y + picture.height + Theme.xs : (parent.height - height - (root.stacks ? root.counter + Theme.xs : 0)) / 2
        width: root.pictured ? parent.width - 2 * Theme.s
            : parent.width - mark.width - aside - 2 * Theme.m - (aside > 0 ? 2 : 1) * Theme.s
        readonly property bool priced: root.pictured && root.countable  // what it costs is said here, above what counts it
        readonly property real aside: root.counting && !root.stacks ? portions.width : root.under ? 0 : price.width
        PText {
            width: parent.width
            text: shell.parted(root.text, width, font)
            color: root.gone ? Theme.inkFaint : Theme.ink
            font.pixelSize: root.pictured ? Theme.label : Theme.body
            font.weight: root.pictured ? Theme.semibold : Theme.medium
            wrapMode: Text.Wrap
            maximumLineCount: root.pictured ? 6 : 20  // it is as tall as it needs
            elide: Text.ElideRight
            Accessible.ignored: true
        }
        PText {
            width: parent.width
            visible: text !== ""
            text: root.note !== "" || !(root.counting || root.under || texts.priced) || root.stacks ? root.note : root.extra
            color: root.gone ? Theme.warning : texts.priced ? Theme.accentStrong : Theme.inkMuted
            font.pixelSize: root.under || texts.priced ? Theme.label : Theme.caption
            font.weight: texts.priced ? Theme.semibold : Theme.regular
            wrapMode: Text.Wrap
            maximumLineCount: 2
            elide: Text.ElideRight
            Accessible.ignored: true
        }
    }
    PText {
        id: price
        anchors.left: parent.left
        anchors.leftMargin: root.pictured ? Theme.s : parent.width - width - Theme.m
        y: root.pictured ? parent.height - height - Theme.xs : root.stacks ? texts.y : (parent.height - height) / 2
        visible: !(root.pictured && (root.gone || root.countable)) && !root.under && (!root.counting || root.stacks)
        text: root.extra
        color: root.gone ? Theme.inkFaint : root.pictured ? Theme.accentStrong : Theme.inkMuted
        font.pixelSize: root.pictured ? Theme.label : Theme.body
        font.weight: Theme.semibold
        font.features: ({ "tnum": 1 })
        Accessible.ignored: true
    }
    Loader {
        id: portions
        parent: root  // over the area that takes the choice itself
        z: 1
        active: root.counting
        anchors.right: parent.right
        anchors.rightMargin: Theme.xs
        anchors.bottom: root.pictured || root.stacks ? parent.bottom : undefined
        anchors.bottomMargin: root.pictured || root.stacks ? Theme.xs : 0
        anchors.verticalCenter: root.pictured || root.stacks ? undefined : parent.verticalCenter
        sourceComponent: PStepper {
            objectName: root.key + ".count"
            size: root.counter
            name: root.text
            lessName: root.lessName
            moreName: root.moreName
            value: root.count
            minimum: 0
            maximum: Math.max(root.most, root.count)
            onChanged: (value) => root.counted(value)
        }
    }
}
