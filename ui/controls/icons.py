"""Icons in any colour: `image://icon/<name>/<rrggbb>` is `assets/icons/<name>.svg` with its strokes in that colour."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtQuick import QQuickImageProvider
from PySide6.QtSvg import QSvgRenderer

from ui.text import ASSETS

DEFAULT_SIZE = 48


@cache
def drawing(name: str) -> str:
    """The SVG's text; an empty one for a name that is not there, so that a missing icon is only missing."""
    try:
        return (ASSETS / "icons" / f"{name}.svg").read_text()
    except OSError:
        return "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'/>"


class IconProvider(QQuickImageProvider):
    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Pixmap)

    def requestPixmap(self, id: str, size: QSize, requested: QSize) -> QPixmap:
        name, _, colour = id.partition("/")
        wanted = requested if requested.isValid() and not requested.isEmpty() else QSize(DEFAULT_SIZE, DEFAULT_SIZE)
        text = drawing(name).replace("currentColor", f"#{colour or '000000'}")
        pixmap = QPixmap(wanted)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(text.encode())).render(painter)
        painter.end()
        return pixmap
