import QtQuick
import "../theme"
import "../controls"

// Language and where to eat, on one page, with everything that is touched in the lower half.
Page {
    id: page
    title: shell.tr("kiosk.where")
    signal numberWanted()
    readonly property bool tall: height > width
    readonly property real gap: tall ? Theme.xxl : Theme.l
    signal languagesAsked()
    signal againWanted()
    readonly property var dish: vm.showCase.length > 0 ? vm.showCase[0] : ({ image: "", name: "" })
    PDisc {  // a plate that looks in from above, where nobody has to reach
        id: plate
        visible: page.tall
        anchors.horizontalCenter: parent.horizontalCenter
        y: -height * 0.37
        width: page.width * 1.16
        color: Theme.accentSoft
        PDisc {
            id: disc
            visible: width > Theme.px(140)
            anchors.horizontalCenter: parent.horizontalCenter
            y: Math.min(parent.height * 0.43, head.y - parent.y - Theme.l - height)  // over the words, whatever their lines
            width: Math.min(parent.width * 0.5, head.y - 2 * Theme.l)
            color: Theme.surface
            PImage {
                anchors.centerIn: parent
                visible: page.dish.image !== ""
                width: parent.width * 0.68
                height: width
                inset: 0
                detail: 512
                showsGround: false
                radius: Math.round(width / 2)
                behind: Theme.surface
                source: page.dish.image
                name: page.dish.name
            }
            PText {  // the shop's monogram: without pictures nothing says more of it
                anchors.centerIn: parent
                visible: page.dish.image === ""
                text: shell.initial(vm.shopName)
                font.pixelSize: Math.max(1, Math.round(parent.width * Math.min(0.5, 1 / text.length)))
                font.weight: Theme.black
                color: Theme.accent
                Accessible.ignored: true
            }
        }
    }
    Column {
        id: head
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: places.top
        anchors.bottomMargin: page.gap
        width: parent.width - 2 * Theme.xl
        spacing: Theme.s
        PText {
            width: parent.width
            visible: !Theme.reach
            horizontalAlignment: Text.AlignHCenter
            text: vm.shopName
            color: Theme.accentStrong
            font.pixelSize: Theme.title
            font.weight: Theme.bold
            wrapMode: Text.Wrap
            maximumLineCount: 3
        }
        PText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: shell.phrased(shell.tr("kiosk.where"))
            font.pixelSize: Theme.reach ? Theme.headline : Theme.display
            font.weight: Theme.black
            wrapMode: Text.Wrap
            lineHeight: 1.05
        }
    }
    Grid {  // side by side; in large type, where that is too narrow, one over the other with the words beside the picture
        id: places
        readonly property bool stacked: Theme.large && page.tall
        columns: stacked ? 1 : 2
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: foot.top
        anchors.bottomMargin: page.gap
        spacing: Theme.l
        readonly property real room: page.height - foot.height - foot.anchors.bottomMargin - head.height - 2 * page.gap - Theme.l
        readonly property real cell: Math.min((page.width - 2 * Theme.xl - spacing) / 2, page.height * (page.tall ? 0.36 : 0.42), room)
        Repeater {
            model: [{ key: "here", icon: "utensils" }, { key: "takeaway", icon: "shopping-bag" }]
            PPressable {
                id: place
                required property var modelData
                objectName: "kiosk.dining." + modelData.key
                name: shell.tr("kiosk." + modelData.key)
                width: places.stacked ? page.width - 2 * Theme.xl : Math.min((page.width - 2 * Theme.xl - places.spacing) / 2, Math.max(places.cell, Theme.px(250) * Theme.magnified))
                height: places.stacked ? (places.cell - places.spacing) / 2 : places.cell
                onClicked: vm.begin(modelData.key)
                PCard {
                    anchors.fill: parent
                    raised: true
                    radius: Theme.radiusXl
                    color: place.down ? Theme.accentSoft : Theme.surface
                }
                Rectangle {
                    id: emblem
                    anchors.left: parent.left
                    anchors.leftMargin: places.stacked ? Theme.l : (parent.width - width) / 2
                    y: places.stacked ? (parent.height - height) / 2 : parent.height * (Theme.large ? 0.08 : 0.13)
                    width: parent.height * (places.stacked ? 0.7 : Theme.large ? 0.42 : 0.48)
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
                    anchors.top: places.stacked ? parent.top : emblem.bottom
                    anchors.bottom: parent.bottom
                    anchors.left: places.stacked ? emblem.right : parent.left
                    anchors.right: parent.right
                    anchors.margins: Theme.s
                    horizontalAlignment: Text.AlignHCenter
                    verticalAlignment: Text.AlignVCenter
                    text: place.name
                    font.pixelSize: Theme.headline
                    fontSizeMode: Text.Fit
                    minimumPixelSize: Theme.least
                    wrapMode: Text.WordWrap
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
        anchors.bottomMargin: (Theme.touchHuge + 2 * Theme.m - back.height) / 2
        width: parent.width - 2 * Theme.xl
        spacing: page.tall ? Theme.l : Theme.s
        LanguageGrid {
            visible: count > 1 && !Theme.reach
            width: Math.min(parent.width, page.tall ? parent.width : Theme.px(Theme.large ? 1180 : 900), count * Theme.px(320) - Theme.s)
            least: Theme.px(150)
            anchors.horizontalCenter: parent.horizontalCenter
            onChosen: (code) => vm.speak(code)
        }
        Grid {  // all in a row where they fit, else two and two, else under each other
            id: ways
            readonly property real room: page.width - 2 * (Theme.l + Theme.helpRoom)
            readonly property real former: (phone.visible ? phone.implicitWidth + Theme.m : 0) + again.implicitWidth
            readonly property real latter: back.implicitWidth + (spoken.visible ? spoken.implicitWidth + Theme.m : 0)
            anchors.horizontalCenter: parent.horizontalCenter
            columns: former + latter + Theme.m <= room ? 2 : 1
            horizontalItemAlignment: Grid.AlignHCenter
            columnSpacing: Theme.m
            rowSpacing: Theme.xs
            Grid {
                columns: ways.former <= ways.room ? 2 : 1
                horizontalItemAlignment: Grid.AlignHCenter
                columnSpacing: Theme.m
                rowSpacing: Theme.xs
                PButton {
                    id: phone
                    objectName: "kiosk.start.phone"
                    width: Math.min(implicitWidth, ways.room)
                    visible: vm.phone.possible
                    kind: "quiet"
                    size: "l"
                    icon: "tablet"
                    text: shell.tr("kiosk.from_phone")
                    onClicked: page.numberWanted()
                }
                PButton {
                    id: again
                    objectName: "kiosk.start.again"
                    width: Math.min(implicitWidth, ways.room)
                    kind: "quiet"
                    size: "l"
                    icon: "rotate-ccw"
                    text: shell.tr("kiosk.again")
                    onClicked: page.againWanted()
                }
            }
            Grid {
                columns: ways.latter <= ways.room ? 2 : 1
                horizontalItemAlignment: Grid.AlignHCenter
                columnSpacing: Theme.m
                rowSpacing: Theme.xs
                PButton {
                    id: back
                    objectName: "kiosk.start.back"
                    kind: "quiet"
                    size: "l"
                    icon: "arrow-left"
                    text: shell.tr("kiosk.back")
                    onClicked: vm.startOver()
                }
                PButton {
                    id: spoken
                    objectName: "kiosk.start.lang"
                    visible: Theme.reach && vm.languages.length > 1
                    size: "l"
                    icon: "languages"
                    text: vm.languages.filter((l) => l.code === shell.language).map((l) => l.name).join("")
                    name: shell.tr("kiosk.language") + ", " + text
                    onClicked: page.languagesAsked()
                }
            }
        }
    }
}
