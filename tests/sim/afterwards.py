"""What is done when a day is over and all are in step, so that each answer can be told beforehand: commands are sent
once more, to another terminal, and head office is put back to a backup, though its stores have let go of what it held
since. What goes from hand to hand is in `hands`.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.answers import CommandAnswer
from server.event import Stream
from server.log.log import GAP_WAIT_S
from server.log.verify import verify
from server.node import Node
from server.services.orders.state import OrderState
from server.services.vouchers.events import voucher_id_of
from tests.sim import workload
from tests.sim.checks.holding import may_hold, nodes, parted_logs
from tests.sim.checks.screens import was_placed_again
from tests.sim.client import OTHERWISE, Client
from tests.sim.hands import ask, in_step, new_id, shown
from tests.sim.ledger import Acknowledged
from tests.sim.terminal import Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

ASKED_ELSEWHERE = 6
"""Commands of a day that are sent to another terminal as well."""

ASKED_AGAIN = 10
"""Commands that are sent once more to a terminal that has begun another log."""

TOLD_ALIKE = ("order_id", "number", "total_minor", "payment_id", "refund_id", "tender", "amount_minor", "voucher_id")
"""Of an answer what every terminal says alike; what is due or left is told as it stands now."""

PUT_BACK = 0.5
"""Of the days on which stores let go of old sales, on so many head office is put back."""

BACK_S = GAP_WAIT_S + 30.0
"""So long head office may take: it waits for somebody who has what is missing."""


# -- once more, elsewhere --------------------------------------------------------------------------------------------


async def asked_elsewhere(day: Day) -> list[str]:
    """Whoever was answered asks again at a terminal that has heard of it: it is answered so, nothing is done, and
    another body or another command under the same name is refused. Answers go with what is let go of, and that can be
    in just this moment."""
    if day.plan.nights:
        return []
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
    before = at.node.log.position if at.node is not None else 0
    answer = await ask(at, entry.name, entry.body)
    if not isinstance(answer, CommandAnswer):
        return [f"{what}, refuses it: {answer}"] if answer else []
    found = []
    mine = {e.raw for e in entry.events}
    new = [e for e in answer.events if e.position > before]  # a disk set back may have done it twice before, and alone
    if at.node is not None and any(at.node.log.as_first(e).raw not in mine for e in new):
        found.append(f"{what}, does it again")
    wrong = [n for n in TOLD_ALIKE if n in entry.result and answer.result.get(n) != entry.result[n]]
    if wrong:
        found.append(f"{what}, says {answer.result}, of {entry.result}")
    changed = entry.body | {name: other(entry.body[name]) for name, other in OTHERWISE.items() if name in entry.body}
    if changed != entry.body:
        found += await _must_refuse(at, entry.name, changed, "command_id_used")
    if entry.name == "orders.place" and "order_id" in entry.body:
        found += await _must_refuse(at, entry.name, entry.body | {"command_id": new_id(rand)}, "order_exists")
    return found


async def _must_refuse(at: Terminal, name: str, body: dict[str, Any], code: str) -> list[str]:
    answer = await ask(at, name, body)
    if answer in (code, ""):
        return []
    said = "does it" if isinstance(answer, CommandAnswer) else f"refuses it as {answer}"
    return [f"{at.name} {said}, and {name} {body} is to be refused as {code}"]


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
    while day.now < until and shows_otherwise(day):  # of a log with two branches nobody lacks anything
        await asyncio.sleep(2.0)
    found = [f"{BACK_S:.0f} s after it was put back: {text}" for text in lacks(day)[:3]]
    if found:
        return found
    found += await sells_what_it_says(day)
    gone = sorted(events - on_its_disk(office))
    found += [f"head office has let go of {log_id}/{topic}/{seq}" for log_id, topic, seq in gone[:3]]
    found += shows_otherwise(day)[:3]
    found += [f"head office, put back: {p}" for p in verify(office.node.log.folder).problems]
    now = office.node.log.held()  # a store lets go of more as soon as head office has it again: what has come is here
    missing = {
        store
        for store, stream, floor in floors(day)
        if stream.name in ("orders", "payments") and had.get(stream, 0) < min(floor, now[stream].floor_seq)
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
    parted = parted_logs(day)  # of those it may hold the other branch; both are written again in logs of one
    for terminal, node in nodes(day):
        headers = node.log.headers()
        for stream, theirs in node.log.held().items():
            ours = held.get(stream)
            if (
                stream.log_id not in parted
                and may_hold("", headers[stream.log_id].store, stream)
                and (ours is None or ours.seq < theirs.seq)
            ):
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
        if node is None:
            continue
        for order_id, ours in node.services.order_book.all_states().items():
            theirs = office.services.order_book.state(order_id)
            if theirs is not None and theirs.placed_at[0] <= node.services.archive.upto and was_placed_again(theirs):
                continue  # on its first day there, and here on its second
            if ours.placed is not None and (theirs is None or facts(theirs) != facts(ours)):
                found.append(f"head office shows order {ours.placed.number} of {store} otherwise: {theirs} for {ours}")
    return found


def facts(state: OrderState) -> tuple[Any, ...]:
    return state.placed, state.lines, state.total_minor, state.paid_minor, state.status, state.history
