import QtQuick
import "../theme"
import "../controls"

// Language and where to eat, on one page, with everything that is touched in the lower half.
Page {
    id: page
    readonly property bool tall: height > width
    PText {
        id: title
        anchors.horizontalCenter: parent.horizontalCenter
        y: page.tall ? parent.height * 0.26 : parent.height * 0.1
        width: parent.width - 2 * Theme.xl
        horizontalAlignment: Text.AlignHCenter
        text: shell.tr("kiosk.where")
        font.pixelSize: Theme.display
        font.weight: Theme.black
        wrapMode: Text.Wrap
    }
    Row {
        id: places
        anchors.horizontalCenter: parent.horizontalCenter
        y: page.tall ? parent.height * 0.42 : parent.height * 0.3
        spacing: Theme.l
        readonly property real cell: Math.min((page.width - 2 * Theme.xl - spacing) / 2, page.height * 0.36)
        Repeater {
            model: [{ key: "here", icon: "utensils" }, { key: "takeaway", icon: "shopping-bag" }]
            PPressable {
                id: place
                required property var modelData
                objectName: "kiosk.dining." + modelData.key
                name: shell.tr("kiosk." + modelData.key)
                width: places.cell
                height: places.cell
                onClicked: vm.begin(modelData.key)
                PCard {
                    anchors.fill: parent
                    raised: true
                    radius: Theme.radiusXl
                    color: place.down ? Theme.accentSoft : Theme.surface
                }
                Rectangle {
                    anchors.horizontalCenter: parent.horizontalCenter
                    y: parent.height * 0.17
                    width: parent.height * 0.42
                    height: width
                    radius: width / 2
                    color: Theme.accentSoft
                    PIcon {
                        anchors.centerIn: parent
                        name: place.modelData.icon
                        size: Math.round(parent.width * 0.5)
                        color: Theme.accent
                    }
                }
                PText {
                    anchors.horizontalCenter: parent.horizontalCenter
                    anchors.bottom: parent.bottom
                    anchors.bottomMargin: parent.height * 0.12
                    width: parent.width - 2 * Theme.m
                    horizontalAlignment: Text.AlignHCenter
                    text: place.name
                    font.pixelSize: Theme.title
                    font.weight: Theme.bold
                    Accessible.ignored: true
                }
            }
        }
    }
    Column {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: page.tall ? Theme.xxxl : Theme.xl
        width: parent.width - 2 * Theme.xl
        spacing: Theme.xl
        Grid {
            columns: Math.min(3, Math.max(1, vm.languages.length))
            spacing: Theme.s
            anchors.horizontalCenter: parent.horizontalCenter
            Repeater {
                model: vm.languages
                PChip {
                    required property var modelData
                    objectName: "kiosk.lang." + modelData.code
                    text: modelData.name
                    icon: "languages"
                    checked: shell.language === modelData.code
                    implicitHeight: Theme.touchLarge
                    onClicked: vm.speak(modelData.code)
                }
            }
        }
        PButton {
            objectName: "kiosk.start.back"
            anchors.horizontalCenter: parent.horizontalCenter
            kind: "quiet"
            size: "l"
            icon: "arrow-left"
            text: shell.tr("kiosk.back")
            onClicked: vm.startOver()
        }
    }
}
