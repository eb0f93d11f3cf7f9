"""A voucher, a basket, a counted dish and tickets go from hand to hand, when a day is over and all are in step."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Callable, Sequence
from operator import methodcaller
from typing import TYPE_CHECKING, Any

from server.answers import CommandAnswer
from server.event import Event, Refused
from server.log import LogFailed
from server.services.vouchers.events import CODE_DIGITS, check_digit
from server.settlement import NotKnownYet
from tests.sim.checks import differences
from tests.sim.checks.holding import nodes
from tests.sim.terminal import Gone, Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

HAND_TO_HAND = 0.3
"""Of all days, on so many this is done."""

SOON_S = 10.0
UP_WITHIN_S = 30.0


async def ask(at: Terminal, name: str, body: dict[str, Any]) -> CommandAnswer | str:
    """The answer, or the code of its refusal; `""` when nobody answers."""
    try:
        answer: CommandAnswer = await at.ask(methodcaller("command", name, body))
    except Refused as refused:
        return refused.code
    except (Gone, LogFailed, NotKnownYet):
        return ""
    return answer


def new_id(rand: random.Random) -> str:
    return str(uuid.UUID(int=rand.getrandbits(128), version=4))


class Hands:
    """Staff of one store, each at a terminal of their own, if there are so many. What one has done all know."""

    def __init__(self, day: Day, store: str, rand: random.Random) -> None:
        self.day, self.rand, self.problems = day, rand, list[str]()
        terminals = [t for t in day.of_store(store) if t.ready]
        self.terminals = rand.sample(terminals, len(terminals))
        self._next = 0

    def another(self) -> Terminal:
        self._next += 1
        return self.terminals[self._next % len(self.terminals)]

    async def do(self, at: Terminal, name: str, refused: str = "", **body: Any) -> CommandAnswer | None:
        """At a terminal, which is to refuse it so if a code is given; then all hear of it. Once more with the same
        `command_id`."""
        answer = await ask(at, name, {"command_id": new_id(self.rand)} | body)
        said, wanted = answer if isinstance(answer, str) else "done", refused or "done"
        if said != wanted:
            self.problems.append(f"{at.name}: {name} {body} is {said or 'not answered'}, and should be {wanted}")
        await in_step(self.day, answer.events if isinstance(answer, CommandAnswer) else [])
        return answer if isinstance(answer, CommandAnswer) else None


async def in_step(day: Day, told: Sequence[Event] = ()) -> None:
    """`told`: what all must have heard of, also where its log was continued from an older state."""
    until = day.now + SOON_S
    while day.now < until and (differences(day) or not heard(day, told) or not shown(day)):
        await asyncio.sleep(0.1)


async def again(hands: Hands, at: Terminal, ends: Callable[[], None]) -> None:
    """It ends so, and is up again when this returns."""
    day = hands.day
    node = at.node
    ends()
    day.boot(at)
    until = day.now + UP_WITHIN_S
    while day.now < until and (not at.ready or at.node is node):
        await asyncio.sleep(0.1)
    if not at.ready:
        hands.problems.append(f"{at.name} is not up again")
    await in_step(day)


def heard(day: Day, events: Sequence[Event]) -> bool:
    """Whether these events, which are not head office's, are held wherever they may be."""
    for event in events:
        writers = {h.store for _, node in nodes(day) if (h := node.log.headers().get(event.stream.log_id)) is not None}
        for terminal, node in nodes(day):
            held = node.log.held().get(event.stream)
            if terminal.spec.store in ("", *writers) and (held is None or held.seq < event.seq):
                return False
    return True


def shown(day: Day) -> bool:
    return all(node.services.cursor == node.log.position for _, node in nodes(day))


def begin(day: Day, name: str, share: float, least: int = 2) -> Hands | None:
    """On so large a share of all days: the staff of a store with so many terminals and a menu. None else, and where a
    machine lies. `name` is what it is drawn by."""
    rand = random.Random(f"{day.plan.seed}/{name}")
    if rand.random() >= share or day.lying_logs:
        return None
    hands = Hands(day, rand.choice(day.stores), rand)
    if len(hands.terminals) < least or hands.terminals[0].node is None:
        return None
    return hands if hands.terminals[0].node.services.sold() is not None else None


