import QtQuick
import "../theme"
import "../controls"

// Who sells, ways to find a dish, in which language, eaten where; and the way out. While searching, what is typed.
Rectangle {
    id: head
    readonly property string part: "head"
    property bool tall: true
    signal over()
    signal filtersOpened()
    readonly property bool searching: vm.browse.searching
    signal languagesAsked()
    implicitHeight: Theme.touch + Theme.l
    color: Theme.background
    readonly property alias field: field
    onSearchingChanged: if (searching) field.take()
    PText {
        anchors.left: parent.left
        anchors.leftMargin: Theme.l
        anchors.right: choices.left
        anchors.rightMargin: Theme.m
        anchors.verticalCenter: parent.verticalCenter
        height: parent.height - Theme.xs
        verticalAlignment: Text.AlignVCenter
        visible: !head.searching
        opacity: truncated && Theme.large ? 0 : 1  // whole or not at all: who sells was read before
        text: vm.shopName
        wrapMode: Theme.large ? Text.NoWrap : Text.Wrap
        font.pixelSize: Theme.title
        fontSizeMode: Theme.large ? Text.FixedSize : Text.Fit
        minimumPixelSize: Theme.least
        font.weight: Theme.black
    }
    PSearchField {
        id: field
        objectName: "kiosk.search"
        anchors.left: parent.left
        anchors.leftMargin: Theme.m
        anchors.right: choices.left
        anchors.rightMargin: Theme.s
        anchors.verticalCenter: parent.verticalCenter
        visible: head.searching
        placeholder: shell.tr("kiosk.search_for")
        clearName: shell.tr("kiosk.search_clear")
        onEdited: (text) => vm.browse.type(text)
        Binding { target: field; property: "text"; value: vm.browse.query }
        Keys.onEscapePressed: vm.browse.search(false)
    }
    Row {
        id: choices
        anchors.right: parent.right
        anchors.rightMargin: Theme.m
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.xs
        PChip {
            objectName: "kiosk.search.open"
            visible: !head.searching && vm.searchable
            checkable: false
            role: Accessible.Button
            icon: "search"
            text: head.tall ? "" : shell.tr("kiosk.search")
            name: shell.tr("kiosk.search_for")
            onClicked: vm.browse.search(true)
        }
        PChip {
            objectName: "kiosk.filters.open"
            visible: vm.browse.filterable
            checkable: false
            role: Accessible.Button
            icon: "filter"
            text: head.tall ? "" : shell.tr("kiosk.filters")
            count: vm.browse.wishes > 0 ? vm.browse.wishes : ""
            name: shell.tr("kiosk.filters")
            onClicked: head.filtersOpened()
        }
        PChip {
            objectName: "kiosk.dining.switch"
            visible: !head.searching || !head.tall
            checkable: false
            role: Accessible.Button
            icon: vm.dining === "here" ? "utensils" : "shopping-bag"
            text: head.tall && Theme.large ? "" : shell.tr("kiosk." + vm.dining)
            name: shell.tr("kiosk." + vm.dining)
            onClicked: vm.setDining(vm.dining === "here" ? "takeaway" : "here")
        }
        PChip {
            objectName: "kiosk.menu.lang"
            visible: vm.languages.length > 1 && (!head.searching || !head.tall)
            checkable: false
            role: Accessible.Button
            text: shell.language.toUpperCase()
            name: shell.tr("kiosk.language")
            icon: "languages"
            onClicked: head.languagesAsked()
        }
        PIconButton {
            objectName: "kiosk.over"
            visible: !head.searching
            icon: "x"
            kind: "quiet"
            name: shell.tr("kiosk.start_over")
            onClicked: head.over()
        }
        PButton {
            objectName: "kiosk.search.close"
            visible: head.searching
            kind: "quiet"
            text: shell.tr("kiosk.search_end")
            onClicked: vm.browse.search(false)
        }
    }
}
