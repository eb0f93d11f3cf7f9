"""Between the connection and the disk: what came is written and synced beside the asking."""

from __future__ import annotations

import asyncio
import contextlib
import time

from server.blobs.fetching import Fetching
from server.blobs.partial import Partial
from server.blobs.store import BlobStore
from server.event import Refused

WRITE_BYTES = 128 * 1024
WRITE_S = 1.0
"""What came is written when it is so much, or so old."""

MARK_BYTES = 1024 * 1024
MARK_S = 2.0
"""And synced: so much is fetched again at worst after a power cut. Larger syncs would keep the log's waiting."""

MAX_UNWRITTEN_BYTES = 1024 * 1024
"""With a disk this far behind, it is waited for."""


class NoRoom(Exception):
    """The disk takes no more."""

    def __init__(self, why: OSError | Refused) -> None:
        super().__init__(str(why))
        self.text = why.text if isinstance(why, Refused) else f"Pictures can't be written: {why.strerror or why}."


class Desk:
    """What came goes to the disk beside the asking, in one thread's turn at a time."""

    def __init__(self, partial: Partial, store: BlobStore) -> None:
        self.failed = False
        self._partial, self._store = partial, store
        self._waiting: list[bytes] = []
        self._size = 0
        self._writing: asyncio.Task[None] | None = None
        self._writing_size = 0
        self._marked_length, self._marked_at = partial.length, time.monotonic()
        self._written_at = float("-inf")
        self._closed = False

    @property
    def unwritten(self) -> int:
        return self._size + self._writing_size

    async def check_room(self, size: int) -> None:
        await asyncio.to_thread(self._store.check_room, size)

    async def take(self, data: bytes, fetching: Fetching, now: float) -> None:
        """Raises what the disk said to what was given before."""
        self._waiting.append(data)
        self._size += len(data)
        if self._writing is not None and not self._writing.done() and self.unwritten < MAX_UNWRITTEN_BYTES:
            return
        if self._size >= WRITE_BYTES or now - self._written_at >= WRITE_S:
            await self._settle()
            self._written_at = now
            due = now - self._marked_at >= MARK_S or fetching.held - self._marked_length >= MARK_BYTES
            if due:
                self._marked_at, self._marked_length = now, fetching.held
            self._begin(fetching, due)

    def _begin(self, fetching: Fetching, mark: bool) -> None:
        data, self._waiting = b"".join(self._waiting), []
        self._writing_size, self._size = len(data), 0
        self._writing = asyncio.create_task(
            asyncio.to_thread(self._write, data, mark, fetching.total, sorted(fetching.sources))
        )

    def _write(self, data: bytes, mark: bool, total: int, sources: list[str]) -> None:
        self._partial.write(data)
        if mark:
            self._partial.mark(total, sources)

    async def _settle(self) -> None:
        if self._writing is None:
            return
        await asyncio.wait({self._writing})  # its thread goes on even where we are cancelled
        writing, self._writing, self._writing_size = self._writing, None, 0
        try:
            writing.result()
        except OSError:
            self.failed = True
            raise

    async def flush(self, fetching: Fetching) -> None:
        """All that came is in the file."""
        await self._settle()
        if self._waiting:
            self._begin(fetching, mark=False)
            await self._settle()

    async def stop(self) -> None:
        """What waits is not worth writing."""
        self._waiting, self._size = [], 0
        with contextlib.suppress(OSError):
            await self._settle()

    async def leave(self, fetching: Fetching) -> None:
        """Keeps what came, for the next time."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(OSError):
            await self.flush(fetching)
            if not self._partial.closed and self._partial.length > self._marked_length:
                await asyncio.to_thread(self._partial.mark, fetching.total, sorted(fetching.sources))
        self._partial.close()
