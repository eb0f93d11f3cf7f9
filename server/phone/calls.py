"""What the pages' script asks under `/phone/`: a dish's form, a basket's price, an order, and what happens."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import msgspec
from litestar import get, post, websocket
from litestar.params import FromPath

from server.api.commands import check_object, read_body
from server.api.feed import BAD_REQUEST, TOO_MANY, close, run_until_left, send
from server.api.outgoing import Socket
from server.event import Refused
from server.phone import basket, dishes, live, room
from server.phone.answers import Answer, AnyRequest, html, json
from server.phone.give import MAX_CODE_CHARS, parked
from server.phone.guests import OPEN, carte_of, may, order_of, phone_of, visit_of, words_of
from server.phone.room import Phone
from server.phone.sheet import Sheet
from server.services.command import Body, check_uuid, decode
from server.services.orders.again import wishes
from server.services.orders.commands import LineRequest
from server.services.orders.events import Dining

MAX_BODY_BYTES = 64 * 1024
"""A basket of `basket.MAX_LINES` lines is half of it."""

CHANNEL = "phone"


class PhoneOrder(Body, frozen=True):
    """What a phone sends to order. Both ids are made by it before it sends anything, and kept until it has an answer.
    `seen_total_minor`: what the guest was shown; with another total the order is not taken but shown again. `resume`:
    only tell what became of it."""

    command_id: str
    order_id: str
    lines: list[basket.PhoneLine]
    dining: Dining
    seen_total_minor: int
    name: str = ""
    resume: bool = False


@post("/phone/v/{visit:str}/dish/{item_id:path}", include_in_schema=False, status_code=200, opt=OPEN)
async def dish(request: AnyRequest, visit: FromPath[str], item_id: FromPath[str]) -> Answer:
    """The form for a dish, as it was chosen before. `?saving`: it is in the basket, and is changed."""
    raw = await read_body(request, MAX_BODY_BYTES)
    return dish_form(request, visit, item_id, decode(raw, LineRequest), saving="saving" in request.query_params)


@get("/phone/v/{visit:str}/dish/{item_id:path}", include_in_schema=False, opt=OPEN)
async def plain_dish(request: AnyRequest, visit: FromPath[str], item_id: FromPath[str]) -> Answer:
    return dish_form(request, visit, item_id, None)


def dish_form(
    request: AnyRequest, visit: str, item_id: str, line: LineRequest | None, *, saving: bool = False
) -> Answer:
    phone, words = phone_of(request), words_of(request)
    visit_of(request, visit)
    carte = carte_of(phone, words)
    item = carte.items.get(str(item_id).removeprefix("/"))
    if item is None:
        raise Refused("not_found", words.say("off_menu"))
    form = Sheet(item, carte, phone.node.availability(), words, line, saving=saving).html()
    return html(request, form.encode())


@post("/phone/v/{visit:str}/basket", include_in_schema=False, status_code=200, opt=OPEN)
async def price_basket(request: AnyRequest, visit: FromPath[str]) -> Answer:
    """What the basket costs now, as HTML for the guest and figures for the script. `taken`: it is ordered already, at
    a terminal to which the guest's page had gone."""
    phone, words = phone_of(request), words_of(request)
    table = visit_of(request, visit).subject
    carte = carte_of(phone, words)
    wanted = basket.decoded(await read_body(request, MAX_BODY_BYTES), words)
    found = await asyncio.to_thread(basket.priced, wanted.lines, carte, phone.node.availability(), words)
    shown = basket.html(wanted, found, carte, words, table)
    taken = await _taken(phone, wanted.order_id)
    return json(request, {"html": shown, **basket.told(found, carte, words), "taken": taken})


async def _taken(phone: Phone, order_id: str) -> dict[str, str] | None:
    if not order_id:
        return None
    check_uuid(order_id, "order_id")
    known = await asyncio.to_thread(phone.node.order, order_id)
    if known is None:
        return None
    return {"order": await phone.link("order", room.ORDER_S, order_id), "number": known.number}


@post("/phone/v/{visit:str}/order", include_in_schema=False, status_code=200, opt=OPEN)
async def place(request: AnyRequest, visit: FromPath[str]) -> Answer:
    """Orders, once: the same ids again get the same answer, at whichever terminal."""
    phone, words = phone_of(request), words_of(request)
    link = visit_of(request, visit)
    may(phone.orders, visit, words)
    raw = await read_body(request, MAX_BODY_BYTES)
    check_object(raw)
    wanted = decode(raw, PhoneOrder)
    check_uuid(wanted.order_id, "order_id")
    basket.check_size(wanted.lines, words)
    known = await asyncio.to_thread(phone.node.order, wanted.order_id)
    if known is None and wanted.resume:
        raise Refused("not_ordered", words.say("order_refused"))
    if known is None:
        carte = carte_of(phone, words)
        found = await asyncio.to_thread(basket.priced, wanted.lines, carte, phone.node.availability(), words)
        if found.lines and not found.orderable:
            raise Refused("basket_trouble", words.say("basket_trouble"))
        if found.total_minor != wanted.seen_total_minor:
            raise Refused("price_changed", words.say("total_changed"))
    try:
        answer = await phone.node.command("orders.place", command(wanted, link.subject))
    except Refused as refused:
        if refused.code == "command_id_used" and known is not None:
            # An earlier try got through unheard, and the basket was changed since: the guest is shown what was ordered.
            return await _ordered(request, phone, known.order_id, known.number, known.total_minor)
        key = f"refused.{refused.code}"
        raise Refused(refused.code, words.say(key if words.knows(key) else "order_refused")) from None
    result = answer.result
    if result["order_id"] != wanted.order_id:
        raise Refused("order_exists", words.say("order_refused"))
    return await _ordered(request, phone, wanted.order_id, result["number"], result["total_minor"])


