"""A TCP relay that can be cut: the line between a shop and its head office, in the demo, in tests and in bench.

It knows nothing of what it carries. A cut closes every connection and refuses new ones, as a dead line does; with
`silent=True` it keeps them open and carries nothing, as a line does whose other end has lost its power. It can be made
slow by setting `bytes_per_s`.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Iterator

CHUNK_BYTES = 64 * 1024
PACKET_BYTES = 1400

QUEUE_BYTES = 64 * 1024
"""What a cheap router holds in front of a slow line: half a second's worth at 1 Mbit/s, for everybody behind it."""


class Line:
    """A line that all connections share, as a shop's to the internet: in each direction one packet after the other, at
    `bytes_per_s`, behind whatever waits there already; and `delay_s` under way. Several relays may share one."""

    def __init__(self, bytes_per_s: float, delay_s: float = 0.0) -> None:
        self.bytes_per_s, self.delay_s = bytes_per_s, delay_s
        self.carried = {True: 0, False: 0}  # bytes, up and down
        self._queues: dict[bool, deque[tuple[bytes, asyncio.StreamWriter]]] = {True: deque(), False: deque()}
        self._queued = {True: 0, False: 0}
        self._came = {True: asyncio.Event(), False: asyncio.Event()}
        self._left = {True: asyncio.Event(), False: asyncio.Event()}
        self._running: list[asyncio.Task[None]] = []

    async def put(self, up: bool, data: bytes, writer: asyncio.StreamWriter) -> None:
        """Waits while the queue is full. Empty `data`: the end of this connection."""
        if not self._running:
            self._running = [asyncio.create_task(self._run(one)) for one in (True, False)]
        while self._queued[up] + len(data) > QUEUE_BYTES:
            self._left[up].clear()
            await self._left[up].wait()
        self._queues[up].append((data, writer))
        self._queued[up] += len(data)
        self._came[up].set()

    async def _run(self, up: bool) -> None:
        loop, queue = asyncio.get_running_loop(), self._queues[up]
        free_at = loop.time()
        while True:
            while not queue:
                self._came[up].clear()
                await self._came[up].wait()
                free_at = max(free_at, loop.time())
            data, writer = queue.popleft()
            free_at += len(data) / self.bytes_per_s
            await asyncio.sleep(free_at - loop.time())
            self._queued[up] -= len(data)
            self.carried[up] += len(data)
            self._left[up].set()
            loop.call_later(self.delay_s, self._deliver, data, writer)

    @staticmethod
    def _deliver(data: bytes, writer: asyncio.StreamWriter) -> None:
        if writer.transport.is_closing():
            return
        if data:
            writer.write(data)
        else:
            writer.transport.abort()

    def close(self) -> None:
        for task in self._running:
            task.cancel()


class Relay:
    """Listens on loopback and carries every connection to `host:port`. `delay_s` is added in each direction. With a
    `line` everything goes over that."""

    def __init__(
        self, host: str, port: int, *, listen_port: int = 0, delay_s: float = 0.0, line: Line | None = None
    ) -> None:
        self.host = host
        self.target_port = port
        self.port = listen_port
        self.delay_s = delay_s
        self.line = line
        self.bytes_per_s = 0  # in each direction of each connection; 0 is as fast as it goes
        self.bytes_up = 0  # towards the target
        self.bytes_down = 0
        self._server: asyncio.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._carriers: set[asyncio.Task[object]] = set()
        self._open = True
        self._flowing = asyncio.Event()

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._flowing.set()
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def aim(self, host: str, port: int) -> None:
        """Carries new connections there from now on."""
        self.host, self.target_port = host, port

    def cut(self, *, silent: bool = False) -> None:
        """The line is dead until `restore`. May be called from another thread than the relay's."""
        self._call(self._cut_silently if silent else self._cut)

    def restore(self) -> None:
        self._call(self._restore)

    def _call(self, function: object) -> None:
        assert self._loop is not None
        assert callable(function)
        try:
            here = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            here = False
        if here:
            function()
        else:
            done = threading.Event()

            def there() -> None:
                function()
                done.set()

            self._loop.call_soon_threadsafe(there)
            done.wait(5)

    def _cut(self) -> None:
        self._open = False
        for writer in list(self._writers):
            writer.transport.abort()

    def _cut_silently(self) -> None:
        self._flowing.clear()

    def _restore(self) -> None:
        if not self._flowing.is_set():
            for writer in list(self._writers):  # what waited in between is lost with its connection
                writer.transport.abort()
        self._open = True
        self._flowing.set()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        if task is not None:
            self._carriers.add(task)
            task.add_done_callback(self._carriers.discard)
        self._writers.add(writer)
        try:
            far_reader, far_writer = await asyncio.open_connection(self.host, self.target_port)
        except OSError:
            self._writers.discard(writer)
            writer.transport.abort()
            return
        self._writers.add(far_writer)
        try:
            await asyncio.gather(self._pump(reader, far_writer, True), self._pump(far_reader, writer, False))
        finally:
            for one in (writer, far_writer):
                self._writers.discard(one)
                one.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, up: bool) -> None:
        if self.line is not None:
            with contextlib.suppress(OSError):
                while data := await reader.read(PACKET_BYTES):
                    await self.line.put(up, data, writer)
            await self.line.put(up, b"", writer)
            return
        with contextlib.suppress(OSError):
            while data := await reader.read(self.bytes_per_s or CHUNK_BYTES):
                if self.bytes_per_s:
                    await asyncio.sleep(len(data) / self.bytes_per_s)
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                await self._flowing.wait()
                if up:
                    self.bytes_up += len(data)
                else:
                    self.bytes_down += len(data)
                writer.write(data)
                await writer.drain()
        writer.transport.abort()

    async def close(self) -> None:
        self._cut()
        if self._server is not None:
            self._server.close()
        self._flowing.set()
        if self._carriers:
            await asyncio.wait(self._carriers, timeout=2)

    @classmethod
    @contextlib.contextmanager
    def in_thread(cls, host: str = "127.0.0.1", port: int = 1, line: Line | None = None) -> Iterator[Relay]:
        """A relay with an event loop of its own, for callers without one."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="relay", daemon=True)
        thread.start()
        relay = cls(host, port, line=line)
        asyncio.run_coroutine_threadsafe(relay.start(), loop).result(10)
        try:
            yield relay
        finally:
            asyncio.run_coroutine_threadsafe(relay.close(), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(5)
            loop.close()
