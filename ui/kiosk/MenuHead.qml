import QtQuick
import "../theme"
import "../controls"

// Who sells, in which language, eaten where; and the way out.
Rectangle {
    id: head
    signal over()
    implicitHeight: Theme.touch + Theme.l
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
        anchors.rightMargin: Theme.m
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
        PChip {
            objectName: "kiosk.menu.lang"
            visible: vm.languages.length > 1
            checkable: false
            role: Accessible.Button
            text: shell.language.toUpperCase()
            name: shell.tr("kiosk.language")
            icon: "languages"
            onClicked: {
                const at = vm.languages.findIndex((l) => l.code === shell.language)
                vm.speak(vm.languages[(at + 1) % vm.languages.length].code)
            }
        }
        PIconButton {
            objectName: "kiosk.over"
            icon: "x"
            kind: "quiet"
            name: shell.tr("kiosk.start_over")
            onClicked: head.over()
        }
    }
}
