import QtQuick
import "../../ui/theme"
import "../../ui/controls"

// What docs/design-language.md shows: one palette's roles, or the scales of type, space and shape.
Rectangle {
    id: root
    property string what: "colours"
    property bool dark: false
    property bool contrast: false
    width: 1200
    height: what === "colours" ? 640 : 680
    color: Theme.background
    Binding { target: Theme; property: "dark"; value: root.dark }
    Binding { target: Theme; property: "contrast"; value: root.contrast }
    readonly property var tones: [["accent", Theme.accent, Theme.accentSoft, Theme.inkOnAccent], ["positive", Theme.positive, Theme.positiveSoft, Theme.inkOnPositive],
        ["warning", Theme.warning, Theme.warningSoft, Theme.inkOnWarning], ["danger", Theme.danger, Theme.dangerSoft, Theme.inkOnDanger], ["info", Theme.info, Theme.infoSoft, Theme.inkOnInfo]]
    readonly property var grounds: [["background", Theme.background], ["surface", Theme.surface], ["surfaceRaised", Theme.surfaceRaised], ["surfaceSunken", Theme.surfaceSunken]]
    readonly property var sizes: [["caption 13", Theme.caption], ["label 15", Theme.label], ["body 17", Theme.body], ["bodyLarge 20", Theme.bodyLarge], ["title 24", Theme.title], ["headline 32", Theme.headline], ["display 46", Theme.display]]
    readonly property var spaces: [["xxs 4", Theme.xxs], ["xs 8", Theme.xs], ["s 12", Theme.s], ["m 16", Theme.m], ["l 24", Theme.l], ["xl 32", Theme.xl], ["xxl 48", Theme.xxl], ["xxxl 72", Theme.xxxl]]
    readonly property var radii: [["radiusS 8", Theme.radiusS], ["radiusM 14", Theme.radiusM], ["radiusL 22", Theme.radiusL], ["radiusXl 32", Theme.radiusXl]]

    Column {
        visible: root.what === "colours"
        anchors.fill: parent
        anchors.margins: 32
        spacing: 24
        Row {
            spacing: 16
            Repeater {
                model: root.grounds
                Rectangle {
                    required property var modelData
                    width: 272
                    height: 190
                    radius: Theme.radiusL
                    color: modelData[1]
                    border.width: Theme.hairline
                    border.color: Theme.line
                    Column {
                        anchors.fill: parent
                        anchors.margins: 18
                        spacing: 6
                        PText { text: modelData[0] + "  " + modelData[1]; font.weight: Theme.bold }
                        PText { text: "ink" }
                        PText { text: "inkMuted"; color: Theme.inkMuted }
                        PText { text: "inkFaint"; color: Theme.inkFaint }
                        PText { text: "accentStrong"; color: Theme.accentStrong; font.weight: Theme.bold }
                    }
                }
            }
        }
        Row {
            spacing: 16
            Repeater {
                model: root.tones
                Column {
                    required property var modelData
                    spacing: 0
                    Rectangle {
                        width: 214
                        height: 84
                        radius: Theme.radiusM
                        color: modelData[1]
                        PText { anchors.centerIn: parent; text: modelData[0] + "  " + modelData[1]; color: modelData[3]; font.weight: Theme.bold }
                    }
                    Rectangle {
                        width: 214
                        height: 64
                        radius: Theme.radiusM
                        color: modelData[2]
                        PText { anchors.centerIn: parent; text: modelData[0] + " on " + modelData[0] + "Soft"; color: modelData[1]; font.pixelSize: Theme.label }
                    }
                }
            }
        }
        Row {
            spacing: 16
            PButton { size: "xl"; kind: "primary"; icon: "credit-card"; text: "Pay"; trailing: "€8.90"; width: 250 }
            PButton { size: "xl"; text: "Order more" }
            PButton { size: "xl"; kind: "quiet"; icon: "arrow-left"; text: "Back" }
            PBadge { text: "Only 3 left"; tone: "warning"; anchors.verticalCenter: parent.verticalCenter }
            PBadge { text: "Vegan"; icon: "leaf"; tone: "positive"; anchors.verticalCenter: parent.verticalCenter }
            Rectangle { width: 150; height: 64; radius: Theme.radiusM; color: "transparent"; border.width: Theme.outline; border.color: Theme.focus; anchors.verticalCenter: parent.verticalCenter; PText { anchors.centerIn: parent; text: "focus" } }
        }
        Row {
            spacing: 16
            PChoice { width: 360; text: "Brioche"; single: true; checked: true }
            PChoice { width: 360; text: "Extra cheddar"; extra: "+€0.90" }
            PSwitch { width: 360; text: "High contrast"; icon: "contrast"; checked: root.contrast }
        }
    }
    Row {
        visible: root.what === "scales"
        anchors.fill: parent
        anchors.margins: 40
        spacing: 56
        Column {
            spacing: 22
            Repeater {
                model: root.sizes
                PText { required property var modelData; text: modelData[0]; font.pixelSize: modelData[1]; font.weight: modelData[1] >= Theme.title ? Theme.black : Theme.medium }
            }
            PText { text: "汉堡 ハンバーガー برغر"; font.pixelSize: Theme.headline; font.weight: Theme.bold; font.family: "Pilotlight Sans SC" }
            PText { text: "hero 112"; font.pixelSize: Theme.hero; font.weight: Theme.black }
        }
        Column {
            spacing: 18
            Repeater {
                model: root.spaces
                Row {
                    required property var modelData
                    spacing: 16
                    Rectangle { width: modelData[1]; height: 30; color: Theme.accent; anchors.verticalCenter: parent.verticalCenter }
                    PText { text: modelData[0]; anchors.verticalCenter: parent.verticalCenter }
                }
            }
            Row {
                spacing: 16
                Repeater {
                    model: root.radii
                    Rectangle {
                        required property var modelData
                        width: 108
                        height: 108
                        radius: modelData[1]
                        color: Theme.surface
                        border.width: Theme.outline
                        border.color: Theme.lineStrong
                        PText { anchors.centerIn: parent; text: modelData[0]; font.pixelSize: Theme.caption }
                    }
                }
            }
            Row {
                spacing: 16
                Repeater {
                    model: [["touch", 52], ["touchLarge", 64], ["touchHuge", 84]]
                    Rectangle {
                        required property var modelData
                        width: 130
                        height: modelData[1]
                        radius: Theme.radiusM
                        color: Theme.accentSoft
                        PText { anchors.centerIn: parent; text: modelData[0]; font.pixelSize: Theme.label; color: Theme.accentStrong }
                    }
                }
            }
        }
    }
}