async def _ordered(request: AnyRequest, phone: Phone, order_id: str, number: str, total_minor: int) -> Answer:
    text = await phone.link("order", room.ORDER_S, order_id)
    return json(request, {"order": text, "number": number, "total_minor": total_minor})


def wish_of(line: LineRequest) -> dict[str, Any]:
    """A line as a phone keeps it, and may send it again: just what a `PhoneLine` has of it."""
    told = msgspec.structs.asdict(line)
    return {name: told[name] for name in basket.PhoneLine.__struct_fields__ if name in told}


def command(wanted: PhoneOrder, table: str) -> bytes:
    lines = [wish_of(line.wish) for line in wanted.lines]
    return msgspec.json.encode(
        {
            "command_id": wanted.command_id,
            "order_id": wanted.order_id,
            "lines": lines,
            "dining": wanted.dining,
            "customer_name": wanted.name,
            "table": table,
            "channel": CHANNEL,
            "hold_until_paid": True,
        }
    )


class PhoneParked(Body, frozen=True):
    """A basket to be taken up at a kiosk. The same `command_id` gets the same number."""

    command_id: str
    lines: list[basket.PhoneLine]
    dining: Dining = "here"


@post("/phone/v/{visit:str}/park", include_in_schema=False, status_code=200, opt=OPEN)
async def park(request: AnyRequest, visit: FromPath[str]) -> Answer:
    """Puts the basket down, and says under which number a kiosk takes it up."""
    phone, words = phone_of(request), words_of(request)
    visit_of(request, visit)
    may(phone.orders, visit, words)
    wanted = decode(await read_body(request, MAX_BODY_BYTES), PhoneParked)
    basket.check_size(wanted.lines, words)
    code = await parked(phone, wanted.command_id, [line.wish for line in wanted.lines], wanted.dining)
    return json(request, {"code": code, "html": basket.parked_html(code, words)})


@get("/phone/v/{visit:str}/parked/{code:str}", include_in_schema=False, opt=OPEN)
async def take_up(request: AnyRequest, visit: FromPath[str], code: FromPath[str]) -> Answer:
    """A basket that was put down at a kiosk."""
    phone, words = phone_of(request), words_of(request)
    visit_of(request, visit)
    found = await asyncio.to_thread(phone.node.basket, code[:MAX_CODE_CHARS])
    if found is None:
        raise Refused("basket_gone", words.say("basket_gone"))
    carte = carte_of(phone, words)
    lines = [wish_of(line) | {"name": dishes.name_of(carte, line.item_id, words)} for line in found.lines]
    return json(request, {"lines": lines, "dining": found.dining})


@get("/phone/v/{visit:str}/again/{order:str}", include_in_schema=False, opt=OPEN)
async def again(request: AnyRequest, visit: FromPath[str], order: FromPath[str]) -> Answer:
    """The dishes of an order, to be ordered once more; `seen_minor` is what one of each cost then. An order's link that
    has run out is no reason to leave the visit, whose own is good."""
    phone, words = phone_of(request), words_of(request)
    visit_of(request, visit)
    try:
        found = await order_of(request, order, words)
    except Refused as refused:
        if refused.code not in ("bad_link", "old_link"):
            raise
        raise Refused("order_gone", words.say("order_gone")) from None
    carte = carte_of(phone, words)
    lines = []
    for wish, line in zip(wishes(found), found.lines, strict=True):
        name = dishes.name_of(carte, line.item_id, words) or line.name
        lines.append(wish_of(wish) | {"name": name, "seen_minor": line.total_minor // line.quantity})
    return json(request, {"lines": lines, "dining": found.dining})


@get("/phone/o/{order:str}/now", include_in_schema=False, opt=OPEN)
async def order_now(request: AnyRequest, order: FromPath[str]) -> Answer:
    """For a phone whose websocket does not come through."""
    words = words_of(request)
    found = await order_of(request, order, words)
    phone = phone_of(request)
    wait = await asyncio.to_thread(phone.wait, found)
    return json(request, live.told_of(found, phone.node.menu(), words, order, wait))


@websocket("/phone/live", opt=OPEN)
async def listen(socket: Socket) -> None:
    """`?visit=…&order=…&order=…`: what changes of the menu, and of these orders."""
    await socket.accept()
    phone, words = phone_of(socket), words_of(socket)
    crowd: live.Crowd = socket.app.state.crowd
    if len(crowd.followers) >= live.MAX_PHONES:
        await close(socket, TOO_MANY, "Too many phones listen to this terminal. Ask every few seconds instead.")
        return
    try:
        visit = socket.query_params.get("visit", "")
        if visit:
            phone.read(visit, "visit")
        orders = {}
        for text in socket.query_params.getall("order", [])[: live.MAX_FOLLOWED]:
            with contextlib.suppress(Refused):  # an old one among them
                orders[phone.read(text, "order").subject] = text
        if not visit and not orders:
            raise Refused("bad_link", "There is nothing to follow.")
        may(phone.visits, visit or next(iter(orders)), words)
    except Refused as refused:
        await close(socket, BAD_REQUEST, refused.code)
        return
    follower = live.Follower(words, orders, bool(visit))
    try:
        await run_until_left(socket, _tell(socket, crowd, follower), counted=False)
    finally:
        crowd.leave(follower)


async def _tell(socket: Socket, crowd: live.Crowd, follower: live.Follower) -> None:
    await crowd.join(follower)
    while True:
        try:
            async with asyncio.timeout(live.BEAT_S):
                text = await follower.get()
        except TimeoutError:
            if follower.lost:
                raise
            text = live.BEAT
        await send(socket, text)


CALLS = [dish, plain_dish, price_basket, place, park, take_up, again, order_now, listen]
