"""QML's `staff`: the hidden door to a screen, the PIN pad in it, and the page behind it.

It is the same on every role's screen. It speaks the shop's own language and gives the customer's back when it shuts.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Literal

from PySide6.QtCore import Property, QEvent, QObject, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QTouchEvent, QWindow

from ui.client import Client
from ui.context import INPUT, Shell
from ui.staff.gesture import Gesture, corner
from ui.staff.page import Page
from ui.staff.pin import MOST, Pin

State = Literal["shut", "none", "pin", "page"]
LEAVES_S = 60
"""Staff who walk away leave no open door."""

SEEN = INPUT | {
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseMove,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd,
    QEvent.Type.TouchCancel,
}

MOVES = {Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down", Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right"}


class Door(QObject):
    """`state`: `shut`; `none` (no PIN was ever set, so nobody gets in); `pin`; `page`."""

    changed = Signal()

    def __init__(self, client: Client, shell: Shell, window: QWindow) -> None:
        super().__init__()
        self._client, self._shell, self._window = client, shell, window
        self._pin = Pin(client.data)
        self._page = Page(client, shell, self)
        self._gesture = Gesture()
        self._swallowing = False
        self._state: State = "shut"
        self._digits = ""
        self._wrong = self._checking = False
        self._language = ""  # the customer's, while staff are in
        self._leaving = self._timer(LEAVES_S * 1000, self.leave)
        self._waiting = self._timer(1000, self._wait, single=False)

    def _timer(self, ms: int, then: Callable[[], None], single: bool = True) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(ms)
        timer.setSingleShot(single)
        timer.timeout.connect(then)
        return timer

    # -- the gesture ----------------------------------------------------------------------------------------------

    def sees(self, watched: QObject, event: QEvent) -> bool:
        """Looks at each event first. True for the second half of the gesture, which touches nothing under it."""
        if watched is not self._window:
            return False
        kind, now = event.type(), time.monotonic()
        if self._state != "shut":
            if kind in INPUT:
                self._leaving.start()
            return False
        if isinstance(event, QKeyEvent):
            if kind == QEvent.Type.KeyPress and not event.isAutoRepeat():
                name = MOVES.get(Qt.Key(event.key()), "") if event.key() in MOVES else ""
                if self._gesture.key(name, now):
                    self.open()
                    return True
            return False
        if not isinstance(event, QMouseEvent | QTouchEvent):
            return False
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin):
            self._gesture.down(self._corner(event), now)
            self._swallowing = self._gesture.armed(now)
        elif kind in (QEvent.Type.MouseMove, QEvent.Type.TouchUpdate):
            self._gesture.moved(self._corner(event))
        elif kind in (QEvent.Type.MouseButtonRelease, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel):
            swallowed, self._swallowing = self._swallowing, False
            if self._gesture.up(now):
                self.open()
            if swallowed:
                event.accept()
            return swallowed
        if self._swallowing:
            event.accept()
        return self._swallowing

    def _corner(self, event: QMouseEvent | QTouchEvent) -> Any:
        if isinstance(event, QTouchEvent):
            points = event.points()
            at = points[0].position() if len(points) == 1 else QPointF(-1, -1)
        else:
            at = event.position()
        return corner(at.x(), at.y(), self._window.width(), self._window.height())

    # -- the door -------------------------------------------------------------------------------------------------

    @Slot()
    def open(self) -> None:
        """Shows the pad, or that nobody has set a PIN."""
        if self._state != "shut":
            return
        self._language = self._shell.language
        self._shell.resetLanguage()
        self._go("pin" if self._pin.is_set else "none")
        self._leaving.start()
        if self._pin.waits_s() > 0:
            self._waiting.start()

    @Slot()
    def leave(self) -> None:
        self._leaving.stop()
        self._waiting.stop()
        if self._state != "shut":
            self._go("shut")
            self._shell.set_language(self._language)

    def _go(self, state: State) -> None:
        self._state, self._digits, self._wrong = state, "", False
        self.changed.emit()

    @Slot(str)
    def press(self, key: str) -> None:
        """A key of the pad: a digit, `del`, or `ok`."""
        if self._state != "pin" or self._checking or self._pin.waits_s() > 0:
            return
        if key == "ok":
            self._try()
            return
        self._wrong = False
        if key == "del":
            self._digits = self._digits[:-1]
        elif len(key) == 1 and key.isascii() and key.isdigit():
            self._digits = (self._digits + key)[:MOST]
        self.changed.emit()

    def _try(self) -> None:
        if self._digits:
            digits, self._digits, self._checking = self._digits, "", True
            self.changed.emit()
            self._client.spawn(self._check(digits))

    async def _check(self, digits: str) -> None:
        try:
            right = await asyncio.to_thread(self._pin.check, digits)
        finally:
            self._checking = False
        if self._state != "pin":
            return  # they have gone meanwhile
        if right:
            self._go("page")
            self._page.look()
        else:
            self._wrong = True
            if self._pin.waits_s() > 0:
                self._waiting.start()
            self.changed.emit()

    @Slot()
    def _wait(self) -> None:
        if self._pin.waits_s() <= 0:
            self._waiting.stop()
            self._wrong = False
        self.changed.emit()

    def _wait_text(self) -> str:
        seconds = round(self._pin.waits_s() + 0.5) if self._state == "pin" else 0
        return f"{seconds // 60}:{seconds % 60:02d}" if seconds > 0 and self._waiting.isActive() else ""

    # -- what QML reads -------------------------------------------------------------------------------------------

    state = Property(str, lambda self: self._state, notify=changed)
    isOpen = Property(bool, lambda self: self._state != "shut", notify=changed)
    digits = Property(int, lambda self: len(self._digits), notify=changed)
    wrong = Property(bool, lambda self: self._wrong, notify=changed)
    busy = Property(bool, lambda self: self._checking, notify=changed)
    waits = Property(str, _wait_text, notify=changed)

    def _get_page(self) -> Page:
        return self._page

    page = Property(QObject, _get_page, constant=True)
