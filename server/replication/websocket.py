"""Wires that are websockets, over TCP: what the product runs on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from websockets.asyncio.client import connect
from websockets.asyncio.connection import Connection, broadcast
from websockets.exceptions import ConnectionClosed, ConnectionClosedError
from websockets.frames import CloseCode

from server.replication.actions import Me
from server.replication.found import Found
from server.replication.frames import MAX_FRAME_BYTES
from server.replication.gate import Limits, is_loopback
from server.replication.listener import CLOSE_TIMEOUT_S, MAX_FRAMES_WAITING, Listener, quiet
from server.replication.wire import Serve, WireEnded

if TYPE_CHECKING:
    from server.replication.discovery import Discovery

DIRECT_BELOW_BYTES = 64 * 1024
"""With less than this in the socket's buffer a frame is written at once, else it queues behind the others."""


class Websocket:
    """A `Wire` over a connected websocket."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.path = connection.request.path if connection.request is not None else "/"

    def send_now(self, frame: bytes) -> bool:
        if self._connection.transport.get_write_buffer_size() >= DIRECT_BELOW_BYTES:
            return False
        broadcast((self._connection,), frame)
        return True

    async def send(self, frame: bytes) -> None:
        try:
            await self._connection.send(frame)
        except (ConnectionClosed, AttributeError) as e:  # the latter is asyncio's answer for a closed transport
            raise WireEnded("lost") from e

    async def receive(self) -> bytes:
        try:
            return await self._connection.recv(decode=False)
        except ConnectionClosedError as e:
            if e.sent is not None and not e.rcvd_then_sent:
                code = "frame_too_large" if e.sent.code == CloseCode.MESSAGE_TOO_BIG else "bad_frame"
                raise WireEnded(code, backoff=True) from e
            raise WireEnded("lost") from e
        except ConnectionClosed as e:
            raise WireEnded("closed") from e

    async def close(self) -> None:
        with contextlib.suppress(Exception):  # it may be gone already, in one of many ways
            await self._connection.close()

    def abort(self) -> None:
        with contextlib.suppress(AttributeError):  # asyncio's answer when the transport is closed already
            self._connection.transport.abort()


class Sockets:
    """The real network."""

    async def dial(self, uri: str, timeout_s: float) -> Websocket:
        """Raises `OSError`, `TimeoutError` or a websockets exception."""
        host = uri.partition("://")[2].rpartition(":")[0].strip("[]")
        connection = await connect(
            uri,
            compression=None,  # frames carry their own
            max_size=MAX_FRAME_BYTES,
            max_queue=MAX_FRAMES_WAITING,
            ping_interval=None,  # the protocol has its own signs of life
            open_timeout=timeout_s,
            close_timeout=CLOSE_TIMEOUT_S,
            logger=quiet,
            user_agent_header="pilotlight",
            proxy=None if is_loopback(host) or uri.startswith("ws://") else True,
        )
        return Websocket(connection)

    async def answers(self, uri: str, timeout_s: float) -> bool:
        try:
            wire = await self.dial(uri, timeout_s)
        except Exception:
            return False
        await wire.close()
        return True

    def door(self, limits: Limits, serve: Serve) -> Listener:
        async def serve_one(connection: Connection, number: int, address: str) -> None:
            await serve(Websocket(connection), number, address)

        return Listener(limits, serve_one)

    def discovery(self, me: Me, host: str, on_found: Callable[[Found], None], api_port: int) -> Discovery:
        from server.replication.discovery import Discovery  # takes 3 MB, for nothing where it is not wanted

        return Discovery(me, host, on_found, api_port)


SOCKETS = Sockets()
