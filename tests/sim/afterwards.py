"""What is done when a day is over and all are in step, so that each answer can be told beforehand: commands are sent
once more, to another terminal; a voucher, a basket and a dish for two stations go from hand to hand; and head office is
put back to a backup, though its stores have let go of what it held since.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.answers import CommandAnswer
from server.event import Event, Refused, Stream
from server.log import LogFailed
from server.log.log import GAP_WAIT_S
from server.log.verify import verify
from server.node import Node
from server.services.orders.state import OrderState
from server.services.vouchers.events import CODE_DIGITS, check_digit, voucher_id_of
from server.settlement import NotKnownYet
from tests.sim import workload
from tests.sim.checks import differences
from tests.sim.checks.holding import may_hold, nodes
from tests.sim.client import OTHERWISE, Client
from tests.sim.ledger import Acknowledged
from tests.sim.terminal import Gone, Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

ASKED_ELSEWHERE = 6
"""Commands of a day that are sent to another terminal as well."""

ASKED_AGAIN = 10
"""Commands that are sent once more to a terminal that has begun another log."""

TOLD_ALIKE = ("order_id", "number", "total_minor", "payment_id", "refund_id", "tender", "amount_minor", "voucher_id")
"""Of an answer what every terminal says alike; what is due or left is told as it stands now."""

HAND_TO_HAND = 0.3
"""Of all days, on so many a voucher, a basket and a dish are followed."""

PUT_BACK = 0.5
"""Of the days on which stores let go of old sales, on so many head office is put back."""

SOON_S = 10.0
BACK_S = GAP_WAIT_S + 30.0
"""So long head office may take: it waits for somebody who has what is missing."""


# -- once more, elsewhere --------------------------------------------------------------------------------------------


async def asked_elsewhere(day: Day) -> list[str]:
    """Whoever was answered asks again at a terminal that has heard of it: it is answered so, nothing is done, and
    another body or another command under the same name is refused."""
    rand = random.Random(f"{day.plan.seed}/elsewhere")
    every = [e for e in day.ledger.acknowledged.values() if e.events and e.command_id not in day.ledger.redone]
    rand.shuffle(every)
    found: list[str] = []
    asked = 0
    for entry in every:
        others = [t for t in day.of_store(entry.terminal.spec.store) if t is not entry.terminal and t.ready]
        at = rand.choice(others) if others else None
        if at is None or at.node is None or not has_heard(at.node, entry):
            continue
        found += await _elsewhere(at, entry, rand)
        asked += 1
        if asked == ASKED_ELSEWHERE:
            break
    return found


def has_heard(node: Node, entry: Acknowledged) -> bool:
    """Whether it shows what the command did, and at its place."""
    places = {(*e.order, e.stream.topic) for e in entry.events}
    order_id, services = entry.events[0].aggregate_id, node.services
    if entry.name == "orders.place":
        order = services.order_book.state(order_id)
        return order is not None and order.placed is not None and order.placed_at in places
    if entry.name == "payments.capture":
        known, paid = services.order_book.state(order_id), services.payments.state(order_id)
        placed = known is not None and known.placed is not None
        return (
            placed and paid is not None and any(p.how == "captured" and p.at in places for p in paid.payments.values())
        )
    if entry.name == "payments.refund":
        known, given = services.order_book.state(order_id), services.payments.state(order_id)
        return known is not None and known.placed is not None and given is not None and entry.command_id in given.given
    if entry.name == "vouchers.issue":
        voucher = services.vouchers.state(voucher_id_of(entry.body["code"]))
        return voucher is not None and voucher.issued_by == entry.command_id
    return False


async def _elsewhere(at: Terminal, entry: Acknowledged, rand: random.Random) -> list[str]:
    what = f"{at.name}, asked for {entry.name} {entry.command_id[:8]} of {entry.terminal.name}"
    answer = await _ask(at, entry.name, entry.body)
    if not isinstance(answer, CommandAnswer):
        return [f"{what}, refuses it: {answer}"] if answer else []
    found = []
    mine = {e.raw for e in entry.events}
    if at.node is not None and any(at.node.log.as_first(e).raw not in mine for e in answer.events):
        found.append(f"{what}, does it again")
    wrong = [n for n in TOLD_ALIKE if n in entry.result and answer.result.get(n) != entry.result[n]]
    if wrong:
        found.append(f"{what}, says {answer.result}, of {entry.result}")
    changed = entry.body | {name: other(entry.body[name]) for name, other in OTHERWISE.items() if name in entry.body}
    if changed != entry.body:
        found += await _must_refuse(at, entry.name, changed, "command_id_used")
    if entry.name == "orders.place" and "order_id" in entry.body:
        found += await _must_refuse(at, entry.name, entry.body | {"command_id": _uuid(rand)}, "order_exists")
    return found


async def _ask(at: Terminal, name: str, body: dict[str, Any]) -> CommandAnswer | str:
    """The answer, or the code of its refusal; `""` when nobody answers."""
    try:
        answer: CommandAnswer = await at.ask(methodcaller("command", name, body))
    except Refused as refused:
        return refused.code
    except (Gone, LogFailed, NotKnownYet):
        return ""
    return answer


async def _must_refuse(at: Terminal, name: str, body: dict[str, Any], code: str) -> list[str]:
    answer = await _ask(at, name, body)
    if answer in (code, ""):
        return []
    said = "does it" if isinstance(answer, CommandAnswer) else f"refuses it as {answer}"
    return [f"{at.name} {said}, and {name} {body} is to be refused as {code}"]


def _uuid(rand: random.Random) -> str:
    return str(uuid.UUID(int=rand.getrandbits(128), version=4))


async def asked_again(day: Day) -> None:
    """Whoever was answered by a terminal that has begun another log since, as the one before was damaged or parted,
    asks there once more; `promises` tells whether anything was done twice. Answers go with what is let go of."""
    if day.plan.nights:
        return
    rand = random.Random(f"{day.plan.seed}/again")
    every = [
        e for e in day.ledger.acknowledged.values() if e.events and e.terminal.anew_at >= e.at and e.terminal.ready
    ]
    for entry in rand.sample(every, min(ASKED_AGAIN, len(every))):
        await Client(day, f"{entry.command_id}/afterwards").ask_again(entry)


# -- from hand to hand -----------------------------------------------------------------------------------------------


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
        """At a terminal, which is to refuse it so if a code is given; then all hear of it."""
        answer = await _ask(at, name, body | {"command_id": _uuid(self.rand)})
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


async def hand_to_hand(day: Day) -> list[str]:
    rand = random.Random(f"{day.plan.seed}/hands")
    if rand.random() >= HAND_TO_HAND or day.lying_logs:
        return []
    hands = Hands(day, rand.choice(day.stores), rand)
    if len(hands.terminals) < 2 or hands.terminals[0].node is None or hands.terminals[0].node.services.sold() is None:
        return []
    await _basket(hands)
    await _vouchers(hands)
    await _stations(hands)
    await _taken_off(hands)
    await _altered(hands)
    return hands.problems


async def _basket(hands: Hands) -> None:
    """Put down at one screen, it is taken up at another."""
    lines = [{"item_id": "water", "quantity": 2}]
    parked = await hands.do(hands.another(), "baskets.park", lines=lines)
    there = hands.another()
    if parked is None or there.node is None:
        return
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
            for terminal in hands.terminals:
                known = terminal.node.voucher(code) if terminal.node is not None else None
                if known is None or known.balance_minor:
                    hands.problems.append(f"{terminal.name} shows {known} of a voucher that was cancelled")


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
    await hands.do(hands.another(), "kitchen.bump", order_id=order_id, line_ids=["1"])
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


# -- head office is put back -----------------------------------------------------------------------------------------


def backup_of_office(day: Day) -> Path | None:
    """Takes a backup at some time of the day, where it may be put back when that is over."""
    rand = random.Random(f"{day.plan.seed}/put back")
    if not day.plan.nights or rand.random() >= PUT_BACK:
        return None
    backup = day.folder / "office-backup"
    day.at(rand.uniform(1.0, day.plan.seconds), lambda: _back_up(day, backup))
    return backup


def _back_up(day: Day, backup: Path) -> None:
    if day.office.disk.folder.exists():
        day.office.disk.copy_to(backup)
        day.note("head office is backed up")


async def put_back(day: Day, backup: Path) -> list[str]:
    """Head office has its backup's state again, and its stores send what they still hold. Then it shows what they show,
    and says so if sales are missing that they had let go of."""
    office = day.office
    if not backup.exists() or day.lying_logs or office.node is None:
        return []
    office.restore(backup)
    day.boot(office)
    until = day.now + BACK_S
    while day.now < until and (office.node is None or not office.ready):
        await asyncio.sleep(0.2)
    if office.node is None:
        return ["head office does not start with its backup"]
    had, events = {stream: held.seq for stream, held in office.node.log.held().items()}, on_its_disk(office)
    while day.now < until and (lacks(day) or not shown(day)):
        await asyncio.sleep(0.5)
    found = [f"{BACK_S:.0f} s after it was put back: {text}" for text in lacks(day)[:3]]
    if found:
        return found
    found += await sells_what_it_says(day)
    gone = sorted(events - on_its_disk(office))
    found += [f"head office has let go of {log_id}/{topic}/{seq}" for log_id, topic, seq in gone[:3]]
    found += shows_otherwise(day)[:3]
    found += [f"head office, put back: {p}" for p in verify(office.node.log.folder).problems]
    missing = {
        store
        for store, stream, floor in floors(day)
        if stream.name in ("orders", "payments") and had.get(stream, 0) < floor
    }
    said = " ".join(office.node.warnings())
    found += [
        f"sales of {store} are missing at head office, and it does not say so"
        for store in missing
        if f"“{store}”" not in said
    ]
    return found


async def sells_what_it_says(day: Day) -> list[str]:
    """A menu that head office publishes after it was put back is the newest."""
    await workload.Clerk(day, f"{day.plan.seed}/put back/menu").menu()
    await in_step(day)
    office = day.office.node
    return [
        f"{terminal.name} sells menu {node.services.menu_version()!r}, and head office's newest is another"
        for terminal, node in nodes(day)
        if office is not None and node.services.menu_version() != office.services.menu_version(terminal.spec.store)
    ]


def on_its_disk(terminal: Terminal) -> set[tuple[str, str, int]]:
    query = "SELECT s.log_id, s.topic, e.seq FROM events e JOIN streams s ON s.stream = e.stream"
    with closing(sqlite3.connect(terminal.disk.folder / "log.db")) as db:
        return set(db.execute(query))


def floors(day: Day) -> Iterator[tuple[str, Stream, int]]:
    """By store and stream the least that all of its terminals have let go of."""
    least: dict[tuple[str, Stream], int] = {}
    for terminal, node in nodes(day):
        if not terminal.office:
            headers = node.log.headers()
            for stream, held in node.log.held().items():
                if headers[stream.log_id].store == terminal.spec.store:
                    at = terminal.spec.store, stream
                    least[at] = min(least.get(at, held.floor_seq), held.floor_seq)
    return ((store, stream, floor) for (store, stream), floor in least.items())


def lacks(day: Day) -> list[str]:
    """What head office does not hold of what a store does."""
    office = day.office.node
    if office is None:
        return ["head office is not up"]
    held, found = office.log.held(), []
    for terminal, node in nodes(day):
        headers = node.log.headers()
        for stream, theirs in node.log.held().items():
            ours = held.get(stream)
            if may_hold("", headers[stream.log_id].store, stream) and (ours is None or ours.seq < theirs.seq):
                found.append(
                    f"head office holds {stream} to {ours.seq if ours else 0}, {terminal.name} to {theirs.seq}"
                )
    return found


def shows_otherwise(day: Day) -> list[str]:
    """Orders that a store shows and head office does not show so."""
    office, found = day.office.node, []
    if office is None:
        return []
    for store in day.stores:
        node = next((n for t, n in nodes(day) if t.spec.store == store), None)
        for order_id, ours in node.services.order_book.all_states().items() if node is not None else ():
            theirs = office.services.order_book.state(order_id)
            if ours.placed is not None and (theirs is None or facts(theirs) != facts(ours)):
                found.append(f"head office shows order {ours.placed.number} of {store} otherwise: {theirs} for {ours}")
    return found


def facts(state: OrderState) -> tuple[Any, ...]:
    return state.placed, state.lines, state.total_minor, state.paid_minor, state.status, state.history