async def hand_to_hand(day: Day) -> list[str]:
    hands = begin(day, "hands", HAND_TO_HAND)
    if hands is None:
        return []
    await _basket(hands)
    await _vouchers(hands)
    await _stations(hands)
    await _taken_off(hands)
    await _altered(hands)
    await _counted(hands)
    await _without(hands)
    await _in_parts(hands)
    return hands.problems


async def _basket(hands: Hands) -> None:
    """Put down at one screen, it is taken up at another. Whoever asks again there, as the first one did not answer, is
    told the same code."""
    lines, command_id = [{"item_id": "water", "quantity": 2}], new_id(hands.rand)
    parked = await hands.do(hands.another(), "baskets.park", lines=lines, command_id=command_id)
    there = hands.another()
    again = await hands.do(there, "baskets.park", lines=lines, command_id=command_id)
    if parked is None or there.node is None:
        return
    if again is None or again.result != parked.result:
        hands.problems.append(f"{there.name} puts a basket down once more, as {again}, which is {parked.result}")
    found = there.node.services.basket(parked.result["code"], parked.result["until_ms"] - 1)
    if found is None or [(line.item_id, line.quantity) for line in found.lines] != [("water", 2)]:
        hands.problems.append(f"{there.name} finds {found} of a basket that was put down")
    if there.node.services.basket(parked.result["code"], parked.result["until_ms"]) is not None:
        hands.problems.append(f"{there.name} keeps a basket for longer than it said")


async def _vouchers(hands: Hands) -> None:
    """A single one pays once; what was cancelled pays nothing, at whichever terminal."""
    for single in (True, False):
        digits = "".join(hands.rand.choice("0123456789") for _ in range(CODE_DIGITS - 1))
        code = digits + check_digit(digits)
        await hands.do(hands.another(), "vouchers.issue", code=code, amount_minor=5000, single=single)
        paid = await _redeem(hands, code, "")
        if paid is not None and paid.result["voucher_left_minor"] != (
            0 if single else 5000 - paid.result["amount_minor"]
        ):
            hands.problems.append(f"{paid.result} of a voucher of 5000, which is {'' if single else 'not '}single")
        if single:
            await _redeem(hands, code, "voucher_used")
        else:
            cancelled = await hands.do(hands.another(), "vouchers.cancel", code=code, reason="lost")
            left = cancelled.result["balance_minor"] if cancelled is not None else None
            if paid is not None and left != 5000 - paid.result["amount_minor"]:
                hands.problems.append(f"{left} was on a voucher that was cancelled, after {paid.result} of 5000")
            await _redeem(hands, code, "voucher_cancelled")
            await hands.do(hands.another(), "vouchers.cancel", "voucher_cancelled", code=code, reason="twice")
            if paid is not None:
                await _stranded(hands, paid.result["order_id"])
            for terminal in hands.terminals:
                known = terminal.node.voucher(code) if terminal.node is not None else None
                if known is None or known.balance_minor:
                    hands.problems.append(f"{terminal.name} shows {known} of a voucher that was cancelled")


async def _stranded(hands: Hands, order_id: str) -> None:
    """What goes back to a voucher that was cancelled nobody can spend: the guest needs a new one, and all are told."""
    await hands.do(hands.another(), "payments.refund", order_id=order_id, reason="cold")
    for terminal in hands.terminals:
        order = terminal.node.order(order_id) if terminal.node is not None else None
        if order is None or "voucher_stranded" not in order.warnings:
            hands.problems.append(f"{terminal.name} hides that money of {order_id} went back to a cancelled voucher")


async def _redeem(hands: Hands, code: str, refused: str) -> CommandAnswer | None:
    lines = [{"item_id": "water", "quantity": 1}]
    placed = await hands.do(hands.another(), "orders.place", lines=lines, dining="here", hold_until_paid=True)
    if placed is None:
        return None
    order_id = placed.result["order_id"]
    hands.day.orders.setdefault(order_id, hands.terminals[0].spec.store)
    return await hands.do(hands.another(), "payments.capture", refused, order_id=order_id, tender="voucher", code=code)


STATION_OF = {"veggie": "grill", "salad": "cold"}
"""By the menu: what is made where; a meal of both is made at both."""


