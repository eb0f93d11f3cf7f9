"""What a screen says to a screen reader by itself: what changed without the focus having moved.

Screen readers break off what they say when the focus moves, so a sentence waits until the focus has come to rest; of
two sentences about the same thing the later one is said.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtQuick import QQuickWindow
from shiboken6 import isValid

QUIET_MS = 350
"""So long the focus rests before something is said: a page that came takes no touch, and so no focus, for 250 ms."""

LATEST_MS = 2000
"""After that a sentence is said though the focus goes on moving, as when somebody keeps a key pressed."""

MOST = 6
"""Sentences that wait; a customer hears the last ones. More come only while something is broken."""


class Voice(QObject):
    """`spoken` is every sentence as it is given to the platform, several joined by a space."""

    spoken = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window: QQuickWindow | None = None
        self._waiting: dict[str, str] = {}
        self._quiet = self._timer(QUIET_MS)
        self._latest = self._timer(LATEST_MS)

    def _timer(self, interval_ms: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(self._speak)
        return timer

    def watch(self, window: QQuickWindow) -> None:
        self._window = window
        window.activeFocusItemChanged.connect(self._focus_moved)

    @Slot(str)
    def say(self, sentence: str, about: str = "") -> None:
        """`about` names the thing, such as `price`; a sentence about nothing is replaced by none but its like."""
        sentence = sentence.strip()
        if not sentence:
            return
        key = about or sentence
        self._waiting.pop(key, None)
        self._waiting[key] = sentence
        while len(self._waiting) > MOST:
            del self._waiting[next(iter(self._waiting))]
        self._quiet.start()
        if not self._latest.isActive():
            self._latest.start()

    def forget(self, *about: str) -> None:
        """What waits about these things is out of date."""
        for key in about:
            self._waiting.pop(key, None)

    def hush(self) -> None:
        """What waits is not said: it was about a visit that is over."""
        self._waiting.clear()
        self._quiet.stop()
        self._latest.stop()

    @Slot()
    def _focus_moved(self) -> None:
        if self._waiting:
            self._quiet.start()

    @Slot()
    def _speak(self) -> None:
        sentence = " ".join(self._waiting.values())
        self.hush()
        if not sentence:
            return
        self.spoken.emit(sentence)
        if self._window is not None and isValid(self._window) and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, sentence))
