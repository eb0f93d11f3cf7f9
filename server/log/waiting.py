"""What waits for the log's writer: own events before those of others. Pure."""

from __future__ import annotations

from collections import deque

from server.log.requests import Request

MAX_GROUP_EVENTS = 4096
"""Events of one transaction: larger ones gain nothing and make the next in line wait."""

MAX_GROUP_REQUESTS = 512


class Waiting:
    """Two queues. An order taken here does not wait behind the hundred thousand events with which a neighbour, or head
    office, catches this machine up. Within each, first come, first served."""

    def __init__(self) -> None:
        self._first: deque[Request] = deque()
        self._others: deque[Request] = deque()

    def __len__(self) -> int:
        return len(self._first) + len(self._others)

    def put(self, request: Request) -> None:
        (self._first if request.first else self._others).append(request)

    def take(self) -> list[Request]:
        """What goes into one transaction; `[]` when nothing waits."""
        group: list[Request] = []
        size = 0
        for queue in (self._first, self._others):
            while queue and size < MAX_GROUP_EVENTS and len(group) < MAX_GROUP_REQUESTS:
                group.append(queue.popleft())
                size += group[-1].size
        return group

    def clear(self) -> None:
        self._first.clear()
        self._others.clear()
