import "../controls"

// Whether it is paid: by word and icon, not by colour alone.
PBadge {
    property string paid
    readonly property var icons: ({ paid: "check", part: "coins", unpaid: "coins", overpaid: "undo-2" })
    readonly property var tones: ({ paid: "neutral", part: "warning", unpaid: "accent", overpaid: "danger" })
    visible: paid !== ""
    text: paid === "" ? "" : shell.tr("pos.paid." + paid)
    icon: icons[paid] || ""
    tone: tones[paid] || "neutral"
}
