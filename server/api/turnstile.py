"""How much the API takes on at once: requests, and bytes of their bodies. More is told to come again in a moment."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import msgspec
from litestar.types import ASGIApp, Receive, Scope, Send

from server.event import BUSY

MAX_REQUESTS = 600
"""Requests at a time; above `engine.MAX_COMMANDS`, so that commands are refused by name before all else is."""

MAX_BODIES_BYTES = 64 * 1024 * 1024
"""Bodies of all requests together: sixty of the largest orders, eight of the largest menus."""

LARGE = ("/v1/orders", "/v1/tickets", "/v1/sales", "/v1/events")
"""What may be read thousands at a time: megabytes, tenths of a second of the interpreter."""

TO_DISK = "/v1/blobs/"
"""Bodies that go to the disk as they come, a few at a time: they are never in memory whole."""

MAX_LARGE_READS = 2
"""Of those at a time, until the answer is ready. The others wait their turn: read all at once each would take as long,
and orders would come behind all of them."""

MAX_LARGE_WAITING = 64
"""Waiting for their turn: more is a program that asks again before it was answered."""

RETRY_AFTER_S = 1
ALWAYS_OPEN = ("/healthz", "/metrics")
"""Answered also when all is full: a watchdog that hears nothing restarts us, and that helps nobody."""


CLOSING = "The server is shutting down. Ask again in a moment, with the same command_id: it may have been done."
"""For who is still waiting when it ends: the web server gives up on requests that take longer (`app.STOP_S`)."""


class Busy(Exception):
    """Too much at once; an `errors` handler makes a 503 of it."""

    code = "busy"
    text = BUSY


class Turnstile:
    """An ASGI application in front of another: so many requests, and so many bytes of bodies, at a time."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.under_way = 0
        self._bytes = 0
        self._reading = asyncio.Semaphore(MAX_LARGE_READS)
        self._waiting = 0  # large reads, those under way among them
        self.turned_away = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if str(scope["type"]) != "http" or scope["path"] in ALWAYS_OPEN:
            await self._app(scope, receive, send)
            return
        if self.under_way >= MAX_REQUESTS:
            self.turned_away += 1
            await _answer_503(send, Busy.code, Busy.text)
            return
        held = 0
        on_disk = scope["path"].startswith(TO_DISK)

        async def counted() -> Any:
            nonlocal held
            message: Any = await receive()
            size = 0 if on_disk else len(message.get("body", b""))
            held += size
            self._bytes += size
            if self._bytes > MAX_BODIES_BYTES:
                self.turned_away += 1
                raise Busy
            return message

        begun = False

        async def noted(message: Any) -> None:
            nonlocal begun
            begun = True
            await send(message)

        self.under_way += 1
        try:
            if scope["path"].rstrip("/") in LARGE:
                await self._in_turn(scope, counted, noted)
            else:
                await self._app(scope, counted, noted)
        except asyncio.CancelledError:
            if begun:
                raise
            await _answer_503(send, "closing", CLOSING)
        finally:
            self.under_way -= 1
            self._bytes -= held

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A large read. Its turn ends when its answer begins: how slowly a client takes that is its own affair."""
        if self._waiting >= MAX_LARGE_READS + MAX_LARGE_WAITING:
            self.turned_away += 1
            await _answer_503(send, Busy.code, Busy.text)
            return
        turn = contextlib.AsyncExitStack()

        async def begun(message: Any) -> None:
            await turn.aclose()
            await send(message)

        self._waiting += 1
        turn.callback(self._one_less)
        async with turn:
            await turn.enter_async_context(self._reading)
            await self._app(scope, receive, begun)

    def _one_less(self) -> None:
        self._waiting -= 1


async def _answer_503(send: Send, code: str, text: str) -> None:
    body = msgspec.json.encode({"code": code, "text": text})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(RETRY_AFTER_S).encode()),
    ]
    start: Any = {"type": "http.response.start", "status": 503, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": False})
