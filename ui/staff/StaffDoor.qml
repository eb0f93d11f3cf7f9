import QtQuick
import "../theme"
import "../controls"

// What staff see who know the way in: the pad for their PIN, and the page behind it.
FocusScope {
    id: door
    objectName: "staff.door"
    readonly property bool tall: height > width
    focus: true
    Component.onCompleted: forceActiveFocus()
    Keys.onPressed: (event) => {
        if (event.key >= Qt.Key_0 && event.key <= Qt.Key_9) staff.press(String(event.key - Qt.Key_0))
        else if (event.key === Qt.Key_Backspace) staff.press("del")
        else if (event.key === Qt.Key_Return || event.key === Qt.Key_Enter) staff.press("ok")
        else if (event.key === Qt.Key_Escape) staff.leave()
        event.accepted = true  // nothing goes on to what lies under it
    }
    Rectangle {
        anchors.fill: parent
        color: Theme.background
        MouseArea { anchors.fill: parent; onWheel: (wheel) => wheel.accepted = true }
    }
    Item {
        id: head
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.l }
        height: Theme.touchLarge
        PText {
            anchors { left: parent.left; right: out.left; rightMargin: Theme.m; verticalCenter: parent.verticalCenter }
            text: shell.tr("stays.door")
            font.pixelSize: Theme.headline
            font.weight: Theme.black
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
        PButton {
            id: out
            objectName: "staff.leave"
            anchors { right: parent.right; verticalCenter: parent.verticalCenter }
            size: "l"
            icon: "x"
            text: shell.tr("stays.leave")
            onClicked: staff.leave()
        }
    }
    Loader {
        objectName: "staff.inside"
        anchors { left: parent.left; right: parent.right; top: head.bottom; bottom: parent.bottom; topMargin: Theme.m }
        enabled: staff.page.roleQuestion === ""
        source: staff.state === "page" ? "StaffPage.qml" : staff.state === "pin" ? "StaffPin.qml" : ""
        onLoaded: if (item) item.forceActiveFocus()
    }
    PEmpty {
        objectName: "staff.none"
        visible: staff.state === "none"
        anchors.centerIn: parent
        icon: "user"
        title: shell.tr("stays.pin_none")
        text: shell.tr("stays.pin_none_text")
    }
    PDialog {
        objectName: "staff.role.sure"
        open: staff.page.roleQuestion !== ""
        icon: "monitor"
        title: staff.page.roleQuestion
        text: shell.tr("stays.role_text")
        accept: shell.tr("stays.role_yes")
        decline: shell.tr("stays.role_no")
        onAccepted: staff.page.changeRole()
        onDeclined: staff.page.askRole("")
    }
}
