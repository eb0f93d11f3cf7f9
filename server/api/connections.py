"""The API's connections: how many, and how slow a client may be before it is let go.

A client that is slow waits for itself; nobody else waits for it, and what it left untaken does not stay in memory.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from server.api.turnstile import RETRY_AFTER_S, Busy
from server.event import BUSY

MAX_CONNECTIONS = 1_000
"""Open connections, websockets and those from this machine among them (`door` has fewer for others). Each is a file of
the process, which has 4,096 where the system allows, and the log needs some."""

REQUEST_WITHIN_S = 30.0
"""From its first byte a request takes so long at most to arrive whole; a connection's first one, from its opening."""

TAKEN_WITHIN_S = 30.0
"""A client that takes nothing of its answer for so long is gone."""

LINGER_S = 10.0
"""A websocket that was closed for being slow keeps what waits so long, so that its client may still read why."""

LINGER_BYTES = 1024 * 1024
"""But no more than this: a client for whom megabytes wait would not come to read why."""

SLOW = "The request did not arrive in time. Nothing was done; send it again."


def _raw(status: str, code: str, text: str) -> bytes:
    """An answer without an application."""
    body = msgspec.json.encode({"code": code, "text": text})
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return f"{head}retry-after: {RETRY_AFTER_S}\r\nconnection: close\r\n\r\n".encode() + body


FULL_ANSWER = _raw("503 Service Unavailable", Busy.code, BUSY)
BAD_ANSWER = _raw("400 Bad Request", "bad_request", "This is not HTTP as this server understands it. Nothing was done.")
SLOW_ANSWER = _raw("408 Request Timeout", "too_slow", SLOW)


class Http(H11Protocol):
    """A connection that must say what it wants, and take what it asked for."""

    _arriving: asyncio.TimerHandle | None = None
    _leaving: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            self._dismiss(FULL_ANSWER)
        else:
            self._arriving = self.loop.call_later(REQUEST_WITHIN_S, self._dismiss, SLOW_ANSWER)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self.transport.get_protocol() is not self:
            return  # it is a websocket now; what came right behind is for it
        arriving = self.conn.their_state is h11.SEND_BODY or (
            bool(self.conn.trailing_data[0]) and not self._answering()
        )
        if not arriving and self._arriving is not None:
            self._arriving.cancel()
            self._arriving = None
        elif arriving and self._arriving is None and not self.transport.is_closing():
            self._arriving = self.loop.call_later(REQUEST_WITHIN_S, self._dismiss, SLOW_ANSWER)

    def send_400_response(self, msg: str) -> None:
        """What the parser can't read is refused in the same shape as all else."""
        self._dismiss(BAD_ANSWER)

    def _answering(self) -> bool:
        """Whether a request is being dealt with; what comes behind it waits for us, not we for it."""
        return self.cycle is not None and not self.cycle.response_complete

    def pause_writing(self) -> None:
        super().pause_writing()
        self._leaving = self._leaving or self.loop.call_later(TAKEN_WITHIN_S, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._forget_timers()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_timers()
        super().connection_lost(exc)

    def _forget_timers(self) -> None:
        for timer in (self._arriving, self._leaving):
            if timer is not None:
                timer.cancel()
        self._arriving = self._leaving = None

    def _dismiss(self, answer: bytes) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None or not self.cycle.response_started or self.cycle.response_complete:
            self.transport.write(answer)
        self.transport.close()
        self.loop.call_later(LINGER_S, self.transport.abort)


class Socket(WebSocketsSansIOProtocol):
    """A websocket whose client, when it is gone or takes nothing, is let go for good: what waits for it in memory
    would else wait for ever."""

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()

    async def send(self, message: Any) -> None:
        if message["type"] == "websocket.close":
            self.writable.set()  # it need not wait until the client reads on: that may be never
        await super().send(message)
        if message["type"] == "websocket.send":
            await self.writable.wait()  # who sends knows then that it was taken, and counts what was not

    async def run_asgi(self) -> None:
        await super().run_asgi()
        much = self.transport.get_write_buffer_size() > LINGER_BYTES
        self.loop.call_later(0.0 if much else LINGER_S, self.transport.abort)
