"""One websocket to one peer: frames in, frames out, a queue with an end. Knows nothing of what frames mean."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable

from websockets.asyncio.client import connect
from websockets.asyncio.connection import Connection, broadcast
from websockets.exceptions import ConnectionClosed, ConnectionClosedError
from websockets.frames import CloseCode

from server.replication.frames import MAX_FRAME_BYTES
from server.replication.gate import is_loopback

MAX_QUEUED_BYTES = 16 * 1024 * 1024
"""Frames waiting for one peer. The protocol's window keeps events far below; who lets this fill does not read."""

DIRECT_BELOW_BYTES = 64 * 1024
"""With less than this in the socket's buffer a frame is written at once, else it queues behind the others."""

MAX_STORING_BYTES = 8 * 1024 * 1024
"""Events of one peer on their way to our disk. Twice the window that it should keep; then we stop reading."""

YIELD_AFTER_BYTES = 32 * 1024
"""After a frame this large others on the event loop get their turn, even if the next one is there already."""

CLOSE_TIMEOUT_S = 1.0

quiet = logging.getLogger("pilotlight.websockets")
"""What the websocket library has to say. Its tracebacks on garbage are of no use to anybody; we write our own line."""
quiet.setLevel(logging.CRITICAL)
quiet.propagate = False


class Link:
    """A connected websocket. `number` is ours and never used twice. All methods run on the event loop."""

    def __init__(
        self,
        number: int,
        socket: Connection,
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
        self._socket = socket
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._filled = asyncio.Event()
        self._writing = False
        self._closing = False
        self._stored = asyncio.Event()

    def send(self, frame: bytes) -> bool:
        """Sends, at once if the socket takes it. False when the peer has stopped reading: give the link up."""
        if self._closing:
            return True
        self.bytes_out += len(frame)
        socket = self._socket
        if not self._writing and not self._queue and socket.transport.get_write_buffer_size() < DIRECT_BELOW_BYTES:
            broadcast((socket,), frame)
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
            asyncio.get_running_loop().call_later(CLOSE_TIMEOUT_S, self._abort)

    def hold_back(self, size: int) -> None:
        """`size` bytes of the peer's events are on their way to the disk (negative: have arrived)."""
        self.storing += size
        if size < 0:
            self._stored.set()

    async def run(self, receive: Callable[[Link, bytes], None], first_within_s: float) -> None:
        """Hands frames to `receive` until the link ends; the first one must come in time."""
        writer = asyncio.create_task(self._write(), name=f"link {self.number} writer")
        try:
            await self._read(receive, first_within_s)
        except TimeoutError:
            self.code = self.code or "no_hello"
        except ConnectionClosedError as e:
            if not self.code and e.sent is not None and not e.rcvd_then_sent:
                self.backoff = True  # we had to end it: it sent what is no websocket message of ours
                self.code = "frame_too_large" if e.sent.code == CloseCode.MESSAGE_TOO_BIG else "bad_frame"
            self.code = self.code or "lost"
        except ConnectionClosed:
            self.code = self.code or "closed"
        finally:
            self.close(self.code or "closed", self.backoff)
            try:
                await asyncio.wait({writer}, timeout=CLOSE_TIMEOUT_S + 0.5)
            finally:
                writer.cancel()
                self._abort()

    async def _read(self, receive: Callable[[Link, bytes], None], first_within_s: float) -> None:
        socket = self._socket
        async with asyncio.timeout(first_within_s):
            frame = await socket.recv(decode=False)
        while not self._closing:
            self.bytes_in += len(frame)
            receive(self, frame)
            if len(frame) >= YIELD_AFTER_BYTES:
                await asyncio.sleep(0)
            while self.storing > MAX_STORING_BYTES:
                self._stored.clear()
                await self._stored.wait()
            frame = await socket.recv(decode=False)

    async def _write(self) -> None:
        with contextlib.suppress(ConnectionClosed, AttributeError):
            while True:
                while self._queue:
                    frame = self._queue.popleft()
                    self._queued -= len(frame)
                    self._writing = True
                    try:
                        await self._socket.send(frame)
                    finally:
                        self._writing = False
                if self._closing:
                    break
                self._filled.clear()
                await self._filled.wait()
        with contextlib.suppress(Exception):  # it may be gone already, in one of many ways
            await self._socket.close()

    def _abort(self) -> None:
        with contextlib.suppress(AttributeError):  # asyncio's answer when the transport is closed already
            self._socket.transport.abort()


async def dial(uri: str, timeout_s: float) -> Connection:
    """A websocket to `uri`. Raises `OSError`, `TimeoutError` or a websockets exception."""
    host = uri.partition("://")[2].rpartition(":")[0].strip("[]")
    return await connect(
        uri,
        compression=None,  # frames carry their own
        max_size=MAX_FRAME_BYTES,
        ping_interval=None,  # the protocol has its own signs of life
        open_timeout=timeout_s,
        close_timeout=CLOSE_TIMEOUT_S,
        logger=quiet,
        user_agent_header="pilotlight",
        proxy=None if is_loopback(host) or uri.startswith("ws://") else True,
    )


async def answers(uri: str, timeout_s: float) -> bool:
    """Whether somebody at `uri` speaks websocket, now."""
    try:
        socket = await dial(uri, timeout_s)
    except Exception:
        return False
    await socket.close()
    return True
