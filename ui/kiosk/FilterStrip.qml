import QtQuick
import "../theme"
import "../controls"

// Says that not everything is shown, and why; one touch shows everything again.
Item {
    id: strip
    readonly property string part: "filters"
    signal opened()
    readonly property bool on: vm.browse.wishes > 0 && vm.browse.count > 0  // where nothing is left, the empty list says so
    height: on ? Math.max(Theme.touch, Theme.large ? said.implicitHeight + Theme.xs : 0, Theme.large ? clear.implicitHeight : 0) + Theme.s : 0
    visible: on
    Rectangle {
        anchors.fill: parent
        anchors.leftMargin: Theme.m  // as the dishes
        anchors.rightMargin: Theme.m
        anchors.bottomMargin: Theme.s
        radius: Theme.radiusM
        color: Theme.accentSoft
        border.width: Theme.outline
        border.color: Theme.accent
        PPressable {
            objectName: "kiosk.filters.strip"
            anchors.left: parent.left
            anchors.right: clear.left
            height: parent.height
            name: said.text
            onClicked: strip.opened()
            PIcon {
                id: sign
                anchors.left: parent.left
                anchors.leftMargin: Theme.m
                anchors.verticalCenter: parent.verticalCenter
                name: "filter"
                color: Theme.accentStrong
            }
            PText {
                id: said
                anchors.left: sign.right
                anchors.leftMargin: Theme.s
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                text: shell.tr("kiosk.filters_on", { names: vm.browse.wished })
                color: Theme.accentStrong
                font.weight: Theme.bold
                font.pixelSize: Theme.label
                wrapMode: Text.Wrap
                maximumLineCount: 2
                elide: Text.ElideRight
                Accessible.ignored: true
            }
        }
        PButton {
            id: clear
            objectName: "kiosk.filters.clear"
            anchors.right: parent.right
            width: Math.min(implicitWidth, strip.width * 0.45)
            height: parent.height
            kind: "quiet"
            icon: "x"
            text: shell.tr("kiosk.filters_clear")
            onClicked: vm.browse.clearWishes()
        }
    }
}
