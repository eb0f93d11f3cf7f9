"""A window that covers its display."""

from __future__ import annotations

import contextlib

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QScreen, QWindow


class Full(QObject):
    """Keeps `window` as large as the display it is on, and at its place: also where no window manager sees to it (an X
    session with nothing but this program), and when the display was turned, replaced, or got another resolution."""

    def __init__(self, window: QWindow) -> None:
        super().__init__(window)
        self._window = window
        self._display: QScreen | None = None
        window.screenChanged.connect(self._moved)
        self._moved(window.screen())

    @Slot(QScreen)
    def _moved(self, display: QScreen | None) -> None:
        if self._display is not None:
            with contextlib.suppress(RuntimeError):  # it was unplugged, and is gone
                self._display.geometryChanged.disconnect(self.cover)
        self._display = display
        if display is not None:
            display.geometryChanged.connect(self.cover)
            self.cover()

    @Slot()
    def cover(self) -> None:
        if self._display is not None:
            self._window.setGeometry(self._display.geometry())
