"""What screens ask about receipts: one on paper, and the same order again."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Literal

import msgspec
from litestar import Request, post
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath

from server.api.commands import read_body
from server.api.port import NodePort
from server.event import Refused
from server.phone.links import MAX_LINK_CHARS
from server.phone.room import Phone
from server.printing.queue import Queue
from server.services.command import Body, check_uuid, decode
from server.services.orders.again import wishes
from server.services.orders.commands import LineRequest
from server.services.orders.events import Dining
from server.services.orders.read_model import AGAIN_DIGITS

MAX_BODY_BYTES = 4 * 1024
WAIT_S = 25.0
"""A customer is told by then; the receipt may still come."""

Paper = Literal["printed", "waiting", "out_of_paper", "away", "not_known", "given_up"]

TEXTS: dict[Paper, str] = {
    "printed": "The receipt is printed.",
    "waiting": "The receipt waits for its turn at the printer.",
    "out_of_paper": "The receipt printer is out of paper. The order is safe; load paper and print again, or show the "
    "QR code.",
    "away": "The receipt printer does not answer. The order is safe; check that it is on, or show the QR code.",
    "not_known": "The receipt printer stopped in the middle. Look whether the receipt is there; another one says that "
    "it is a copy.",
    "given_up": "This receipt was asked for too long ago. Ask for another one.",
}


class ReceiptWanted(Body, frozen=True):
    """`command_id` as of a command: the same again is the same piece of paper."""

    command_id: str
    language: str = ""


class ReceiptTold(msgspec.Struct, frozen=True):
    """What became of the paper; `text` says what to do."""

    print_id: str
    state: Paper
    text: str


@post(
    "/v1/orders/{order_id:str}/receipt",
    status_code=200,
    summary="An order's receipt on paper",
    description="From this terminal's printer. Answers when it is printed, or says why it is not. Another receipt of "
    "the same order says that it is a copy.",
    tags=["receipts"],
    responses={409: ResponseSpec(dict[str, str], description="This terminal has no receipt printer.")},
)
async def print_receipt(request: Request[Any, Any, State], state: State, order_id: FromPath[str]) -> ReceiptTold:
    node: NodePort = state.node
    queue: Queue | None = state.receipts
    wanted = decode(await read_body(request, MAX_BODY_BYTES), ReceiptWanted)
    check_uuid(wanted.command_id, "command_id")
    body = {"command_id": wanted.command_id, "order_id": order_id, "language": wanted.language}
    came = queue.expect(wanted.command_id) if queue is not None else None  # before it is asked for
    await node.command("receipts.print", msgspec.json.encode(body))
    known: Any = await asyncio.to_thread(node.receipt_ended, order_id, wanted.command_id)
    if not known:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WAIT_S):
                known = await asyncio.shield(came) if came is not None else ""
    told: Paper = known or "waiting"
    return ReceiptTold(wanted.command_id, told, TEXTS[told])


TEST_TEXTS: dict[str, str] = {
    "printed": "The test page is printed.",
    "out_of_paper": "The receipt printer is out of paper. Load paper, then print again.",
    "away": "The receipt printer does not answer. Check that it is on and connected, then print again.",
    "not_known": "The receipt printer stopped in the middle. Look whether the page is there.",
}


class TestTold(msgspec.Struct, frozen=True):
    """What became of the page; `text` says what to do."""

    state: Paper
    text: str


@post(
    "/v1/printer/test",
    status_code=200,
    summary="A test page from this terminal's receipt printer",
    tags=["receipts"],
    responses={409: ResponseSpec(dict[str, str], description="This terminal has no receipt printer.")},
)
async def print_test(state: State) -> TestTold:
    queue: Queue | None = state.receipts
    if queue is None:
        raise Refused("no_printer", "This terminal has no receipt printer. Set “printer” in its settings.")
    came = await queue.test()
    return TestTold(came, TEST_TEXTS[came])


class AgainWanted(Body, frozen=True):
    """`code`: the digits on a receipt, or the address in its QR code, as a scanner reads it."""

    code: str


class AgainGiven(msgspec.Struct, frozen=True):
    """An order's dishes as wishes, with the names that they had: price them anew. `prices`: what one of each cost
    then, with its choices, in minor units."""

    lines: list[LineRequest]
    names: list[str]
    prices: list[int]
    dining: Dining


@post(
    "/v1/receipts/again",
    status_code=200,
    summary="The dishes of a receipt, to be ordered again",
    description="By the nine digits on a receipt, or the address in its QR code. Nothing is ordered by this.",
    tags=["receipts"],
    responses={404: ResponseSpec(dict[str, str], description="No receipt here has this code.")},
)
async def order_again(request: Request[Any, Any, State], state: State) -> AgainGiven:
    node: NodePort = state.node
    phone: Phone = state.phone
    wanted = decode(await read_body(request, MAX_BODY_BYTES), AgainWanted).code.strip()
    digits = "".join(c for c in wanted if c in "0123456789")
    if "/phone/o/" in wanted:
        text = wanted.rpartition("/phone/o/")[2].partition("?")[0].partition("#")[0][: MAX_LINK_CHARS + 1]
        found = await asyncio.to_thread(node.order, phone.read(text, "order").subject)
    elif len(digits) == AGAIN_DIGITS and len(wanted) <= 2 * AGAIN_DIGITS:
        found = await asyncio.to_thread(node.order_of_receipt, digits)
    else:
        found = None
    if found is None:
        raise Refused("not_found", "No receipt here has this code. Look at the receipt once more.")
    lines = wishes(found)
    names = [line.name for line in found.lines]
    prices = [line.total_minor // line.quantity for line in found.lines]
    return AgainGiven(lines, names, prices, found.dining)
