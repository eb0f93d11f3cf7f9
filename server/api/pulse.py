"""How late the event loop is: everybody's latency has this in it, and whatever blocks the loop shows here."""

from __future__ import annotations

import asyncio
from collections import deque

from server.api.port import Metric

BEAT_S = 0.05
WINDOW_S = 60.0
"""The worst of so long is told, so that a scraper that comes once a minute misses nothing."""

LATE_S = 0.25
"""Felt by a customer; worth counting."""


class Pulse:
    """Sleeps a moment again and again, and looks how much longer it was. `worst_s` since the start."""

    def __init__(self) -> None:
        self.worst_s = 0.0
        self.late = 0
        self._recent: deque[tuple[float, float]] = deque()  # (when, lag), each larger than all after it

    async def run(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT_S
            await asyncio.sleep(BEAT_S)
            now = loop.time()
            self.note(max(0.0, now - due), now)

    def note(self, lag_s: float, now: float) -> None:
        self.worst_s = max(self.worst_s, lag_s)
        self.late += lag_s >= LATE_S
        while self._recent and self._recent[-1][1] <= lag_s:
            self._recent.pop()
        self._recent.append((now, lag_s))
        while self._recent[0][0] < now - WINDOW_S:
            self._recent.popleft()

    def metrics(self) -> list[Metric]:
        recent = self._recent[0][1] if self._recent else 0.0
        return [
            Metric("loop_lag_seconds", round(recent, 4), "How late the event loop was at worst in the last minute."),
            Metric("loop_lag_max_seconds", round(self.worst_s, 4), "The same since the start."),
            Metric("loop_late_total", self.late, f"How often it was later than {LATE_S} s.", "counter"),
        ]
