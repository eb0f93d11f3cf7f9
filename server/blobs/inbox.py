"""What came on a connection, and when: the measure of how free the line is."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque

from server.blobs.frames import BadBlob
from server.blobs.serving import Wire

MAX_UNREAD = 1024
"""Frames that came and were not looked at: more than is ever asked for at a time."""


class Inbox:
    """Frames with their times, also those that came while their reader was busy with something else."""

    def __init__(self, wire: Wire) -> None:
        self.owed = 0  # answers that are still to come
        self._wire = wire
        self._came: deque[tuple[bytes, float]] = deque()
        self._news = asyncio.Event()
        self._ended: BaseException | None = None
        self._reading = asyncio.create_task(self._read(), name="reads blobs")

    async def _read(self) -> None:
        try:
            while len(self._came) < MAX_UNREAD:
                self._came.append((await self._wire.receive(), time.monotonic()))
                self._news.set()
            self._ended = BadBlob("it sent more than was asked for")
        except BaseException as e:
            self._ended = e
        self._news.set()

    async def next(self, wait_s: float) -> tuple[bytes, float] | None:
        """None when nothing came in time. Raises what the wire ended with."""
        if not self._came:
            if self._ended is not None:
                raise self._ended
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._news.wait()
        if not self._came:
            return None
        self.owed -= 1
        return self._came.popleft()

    def close(self) -> None:
        self._reading.cancel()
