import QtQuick
import "../theme"

// Tickets in reading order: down a column, then the next one. A ticket never changes its width, only its place, and
// what no longer fits is named in `waiting`.
Item {
    id: flow

    property alias model: tickets.model
    property var waiting: []
    readonly property int gap: Theme.s
    readonly property int across: Math.max(1, Math.floor((width + gap) / (Theme.px(270) + gap)))
    readonly property real columnWidth: (width - gap * (across - 1)) / across

    function arrange() {
        let column = 0
        let y = 0
        const left = []
        for (let i = 0; i < tickets.count; ++i) {
            const card = tickets.itemAt(i)
            if (card === null)
                continue
            const tall = Math.min(card.wantedHeight, height)
            if (y > 0 && y + tall > height) {
                column += 1
                y = 0
            }
            card.shown = column < across
            if (card.shown)
                card.put(column * (columnWidth + gap), y, tall)
            else
                left.push(card.number)
            y += tall + gap
        }
        waiting = left
    }

    onWidthChanged: arranging.restart()
    onHeightChanged: arranging.restart()

    Timer {
        id: arranging
        interval: 0
        onTriggered: flow.arrange()
    }
    Repeater {
        id: tickets
        onItemAdded: flow.arrange()
        onItemRemoved: arranging.restart()
        delegate: TicketCard {
            width: flow.columnWidth
            onWantedHeightChanged: arranging.restart()
            onIndexChanged: arranging.restart()
        }
    }
}
