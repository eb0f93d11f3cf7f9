import QtQuick
import "../theme"

// A word about a state. tone: "neutral", "accent", "positive", "warning", "danger", "info".
Rectangle {
    id: root
    property string text
    property string icon
    property string tone: "neutral"
    property bool solid: false  // stands out on a ground of its own tone
    property bool lifted: false  // on a picture, whose ground may be as its own
    property real most: 0  // as wide as it may be, 0 for as wide as it needs: longer words are set smaller
    readonly property real room: most - 2 * Theme.s - (icon !== "" ? sign.width + row.spacing : 0)
    TextMetrics { id: words; text: root.most > 0 ? root.text : ""; font.family: Theme.family; font.pixelSize: Theme.caption; font.weight: Theme.semibold }
    readonly property color full: tone === "positive" ? Theme.positive : tone === "warning" ? Theme.warning
        : tone === "danger" ? Theme.danger : tone === "accent" ? Theme.accent : tone === "info" ? Theme.info : Theme.inkMuted
    readonly property color inked: solid ? Theme.inkOnAccent : full
    implicitHeight: Math.max(Theme.px(28), Math.ceil(Theme.caption * 1.5))
    implicitWidth: row.implicitWidth + 2 * Theme.s
    radius: height / 2
    color: solid ? full : lifted ? Theme.surface : tone === "positive" ? Theme.positiveSoft : tone === "warning" ? Theme.warningSoft : tone === "danger"
        ? Theme.dangerSoft : tone === "accent" ? Theme.accentSoft : tone === "info" ? Theme.infoSoft : Theme.surfaceSunken
    Row {
        id: row
        anchors.centerIn: parent
        spacing: Theme.xxs
        PIcon {
            id: sign
            visible: root.icon !== ""
            name: root.icon
            size: Math.round(Theme.caption * 1.15)
            color: root.inked
            anchors.verticalCenter: parent.verticalCenter
        }
        PText {
            text: root.text
            color: root.inked
            width: root.most > 0 ? Math.min(implicitWidth, root.room) : implicitWidth
            font.pixelSize: words.advanceWidth > root.room && root.most > 0 ? Math.max(Theme.least, Math.floor(Theme.caption * root.room / words.advanceWidth * 0.98)) : Theme.caption
            font.weight: Theme.semibold
            anchors.verticalCenter: parent.verticalCenter
        }
    }
}
