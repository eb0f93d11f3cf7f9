import QtQuick
import "../theme"
import "../controls"

// Every language by its own name, large, on one page. The order so far stays as it is.
PSheet {
    id: root
    title: shell.tr("kiosk.choose_language")
    maxWidth: Theme.px(760)
    maxHeight: Math.min(height - Theme.xxl, content.contentHeight + Theme.s)
    onOpenChanged: if (open) { content.toTop() }
    PScroll {
        id: content
        anchors.fill: parent
        anchors.topMargin: Theme.s
        padding: Theme.l
        spacing: Theme.m
        PText {
            width: content.width - 2 * content.padding
            text: shell.tr("kiosk.choose_language")
            font.pixelSize: Theme.title
            font.weight: Theme.black
            wrapMode: Text.Wrap
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
        LanguageGrid {
            width: content.width - 2 * content.padding
            prefix: "kiosk.language."
            least: Theme.px(170)
            onChosen: (code) => { vm.speak(code); root.dismissed() }
        }
        PButton {
            objectName: "kiosk.language.close"
            width: content.width - 2 * content.padding
            kind: "quiet"
            size: "l"
            icon: "arrow-left"
            text: shell.tr("kiosk.back")
            onClicked: root.dismissed()
        }
    }
}
