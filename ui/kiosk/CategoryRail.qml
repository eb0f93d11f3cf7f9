import QtQuick
import "../theme"
import "../controls"

ListView {
    id: rail
    model: vm.categories
    clip: true
    boundsBehavior: Flickable.StopAtBounds
    spacing: Theme.xs
    topMargin: Theme.xxs
    bottomMargin: Theme.l
    delegate: PPressable {
        id: cell
        required property string category_id
        required property string image
        required name
        objectName: "kiosk.category." + category_id
        checkable: true
        role: Accessible.PageTab
        checked: vm.category === category_id
        width: rail.width
        height: vm.railPictured ? Theme.px(108) : Theme.px(78)
        onClicked: vm.setCategory(category_id)
        Rectangle {
            anchors.fill: parent
            radius: Theme.radiusM
            color: cell.checked ? Theme.surface : cell.down || !vm.railPictured ? Theme.surfaceSunken : "transparent"
            border.width: cell.checked ? Theme.outline : 0
            border.color: Theme.accent
        }
        PImage {
            visible: vm.railPictured
            anchors.horizontalCenter: parent.horizontalCenter
            anchors.top: parent.top
            anchors.topMargin: Theme.xs
            width: Theme.px(56)
            height: width
            showsGround: cell.image === ""
            round: true
            inset: 0.02
            source: cell.image
            name: cell.name
        }
        PText {
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.margins: Theme.xxs
            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.xs
            height: vm.railPictured ? Theme.px(36) : parent.height - 2 * Theme.xs
            text: cell.name
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
            wrapMode: Text.Wrap
            maximumLineCount: vm.railPictured ? 2 : 3
            elide: Text.ElideRight
            font.pixelSize: Theme.label
            fontSizeMode: Text.Fit
            minimumPixelSize: Theme.caption
            font.weight: cell.checked ? Theme.bold : Theme.medium
            color: cell.checked ? Theme.accentStrong : Theme.ink
            Accessible.ignored: true
        }
    }
    Rectangle {  // more categories below
        parent: rail
        anchors.bottom: parent.bottom
        width: parent.width
        height: Theme.xxl
        visible: !rail.atYEnd
        gradient: Gradient {
            GradientStop { position: 0; color: Theme.backgroundClear }
            GradientStop { position: 1; color: Theme.background }
        }
    }
}
