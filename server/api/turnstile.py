"""How much the API takes on at once: requests, and bytes of their bodies. More is told to come again in a moment."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar.types import ASGIApp, Receive, Scope, Send

MAX_REQUESTS = 600
"""Requests at a time; above `engine.MAX_COMMANDS`, so that commands are refused by name before all else is."""

MAX_BODIES_BYTES = 64 * 1024 * 1024
"""Bodies of all requests together: sixty of the largest orders, eight of the largest menus."""

RETRY_AFTER_S = 1
ALWAYS_OPEN = ("/healthz", "/metrics")
"""Answered also when all is full: a watchdog that hears nothing restarts us, and that helps nobody."""

BUSY = "This server has more to do than it can do right now. Nothing was done; send it again in a moment."


class Busy(Exception):
    """Too much at once; an `errors` handler makes a 503 of it."""

    code = "busy"
    text = BUSY


class Turnstile:
    """An ASGI application in front of another: so many requests, and so many bytes of bodies, at a time."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._under_way = 0
        self._bytes = 0
        self.turned_away = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if str(scope["type"]) != "http" or scope["path"] in ALWAYS_OPEN:
            await self._app(scope, receive, send)
            return
        if self._under_way >= MAX_REQUESTS:
            self.turned_away += 1
            await _answer_busy(send)
            return
        held = 0

        async def counted() -> Any:
            nonlocal held
            message: Any = await receive()
            size = len(message.get("body", b""))
            held += size
            self._bytes += size
            if self._bytes > MAX_BODIES_BYTES:
                self.turned_away += 1
                raise Busy
            return message

        self._under_way += 1
        try:
            await self._app(scope, counted, send)
        finally:
            self._under_way -= 1
            self._bytes -= held


async def _answer_busy(send: Send) -> None:
    body = msgspec.json.encode({"code": Busy.code, "text": BUSY})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(RETRY_AFTER_S).encode()),
    ]
    start: Any = {"type": "http.response.start", "status": 503, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": False})
