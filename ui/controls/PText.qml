import QtQuick
import "../theme"

// Text in the house's type. Long text ends in an ellipsis unless it may wrap.
Text {
    property bool muted: false
    color: muted ? Theme.inkMuted : Theme.ink
    font.family: Theme.family
    font.pixelSize: Theme.body
    horizontalAlignment: Text.AlignLeft  // the page's way, not the word's: a Latin name stands right in an Arabic list
    elide: wrapMode === Text.NoWrap ? Text.ElideRight : Text.ElideNone
    textFormat: Text.PlainText
    renderType: Text.QtRendering
}
