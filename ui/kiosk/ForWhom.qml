import QtQuick
import "../theme"
import "../controls"

// For whom the dish is, where several order together: the names so far, and one more. Who orders alone passes it by.
Column {
    id: root
    readonly property string part: "whom"
    spacing: Theme.s
    Accessible.role: Accessible.Grouping
    Accessible.name: vm.whom.names.length > 0 ? shell.tr("kiosk.whom") : ""  // one button alone says it itself
    PText {
        width: parent.width
        visible: vm.whom.names.length > 0
        text: shell.tr("kiosk.whom")
        font.pixelSize: Theme.bodyLarge
        font.weight: Theme.bold
        wrapMode: Text.Wrap
        Accessible.role: Accessible.Heading
        Accessible.name: text
    }
    Flow {
        anchors.left: parent.left
        anchors.leftMargin: vm.whom.names.length > 0 ? 0 : -Theme.m  // words that stand alone begin where others do
        width: parent.width
        spacing: Theme.s
        Repeater {
            model: vm.whom.names
            PChip {
                required property var modelData
                objectName: "kiosk.whom.name." + modelData.name
                width: Math.min(implicitWidth, root.width)
                icon: modelData.chosen ? "check" : ""
                text: modelData.name
                size: Theme.body
                checked: modelData.chosen
                onClicked: vm.whom.choose(modelData.name)
            }
        }
        PButton {
            objectName: "kiosk.whom.open"
            kind: "quiet"
            width: Math.min(implicitWidth, root.width)
            icon: vm.whom.names.length > 0 ? "plus" : "user"
            text: shell.tr(vm.whom.names.length > 0 ? "kiosk.whom_more" : "kiosk.whom")
            onClicked: vm.whom.ask()
        }
    }
}
