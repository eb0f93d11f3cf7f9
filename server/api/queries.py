"""`GET`: who we are, what is sold, what was ordered, what happened."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter

from server.api.cloud_events import Page, cloud_events, cursor_at, position_of
from server.api.port import Device, NodePort, Peer, Status
from server.event import Refused
from server.services.kitchen.events import Ticket
from server.services.menu.events import Menu
from server.services.orders.events import Order, Sales
from server.services.orders.events import Status as OrderStatus
from server.services.screens.events import ScreenLine
from server.services.stock.events import Availability
from server.services.vouchers.events import Voucher

MAX_ORDERS = 5_000
"""Orders in one answer, newest first; ask by day or status for older ones."""

MAX_EVENTS = 1_000
MAX_PAGE_BYTES = 8 * 1024 * 1024
"""A page of events ends when it is about so large; menus are large."""

MAX_TOPICS = 50
MAX_CODE_CHARS = 40
TOPICS = frozenset(
    {
        "baskets",
        "health",
        "kitchen",
        "membership",
        "menu",
        "orders",
        "payments",
        "phone",
        "screens",
        "promotions",
        "receipts",
        "retention",
        "settings",
        "stock",
        "vouchers",
    }
)
"""What this version writes, or knows that head office writes."""


class Health(msgspec.Struct):
    """`reasons`: one sentence for each thing that is wrong; empty when all is well.

    `warnings`: what an installer should look at though all works."""

    status: Literal["ok", "unhealthy"]
    reasons: list[str]
    warnings: list[str] = []


def node_of(state: State) -> NodePort:
    node: NodePort = state.node
    return node


@get(
    "/healthz",
    summary="Is this server well?",
    description="200 when the log is writable and the read models keep up, else 503 with reasons. Needs no token.",
    tags=["server"],
    opt={"open": True, "tells": True},
    responses={503: ResponseSpec(Health, description="Not well; the reasons say why.")},
)
async def healthz(state: State) -> Response[Health]:
    reasons = node_of(state).health()
    health = Health("unhealthy" if reasons else "ok", reasons, node_of(state).warnings())
    return Response(health, status_code=503 if reasons else 200)


@get("/v1/device", summary="Who this server is", tags=["server"])
async def device(state: State) -> Device:
    return node_of(state).device()


@get("/v1/status", summary="What a screen shows of its server", tags=["server"])
async def status(state: State) -> Status:
    return node_of(state).status()


class Seen(msgspec.Struct):
    note_id: str


@post(
    "/v1/notes/{note_id:str}/seen",
    status_code=200,
    summary="A warning was seen",
    description="One of `notes` in `/v1/status`: it stays, over restarts, until this is said of it.",
    tags=["server"],
    responses={404: ResponseSpec(dict[str, str], description="There is no such note (any more).")},
)
async def note_seen(state: State, note_id: Annotated[str, Parameter(description="Its `note_id`.")]) -> Seen:
    if not node_of(state).note_seen(note_id):
        raise Refused("not_found", "There is no such warning any more. Look at the list again.")
    return Seen(note_id)


@get("/v1/peers", summary="The other machines, and how far behind each is", tags=["server"])
async def peers(state: State) -> list[Peer]:
    return node_of(state).peers()


@get(
    "/v1/frontier",
    summary="How far each stream is held here",
    description='`{"<log_id>/<topic>": seq}`. Two machines with equal frontiers hold the same events.',
    tags=["server"],
)
async def frontier(state: State) -> dict[str, int]:
    return node_of(state).frontier()


@get(
    "/v1/menu",
    summary="The menu as sold here",
    description="`null` while there is none.",
    tags=["menu"],
    sync_to_thread=True,
)
def menu(state: State) -> Menu | None:
    return node_of(state).menu()


@get(
    "/v1/availability",
    summary="What can be sold now",
    description="By item id. `without` and `because` are ids of ingredients, modifiers or items.",
    tags=["menu"],
    sync_to_thread=True,
)
def availability(state: State) -> dict[str, Availability]:
    return node_of(state).availability()


def check_day(day: str | None) -> None:
    """Raises `Refused` when it is not a day of the calendar."""
    if day is None:
        return
    try:
        fine = date.fromisoformat(day).isoformat() == day
    except ValueError:
        fine = False
    if not fine:
        raise Refused("bad_field", "“business_day”: a day is YYYY-MM-DD, such as 2026-03-01.")


Day = Annotated[str | None, Parameter(description="Business day, YYYY-MM-DD.")]


@get(
    "/v1/orders",
    summary="Orders, newest first",
    description="`open`: only those not collected or voided, or with money still to take or give back.",
    tags=["orders"],
    sync_to_thread=True,
)
def orders(
    state: State,
    status: Annotated[OrderStatus | None, Parameter(description="Only those in this status.")] = None,
    business_day: Day = None,
    number: Annotated[
        str | None, Parameter(max_length=40, description="The number called out, such as `BK12`.")
    ] = None,
    store: Annotated[str | None, Parameter(max_length=200, description="At head office: one store's.")] = None,
    open: Annotated[bool, Parameter(description="Only open ones.")] = False,
    limit: Annotated[int, Parameter(ge=1, le=MAX_ORDERS)] = MAX_ORDERS,
) -> list[Order]:
    check_day(business_day)
    return node_of(state).orders(
        status=status,
        business_day=business_day,
        number=number.strip().upper() if number else None,
        store=store,
        open_only=open,
        limit=limit,
    )


@get("/v1/orders/{order_id:str}", summary="One order with its history", tags=["orders"], sync_to_thread=True)
def order(state: State, order_id: Annotated[str, Parameter(description="A UUID.")]) -> Order:
    found = node_of(state).order(order_id)
    if found is None:
        raise Refused("not_found", f"There is no order {order_id[:80]} here.")
    return found


@get("/v1/vouchers/{code:str}", summary="What is left on a voucher", tags=["payments"], sync_to_thread=True)
def voucher(state: State, code: Annotated[str, Parameter(description="Its twelve digits.")]) -> Voucher:
    found = node_of(state).voucher(code[:MAX_CODE_CHARS])
    if found is None:
        raise Refused("not_found", "No voucher has this code here. Look at it once more.")
    return found


@get(
    "/v1/tickets",
    summary="The kitchen's tickets",
    description="Those on the screen, oldest first, then the last `done` that are done, newest first.",
    tags=["orders"],
    sync_to_thread=True,
)
def tickets(
    state: State,
    station: Annotated[str | None, Parameter(max_length=200)] = None,
    done: Annotated[int, Parameter(ge=0, le=500)] = 20,
) -> list[Ticket]:
    return node_of(state).tickets(station=station, done=done)


@get(
    "/v1/screens",
    summary="Which terminals' screens serve customers",
    description="`closed`: its out-of-order sign is up (`screens.close`), because `staff` said so or it is `failing`.",
    tags=["server"],
    sync_to_thread=True,
)
def screens(state: State) -> list[ScreenLine]:
    return node_of(state).screens()


@get(
    "/v1/sales",
    summary="A day's figures by store",
    description="Today's without `business_day`. Stores that sold nothing are absent.",
    tags=["orders"],
    sync_to_thread=True,
)
def sales(state: State, business_day: Day = None) -> dict[str, Sales]:
    check_day(business_day)
    node = node_of(state)
    return node.sales(business_day or node.business_day())


def topics_of(text: str | None, node: NodePort) -> list[str] | None:
    """`orders,payments` as a list; None for all. Raises `Refused`, also for topics that are neither ours nor held here:
    who mistypes one would wait for ever."""
    held = {stream.partition("/")[2].partition("/")[0] for stream in node.frontier()} if text else set()
    names = [name for part in (text or "").split(",") if (name := part.strip())]
    if len(names) > MAX_TOPICS:
        raise Refused("bad_field", f"“topics” takes up to {MAX_TOPICS} names.")
    there_are = TOPICS | held
    unknown = [name for name in names if name not in there_are]
    if unknown:
        raise Refused("bad_field", f"There is no topic “{unknown[0][:64]}”. Topics: {', '.join(sorted(there_are))}.")
    return names or None


Topics = Annotated[str | None, Parameter(max_length=4000, description="Names with commas between: `orders,payments`.")]
After = Annotated[str | None, Parameter(max_length=200, description="A cursor from here; without it: from the start.")]


@get(
    "/v1/events",
    summary="What happened, as CloudEvents",
    description=(
        "In this machine's order of arrival. Ask again with `after` = the `cursor` of the answer; an empty `events` "
        "means that was all. `after=now` starts at the end. For news as it happens: the websocket `/v1/feed`."
    ),
    tags=["events"],
)
async def events(
    state: State,
    after: After = None,
    topics: Topics = None,
    limit: Annotated[int, Parameter(ge=1, le=MAX_EVENTS)] = 100,
) -> Page:
    node = node_of(state)
    names, position = topics_of(topics, node), position_of(after, node)
    found, end = await node.events(position, names, limit)
    while not found and end > position:  # nothing of these topics in that stretch; the next may have some
        position = end
        found, end = await node.events(position, names, limit)
    size = 0
    for n, event in enumerate(found):
        size += len(event.raw)
        if size > MAX_PAGE_BYTES and n:
            found, end = found[:n], found[n - 1].position
            break
    told = await asyncio.to_thread(cloud_events, found, node)  # a thousand take as long as some orders
    return Page(told, cursor_at(end, node), more=end < node.position())


QUERIES: list[HTTPRouteHandler] = [
    device,
    status,
    note_seen,
    peers,
    frontier,
    menu,
    availability,
    orders,
    order,
    voucher,
    tickets,
    sales,
    screens,
    events,
]
