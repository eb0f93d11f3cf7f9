pragma Singleton
import QtQuick

// Every colour, size and duration of every screen. A screen's Main.qml sets `unit` from its window and `dark`;
// pages only name roles.
QtObject {
    id: theme

    // How many pixels one design pixel is here: 1 on a tablet of 1280 × 800, 1.5 on a kiosk of 1080 × 1920.
    property real unit: 1
    property bool dark: false
    property bool reducedMotion: false
    property int finger: 52  // design pixels of the least a finger is given; a kiosk gives more than a tablet

    function px(size) { return Math.round(size * unit) }

    // -- colours, by role; text on its ground has at least 4.5 : 1, large type and outlines 3 : 1
    readonly property color background: dark ? "#15110e" : "#fbf6ef"
    readonly property color backgroundClear: Qt.alpha(background, 0)
    readonly property color surface: dark ? "#221c18" : "#ffffff"
    readonly property color surfaceRaised: dark ? "#2d2520" : "#ffffff"
    readonly property color surfaceSunken: dark ? "#1b1613" : "#f3ebe0"
    readonly property color ink: dark ? "#fdf6ee" : "#231a14"
    readonly property color inkMuted: dark ? "#cbbfb3" : "#655648"
    readonly property color inkFaint: dark ? "#9a8d81" : "#7d6e60"
    readonly property color line: dark ? "#40362f" : "#e6dacb"
    readonly property color lineStrong: dark ? "#857769" : "#94836f"
    readonly property color accent: dark ? "#f2762e" : "#bd3f0b"
    readonly property color accentStrong: dark ? "#ff8f4d" : "#9a3207"
    readonly property color accentSoft: dark ? "#472413" : "#fde8d8"
    readonly property color inkOnAccent: dark ? "#1c0d05" : "#ffffff"
    readonly property color positive: dark ? "#5fc46a" : "#23702c"
    readonly property color positiveSoft: dark ? "#17351b" : "#dff2e0"
    readonly property color inkOnPositive: dark ? "#07180a" : "#ffffff"
    readonly property color warning: dark ? "#f5b83d" : "#8f5200"
    readonly property color warningSoft: dark ? "#3f2f0c" : "#fdeec9"
    readonly property color inkOnWarning: dark ? "#1e1503" : "#ffffff"
    readonly property color danger: dark ? "#ff7d72" : "#b3261e"
    readonly property color dangerSoft: dark ? "#4a1a17" : "#fbe0dd"
    readonly property color inkOnDanger: dark ? "#2b0704" : "#ffffff"
    readonly property color info: dark ? "#7db8f0" : "#1d5d9b"
    readonly property color infoSoft: dark ? "#152c42" : "#dfecf8"
    readonly property color inkOnInfo: dark ? "#06182a" : "#ffffff"
    // Grounds for pictures: a few calm tints, so that neighbours differ. `plate(name)` is always the same for a name.
    readonly property var plates: dark ? ["#3a2a1f", "#3a3220", "#27331f", "#3a2625", "#33291f", "#22302f"]
        : ["#fde6d3", "#fcefc9", "#e4efd8", "#fbe1dc", "#f3e6d2", "#dfeee9"]
    function plate(name) {
        let sum = 0
        for (let i = 0; i < name.length; ++i) sum = (sum * 31 + name.charCodeAt(i)) % 9973
        return plates[sum % plates.length]
    }
    readonly property color plateDisc: dark ? "#14ffffff" : "#73ffffff"
    readonly property color scrim: "#99100b07"
    readonly property color shade: dark ? "#40000000" : "#12432c14"
    readonly property color focus: info

    // -- type
    readonly property string family: "Inter"
    readonly property int caption: px(13)
    readonly property int label: px(15)
    readonly property int body: px(17)
    readonly property int bodyLarge: px(20)
    readonly property int title: px(24)
    readonly property int headline: px(32)
    readonly property int display: px(46)
    readonly property int hero: px(112)
    readonly property int giant: px(176)
    readonly property int regular: Font.Normal
    readonly property int medium: Font.Medium
    readonly property int semibold: Font.DemiBold
    readonly property int bold: Font.Bold
    readonly property int black: Font.ExtraBold

    // -- space
    readonly property int xxs: px(4)
    readonly property int xs: px(8)
    readonly property int s: px(12)
    readonly property int m: px(16)
    readonly property int l: px(24)
    readonly property int xl: px(32)
    readonly property int xxl: px(48)
    readonly property int xxxl: px(72)

    // -- shape
    readonly property int radiusS: px(8)
    readonly property int radiusM: px(14)
    readonly property int radiusL: px(22)
    readonly property int radiusXl: px(32)
    readonly property int hairline: Math.max(1, px(1))
    readonly property int outline: Math.max(2, px(2))

    // -- what a finger needs: 48 px at the least, whatever the unit
    readonly property int touch: Math.max(48, px(finger))
    readonly property int touchLarge: Math.max(56, px(Math.max(64, finger)))
    readonly property int touchHuge: Math.max(72, px(84))
    readonly property int iconS: px(18)
    readonly property int iconM: px(24)
    readonly property int iconL: px(32)
    readonly property int iconXl: px(56)

    // -- motion, in milliseconds
    readonly property int quick: reducedMotion ? 0 : 110
    readonly property int normal: reducedMotion ? 0 : 190
    readonly property int slow: reducedMotion ? 0 : 320
    readonly property int breath: 2400
    readonly property int showTime: 4500
    readonly property int hold: 600
    readonly property int toastTime: 4200
    readonly property int easing: Easing.OutCubic
    readonly property real faded: 0.42
    readonly property real pressed: 0.97
}
