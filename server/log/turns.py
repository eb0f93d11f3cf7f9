"""Who gives the writer its turns: one thread, that takes whatever waits into one transaction."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Protocol

from server.log.requests import Request
from server.log.writer import Writer

MAX_GROUP_EVENTS = 4096
"""Events of one transaction: larger ones gain nothing and make the next in line wait."""

MAX_GROUP_REQUESTS = 512

PROBE_S = 1.0
"""How often a full disk is tried again."""


class Turns(Protocol):
    """Requests in, turns of the writer out."""

    def start(self) -> None: ...

    def put(self, request: Request) -> None:
        """The request will be answered."""
        ...

    @property
    def waiting(self) -> int:
        """Requests that wait for a turn."""
        ...

    def stop(self) -> None:
        """Writes what waits, then ends; blocks until it has."""
        ...


TakeTurns = Callable[[Writer], Turns]


class WriterThread:
    """The real one."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._queue: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, request: Request) -> None:
        self._queue.put(request)

    @property
    def waiting(self) -> int:
        return self._queue.qsize()

    def stop(self) -> None:
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        writer = self._writer
        writer.begin()
        going = True
        probed = time.monotonic()
        while going:
            group, going = self._take()
            if group:
                writer.turn(group, self._queue.empty())
            if writer.full and going and time.monotonic() - probed >= PROBE_S:  # also if something always waits
                writer.probe()
                probed = time.monotonic()
        writer.end()

    def _take(self) -> tuple[list[Request], bool]:
        """What waits, as much as goes into one transaction; False when it is time to end."""
        try:
            first = self._queue.get(timeout=PROBE_S if self._writer.full else None)
        except queue.Empty:
            return [], True
        group: list[Request] = []
        size = 0
        while first is not None:
            group.append(first)
            size += first.size
            if size >= MAX_GROUP_EVENTS or len(group) >= MAX_GROUP_REQUESTS:
                return group, True
            try:
                first = self._queue.get_nowait()
            except queue.Empty:
                return group, True
        return group, False
