import QtQuick
import "../theme"
import "../controls"

// Who sells, in which language, eaten where; and the way out.
Rectangle {
    implicitHeight: Theme.px(76)
    color: Theme.background
    PText {
        anchors.left: parent.left
        anchors.leftMargin: Theme.l
        anchors.right: choices.left
        anchors.rightMargin: Theme.m
        anchors.verticalCenter: parent.verticalCenter
        text: vm.shopName
        font.pixelSize: Theme.title
        font.weight: Theme.black
    }
    Row {
        id: choices
        anchors.right: parent.right
        anchors.rightMargin: Theme.l
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.xs
        PChip {
            objectName: "kiosk.dining.switch"
            checkable: false
            role: Accessible.Button
            icon: vm.dining === "here" ? "utensils" : "shopping-bag"
            text: shell.tr("kiosk." + vm.dining)
            onClicked: vm.setDining(vm.dining === "here" ? "takeaway" : "here")
        }
        Repeater {
            model: vm.languages
            PChip {
                required property var modelData
                objectName: "kiosk.menu.lang." + modelData.code
                visible: shell.language !== modelData.code && vm.languages.length < 4
                checkable: false
                role: Accessible.Button
                text: modelData.name
                icon: "languages"
                onClicked: vm.speak(modelData.code)
            }
        }
        PIconButton {
            objectName: "kiosk.over"
            icon: "x"
            kind: "quiet"
            name: shell.tr("kiosk.start_over")
            onClicked: vm.startOver()
        }
    }
}
