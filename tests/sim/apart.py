"""A terminal is out of reach of the others while guests pay with vouchers, when a day is over and all are in step: what
it can't know it does not do, and what came of both sides' doing is told to whom it concerns when they meet again.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from server.answers import CommandAnswer
from server.event import Event
from server.node import Node
from server.services.decision import Changes
from server.services.vouchers.events import CODE_DIGITS, check_digit
from tests.sim.checks.answers import is_apart
from tests.sim.hands import Hands, ask, begin, in_step, new_id
from tests.sim.terminal import VOUCHER_APART_MINOR, Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

APART = 0.25
"""Of all days, on so many this is done."""

ALONE_WITHIN_S = 12.0
LINE_WITHIN_S = 20.0
"""Until a terminal that is out of reach of the others has a line to head office of its own."""

HOLDS_MINOR = 1000
FEW, MANY = 3, 9
"""So many glasses of water cost less than `HOLDS_MINOR`, and more than may be paid apart."""

PART_MINOR = VOUCHER_APART_MINOR * 2 // 3
"""So much may be, and what is left of so many glasses may not be, after that."""


async def apart(day: Day) -> list[str]:
    hands = begin(day, "apart", APART)
    if hands is None:
        return []
    one, other = hands.another(), hands.another()
    await _out_of_reach_of_all(hands, one, other)
    await _with_a_line(hands, one)
    return hands.problems


async def _out_of_reach_of_all(hands: Hands, one: Terminal, other: Terminal) -> None:
    """One voucher pays on both sides more than it has, and one code is given to two vouchers."""
    day = hands.day
    code, twice = _code(hands), _code(hands)
    await hands.do(other, "vouchers.issue", code=code, amount_minor=HOLDS_MINOR)
    orders = {at: await _placed(hands, at, FEW) for at in (one, other)}
    if not all(orders.values()):
        return
    told: dict[Terminal, set[str]] = {at: set() for at in orders}
    nodes: dict[Terminal, Node] = {at: at.node for at in orders if at.node is not None}
    for at, node in nodes.items():
        node.on_changes.append(partial(_hear, told[at]))
    _cut(day, one, office=True)
    paid, issued = list[Event](), list[Event]()
    if await _alone(day, one):
        for at, order_id in orders.items():
            capture = {"order_id": order_id, "tender": "voucher", "code": code}
            paid += await _do(hands, at, "payments.capture", capture)
            issued += await _do(hands, at, "vouchers.issue", {"code": twice, "amount_minor": HOLDS_MINOR + len(issued)})
    for heard in told.values():
        heard.clear()
    _heal(day, one)
    await _met(day, [*paid, *issued])
    redeemed = sorted((e for e in paid if e.stream.name == "vouchers"), key=lambda e: e.order)
    if len(redeemed) == 2 and all(at.node is node for at, node in nodes.items()):
        _double(hands, redeemed[1].data()["order_id"], orders, told)
    if len(issued) == 2:
        _issued_twice(hands, twice, sorted(issued, key=lambda e: e.order)[1])


def _double(hands: Hands, order_id: str, orders: dict[Terminal, str], told: dict[Terminal, set[str]]) -> None:
    """The later order shows it everywhere, and the screens at which it stood before have been told to look."""
    for terminal in hands.terminals:
        order = terminal.node.order(order_id) if terminal.node is not None else None
        if order is None or "voucher_double" not in order.warnings:
            hands.problems.append(f"{terminal.name} hides that a voucher had paid elsewhere what it paid of {order_id}")
    for at, heard in told.items():
        if orders[at] == order_id and order_id not in heard:
            hands.problems.append(f"{at.name}'s screens are not told that the voucher of {order_id} had paid elsewhere")


def _issued_twice(hands: Hands, code: str, second: Event) -> None:
    """All show it, and staff are told of it where the second one was issued."""
    amount = second.data()["amount_minor"]
    for terminal in hands.terminals:
        if terminal.node is None:
            continue
        known = terminal.node.voucher(code)
        if known is None or known.again_minor != amount:
            hands.problems.append(f"{terminal.name} shows {known} of a code under which {amount} was issued once more")
        notes = [n for n in terminal.node.status().notes if n.kind == "voucher_twice" and n.amount_minor == amount]
        if bool(notes) != (second.stream.log_id in terminal.logs):
            hands.problems.append(f"{terminal.name} tells {notes} of a code that was used again by {second.stream}")


async def _with_a_line(hands: Hands, one: Terminal) -> None:
    """Head office is in reach, and can't tell whether another takes the last of a voucher just now: it pays little."""
    day, code = hands.day, _code(hands)
    await hands.do(hands.another(), "vouchers.issue", code=code, amount_minor=5 * VOUCHER_APART_MINOR)
    order_id = await _placed(hands, one, MANY)
    if not order_id:
        return
    _cut(day, one, office=False)
    lonely = await _alone(day, one) and await _has_line(day, one)
    if lonely and one.node is not None and is_apart(one.node, one.wall_ms()):
        body = {"order_id": order_id, "tender": "voucher", "code": code}
        for part, wanted in (({}, "voucher_apart"), ({"amount_minor": PART_MINOR}, "pays"), ({}, "voucher_apart")):
            answer = await ask(one, "payments.capture", body | part | {"command_id": new_id(hands.rand)})
            said = "pays" if isinstance(answer, CommandAnswer) else answer
            if said != wanted:
                hands.problems.append(f"{one.name}, apart from all others, {said} {part or 'all'} by a voucher")
    _heal(day, one)
    await _met(day, [])


