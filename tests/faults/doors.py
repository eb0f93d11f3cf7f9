"""Ways into machines on a network of their own: each is a port on loopback here that leads to one there."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

CHUNK_BYTES = 64 * 1024


class Doors:
    """An event loop in a thread that carries connections. `make` gives a socket on the other side."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="doors", daemon=True)
        self._servers: list[asyncio.Server] = []

    def open(self, make: Callable[[], socket.socket], port: int) -> int:
        """A port here that leads to 127.0.0.1:`port` there."""

        async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            far = make()
            far.setblocking(False)
            try:
                await self._loop.sock_connect(far, ("127.0.0.1", port))
                far_reader, far_writer = await asyncio.open_connection(sock=far)
            except OSError:
                far.close()
                writer.transport.abort()
                return
            with contextlib.suppress(asyncio.CancelledError):  # the lab closes
                await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

        async def begin() -> int:
            server = await asyncio.start_server(carry, "127.0.0.1", 0)
            self._servers.append(server)
            taken: int = server.sockets[0].getsockname()[1]
            return taken

        return asyncio.run_coroutine_threadsafe(begin(), self._loop).result(10)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        async def end() -> None:
            for server in self._servers:
                server.close()
            carrying = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in carrying:
                task.cancel()
            await asyncio.gather(*carrying, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()


@contextlib.contextmanager
def doors() -> Iterator[Doors]:
    some = Doors()
    some.start()
    try:
        yield some
    finally:
        some.close()
