import QtQuick
import "../theme"
import "../controls"

// Goes on with this basket on the customer's phone. The order here stays until they have gone.
PDialog {
    id: root
    clear: true
    title: shell.tr("kiosk.to_phone")
    text: shell.tr("kiosk.to_phone_text")
    accept: shell.tr("kiosk.to_phone_done")
    decline: shell.tr("kiosk.keep_here")
    onAccepted: { open = false; vm.startOver() }
    onEscaped: declined()
    onDeclined: { open = false; vm.phone.forget() }
    PCode {
        objectName: "kiosk.phone.code"
        anchors.horizontalCenter: parent.horizontalCenter
        side: Theme.px(280)
        picture: root.open ? vm.phone.picture : ""
        modules: vm.phone.modules
        name: root.text
    }
}
