"""Who gives the writer its turns: one thread, that takes whatever waits into one transaction."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from server.log.requests import Request
from server.log.waiting import Waiting
from server.log.writer import Writer

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
        self._queue = Waiting()
        self._ending = False
        self._news = threading.Condition()  # guards both
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, request: Request) -> None:
        with self._news:
            self._queue.put(request)
            self._news.notify()

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def stop(self) -> None:
        with self._news:
            self._ending = True
            self._news.notify()
        self._thread.join()

    def _run(self) -> None:
        writer = self._writer
        writer.begin()
        going = True
        probed = time.monotonic()
        while going:
            group, going = self._take()
            if group:
                writer.turn(group, not self._queue)
            if writer.full and going and time.monotonic() - probed >= PROBE_S:  # also if something always waits
                writer.probe()
                probed = time.monotonic()
        writer.end()

    def _take(self) -> tuple[list[Request], bool]:
        """What waits, as much as goes into one transaction; False when it is time to end."""
        with self._news:
            if not self._queue and not self._ending:
                self._news.wait(PROBE_S if self._writer.full else None)
            group = self._queue.take()
            return group, bool(group) or not self._ending
