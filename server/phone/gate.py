"""In front of all phone paths: an address that asks more than phones do is kept waiting a little, and then told so.

It costs less than any answer. The wait is what protects the shop: with `MAX_HELD` answers held back at a time, a
program that asks as fast as it can is slowed to what nobody feels; beyond that it is answered at once.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar.types import ASGIApp, Receive, Scope, Send

from server.phone.limits import TOO_MUCH
from server.phone.room import Phone

HELD_S = 0.25
MAX_HELD = 128
RETRY_AFTER_S = 2
CLOSE_TOO_MANY = 4429

_BODY = msgspec.json.encode({"code": "too_many_requests", "text": TOO_MUCH})


def gate(app: ASGIApp) -> ASGIApp:
    held = 0

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal held
        phone: Phone = scope["app"].state.phone
        client = scope.get("client")
        if phone.addresses.take(client[0] if client else "", asyncio.get_running_loop().time()):
            await app(scope, receive, send)
            return
        if held < MAX_HELD:
            held += 1
            try:
                await asyncio.sleep(HELD_S)
            finally:
                held -= 1
        if str(scope["type"]) == "websocket":
            close: Any = {"type": "websocket.close", "code": CLOSE_TOO_MANY, "reason": ""}
            await send(close)
            return
        start: Any = {
            "type": "http.response.start",
            "status": 429,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(_BODY)).encode()),
                (b"retry-after", str(RETRY_AFTER_S).encode()),
            ],
        }
        await send(start)
        await send({"type": "http.response.body", "body": _BODY, "more_body": False})

    return limited
