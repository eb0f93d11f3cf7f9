"""Pictures of dishes: a menu names them by file, by a blob that travels to every terminal, or by a reference of the
system it came from.

A picture that travels is named `blob:<digest>` from the first moment on, whether it is here or not: so a page is laid
out as if it were, and nothing moves when it comes. Where its file is, QML asks `shell.pictures`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from PySide6.QtCore import Property, QObject, QUrl, Signal, Slot
from PySide6.QtGui import QImageReader

from ui.text import ASSETS

MAX_PIXELS = 24_000_000
"""A telephone's whole picture. More takes a hundred megabytes to decode, for a tile of three hundred pixels."""

SCALED = (b"jpg", b"jpeg")
"""Formats that are decoded at the size that is shown, whatever their own is."""

MAX_SCALED_PIXELS = 120_000_000

TRAVELS = "blob:"
VARIANTS = (("tile", 320), ("phone", 480), ("sheet", 720), ("board", 1280))
"""The files that the server makes of a picture, with their longest side; by the smallest that is large enough."""

_REFERENCE = re.compile(r"sha256:([0-9a-f]{64})")
_travelling: dict[str, str] = {}  # of this screen's menu: digests by the names that it gives its pictures


def learn(menu: dict[str, Any] | None) -> None:
    """What this menu's names of pictures mean."""
    found = {str(image.get("image_id")): _REFERENCE.fullmatch(image.get("url") or "") for image in images(menu)}
    _travelling.clear()
    _travelling.update({name: match[1] for name, match in found.items() if match})


def images(menu: dict[str, Any] | None) -> list[dict[str, Any]]:
    return (menu or {}).get("images") or []


def picture_url(image: str | None) -> str:
    """The address of a picture that is there and can be shown, or `""`: a reference to somewhere else is not a picture,
    nor is a broken file, nor one that is too large to be taken in. Then the dish looks as if it had none. One that
    travels is told as `blob:<digest>`."""
    if not image:
        return ""
    if image in _travelling:
        return TRAVELS + _travelling[image]
    match = _REFERENCE.fullmatch(image)
    return TRAVELS + match[1] if match else shipped(image)


@cache
def shipped(image: str) -> str:
    """The address of a picture that comes with the program, or `""`."""
    if "/" in image or "\\" in image:
        return ""
    path = ASSETS / "images" / image
    return QUrl.fromLocalFile(str(path)).toString() if path.is_file() and showable(path) else ""


class Pictures(QObject):
    """QML's `shell.pictures`: where the files of pictures are that travel, as the server tells."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = ""
        self._ready: frozenset[str] = frozenset()
        self._photos: frozenset[str] = frozenset()
        self._revision = 0

    @Slot(str, object)
    def take(self, view: str, value: Any) -> None:
        if view == "menu":
            learn(value)
        elif view == "pictures":
            told = str(value["folder"]), frozenset(value["ready"]), frozenset(value.get("photos") or ())
            if told != (self._folder, self._ready, self._photos):
                self._folder, self._ready, self._photos = told
                self._revision += 1
                self.changed.emit()

    @Slot(str, int, int, result=str)
    def file(self, source: str, pixels: int, _: int) -> str:
        """The address of the file to show at that many pixels; `""` while it is not here. The last argument is
        `revision`: by it QML knows when to ask again."""
        digest = source.removeprefix(TRAVELS)
        if digest not in self._ready:
            return ""
        variant = next((name for name, side in VARIANTS if side >= pixels), VARIANTS[-1][0])
        return QUrl.fromLocalFile(str(Path(self._folder) / f"{digest}-{variant}.webp")).toString()

    @Slot(str, int, result=bool)
    def isPhoto(self, source: str, _: int) -> bool:
        """Whether it may fill its frame: nothing of it is see-through."""
        return source.removeprefix(TRAVELS) in self._photos

    revision = Property(int, lambda self: self._revision, notify=changed)


def showable(path: Path) -> bool:
    """From the file's head alone."""
    reader = QImageReader(str(path))
    size = reader.size()
    most = MAX_SCALED_PIXELS if bytes(reader.format().data()) in SCALED else MAX_PIXELS
    return reader.canRead() and size.isValid() and size.width() * size.height() <= most
