import QtQuick
import "../theme"

// Over every page of every screen: the out-of-order sign, the staff door, and what dims the light.
Item {
    id: layer
    property bool free: true  // nobody is in the middle of anything that the sign would take from them
    readonly property bool signShown: staff.page.closed && staff.page.forCustomers && free
    anchors.fill: parent
    z: 1000
    Loader {
        objectName: "staff.sign.loader"
        anchors.fill: parent
        active: layer.signShown
        source: "ClosedPage.qml"
    }
    Loader {
        objectName: "staff.loader"
        anchors.fill: parent
        active: staff.isOpen
        source: "StaffDoor.qml"
    }
    Rectangle {
        objectName: "rest.veil"
        anchors.fill: parent
        visible: opacity > 0
        color: Theme.veil
        opacity: rest.veil
        Behavior on opacity { NumberAnimation { duration: Theme.slow } }
    }
}
