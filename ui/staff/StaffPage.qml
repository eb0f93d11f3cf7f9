import QtQuick
import "../theme"
import "../controls"

// Behind the staff door: what is wrong, the sign, the light, the sound, the role, and who this terminal is.
FocusScope {
    id: root
    readonly property var page: staff.page
    readonly property bool two: width > Theme.px(900)
    readonly property int column: two ? (scroll.width - 2 * scroll.padding - Theme.l) / 2 : scroll.width - 2 * scroll.padding
    PScroll {
        id: scroll
        objectName: "staff.scroll"
        anchors.fill: parent
        padding: Theme.l
        Flow {
            width: scroll.width - 2 * scroll.padding
            spacing: Theme.l
            Column {
                width: root.column
                spacing: Theme.m
                PNotes { width: parent.width; notes: root.page.notes }
                Troubles {
                    width: parent.width
                    visible: !well || !root.page.notes.rows.length
                    sentences: root.page.troubles
                }
                PSwitch {
                    objectName: "staff.sign"
                    visible: root.page.forCustomers
                    width: parent.width
                    icon: "store"
                    text: shell.tr("stays.sign")
                    hint: shell.tr("stays.sign_text")
                    checked: root.page.closed
                    onClicked: root.page.setSign(!root.page.closed)
                }
                PText {
                    visible: root.page.forCustomers
                    width: parent.width
                    text: shell.tr("stays.sign_text")
                    muted: true
                    wrapMode: Text.Wrap
                    bottomPadding: Theme.s
                    Accessible.ignored: true
                }
                PButton {
                    objectName: "staff.restart"
                    visible: root.page.restartable
                    width: parent.width
                    size: "l"
                    icon: "refresh-cw"
                    text: shell.tr("stays.restart")
                    onClicked: root.page.restart()
                }
                PButton {
                    objectName: "staff.print"
                    visible: root.page.printer
                    width: parent.width
                    size: "l"
                    icon: "printer"
                    usable: !root.page.printing
                    text: shell.tr("stays.print")
                    onClicked: root.page.printTest()
                }
                PText {
                    objectName: "staff.printed"
                    visible: text !== ""
                    width: parent.width
                    text: root.page.printed
                    wrapMode: Text.Wrap
                    Accessible.role: Accessible.AlertMessage
                    Accessible.name: text
                }
                Item { width: 1; height: Theme.xs }
                Dial {
                    objectName: "staff.brightness"
                    width: parent.width
                    icon: "sun"
                    name: shell.tr("stays.brightness")
                    value: root.page.brightness
                    least: root.page.dimmest
                    onTurned: (by) => root.page.brighten(by)
                }
                Dial {
                    objectName: "staff.volume"
                    visible: root.page.audible
                    width: parent.width
                    icon: "volume-2"
                    name: shell.tr("stays.volume")
                    value: root.page.volume
                    onTurned: (by) => root.page.louder(by)
                }
            }
            Column {
                width: root.column
                spacing: Theme.m
                PText {
                    visible: root.page.restartable
                    width: parent.width
                    text: shell.tr("stays.role")
                    font.weight: Theme.bold
                    font.pixelSize: Theme.bodyLarge
                }
                Grid {
                    visible: root.page.restartable
                    width: parent.width
                    columns: 2
                    spacing: Theme.s
                    Repeater {
                        model: root.page.roles
                        PButton {
                            required property var modelData
                            objectName: "staff.role." + modelData.key
                            width: (root.column - Theme.s) / 2
                            size: "l"
                            checkable: true
                            role: Accessible.RadioButton
                            checked: modelData.key === root.page.role
                            kind: checked ? "primary" : "secondary"
                            text: modelData.text
                            onClicked: root.page.askRole(modelData.key)
                        }
                    }
                }
                Facts { width: parent.width; rows: root.page.facts }
            }
        }
    }
}
