import QtQuick
import "../controls"

// Vegan, vegetarian or spicy.
PBadge {
    required property string modelData
    text: shell.tr("kiosk.mark." + modelData)
    icon: modelData === "spicy" ? "flame" : "leaf"
    tone: modelData === "spicy" ? "danger" : "positive"
}
