"""Hybrid logical clock: timestamps that follow the wall clock and never contradict cause and effect.

After Kulkarni, Demirbas et al., "Logical Physical Clocks" (OPODIS 2014). A timestamp is one 64-bit integer:
48 bits of milliseconds since 1970, 16 bits of counter.

One thing is added to the paper: a clock that is far off does not stay so once it is set right, neither ours nor, by us,
another's. What an event answers to it says itself where its time does not (`Draft.follows`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

MAX_AHEAD_MS = 60_000
"""A remote time further ahead than this does not drag our clock along (design §2)."""

MAX_HELD_MS = 60_000
"""Of our own last time, how far it may be ahead of the wall clock and still be followed. More means that the clock was
set right (or wrong) by a person: from now on events are dated by it, lest one wrong hour spoil all days to come."""

EARLIEST_MS = 1_735_689_600_000
"""2025-01-01 UTC. A wall clock before it was never set; a terminal refuses to start with it."""


def wall_ms() -> int:
    """Milliseconds since 1970 by this machine's clock."""
    return time.time_ns() // 1_000_000


class Clock:
    """Gives rising timestamps, until the wall clock is set back; safe to use from several threads."""

    def __init__(self, wall: Callable[[], int] = wall_ms, last: int = 0) -> None:
        self._wall = wall
        self._last = last
        self._lock = threading.Lock()

    def wall_ms(self) -> int:
        """Milliseconds since 1970 by the wall clock that this one follows."""
        return self._wall()

    @property
    def last(self) -> int:
        return self._last

    def tick(self, last: int = 0) -> int:
        """A timestamp for a new event, later than `last` and every one given or observed, unless that lies over
        `MAX_HELD_MS` ahead: then the wall clock was set back. Never the same twice in a row."""
        with self._lock:
            self._last, wall = max(self._last, last), self._wall()
            if (self._last >> 16) - wall > MAX_HELD_MS and wall >= EARLIEST_MS:
                own_is_believed = (last >> 16) - wall <= MAX_HELD_MS  # it was others' clocks that were so far ahead
                self._last = last if own_is_believed else 0
            self._last = max(wall << 16, self._last + 1)
            return self._last

    def observe(self, hlc: int) -> int:
        """Takes note of a remote event's time. Returns how many ms it is ahead of our wall clock (may be negative).

        A time more than `MAX_AHEAD_MS` ahead is reported but not followed.
        """
        with self._lock:
            ahead = (hlc >> 16) - self._wall()
            if ahead <= MAX_AHEAD_MS and hlc > self._last:
                self._last = hlc
            return ahead
