"""One wire to one peer: frames in, frames out, a queue with an end. Knows nothing of what frames mean."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from server.replication.wire import Wire, WireEnded

MAX_QUEUED_BYTES = 16 * 1024 * 1024
"""Frames waiting for one peer. The protocol's window keeps events far below; who lets this fill does not read."""

MAX_STORING_BYTES = 8 * 1024 * 1024
"""Events of one peer on their way to our disk. Twice the window that it should keep; then we stop reading."""

MAX_STORING_ALL_BYTES = 64 * 1024 * 1024
"""The same of all peers together; then we stop reading from each that has something under way."""

YIELD_AFTER_BYTES = 32 * 1024
"""After a frame this large others on the event loop get their turn, even if the next one is there already."""

CLOSE_TIMEOUT_S = 1.0


class Link:
    """A connected wire. `number` is ours and never used twice. All methods run on the event loop."""

    def __init__(
        self,
        number: int,
        wire: Wire,
        *,
        dialled: bool,
        address: str,
        to_office: bool = False,
        entry: int = 0,
    ) -> None:
        self.number = number
        self.entry = entry  # its number at the listener's gate, when it came in there
        self.dialled = dialled
        self.address = address
        self.to_office = to_office
        self.greeted = False
        self.device_id = ""
        self.code = ""  # why it ended, once it has
        self.backoff = False
        self.explained = False  # the protocol has closed it, and said why
        self.bytes_in = self.bytes_out = 0
        self.storing = 0  # bytes
        self._wire = wire
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._filled = asyncio.Event()
        self._writing = False
        self._closing = False
        self._stored = asyncio.Event()

    @property
    def queued(self) -> int:
        """Bytes that wait until the peer reads."""
        return self._queued

    def send(self, frame: bytes) -> bool:
        """Sends, at once if the wire takes it. False when the peer has stopped reading: give the link up."""
        if self._closing:
            return True
        self.bytes_out += len(frame)
        if not self._writing and not self._queue and self._wire.send_now(frame):
            return True
        self._queue.append(frame)
        self._queued += len(frame)
        self._filled.set()
        return self._queued <= MAX_QUEUED_BYTES

    def close(self, code: str, backoff: bool = False) -> None:
        """Ends the link once what was sent has left."""
        if not self._closing:
            self._closing = True
            self.code, self.backoff = code, backoff
            self._filled.set()
            self._stored.set()
            asyncio.get_running_loop().call_later(CLOSE_TIMEOUT_S, self._wire.abort)

    def hold_back(self, size: int) -> None:
        """`size` bytes of the peer's events are on their way to the disk (negative: have arrived)."""
        self.storing += size
        if size < 0:
            self._stored.set()

    async def run(
        self,
        receive: Callable[[Link, bytes], None],
        first_within_s: float,
        crowded: Callable[[], bool] = lambda: False,
    ) -> None:
        """Hands frames to `receive` until the link ends; the first one must come in time. `crowded`: all links together
        have as much on its way to the disk as may be."""
        writer = asyncio.create_task(self._write(), name=f"link {self.number} writer")
        try:
            await self._read(receive, first_within_s, crowded)
        except TimeoutError:
            self.code = self.code or "no_hello"
        except WireEnded as e:
            if not self.code and e.backoff:
                self.backoff = True  # we had to end it: it sent what is no frame of ours
            self.code = self.code or e.code
        finally:
            self.close(self.code or "closed", self.backoff)
            try:
                await asyncio.wait({writer}, timeout=CLOSE_TIMEOUT_S + 0.5)
            finally:
                writer.cancel()
                self._wire.abort()

    async def _read(
        self, receive: Callable[[Link, bytes], None], first_within_s: float, crowded: Callable[[], bool]
    ) -> None:
        wire = self._wire
        async with asyncio.timeout(first_within_s):
            frame = await wire.receive()
        while not self._closing:
            self.bytes_in += len(frame)
            receive(self, frame)
            if len(frame) >= YIELD_AFTER_BYTES:
                await asyncio.sleep(0)
            while self.storing > MAX_STORING_BYTES or (self.storing and crowded()):
                self._stored.clear()
                await self._stored.wait()
            frame = await wire.receive()

    async def _write(self) -> None:
        with contextlib.suppress(WireEnded):
            while True:
                while self._queue:
                    frame = self._queue.popleft()
                    self._queued -= len(frame)
                    self._writing = True
                    try:
                        await self._wire.send(frame)
                    finally:
                        self._writing = False
                if self._closing:
                    break
                self._filled.clear()
                await self._filled.wait()
        await self._wire.close()
