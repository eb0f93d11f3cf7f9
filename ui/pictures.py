"""Pictures of dishes: a menu names them by file, or by a reference of the system it came from."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QUrl

from ui.text import ASSETS


@cache
def picture_url(image: str | None) -> str:
    """The address of a picture that is there, or `""`: a reference to somewhere else is not a picture."""
    if not image or "/" in image or "\\" in image:
        return ""
    path = ASSETS / "images" / image
    return QUrl.fromLocalFile(str(path)).toString() if path.is_file() else ""
