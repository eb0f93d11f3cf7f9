"""The newest events in memory, so that live subscribers need not go to the disk for what was just written."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from server.event import Event, decode
from server.log.stage import Segment

MAX_EVENTS = 4096
MAX_BYTES = 4 * 1024 * 1024
"""What is kept at most; a subscriber further behind reads the disk, which costs it some tenths of a millisecond."""

LIVE_EVENTS = 256
"""What is kept of events that come one by one: fifty orders. More would only make the memory of a day grow. What
comes by the thousand, when a neighbour catches this machine up, is kept until twice as much has come."""


class Recent:
    """Segments at consecutive positions, up to the newest."""

    def __init__(self) -> None:
        self._segments: deque[tuple[Segment, int]] = deque()
        self._events = 0
        self._bytes = 0

    def add(self, segments: Sequence[Segment]) -> None:
        """What one commit has added."""
        before = self._events
        for segment in segments:
            size = sum(map(len, segment.raws))
            self._segments.append((segment, size))
            self._events += len(segment.raws)
            self._bytes += size
        most = min(MAX_EVENTS, max(LIVE_EVENTS, 2 * (self._events - before)))
        while self._segments and (self._events > most or self._bytes > MAX_BYTES):
            oldest, size = self._segments.popleft()
            self._events -= len(oldest.raws)
            self._bytes -= size

    def after(self, cursor: int, limit: int) -> list[Event] | None:
        """Up to `limit` events after the cursor; None when they are not all here."""
        wanted: list[Segment] = []
        for segment, _ in reversed(self._segments):
            if segment.last_position <= cursor:
                break
            wanted.append(segment)
        if not wanted or wanted[-1].first_position > cursor + 1:
            return None
        events: list[Event] = []
        for segment in reversed(wanted):
            events += decoded(segment)[max(0, cursor + 1 - segment.first_position) :]
            if len(events) >= limit:
                return events[:limit]
        return events


def decoded(segment: Segment) -> list[Event]:
    if segment.events is None:
        first = segment.first_position
        segment.events = [decode(segment.stream, raw, first + i) for i, raw in enumerate(segment.raws)]
    return segment.events
