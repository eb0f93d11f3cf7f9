"""When a screen rests, and how what stands on it for hours moves about. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
DRIFT = ((0, 0), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))
"""Places about the middle, one a minute; times `DRIFT_UNITS` design pixels."""

DRIFT_UNITS = 5
TURNS_DARK = 20
"""Minutes for which an attract page nobody touches is light, and then dark: no part of it is bright for hours."""


class Night(NamedTuple):
    """From one minute of the day to another, past midnight or not; equal: never. `brightness` is in percent.
    `time_zone` is an IANA name, `""` for the machine's own."""

    begins: int = 0
    ends: int = 0
    brightness: int = 30
    time_zone: str = ""

    def at(self, minute: int) -> bool:
        if self.begins <= self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends


def minute_of(clock: str) -> int | None:
    """`06:30` as 390; None for what is no time of day."""
    found = CLOCK.fullmatch(clock)
    return int(found[1]) * 60 + int(found[2]) if found else None


def drift(minutes: int) -> tuple[int, int]:
    """Where the page stands after so many minutes without a touch, in design pixels from its place."""
    x, y = DRIFT[minutes % len(DRIFT)]
    return x * DRIFT_UNITS, y * DRIFT_UNITS


def dark(minutes: int) -> bool:
    return minutes // TURNS_DARK % 2 == 1
