"""In front of all phone paths: an address that asks more than phones do is kept waiting a little, and then told so.

All phones behind one router have its address. So who holds a good link may a little even then, and the pages' own files
are counted by themselves: a phone that asks without end keeps none of the others from ordering.

It costs less than any answer. The wait is what protects the shop: with `MAX_HELD` answers held back at a time, a
program that asks as fast as it can is slowed to what nobody feels; beyond that it is answered at once.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs

import msgspec
from litestar.types import ASGIApp, Receive, Scope, Send

from server.event import Refused
from server.phone.limits import TOO_MUCH
from server.phone.links import Kind
from server.phone.room import Phone

HELD_S = 0.25
MAX_HELD = 128
RETRY_AFTER_S = 2
CLOSE_TOO_MANY = 4429
MAX_FIELDS = 20

_BODY = msgspec.json.encode({"code": "too_many_requests", "text": TOO_MUCH})


KINDS: dict[str, Kind] = {"v": "visit", "o": "order", "q": "code"}
"""Of the links in a path: `/phone/v/…`."""

FILES = frozenset({"static", "picture", "brand.css", "sw.js", "manifest.webmanifest", "alive"})


def may(phone: Phone, address: str, scope: Scope, now: float) -> bool:
    place = str(scope["path"]).split("/", 4)[2:]  # after /phone
    if place and place[0] in FILES:
        return phone.files.take(address, now)
    return phone.addresses.take(address, now) or any(
        is_good(phone, text, kind) and phone.links.take(text, now) for text, kind in links(place, scope)
    )


def links(place: list[str], scope: Scope) -> list[tuple[str, Kind]]:
    """What a request shows: in its path, or what a page that listens follows."""
    if len(place) > 1 and place[0] in KINDS:
        return [(place[1], KINDS[place[0]])]
    if place == ["live"]:
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=MAX_FIELDS)
        kinds: tuple[Kind, ...] = ("visit", "order")
        return [(asked[kind][0], kind) for kind in kinds if kind in asked]
    return []


def is_good(phone: Phone, text: str, kind: Kind) -> bool:
    try:
        phone.read(text, kind)
    except Refused:
        return False
    return True


def gate(app: ASGIApp) -> ASGIApp:
    held = 0

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal held
        phone: Phone = scope["app"].state.phone
        client = scope.get("client")
        if may(phone, client[0] if client else "", scope, asyncio.get_running_loop().time()):
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
