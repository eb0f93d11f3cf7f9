"""How fast pieces are asked for: less than the line gives, so that an order never finds it taken. Pure, given `now`.

Whoever asks measures how long each piece takes. While the quickest quarter of them takes as long as on an idle line,
nothing waits anywhere, and a little more is asked for. As soon as it takes longer, a queue stands in front of the line:
then three quarters of what came through is the new rate. So the line is mostly free, and when an order comes, at most a
piece or two are before it; a piece is so small that the line carries it in a few milliseconds. (The idea is LEDBAT's,
RFC 6817, with a far smaller target, at the side that receives.)
"""

from __future__ import annotations

from collections import deque

from server.blobs.frames import MAX_PIECE_BYTES

FIRST_RATE = 16 * 1024.0
LOWEST_RATE = 16 * 1024.0
HIGHEST_RATE = 8 * 1024 * 1024.0
"""Bytes a second. A fast network would give more, but a terminal's processor and disk belong to orders."""

PIECE_S = 0.004
"""A piece is what the line carries in so long: an order waits half of that for it, on average."""

LEAST_PIECE_BYTES = 512
"""Below this the frames around it cost more than it carries."""

TARGET_S = 0.004
"""More than this above the idle line's time is a queue."""

SLACK_S = 0.012
"""Asked for at a time: what the line holds, and so much more for unsteady hands."""

KEEP = 0.75
GROWTH = 1.1
EPOCH_S = 0.2
LONGEST_EPOCH_S = 1.5
ENOUGH = 8
"""Pieces from which the quickest quarter tells something."""

STEP_S = 1.0
NEAR = 0.85
PROBE_S, PROBE_SOON_S = 30.0, 8.0
FULL = 0.9
"""After a queue the rate grows by a step at a time to just below what came through then, and stays there. Only now and
then it goes beyond: the line may have become faster. Sooner where nearly all came through that was asked for: then it
was somebody else's queue, or this machine was busy."""

BASE_S = 60.0
"""What an idle line takes is looked for anew within so long: a route may have changed."""

UNKNOWN_S = 0.05


class Pace:
    """One connection's."""

    def __init__(self, now: float) -> None:
        self.rate = FIRST_RATE
        self.queue_s = 0.0  # at the last look
        self._next_at = now
        self._in_flight: deque[tuple[int, float | None]] = deque()
        self._bytes = 0
        self._quick = True  # no queue was met yet: the rate doubles
        self._grow_at = self._probe_at = now
        self._ceiling = HIGHEST_RATE
        self._began, self._came, self._delays = now, 0, list[float]()
        self._least: deque[tuple[float, float]] = deque()  # (when, delay), rising delays

    @property
    def in_flight(self) -> int:
        """Bytes asked for that have not come."""
        return self._bytes

    def size(self) -> int:
        """Of the next piece to ask for."""
        return int(min(max(self.rate * PIECE_S, LEAST_PIECE_BYTES), MAX_PIECE_BYTES))

    def wait_s(self, now: float) -> float | None:
        """Until another piece may be asked for; None: not before one has come."""
        size = self.size()
        base = self._least[0][1] if self._least else UNKNOWN_S
        if self._in_flight and self._bytes + size > self.rate * (base + SLACK_S) + size:
            return None
        return max(0.0, self._next_at - now)

    def asked(self, size: int, now: float) -> None:
        self._in_flight.append((size, now))
        self._bytes += size
        self._next_at = max(self._next_at, now - PIECE_S) + size / self.rate

    def came(self, size: int, now: float) -> None:
        """The oldest ask was answered by `size` bytes."""
        asked, at = self._in_flight.popleft()
        self._bytes -= asked
        if at is None:
            return
        delay = now - at
        while self._least and self._least[-1][1] >= delay:
            self._least.pop()
        self._least.append((now, delay))
        while self._least[0][0] < now - BASE_S:
            self._least.popleft()
        self._delays.append(delay)
        self._came += size
        spent = now - self._began
        base = self._least[0][1]
        if (spent >= max(EPOCH_S, 2 * base) and len(self._delays) >= ENOUGH) or spent >= LONGEST_EPOCH_S + 2 * base:
            self._look(spent, base, now)

    def rested(self, now: float) -> None:
        """Asking stopped for a while, for whatever reason: what was measured meanwhile says nothing of the line."""
        self._next_at = max(self._next_at, now)
        for n, (size, _) in enumerate(self._in_flight):
            self._in_flight[n] = (size, None)
        self._begin(now)

    def forget(self, now: float) -> None:
        """What was asked for and has not come will not come. Between two blobs there is nothing to forget."""
        if self._in_flight:
            self._in_flight.clear()
            self._bytes = 0
            self.rested(now)

    def absent(self, now: float) -> None:
        """The oldest ask was answered by nothing: the line was not used."""
        size, _ = self._in_flight.popleft()
        self._bytes -= size
        self._next_at = min(self._next_at, now)

    def _begin(self, now: float) -> None:
        self._began, self._came = now, 0
        self._delays.clear()

    def _look(self, spent: float, base: float, now: float) -> None:
        quick = sorted(self._delays)[len(self._delays) // 4]
        through = self._came / spent
        self.queue_s = quick - base
        if self.queue_s > TARGET_S:
            full = self._quick or through < FULL * self.rate
            self._quick = False
            self.rate = min(self.rate, max(LOWEST_RATE, KEEP * through))
            self._ceiling, self._probe_at = NEAR * through, now + (PROBE_S if full else PROBE_SOON_S)
            self._grow_at = now + STEP_S + 2 * spent
        elif self._quick:
            self.rate = min(HIGHEST_RATE, max(self.rate, 2 * min(self.rate, through)))
        elif now >= self._grow_at:
            most = HIGHEST_RATE if now >= self._probe_at else max(self.rate, self._ceiling)
            self.rate = min(most, self.rate * GROWTH)
            self._grow_at = now + max(STEP_S, 2 * spent)
        self._begin(now)
