import QtQuick
import "../theme"
import "../controls"

// Language and where to eat, on one page, with everything that is touched in the lower half.
Page {
    id: page
    readonly property bool tall: height > width
    readonly property var dish: vm.showCase.length > 0 ? vm.showCase[0] : ({ image: "", name: "" })
    Rectangle {  // a plate that looks in from above, where nobody has to reach
        id: plate
        visible: page.tall
        anchors.horizontalCenter: parent.horizontalCenter
        y: -height * 0.37
        width: page.width * 1.16
        height: width
        radius: width / 2
        color: Theme.accentSoft
        Rectangle {
            id: disc
            anchors.horizontalCenter: parent.horizontalCenter
            anchors.bottom: parent.bottom
            anchors.bottomMargin: parent.height * 0.07
            width: parent.width * 0.5
            height: width
            radius: width / 2
            color: Theme.surface
            PImage {
                anchors.centerIn: parent
                visible: page.dish.image !== ""
                width: parent.width * 0.68
                height: width
                inset: 0
                detail: 512
                showsGround: false
                source: page.dish.image
                name: page.dish.name
            }
            PIcon {
                anchors.centerIn: parent
                visible: page.dish.image === ""
                name: "utensils"
                size: Math.round(parent.width * 0.4)
                color: Theme.accent
            }
        }
    }
    Column {
        id: head
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: places.top
        anchors.bottomMargin: page.tall ? Theme.xxl : Theme.xl
        width: parent.width - 2 * Theme.xl
        spacing: Theme.s
        PText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: vm.shopName
            color: Theme.accentStrong
            font.pixelSize: Theme.title
            font.weight: Theme.bold
        }
        PText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: shell.tr("kiosk.where")
            font.pixelSize: Theme.display
            font.weight: Theme.black
            wrapMode: Text.Wrap
            lineHeight: 1.05
        }
    }
    Row {
        id: places
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: foot.top
        anchors.bottomMargin: page.tall ? Theme.xxl : Theme.xl
        spacing: Theme.l
        readonly property real cell: Math.min((page.width - 2 * Theme.xl - spacing) / 2, page.height * (page.tall ? 0.36 : 0.42))
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
                    id: emblem
                    anchors.horizontalCenter: parent.horizontalCenter
                    y: parent.height * 0.13
                    width: parent.height * 0.48
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
                    anchors.top: emblem.bottom
                    anchors.bottom: parent.bottom
                    anchors.left: parent.left
                    anchors.right: parent.right
                    anchors.margins: Theme.s
                    horizontalAlignment: Text.AlignHCenter
                    verticalAlignment: Text.AlignVCenter
                    text: place.name
                    font.pixelSize: Theme.headline
                    fontSizeMode: Text.Fit
                    minimumPixelSize: Theme.bodyLarge
                    wrapMode: Text.Wrap
                    font.weight: Theme.bold
                    Accessible.ignored: true
                }
            }
        }
    }
    Column {
        id: foot
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: page.tall ? Theme.xxl : Theme.l
        width: parent.width - 2 * Theme.xl
        spacing: Theme.l
        Grid {
            visible: vm.languages.length > 1
            columns: Math.min(page.tall ? 4 : 6, Math.max(1, vm.languages.length))
            spacing: Theme.s
            anchors.horizontalCenter: parent.horizontalCenter
            Repeater {
                model: vm.languages
                PChip {
                    required property var modelData
                    objectName: "kiosk.lang." + modelData.code
                    text: modelData.name
                    size: Theme.bodyLarge
                    checked: shell.language === modelData.code
                    height: Theme.touchLarge
                    width: Math.max(implicitWidth, Theme.px(150))
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
