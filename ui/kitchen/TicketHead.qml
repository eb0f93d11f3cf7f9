import QtQuick
import "../theme"
import "../controls"

// The top of a ticket: the number to call, how long the guest has waited, where it goes. mood: "", "slow", "late".
Rectangle {
    id: head

    property string number
    property string elapsed
    property string dining
    property string place
    property string who
    property string badge
    property string word
    property string mood
    readonly property color inked: mood === "late" ? Theme.inkOnDanger : mood === "slow" ? Theme.inkOnWarning : Theme.ink

    height: words.height + 2 * Theme.xs
    radius: Theme.radiusM
    color: mood === "late" ? Theme.danger : mood === "slow" ? Theme.warning : Theme.surfaceRaised

    Rectangle { // square lower corners: the lines go on below
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
        height: parent.radius
        color: parent.color
    }
    Column {
        id: words
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.s; topMargin: Theme.xs }

        Item {
            width: parent.width
            height: numberText.height
            PText {
                id: numberText
                text: head.number
                color: head.inked
                font.pixelSize: Theme.headline
                font.weight: Theme.black
            }
            PText {
                anchors { right: parent.right; baseline: numberText.baseline }
                text: head.elapsed
                color: head.inked
                font.pixelSize: Theme.title
                font.weight: Theme.bold
                font.features: { "tnum": 1 }
            }
        }
        Item {
            width: parent.width
            height: whereText.height
            PIcon {
                id: whereIcon
                anchors.verticalCenter: parent.verticalCenter
                name: head.dining === "here" ? "utensils" : "shopping-bag"
                size: Theme.iconS
                color: head.inked
            }
            PText {
                id: whereText
                anchors { left: whereIcon.right; leftMargin: Theme.xs; right: wordText.left; rightMargin: Theme.xs }
                text: shell.tr(head.dining === "here" ? "kitchen.here" : "kitchen.takeaway") + (head.who ? " · " + head.who : "")
                color: head.inked
                font.weight: Theme.medium
            }
            PText {
                id: wordText
                anchors.right: parent.right
                text: head.word
                color: head.mood === "" ? Theme.accent : head.inked
                font.weight: Theme.bold
            }
        }
        PText { // where it is brought, as large as the number that is called
            visible: head.place !== ""
            objectName: "kitchen.place." + head.number
            width: parent.width
            text: head.place
            color: head.inked
            font.pixelSize: Theme.title
            font.weight: Theme.black
        }
        PText {
            visible: head.badge !== ""
            width: parent.width
            topPadding: Theme.xxs
            text: head.badge
            color: head.mood === "" ? Theme.warning : head.inked
            font.pixelSize: Theme.bodyLarge
            font.weight: Theme.black
        }
    }
}