async def _stations(hands: Hands) -> None:
    """What each station sees, and makes; what was taken up again by one line."""
    node = hands.terminals[0].node
    assert node is not None
    sells = {i: a.state != "out" and (a.left is None or a.left > 3) for i, a in node.services.availability().items()}
    if not all(sells.get(item, False) for item in ("veggie", "salad", "meal")):
        return
    choices = [{"slot_id": "main", "item_id": "veggie"}, {"slot_id": "side", "item_id": "salad"}]
    lines = [{"item_id": "veggie", "quantity": 1}, {"item_id": "salad", "quantity": 1}]
    placed = await hands.do(
        hands.another(),
        "orders.place",
        lines=[*lines, {"item_id": "meal", "quantity": 1, "choices": choices}],
        dining="here",
    )
    if placed is None:
        return
    order_id = placed.result["order_id"]
    hands.day.orders.setdefault(order_id, hands.terminals[0].spec.store)
    for station, made in (("cold", ["2", "3"]), ("grill", ["1"])):
        at = hands.another()
        assert at.node is not None
        if order_id not in [t.order_id for t in at.node.services.tickets(station)]:
            hands.problems.append(f"{at.name} does not show the {station} what it is to make")
        done = await hands.do(at, "kitchen.bump", order_id=order_id, station=station)
        if done is not None and done.result["line_ids"] != made:
            hands.problems.append(f"{at.name}: the {station} made {done.result['line_ids']}, of {made}")
    again = hands.another()
    await hands.do(again, "kitchen.recall", order_id=order_id, line_ids=["2"])
    for terminal in hands.terminals:
        ticket = terminal.node.services.ticket(order_id) if terminal.node is not None else None
        lines_open = [line.line_id for line in ticket.lines if not line.bumped] if ticket is not None else None
        if lines_open != ["2"] or not ticket or not ticket.recalled:
            hands.problems.append(f"{terminal.name} has {lines_open} to make of what was recalled by one line, 2")
    await hands.do(hands.another(), "kitchen.bump", order_id=order_id)
    await hands.do(hands.another(), "kitchen.bump", "already_bumped", order_id=order_id)
    for terminal in hands.terminals:
        ticket = terminal.node.services.ticket(order_id) if terminal.node is not None else None
        if ticket is None or not ticket.done_ms or ticket.recalled:
            hands.problems.append(f"{terminal.name} shows {ticket} of what was made again")
    await hands.do(hands.another(), "orders.void", order_id=order_id, reason="complaint")
    await hands.do(hands.another(), "kitchen.recall", "order_voided", order_id=order_id)


async def _altered(hands: Hands) -> None:
    """A line that is altered after it was made is to be made again, before the order is ready."""
    lines = [{"item_id": "water", "quantity": 1}, {"item_id": "water", "quantity": 1}]
    placed = await hands.do(hands.another(), "orders.place", lines=lines, dining="here")
    if placed is None:
        return
    order_id = placed.result["order_id"]
    hands.day.orders.setdefault(order_id, hands.terminals[0].spec.store)
    for refused in ("", "already_bumped"):
        await hands.do(hands.another(), "kitchen.bump", refused, order_id=order_id, line_ids=["1"])
    more = [{"line_id": "1", "quantity": 2}, {"line_id": "2"}]
    await hands.do(hands.another(), "orders.amend", order_id=order_id, lines=more)
    for made, wanted, open_lines in (("2", "in_preparation", ["1"]), ("1", "ready", [])):
        await hands.do(hands.another(), "kitchen.bump", order_id=order_id, line_ids=[made])
        for terminal in hands.terminals:
            order = terminal.node.order(order_id) if terminal.node is not None else None
            ticket = terminal.node.services.ticket(order_id) if terminal.node is not None else None
            left = [line.line_id for line in ticket.lines if not line.bumped] if ticket is not None else None
            if order is None or order.status != wanted or left != open_lines:
                status = order.status if order is not None else "gone"
                hands.problems.append(
                    f"{terminal.name} has {left} to make of an order altered since, which is {status}"
                )
    await hands.do(hands.another(), "orders.collect", order_id=order_id)
    await hands.do(hands.another(), "kitchen.recall", "order_collected", order_id=order_id)


