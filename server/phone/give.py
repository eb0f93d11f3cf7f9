"""`POST /v1/phone/links`: for screens and printers, a link for a guest's phone and its QR code."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath

from server.api.commands import read_body
from server.event import Refused
from server.phone import qr, room
from server.phone.room import Phone
from server.phone.words import languages
from server.services.baskets.decider import LIVES_MS
from server.services.command import Body, check_text, check_uuid, decode
from server.services.orders.commands import LineRequest
from server.services.orders.decider import MAX_TABLE_CHARS
from server.services.orders.events import Dining

MAX_BODY_BYTES = 256 * 1024
MAX_CODE_CHARS = 20
BASKET = "basket:"
"""Before the number of a basket, as the subject of a code's link."""


class LinkWanted(Body, frozen=True):
    """`menu`: to order at once, good for a quarter of an hour; `table`: the same, printed on a card, good for a year;
    `order`: to follow one order, and its receipt; `basket`: to go on with these lines on the phone. `language`: in
    which the page speaks; without it, the phone's own."""

    kind: Literal["menu", "table", "order", "basket"] = "menu"
    table: str = ""
    order_id: str = ""
    lines: list[LineRequest] = []
    dining: Dining = "here"
    language: str = ""


class LinkGiven(msgspec.Struct, frozen=True):
    """`svg`: the QR code, black on white with its quiet zone. `ends_at`: RFC 3339 UTC."""

    url: str
    ends_at: str
    svg: Annotated[str, msgspec.Meta(description="An SVG image of the QR code.")]


@post(
    "/v1/phone/links",
    status_code=200,
    summary="A link for a guest's phone",
    description=(
        "The body is `{}` or has `kind`: `menu` (good for 15 minutes), `table` with `table` (good for a year) or "
        "`order` with `order_id`. Whoever has the link may use it, at any terminal of the store, until it ends."
    ),
    tags=["phones"],
    responses={409: ResponseSpec(dict[str, str], description="No phone can reach this terminal; the text says why.")},
)
async def give_link(request: Request[Any, Any, State], state: State) -> LinkGiven:
    phone: Phone = state.phone
    raw = await read_body(request, MAX_BODY_BYTES)
    wanted = decode(raw, LinkWanted) if raw.strip() else LinkWanted()
    base = phone.base()
    table = check_text(wanted.table, "table", "The table's name", MAX_TABLE_CHARS)
    now = phone.node.now_ms() / 1000
    if wanted.kind == "order":
        check_uuid(wanted.order_id, "order_id")
        lives_s = room.ORDER_S
        url = f"{base}/phone/o/{await phone.link('order', lives_s, wanted.order_id)}"
    elif wanted.kind == "basket":
        lives_s = LIVES_MS // 1000
        code = await parked(phone, str(uuid.uuid4()), wanted.lines, wanted.dining)
        url = f"{base}/phone/q/{await phone.link('code', lives_s, BASKET + code)}"
    else:
        if (wanted.kind == "table") != bool(table):
            raise Refused("bad_field", "A “table” link needs the table's name, and only that one has it.")
        lives_s = room.TABLE_S if table else room.CODE_S
        url = f"{base}/phone/q/{await phone.link('code', lives_s, table)}"
    url = in_language(url, wanted.language)
    ends = datetime.fromtimestamp(now + lives_s, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return LinkGiven(url, ends, qr.svg(url))


def in_language(url: str, language: str) -> str:
    """So that the page speaks the language that its guest chose at the shop's screen."""
    return f"{url}?lang={language}" if language in languages() else url


async def parked(phone: Phone, command_id: str, lines: list[LineRequest], dining: Dining) -> str:
    """Puts a basket down; returns its number."""
    body = msgspec.json.encode({"command_id": command_id, "lines": lines, "dining": dining})
    return str((await phone.node.command("baskets.park", body)).result["code"])


class BasketGiven(msgspec.Struct, frozen=True):
    """A basket that was put down, at a phone or a kiosk. Price it anew."""

    lines: list[LineRequest]
    dining: Dining


@get(
    "/v1/phone/baskets/{code:str}",
    summary="A basket that was put down",
    description="By the six digits that a phone shows, for half an hour. Put one down with `baskets.park`.",
    tags=["phones"],
    responses={404: ResponseSpec(dict[str, str], description="There is no basket under this number (any more).")},
)
async def give_basket(state: State, code: FromPath[str]) -> BasketGiven:
    phone: Phone = state.phone
    found = await asyncio.to_thread(phone.node.basket, code[:MAX_CODE_CHARS])
    if found is None:
        raise Refused("not_found", "There is no basket under this number (any more). Look at the phone once more.")
    return BasketGiven(found.lines, found.dining)
