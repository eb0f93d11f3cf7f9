"""Keeps the basket while it is being filled, so that a screen that is started again gives it back."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, QTimer, Slot

from ui.context import Shell
from ui.kiosk.memory import SHOWN_AGAIN_S, Memory, Record, Visit

RENEW_S = SHOWN_AGAIN_S / 5
"""A customer who reads for minutes and puts nothing in is still there."""


class Keep(QObject):
    """`filling()` is the visit while dishes are chosen, else None: then the payment keeps what it needs itself."""

    def __init__(self, memory: Memory, shell: Shell, filling: Callable[[], Visit | None], parent: QObject) -> None:
        super().__init__(parent)
        self._memory = memory
        self._shell = shell
        self._filling = filling
        self._kept = b""
        self._renew = QTimer(self)
        self._renew.setInterval(int(RENEW_S * 1000))
        self._renew.timeout.connect(self._again)

    @Slot()
    def look(self) -> None:
        """Something may have changed. Cheap when nothing has."""
        visit = self._filling()
        content = msgspec.json.encode(visit) if visit is not None and visit.basket else b""
        if content == self._kept:
            return
        self._kept = content
        if visit is not None:
            if content:
                self._write(visit)
            else:
                self._memory.forget()
        if content:
            self._renew.start()
        else:
            self._renew.stop()

    @Slot()
    def _again(self) -> None:
        visit = self._filling()
        if visit is not None and visit.basket and not self._shell.idle:
            self._write(visit)

    def _write(self, visit: Visit) -> None:
        self._memory.keep(Record(time.time(), visit))
