import QtQuick
import "../theme"
import "../controls"

ListView {
    id: rail
    readonly property string part: "categories"
    model: vm.categories
    currentIndex: -1  // it would be kept, far away from what is seen
    clip: true
    boundsBehavior: Flickable.StopAtBounds
    spacing: Theme.xs
    topMargin: Theme.xxs
    bottomMargin: Theme.l
    readonly property bool pictured: vm.railPictured && !(Theme.reach && Theme.large)  // the lower half in large type: words alone
    readonly property string category: vm.category
    onCategoryChanged: follow()
    onVisibleChanged: if (visible) follow()  // not where the customer before left it
    function follow() {  // the rail follows the list
        const at = vm.categories.indexOf(category)
        if (at < 0 || moving) return
        if (at === 0) { contentY = originY - topMargin; return }  // with the room of its frame
        for (const near of [at + 1, at - 1, at])  // with what is next to it, so that no edge lies over it
            if (near >= 0 && near < count) positionViewAtIndex(near, ListView.Contain)
    }
    delegate: PPressable {
        id: cell
        required property string category_id
        required property string image
        required name
        objectName: "kiosk.category." + category_id
        readonly property bool entry: checked
        checkable: true
        role: Accessible.PageTab
        checked: vm.category === category_id && !vm.browse.searching
        anchors.horizontalCenter: parent ? parent.horizontalCenter : undefined  // with room for its frame
        width: rail.width - 2 * Theme.xxs
        readonly property real words: Math.max(Math.ceil(Theme.label * 2.4), Theme.large || rail.pictured ? said.implicitHeight : 0)
        height: rail.pictured ? Theme.px(72) + words : Math.max(Theme.px(78), Theme.label * 3.8, Theme.large ? said.implicitHeight + 2 * Theme.xs : 0)
        onClicked: vm.setCategory(category_id)
        Rectangle {
            anchors.fill: parent
            radius: Theme.radiusM
            color: cell.checked ? Theme.surface : cell.down || !rail.pictured ? Theme.surfaceSunken : "transparent"
            border.width: cell.checked ? Theme.outline : 0
            border.color: Theme.accent
        }
        PImage {
            visible: rail.pictured
            anchors.horizontalCenter: parent.horizontalCenter
            anchors.top: parent.top
            anchors.topMargin: Theme.xs
            width: Theme.px(56)
            height: width
            showsGround: cell.image === ""
            radius: Math.round(width / 2)  // a photo is as round as the rest
            behind: cell.checked ? Theme.surface : cell.down || !rail.pictured ? Theme.surfaceSunken : Theme.background
            inset: 0.02
            source: cell.image
            name: cell.name
        }
        PText {
            id: said
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.margins: Theme.xxs
            anchors.bottom: parent.bottom
            readonly property bool whole: Theme.large && !rail.pictured  // as high as its words
            anchors.bottomMargin: whole ? (parent.height - height) / 2 : Theme.xs
            height: whole ? undefined : rail.pictured ? cell.words : parent.height - 2 * Theme.xs
            text: shell.parted(cell.name, width, font)
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
            wrapMode: Text.Wrap
            maximumLineCount: Theme.large ? 6 : 3
            elide: Text.ElideRight
            font.pixelSize: Theme.label
            fontSizeMode: Theme.large || rail.pictured ? Text.FixedSize : Text.Fit
            minimumPixelSize: Theme.least
            font.weight: cell.checked ? Theme.bold : Theme.medium
            color: cell.checked ? Theme.accentStrong : Theme.ink
            Accessible.ignored: true
        }
    }
    Rectangle {  // more categories above
        parent: rail
        x: Theme.xxs  // beside it may be something else
        width: parent.width - 2 * x
        height: Theme.xl
        visible: rail.contentY > rail.originY + 1
        gradient: Gradient {
            GradientStop { position: 0; color: Theme.background }
            GradientStop { position: 1; color: Theme.backgroundClear }
        }
    }
    Rectangle {  // more categories below
        parent: rail
        anchors.bottom: parent.bottom
        x: Theme.xxs
        width: parent.width - 2 * x
        height: Theme.xxl
        visible: rail.originY + rail.contentHeight > rail.contentY + rail.height + 1
        gradient: Gradient {
            GradientStop { position: 0; color: Theme.backgroundClear }
            GradientStop { position: 1; color: Theme.background }
        }
    }
}
