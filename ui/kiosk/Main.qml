import QtQuick
import "../theme"
import "../controls"
import "../staff"

// The kiosk's window: the page that is there when nobody is, and the rest as soon as that page has been drawn.
Rectangle {
    id: root
    color: Theme.background
    readonly property bool tall: height > width
    readonly property real fit: tall ? Math.min(width / 720, height / 1180) : Math.min(width / 1440, height / 810)
    Binding { target: Theme; property: "unit"; value: Math.max(0.35, root.fit * (Theme.reach && !root.tall ? 0.9 : 1)) }
    Binding { target: Theme; property: "finger"; value: root.tall ? 60 : 66 }
    Binding { target: Theme; property: "dark"; value: rest.dark && vm.page === "attract" && !staff.isOpen }
    Binding { target: rest; property: "alone"; value: vm.page === "attract" && !staff.isOpen }
    Binding { target: Theme; property: "family"; value: shell.typeface }
    Binding { target: Theme; property: "mirrored"; value: shell.mirrored }
    Binding { target: Theme; property: "brand"; value: shell.brand }
    Binding { target: Theme; property: "contrast"; value: vm.comfort.contrast }
    Binding { target: Theme; property: "magnified"; value: vm.comfort.magnified }
    Binding { target: Theme; property: "reducedMotion"; value: vm.comfort.still }
    Binding { target: Theme; property: "patience"; value: vm.comfort.longer }
    Binding { target: Theme; property: "reach"; value: vm.comfort.reach }
    LayoutMirroring.enabled: Theme.mirrored
    LayoutMirroring.childrenInherit: true

    Item {
        anchors.fill: parent
        enabled: (!visit.item || !visit.item.covered) && !staff.isOpen && !layer.signShown
        AttractPage {  // a few pixels about its place while nobody comes, lest it burns in
            objectName: "kiosk.attract.page"
            readonly property int room: rest.moved ? Theme.px(5) : 0
            anchors.fill: parent
            anchors { leftMargin: Theme.px(rest.dx) - room; rightMargin: -Theme.px(rest.dx) - room; topMargin: Theme.px(rest.dy) - room; bottomMargin: -Theme.px(rest.dy) - room }
            shown: vm.page === "attract"
        }
    }
    Loader {
        id: visit
        objectName: "kiosk.visit.loader"
        anchors.fill: parent
        active: false
        visible: status === Loader.Ready
        enabled: !staff.isOpen && !layer.signShown
        sourceComponent: Visit { tall: root.tall }
        function make(bitByBit) { asynchronous = bitByBit; active = true }
    }
    Connections {
        target: shell
        function onDrawnChanged() { if (!visit.active) visit.make(true) }  // between two frames
    }
    Connections {
        target: vm
        function onChanged() { if (vm.page !== "attract" && !visit.item) visit.make(false) }  // somebody waits for it
    }
    StaffLayer { id: layer; free: vm.page === "attract" || vm.page === "start" }
}
