import QtQuick
import "../theme"
import "../controls"

// The three places of the tablet, who it is, and in which language.
Rectangle {
    id: rail

    width: Math.max(Theme.px(92), Theme.touch + 2 * Theme.xs)
    color: Theme.surface

    Rectangle {
        anchors { right: parent.right; top: parent.top; bottom: parent.bottom }
        width: Theme.hairline
        color: Theme.line
    }
    Column {
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.xs; topMargin: Theme.s }
        spacing: Theme.xs

        Repeater {
            model: [
                { page: "orders", icon: "receipt" },
                { page: "new", icon: "plus" },
                { page: "stock", icon: "package-x" }
            ]
            delegate: PPressable {
                id: place
                required property var modelData
                objectName: "pos.page." + modelData.page
                width: parent.width
                height: Theme.touchHuge
                name: shell.tr("pos." + modelData.page)
                role: Accessible.PageTab
                checkable: true
                checked: vm.page === modelData.page
                onClicked: vm.page = modelData.page

                Rectangle {
                    anchors.fill: parent
                    radius: Theme.radiusM
                    color: place.checked ? Theme.accentSoft : place.down ? Theme.surfaceSunken : "transparent"
                }
                Column {
                    anchors.centerIn: parent
                    width: parent.width
                    spacing: Theme.xxs
                    PIcon {
                        anchors.horizontalCenter: parent.horizontalCenter
                        name: place.modelData.icon
                        size: Theme.iconL
                        color: place.checked ? Theme.accent : Theme.inkMuted
                    }
                    PText {
                        width: parent.width
                        horizontalAlignment: Text.AlignHCenter
                        text: place.name
                        color: place.checked ? Theme.accent : Theme.inkMuted
                        font.pixelSize: Theme.caption
                        font.weight: Theme.semibold
                        Accessible.ignored: true
                    }
                }
            }
        }
    }
    Column {
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: Theme.xs; bottomMargin: Theme.s }
        spacing: Theme.xs

        PPressable {
            objectName: "pos.language"
            width: parent.width
            height: Theme.touch
            visible: shell.languages.length > 1
            name: shell.tr("pos.language")
            onClicked: shell.language = shell.languages[(shell.languages.indexOf(shell.language) + 1) % shell.languages.length]
            Row {
                anchors.centerIn: parent
                spacing: Theme.xxs
                PIcon {
                    anchors.verticalCenter: parent.verticalCenter
                    name: "languages"
                    size: Theme.iconS
                    color: Theme.inkMuted
                }
                PText {
                    text: shell.language.toUpperCase()
                    muted: true
                    font.pixelSize: Theme.label
                    font.weight: Theme.semibold
                    Accessible.ignored: true
                }
            }
        }
        PText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: vm.label
            muted: true
            wrapMode: Text.Wrap
            maximumLineCount: 2
            font.pixelSize: Theme.caption
        }
    }
}
