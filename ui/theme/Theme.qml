pragma Singleton
import QtQuick

// Every colour, size and duration of every screen. A screen's Main.qml sets `unit` from its window, and what its shop
// and its customer want; pages only name roles. docs/design-language.md shows all of it.
QtObject {
    id: theme

    // How many pixels one design pixel is here: 1 on a tablet of 1280 × 800, 1.5 on a kiosk of 1080 × 1920.
    property real unit: 1
    property bool dark: false
    property bool contrast: false  // the third palette, for weak eyes and glaring light: 7 : 1 at the least
    property var brand: ({})  // the shop's own accents, `{accent: {light, dark}, …}`, mended by server/brand.py
    property bool reducedMotion: false
    property real magnified: 1  // type only, up to 2
    readonly property bool large: magnified > 1  // lists and buttons stand under each other instead of side by side
    property real patience: 1  // how much longer everything waits that ends by itself
    property bool reach: false  // all that is touched lies in the lower half
    property bool mirrored: false  // the language runs from right to left
    property int finger: 52  // design pixels of the least a finger is given; a kiosk gives more than a tablet

    function px(size) { return Math.round(size * unit) }

    // Type grows with `magnified`; what is large already grows less, so that a headline of twice the size still fits.
    readonly property int grown: 64
    readonly property int small: 24
    function type(size) {
        const share = Math.max(0, Math.min(1, (grown - size) / (grown - small)))
        return Math.round(size * unit * (1 + (magnified - 1) * share))
    }

    // -- colours, by role; text on its ground has at least 4.5 : 1, large type and outlines 3 : 1; in contrast 7 : 1
    function shade(pair) { return dark ? pair.dark : pair.light }
    readonly property color background: contrast ? "#000000" : dark ? "#15110e" : "#fbf6ef"
    readonly property color backgroundClear: Qt.alpha(background, 0)
    readonly property color surface: contrast ? "#000000" : dark ? "#221c18" : "#ffffff"
    readonly property color surfaceRaised: contrast ? "#000000" : dark ? "#2d2520" : "#ffffff"
    readonly property color surfaceSunken: contrast ? "#1c1c1c" : dark ? "#1b1613" : "#f3ebe0"
    readonly property color ink: contrast ? "#ffffff" : dark ? "#fdf6ee" : "#231a14"
    readonly property color inkMuted: contrast ? "#ffffff" : dark ? "#cbbfb3" : "#655648"
    readonly property color inkFaint: contrast ? "#d0d0d0" : dark ? "#9a8d81" : "#7d6e60"
    readonly property color line: contrast ? "#b8b8b8" : dark ? "#40362f" : "#e6dacb"
    readonly property color lineStrong: contrast ? "#ffffff" : dark ? "#857769" : "#94836f"
    readonly property color accent: contrast ? "#ffd60a" : brand.accent ? shade(brand.accent) : dark ? "#f2762e" : "#bd3f0b"
    readonly property color accentStrong: contrast ? "#ffe14d" : brand.accentStrong ? shade(brand.accentStrong) : dark ? "#ff8f4d" : "#9a3207"
    readonly property color accentSoft: contrast ? "#332b00" : brand.accentSoft ? shade(brand.accentSoft) : dark ? "#472413" : "#fde8d8"
    readonly property color inkOnAccent: contrast ? "#000000" : brand.inkOnAccent ? shade(brand.inkOnAccent) : dark ? "#1c0d05" : "#ffffff"
    readonly property color positive: contrast ? "#6dff8f" : dark ? "#5fc46a" : "#23702c"
    readonly property color positiveSoft: contrast ? "#00290b" : dark ? "#17351b" : "#dff2e0"
    readonly property color inkOnPositive: contrast ? "#000000" : dark ? "#07180a" : "#ffffff"
    readonly property color warning: contrast ? "#ffc966" : dark ? "#f5b83d" : "#8f5200"
    readonly property color warningSoft: contrast ? "#2e1f00" : dark ? "#3f2f0c" : "#fdeec9"
    readonly property color inkOnWarning: contrast ? "#000000" : dark ? "#1e1503" : "#ffffff"
    readonly property color danger: contrast ? "#ffaaa3" : dark ? "#ff7d72" : "#b3261e"
    readonly property color dangerSoft: contrast ? "#330906" : dark ? "#4a1a17" : "#fbe0dd"
    readonly property color inkOnDanger: contrast ? "#000000" : dark ? "#2b0704" : "#ffffff"
    readonly property color info: contrast ? "#8fd6ff" : dark ? "#7db8f0" : "#1d5d9b"
    readonly property color infoSoft: contrast ? "#00233b" : dark ? "#152c42" : "#dfecf8"
    readonly property color inkOnInfo: contrast ? "#000000" : dark ? "#06182a" : "#ffffff"
    // Grounds for pictures: a few calm tints, so that neighbours differ. `plate(key)` is always the same for a dish.
    readonly property var plates: contrast ? ["#1c1c1c"] : dark ? ["#3a2a1f", "#3a3220", "#27331f", "#3a2625", "#33291f", "#22302f"]
        : ["#fde6d3", "#fcefc9", "#e4efd8", "#fbe1dc", "#f3e6d2", "#dfeee9"]
    function plate(key) {
        let sum = 0
        for (let i = 0; i < key.length; ++i) sum = (sum * 31 + key.charCodeAt(i)) % 9973
        return plates[sum % plates.length]
    }
    readonly property color plateDisc: contrast ? "#26ffffff" : dark ? "#14ffffff" : "#73ffffff"
    readonly property color scrim: contrast ? "#d9000000" : "#99100b07"
    readonly property color cast: contrast ? "#00000000" : dark ? "#40000000" : "#12432c14"
    readonly property color focus: contrast ? "#5cf2ff" : brand.focus ? shade(brand.focus) : info  // not the brand's hue
    readonly property color signGround: "#15110e"  // of what stands for days: dark, whatever the scheme
    readonly property color signPlate: "#2d2520"
    readonly property color signInk: "#fdf6ee"
    readonly property color veil: "#000000"  // over everything, where the light is turned down
    readonly property color codeGround: "#ffffff"  // of codes that are scanned, whatever the scheme

    // -- type
    property string family: "Inter"
    readonly property string numbers: "Inter"  // for a number that stands alone, whatever the language
    readonly property int least: px(11)  // what a label may shrink to rather than be cut
    readonly property int caption: type(13)
    readonly property int label: type(15)
    readonly property int body: type(17)
    readonly property int bodyLarge: type(20)
    readonly property int title: type(24)
    readonly property int headline: type(32)
    readonly property int display: type(46)
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
    readonly property int hairline: Math.max(1, px(contrast ? 2 : 1))
    readonly property int outline: Math.max(2, px(contrast ? 4 : 2))

    // -- what a finger needs: 48 px at the least, whatever the unit
    readonly property int touch: Math.max(48, px(finger))
    readonly property int touchLarge: Math.max(56, px(Math.max(64, finger)))
    readonly property int touchHuge: Math.max(72, px(84))
    readonly property int helpRoom: touch + m  // kept free beside the help button in the corner of every view
    readonly property int iconS: px(18 * (1 + (magnified - 1) / 2))
    readonly property int iconM: px(24 * (1 + (magnified - 1) / 2))
    readonly property int iconL: px(32)
    readonly property int iconXl: px(56)

    // -- motion, in milliseconds
    readonly property int quick: reducedMotion ? 0 : 110
    readonly property int normal: reducedMotion ? 0 : 190
    readonly property int slow: reducedMotion ? 0 : 320
    readonly property int breath: 2400
    readonly property int showTime: 4500
    readonly property int hold: 600
    readonly property int toastTime: 4200 * patience
    readonly property int thanksTime: 17000 * patience
    readonly property int stillTime: 20 * patience  // seconds; nobody is given fewer (WCAG 2.2.1)
    readonly property int doubleTap: 250  // for so long a second touch may belong to the first
    readonly property int easing: Easing.OutCubic
    readonly property real faded: 0.42
    readonly property real pressed: 0.97
}
