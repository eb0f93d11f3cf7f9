import QtQuick
import "../theme"
import "../controls"

ListView {
    id: rail
    model: vm.categories
    clip: true
    boundsBehavior: Flickable.StopAtBounds
    spacing: Theme.xs
    topMargin: Theme.xs
    bottomMargin: Theme.l
    leftMargin: Theme.s
    delegate: PPressable {
        id: cell
        required property var modelData
        objectName: "kiosk.category." + modelData.category_id
        name: modelData.name
        checkable: true
        role: Accessible.PageTab
        checked: vm.category === modelData.category_id
        width: rail.width - Theme.s
        height: Theme.px(112)
        onClicked: vm.setCategory(modelData.category_id)
        Rectangle {
            anchors.fill: parent
            radius: Theme.radiusM
            color: cell.checked ? Theme.surface : cell.down ? Theme.surfaceSunken : "transparent"
            border.width: cell.checked ? Theme.outline : 0
            border.color: Theme.accent
        }
        PImage {
            anchors.horizontalCenter: parent.horizontalCenter
            anchors.top: parent.top
            anchors.topMargin: Theme.xs
            width: Theme.px(58)
            height: width
            showsGround: false
            inset: 0.02
            source: cell.modelData.image
            name: cell.modelData.name
        }
        PText {
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.margins: Theme.xxs
            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.xs
            height: Theme.px(36)
            text: cell.modelData.name
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
            wrapMode: Text.Wrap
            maximumLineCount: 2
            elide: Text.ElideRight
            font.pixelSize: Theme.label
            fontSizeMode: Text.Fit
            minimumPixelSize: Theme.caption
            font.weight: cell.checked ? Theme.bold : Theme.medium
            color: cell.checked ? Theme.accentStrong : Theme.ink
            Accessible.ignored: true
        }
    }
}
