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

MAX_AWAY_MS = 62 * 86_400_000
"""A terminal whose own clock was never set takes another's time for right that is no further ahead: it may have been
off for so long. More is rather the other's mistake."""


def wall_ms() -> int:
    """Milliseconds since 1970 by this machine's clock."""
    return time.time_ns() // 1_000_000


class Clock:
    """Gives rising timestamps, until the wall clock is set back; safe to use from several threads."""

    def __init__(
        self, wall: Callable[[], int] = wall_ms, last: int = 0, hear: Callable[[int], None] = lambda ms: None
    ) -> None:
        """`hear` is told of others' times, in ms, before they are compared with `wall`'s."""
        self._wall = wall
        self._hear = hear
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
            self._hear(hlc >> 16)
            ahead = (hlc >> 16) - self._wall()
            if ahead <= MAX_AHEAD_MS and hlc > self._last:
                self._last = hlc
            return ahead


class LostTime:
    """The time for a machine whose clock was never set: an empty battery, and no line to ask anybody over.

    It goes on from the newest time that is known of it, which is too early by as long as the machine was off, and then
    follows whoever is heard from. A shop that sells under last night's date, and says so, is better than one that
    waits for somebody who may set a clock. Nothing is guessed any more as soon as that was done.
    """

    def __init__(self, newest_ms: int, own: Callable[[], int] = wall_ms) -> None:
        self._own = own
        self._ahead_ms = max(0, newest_ms - own())

    @property
    def ahead_ms(self) -> int:
        """Of the machine's own clock; 0 once that is set."""
        return self._ahead_ms if self._own() < EARLIEST_MS else 0

    def wall_ms(self) -> int:
        """Milliseconds since 1970, as far as can be known."""
        return self._own() + self.ahead_ms

    def hear(self, ms: int) -> None:
        """Somebody's time is this, or was."""
        if self.ahead_ms:
            ahead_ms = ms - self.wall_ms()
            self._ahead_ms += ahead_ms if 0 < ahead_ms <= MAX_AWAY_MS else 0
