"""QML's `rest`: how bright the screen is, when it sleeps, and how a page that stands for hours moves about."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Property, QEvent, QObject, QTimer, Signal, Slot

from ui.context import INPUT, Shell
from ui.staff.device import Backlight
from ui.staff.night import Night, dark, drift

SLEEPS_AFTER_S = 60.0
"""Nobody has touched it for so long at night."""

LOOK_MS = 5_000
ENDS = frozenset(
    {QEvent.Type.MouseButtonRelease, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel, QEvent.Type.KeyRelease}
)
SEEN = INPUT | ENDS
SHOWN_TO_NOBODY = ("board", "sign")
"""Screens without a customer's visit: they may rest whenever it is night."""


class Rest(QObject):
    """`alone`, set by the page: nobody is in the middle of anything."""

    changed = Signal()

    def __init__(
        self, shell: Shell, window: QObject, brightness: Callable[[], int], night: Night | None = None
    ) -> None:
        super().__init__()
        self._shell, self._window, self._brightness, self._night = shell, window, brightness, night or Night()
        self.backlight = Backlight()
        self._alone = shell.role in SHOWN_TO_NOBODY
        self._touched_at = time.monotonic()
        self._asleep = self._waking = False
        self._minutes = 0
        self._lamp = 0.0
        self.now: Callable[[], datetime] = self._local_now
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def _local_now(self) -> datetime:
        return self._shell.now().astimezone(ZoneInfo(self._night.time_zone) if self._night.time_zone else None)

    @Slot()
    def look(self) -> None:
        """Time has passed, or the light was set."""
        still_s = time.monotonic() - self._touched_at if self._alone else 0.0
        now = self.now()
        asleep = still_s >= SLEEPS_AFTER_S and self._night.at(now.hour * 60 + now.minute)
        minutes = int(still_s // 60)
        if (asleep, minutes) != (self._asleep, self._minutes):
            self._asleep, self._minutes = asleep, minutes
            self.changed.emit()
        self.shine()

    def shine(self) -> None:
        """Gives the display's own lamp what it is to give, where it has one that we may set."""
        lamp = self._level()
        if self.backlight.there and lamp != self._lamp:
            self._lamp = lamp
            self.backlight.set(lamp)

    @Slot()
    def brightened(self) -> None:
        self.shine()
        self.changed.emit()

    def sees(self, watched: QObject, event: QEvent) -> bool:
        """A touch wakes it, and does nothing else: nobody saw what they touched."""
        kind = event.type()
        if kind in INPUT:
            self._touched_at = time.monotonic()
            if self._asleep and watched is self._window:
                self._waking = True
                self.look()
                return True
            if self._minutes:
                self.look()
        elif self._waking and kind in ENDS and watched is self._window:
            self._waking = False
            return True
        return False

    def _level(self) -> float:
        """Percent of all the light there is."""
        return self._brightness() * (self._night.brightness / 100 if self._asleep else 1.0)

    def _veil(self) -> float:
        """How dark what lies over the pages is, where the display has no lamp that can be set."""
        return 0.0 if self.backlight.there else 1.0 - self._level() / 100

    def _set_alone(self, alone: bool) -> None:
        if alone != self._alone:
            self._alone, self._touched_at = alone, time.monotonic()
            self.look()

    alone = Property(bool, lambda self: self._alone, _set_alone, notify=changed)
    asleep = Property(bool, lambda self: self._asleep, notify=changed)
    veil = Property(float, _veil, notify=changed)
    dark = Property(bool, lambda self: self._asleep or dark(self._minutes), notify=changed)
    moved = Property(bool, lambda self: drift(self._minutes) != (0, 0), notify=changed)
    dx = Property(int, lambda self: drift(self._minutes)[0], notify=changed)
    dy = Property(int, lambda self: drift(self._minutes)[1], notify=changed)