def _code(hands: Hands) -> str:
    digits = "".join(hands.rand.choice("0123456789") for _ in range(CODE_DIGITS - 1))
    return digits + check_digit(digits)


async def _placed(hands: Hands, at: Terminal, glasses: int) -> str:
    lines = [{"item_id": "water", "quantity": glasses}]
    placed = await hands.do(at, "orders.place", lines=lines, dining="here", hold_until_paid=True)
    if placed is None:
        return ""
    hands.day.orders.setdefault(placed.result["order_id"], at.spec.store)
    return str(placed.result["order_id"])


async def _do(hands: Hands, at: Terminal, name: str, body: dict[str, Any]) -> list[Event]:
    answer = await ask(at, name, body | {"command_id": new_id(hands.rand)})
    if isinstance(answer, str):
        hands.problems.append(f"{at.name}: {name} {body} is {answer or 'not answered'}, out of the others' reach")
        return []
    return answer.events


def _hear(heard: set[str], changes: Changes) -> None:
    heard |= changes.orders


def _others(day: Day, one: Terminal) -> list[Terminal]:
    return [t for t in day.all if t is not one and t.spec.store in (one.spec.store, "")]


def _cut(day: Day, one: Terminal, office: bool) -> None:
    for other in _others(day, one):
        if office or not other.office:
            day.net.cut(one.host, other.host)
            day.net.cut(other.host, one.host)


def _heal(day: Day, one: Terminal) -> None:
    for other in _others(day, one):
        if not day.net.path(one.host, other.host).up:
            day.net.heal(one.host, other.host)
            day.net.heal(other.host, one.host)


async def _alone(day: Day, one: Terminal) -> bool:
    """It knows that nobody is there."""
    until = day.now + ALONE_WITHIN_S
    while day.now < until and one.node is not None and one.node.mesh is not None:
        if not one.node.mesh.connected_terminals():
            return True
        await asyncio.sleep(0.2)
    return False


async def _has_line(day: Day, one: Terminal) -> bool:
    until = day.now + LINE_WITHIN_S
    while day.now < until and one.node is not None and one.node.mesh is not None:
        if one.node.mesh.office_state().state == "uplink":
            return True
        await asyncio.sleep(0.2)
    return False


async def _met(day: Day, events: list[Event]) -> None:
    await in_step(day, events)
    await asyncio.sleep(1.0)  # what is told of it, and written down
    await in_step(day, events)
