import QtQuick
import "../theme"

Rectangle {
    implicitHeight: Theme.hairline
    implicitWidth: Theme.px(100)
    color: Theme.line
}
