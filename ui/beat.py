"""A screen's heartbeat: frames that were shown, told to the process that watches (`ui.watched`)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, MutableMapping

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtQuick import QQuickWindow

from ui.watched import BEAT, BEAT_EVERY_S, WATCHED


def take_pipe(environment: MutableMapping[str, str] = os.environ) -> int | None:
    """The pipe to the process that watches this one, or None when none does. Whatever is printed goes to stderr from
    now on, so that nothing else is taken for a frame; what this process starts is not watched."""
    if environment.pop(WATCHED, "") != "1":
        return None
    pipe = os.dup(1)
    os.dup2(2, 1)
    if sys.platform != "win32":
        os.set_blocking(pipe, False)  # a watcher that stands still itself must not stop the screen
    return pipe


class Beat(QObject):
    """Counts frames, asks for one where nothing moves, and tells of them. A loop that turns and draws nothing tells
    nothing. A window that nobody can see (a display that is off, another window before it) draws none and is well."""

    def __init__(self, window: QQuickWindow, pipe: int, alone: Callable[[], None]) -> None:
        """`alone` is called when nobody watches any more."""
        super().__init__()
        self._window = window
        self._pipe = pipe
        self._alone = alone
        self._shown = False
        window.frameSwapped.connect(self._swapped, Qt.ConnectionType.DirectConnection)
        self._timer = QTimer(self)
        self._timer.setInterval(int(BEAT_EVERY_S * 1000))
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _swapped(self) -> None:
        self._shown = True

    def _tick(self) -> None:
        if self._shown or not self._window.isExposed():
            self._shown = False
            self._tell()
        self._window.update()

    def _tell(self) -> None:
        try:
            os.write(self._pipe, BEAT)
        except BlockingIOError:
            pass  # nobody reads just now
        except OSError:
            self._timer.stop()
            self._alone()

    def close(self) -> None:
        self._timer.stop()
        self._window.frameSwapped.disconnect(self._swapped)
        os.close(self._pipe)
