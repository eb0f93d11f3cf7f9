"""Draws the pictures of docs/design-language.md from the theme itself, and joins what `make shots` took of the kiosk:
`python -m tests.shots.specimen`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtQuick import QQuickView

from ui.controls.icons import IconProvider
from ui.host import register_fonts

HERE = Path(__file__).resolve().parent
OUT = HERE.parents[1] / "docs" / "pictures"
QUALITY = 88
PICTURES = {
    "design-light": {"what": "colours"},
    "design-dark": {"what": "colours", "dark": True},
    "design-contrast": {"what": "colours", "contrast": True},
    "design-scales": {"what": "scales"},
}
SHOTS = HERE.parents[1] / "out" / "shots"
VIEWS = ("menu", "japanese-menu", "arabic-menu", "contrast-menu", "large-menu", "reach-menu")
VIEW_HEIGHT, GAP = 560, 12


def join() -> None:
    """The same view in every look, side by side."""
    taken = [QImage(str(SHOTS / f"kiosk-1080x1920-{view}.png")) for view in VIEWS]
    small = [i.scaledToHeight(VIEW_HEIGHT, Qt.TransformationMode.SmoothTransformation) for i in taken if not i.isNull()]
    if len(small) < len(VIEWS):
        print("The kiosk's picture stays as it was: run `make shots` first.", file=sys.stderr)
        return
    whole = QImage(sum(i.width() + GAP for i in small) - GAP, VIEW_HEIGHT, QImage.Format.Format_RGB32)
    whole.fill(Qt.GlobalColor.white)
    painter, x = QPainter(whole), 0
    for one in small:
        painter.drawImage(x, 0, one)
        x += one.width() + GAP
    painter.end()
    whole.save(str(OUT / "design-looks.webp"), quality=QUALITY)


def main() -> int:
    app = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    register_fonts()
    for name, values in PICTURES.items():
        view = QQuickView()
        view.engine().addImageProvider("icon", IconProvider())
        view.setInitialProperties(values)
        view.setSource(QUrl.fromLocalFile(str(HERE / "Specimen.qml")))
        if view.status() != QQuickView.Status.Ready:
            print("\n".join(e.toString() for e in view.errors()), file=sys.stderr)
            return 1
        view.show()
        for _ in range(5):
            app.processEvents()
        view.grabWindow().save(str(OUT / f"{name}.webp"), quality=QUALITY)
        view.close()
    join()
    return 0


if __name__ == "__main__":
    sys.exit(main())
