import "../controls"

// Where an order is on its way.
PBadge {
    property string status
    readonly property var tones: ({ placed: "info", accepted: "info", in_preparation: "warning", ready: "positive", voided: "danger" })
    text: shell.tr("pos.status." + status)
    tone: tones[status] || "neutral"
}