async def _counted(hands: Hands) -> None:
    """What was counted, ran out and is back is sold without a count; while it is out nobody gets more of it."""
    lines = [{"item_id": "coffee", "variation_id": "small", "quantity": 1}]
    placed = await hands.do(hands.another(), "orders.place", lines=lines, dining="here")
    if placed is None:
        return
    order_id = placed.result["order_id"]
    hands.day.orders.setdefault(order_id, hands.terminals[0].spec.store)
    for name, body, left in (
        ("stock.count", {"left": 3}, 3),
        ("stock.out", {}, 3),
        ("stock.back", {}, None),
    ):
        await hands.do(hands.another(), name, item_id="coffee", **body)
        for terminal in hands.terminals:
            coffee = terminal.node.services.availability().get("coffee") if terminal.node is not None else None
            if coffee is None or coffee.left != left or (coffee.state == "out") != (name == "stock.out"):
                hands.problems.append(f"{terminal.name} shows {coffee} after {name}")
        if name == "stock.out":
            more = [{"line_id": "1", "quantity": 2}]
            await hands.do(hands.another(), "orders.amend", "item_out", order_id=order_id, lines=more)


async def _without(hands: Hands) -> None:
    """A salad is made without the bacon that is out, and its ticket says so."""
    await hands.do(hands.another(), "stock.out", ingredient_id="bacon")
    at = hands.another()
    salad = at.node.services.availability().get("salad") if at.node is not None else None
    if salad is not None and salad.state == "without":
        lines = [{"item_id": "salad", "quantity": 1}]
        placed = await hands.do(at, "orders.place", lines=lines, dining="here")
        order_id = placed.result["order_id"] if placed is not None else ""
        hands.day.orders.setdefault(order_id, at.spec.store)
        for terminal in hands.terminals:
            ticket = terminal.node.services.ticket(order_id) if terminal.node is not None else None
            if ticket is None or "no Bacon" not in ticket.lines[0].details:
                hands.problems.append(f"{terminal.name} shows {ticket} of a salad, and bacon is out")
    await hands.do(hands.another(), "stock.back", ingredient_id="bacon")


async def _in_parts(hands: Hands) -> None:
    """Of two payments the latest that holds enough is given back."""
    lines = [{"item_id": "water", "quantity": 3}]
    placed = await hands.do(hands.another(), "orders.place", lines=lines, dining="here")
    if placed is None:
        return
    order_id = placed.result["order_id"]
    hands.day.orders.setdefault(order_id, hands.terminals[0].spec.store)
    await hands.do(hands.another(), "payments.capture", order_id=order_id, tender="cash", amount_minor=100)
    latest = await hands.do(hands.another(), "payments.capture", order_id=order_id, tender="cash")
    back = await hands.do(hands.another(), "payments.refund", order_id=order_id, amount_minor=50, reason="cold")
    if latest is not None and back is not None and back.result["payment_id"] != latest.result["payment_id"]:
        hands.problems.append(f"{back.result} was given back, and the latest payment was {latest.result}")


async def _taken_off(hands: Hands) -> None:
    """One line after the other: the kitchen is shown all of them."""
    lines = [{"item_id": "water", "quantity": n} for n in (1, 2, 3)]
    placed = await hands.do(hands.another(), "orders.place", lines=lines, dining="here")
    if placed is None:
        return
    order_id = placed.result["order_id"]
    hands.day.orders.setdefault(order_id, hands.terminals[0].spec.store)
    for kept in (["1", "2"], ["1"]):
        left = [{"line_id": line_id} for line_id in kept]
        await hands.do(hands.another(), "orders.amend", order_id=order_id, lines=left)
    twice = [{"line_id": "1"}, {"line_id": "1"}]
    await hands.do(hands.another(), "orders.amend", "line_twice", order_id=order_id, lines=twice)
    for terminal in hands.terminals:
        ticket = terminal.node.services.ticket(order_id) if terminal.node is not None else None
        removed = {line.line_id for line in ticket.removed} if ticket is not None else None
        if removed != {"2", "3"}:
            hands.problems.append(f"{terminal.name} shows {removed} as taken off, of lines 2 and 3")
