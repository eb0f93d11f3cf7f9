"""The sync port: accepts websockets, keeps the uninvited out with one line in the log and no traceback."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.protocol import State

from server.event import Refused
from server.replication.frames import MAX_FRAME_BYTES
from server.replication.gate import Gate, Limits

HELLO_WITHIN_S = 5.0
"""From the connection to the end of the handshake, and from there to the first frame."""

MAX_STRANGER_BYTES = 2 * 1024 * 1024
"""What one may have sent before its hello was heard. A peer sends its hello and what it holds in one go; a stranger
with a frame that never ends has so much of our memory, and `Limits.strangers` says how many there may be."""

MAX_FRAMES_WAITING = 8
"""Frames of one connection that have come and not been looked at; then nothing more is read from it."""

CLOSE_TIMEOUT_S = 1.0
FULL_LINE_EVERY_S = 60.0
BACKLOG = 512

logger = logging.getLogger("pilotlight.mesh")

quiet = logging.getLogger("pilotlight.websockets")
"""What the websocket library has to say. Its tracebacks on garbage are of no use to anybody; we write our own line."""
quiet.setLevel(logging.CRITICAL)
quiet.propagate = False


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 picks one. Raises `Refused("port_taken", …)`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as e:
        why = os.strerror(e.errno) if e.errno else str(e)
        raise Refused(
            "port_taken",
            f"The sync port {host}:{port} can't be opened ({why}). Stop the program that uses it, or choose another.",
        ) from None


class Listener:
    """Accepts connections and hands each that shook hands to `serve_one(connection, number, address)`."""

    def __init__(self, limits: Limits, serve_one: Callable[[ServerConnection, int, str], Awaitable[None]]) -> None:
        self.gate = Gate(limits)
        self.closing = False
        self._serve_one = serve_one
        self._numbers = itertools.count(1)
        self._socket: socket.socket | None = None
        self._server: Server | None = None
        self._shaking_hands: set[ServerConnection] = set()
        self._full_line_at = float("-inf")

    def bind(self, host: str, port: int) -> int:
        """Takes the port (0 picks one) and returns it. Raises `Refused("port_taken", …)`."""
        self._socket = bind(host, port)
        taken: int = self._socket.getsockname()[1]
        return taken

    async def start(self) -> None:
        """Serves on the bound port, until `close`."""
        assert self._socket is not None
        try:
            await self._serve(self._socket)
        except BaseException:
            self._socket.close()
            raise

    async def _serve(self, sock: socket.socket) -> None:
        listener = self

        class Guarded(ServerConnection):
            """A connection that passes the gate first."""

            number = 0
            address = ""
            came = 0

            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                super().connection_made(transport)
                self.number = next(listener._numbers)
                self.address = str((transport.get_extra_info("peername") or ("",))[0])
                listener._entered(self)

            def data_received(self, data: bytes) -> None:
                if self.came <= MAX_STRANGER_BYTES:
                    self.came += len(data)
                    if self.came > MAX_STRANGER_BYTES and listener.gate.is_stranger(self.number):
                        listener.offence(self.address, "it sent very much and did not introduce itself")
                        self.transport.abort()
                        return
                super().data_received(data)

            def connection_lost(self, exc: Exception | None) -> None:
                listener.gate.leave(self.number)
                super().connection_lost(exc)

            async def handshake(self, *arguments: Any, **options: Any) -> None:
                listener._shaking_hands.add(self)
                try:
                    wait_s = listener.gate.wait_s(self.address, asyncio.get_running_loop().time())
                    if wait_s:
                        await asyncio.wait([self.connection_lost_waiter], timeout=min(wait_s, HELLO_WITHIN_S - 1))
                    await super().handshake(*arguments, **options)
                finally:
                    listener._shaking_hands.discard(self)
                    if self.protocol.state is not State.OPEN:
                        listener._no_handshake(self)

        async def handler(connection: ServerConnection) -> None:
            assert isinstance(connection, Guarded)
            await listener._serve_one(connection, connection.number, connection.address)

        self._server = await serve(
            handler,
            sock=sock,
            create_connection=Guarded,
            compression=None,
            max_size=MAX_FRAME_BYTES,
            max_queue=MAX_FRAMES_WAITING,
            ping_interval=None,
            open_timeout=HELLO_WITHIN_S,
            close_timeout=CLOSE_TIMEOUT_S,
            logger=quiet,
            server_header=None,
        )

    def _entered(self, connection: Any) -> None:
        reason = self.gate.enter(connection.number, connection.address)
        if reason is None:
            return
        connection.number = 0  # it was not counted, so it must not be counted out
        connection.transport.abort()
        now = asyncio.get_running_loop().time()
        if now - self._full_line_at > FULL_LINE_EVERY_S:
            self._full_line_at = now
            logger.warning("connections are turned away, this one from %s: %s", connection.address, reason)

    def _no_handshake(self, connection: Any) -> None:
        if connection.number and not self.closing:
            self.offence(connection.address, "no websocket handshake")

    def offence(self, address: str, what: str) -> None:
        """Somebody at `address` broke a rule: one line, and its next connection waits."""
        if self.gate.offence(address, asyncio.get_running_loop().time()):
            logger.warning("a connection from %s was closed: %s", address or "this machine", what)

    async def close(self) -> None:
        """No new connections; those that are open end."""
        self.closing = True
        if self._server is not None:
            self._server.close()
            for connection in self._shaking_hands:  # who has not said a word is not waited for
                connection.transport.abort()
            await self._server.wait_closed()
