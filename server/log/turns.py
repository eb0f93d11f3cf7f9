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

QUIET_S = 0.25
"""Nothing was asked for so long: the customer is served, and who comes next has not tapped yet."""


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
        self._asleep = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, request: Request) -> None:
        self._queue.put(request)
        if self._asleep:  # set before the writer looks for the last time whether something waits
            with self._news:
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
        writer.make_room()
        going = True
        probed = time.monotonic()
        while going:
            group, going = self._take()
            if group:
                writer.turn(group, not self._queue)
            elif going and writer.wants_quiet and not writer.full:
                writer.tidy()
            if writer.full and going and time.monotonic() - probed >= PROBE_S:  # also if something always waits
                writer.probe()
                probed = time.monotonic()
        writer.end()

    def _take(self) -> tuple[list[Request], bool]:
        """What waits, as much as goes into one transaction; False when it is time to end."""
        with self._news:
            self._asleep = True
            if not self._queue and not self._ending:
                self._news.wait(self._patience())
            self._asleep = False
            group = self._queue.take()
            return group, bool(group) or not self._ending

    def _patience(self) -> float | None:
        """Seconds until there is something to do that nobody asked for; None for never."""
        if self._writer.full:
            return PROBE_S
        return QUIET_S if self._writer.wants_quiet else None
