import QtQuick
import "../controls"

// Vegan, vegetarian or spicy.
PBadge {
    property string mark
    text: mark !== "" ? shell.tr("kiosk.mark." + mark) : ""
    icon: mark === "spicy" ? "flame" : "leaf"
    tone: mark === "spicy" ? "danger" : "positive"
}
