"""What was acknowledged: it is there, once, dated after its causes, and somebody else had it when thanks were said."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

from server.clock import MAX_AHEAD_MS, MAX_HELD_MS
from server.event import MAX_SEQ, Event, Stream
from server.services.orders import events as orders
from server.services.orders.state import COLLECTED
from server.services.payments import events as payments
from server.services.payments.decider import ATTEMPT_BLOCKS_MS
from tests.sim.checks.again import provable
from tests.sim.checks.holding import nodes, parted_logs
from tests.sim.ledger import Acknowledged
from tests.sim.terminal import Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

REPLICATED = ("orders", "payments", "vouchers")

LOST_SINCE_S = 1.0
"""Within so long whoever was told that a neighbour holds it has said thank you, or the disk of either is slow."""


def promises(day: Day, events: list[Event]) -> list[str]:
    """Every acknowledged event is there, as it was said to be, and nothing was done twice."""
    held: dict[tuple[Stream, int], set[bytes]] = {}  # two at one place where a disk was set back
    for e in events:
        held.setdefault((e.stream, e.seq), set()).add(e.raw)
    parted = parted_logs(day)
    by_command = Counter((e.command_id, e.stream.name) for e in events if e.command_id)
    found = []
    for entry in day.ledger.acknowledged.values():
        lost = entry.terminal.lost_logs if entry.at <= entry.terminal.lost_at else ()
        burnt = [e for e in entry.events if e.stream.log_id in lost]
        for event in entry.events:
            raws = held.get((event.stream, event.seq), set())
            excused = event in burnt and (entry.counted or event.stream.name not in REPLICATED)
            if event.raw in raws or excused:
                continue
            if not raws or event.stream.log_id in parted:
                if not entry.terminal.damaged or provable(entry.terminal, event):
                    found.append(
                        f"lost: {event.type} {event.stream}/{event.seq} of {entry.name}, said by {entry.terminal.name}"
                    )
            else:
                found.append(f"changed: {event.type} {event.stream}/{event.seq}, said by {entry.terminal.name}")
        # of another topic more may have been on its way from a neighbour when it was asked again
        done = sum(by_command[entry.command_id, topic] for topic in {e.stream.name for e in entry.events})
        again = day.ledger.redone.get(entry.command_id, entry)
        # what was lost after the answer is done again by nobody's asking: a card terminal tells once more what it took
        could_know = again.known_by and again.at >= entry.terminal.lost_at
        if entry.events and done > len(entry.events) and (entry.terminal.lost_at < entry.first_asked or could_know):
            who = f", which {again.known_by} could have told" if again.known_by else ""
            found.append(f"done twice: {entry.name} {entry.command_id[:8]} led to {done} events{who}")
    return found


def damaged_away(day: Day, events: list[Event]) -> list[Event]:
    """What was acknowledged, was held by nobody else, and is gone with the place on the disk that was damaged."""
    held = {(e.stream, e.seq, e.raw) for e in events}
    return [
        event
        for entry in day.ledger.acknowledged.values()
        if entry.terminal.damaged
        for event in entry.events
        if (event.stream, event.seq, event.raw) not in held and not provable(entry.terminal, event)
    ]


def held_by_another(day: Day, entry: Acknowledged, events: list[Event]) -> list[str]:
    """At the moment of the answer another machine has its events on its disk, as they stand now (what lost its place
    was written again somewhere else), or it was counted that none does."""
    if entry.counted or day.now - day.last_loss < LOST_SINCE_S:
        return []  # whoever held it may have lost its disk since it said so
    return [
        f"{entry.terminal.name} said thank you for {event.type} {event.seq}, and has it alone"
        for event in events
        if event.stream.name in REPLICATED
        and not any(on_disk(t, event.stream) >= event.seq for t in day.all if t is not entry.terminal)
    ]


def on_disk(terminal: Terminal, stream: Stream) -> int:
    """How far a machine holds a stream, whether it runs or not."""
    if terminal.node is not None:
        held = terminal.node.log.held().get(stream)
        return held.seq if held is not None else 0
    file = terminal.disk.folder / "log.db"
    if not file.exists():
        return 0
    with closing(sqlite3.connect(file)) as db:
        try:
            query = "SELECT seq FROM streams WHERE log_id = ? AND topic = ?"
            found = db.execute(query, (stream.log_id, stream.topic)).fetchone()
        except sqlite3.OperationalError:  # it was only just begun
            return 0
        except sqlite3.DatabaseError:  # a bit has flipped: nobody can say
            return MAX_SEQ
    return int(found[0]) if found else 0


def newest_hlc(terminal: Terminal, name: str, body: dict[str, Any]) -> int:
    """The time of the newest event that this terminal knows of what a command is about: an order, or the menus."""
    if terminal.node is None:
        return 0
    if name == "menu.publish":
        return terminal.node.services.menus.newest_publication()
    state = terminal.node.services.order_book.state(body["order_id"]) if body.get("order_id") else None
    return max((h.at[0] for h in state.history), default=0) if state is not None else 0


def closed(terminal: Terminal, name: str, order_id: str) -> str:
    """What this terminal knows of an order that makes a command impossible there; `""` for nothing."""
    state = terminal.node.services.order_book.state(order_id) if terminal.node is not None and order_id else None
    changes = name.startswith("orders.") and name != "orders.place"
    if state is None or state.placed is None or not (changes or name == "payments.capture"):
        return ""
    return "voided" if state.voided else "collected" if changes and state.rank == COLLECTED else ""


def being_charged(terminal: Terminal, body: dict[str, Any]) -> set[str]:
    """Payments of an order by card, other than this command's, that some card terminal is being asked for now, as far
    as this terminal knows: nothing else may be taken for it meanwhile. Not where another terminal asked in a dead one's
    place, and its card terminal took nothing (`why`): who stands there may pay in another way."""
    if terminal.node is None or "order_id" not in body:
        return set()
    state, now_ms = terminal.node.services.payments.state(body["order_id"]), terminal.wall_ms()
    pending = state.pending.items() if state is not None else ()
    near = ATTEMPT_BLOCKS_MS // 2
    return {i for i, p in pending if i != body["command_id"] and not p.why and abs(now_ms - p.ms) < near}


def being_given_back(terminal: Terminal, body: dict[str, Any]) -> dict[str, str]:
    """Refunds of an order that some card terminal is being asked for now, as far as this terminal knows, and of which
    payments: of these nothing else is given back meanwhile."""
    if terminal.node is None:
        return {}
    state, now_ms = terminal.node.services.payments.state(body["order_id"]), terminal.wall_ms()
    refunding = state.refunding.items() if state is not None else ()
    near = ATTEMPT_BLOCKS_MS // 2
    now = ((i, r) for i, r in refunding if i != body["command_id"] and not r.why)
    return {i: r.payment_id for i, r in now if abs(now_ms - r.ms) < near}


def given_back_twice(
    terminal: Terminal, body: dict[str, Any], events: list[Event], before: dict[str, str]
) -> list[str]:
    """`before`: `being_given_back` when it was asked for."""
    given = {e.data(payments.Refunded).payment_id for e in events if e.type == payments.REFUNDED}
    wrong = given and [i for i, p in being_given_back(terminal, body).items() if i in before and p in given]
    return [f"{terminal.name} gave a payment back of which it knew that a card terminal does"] if wrong else []


def dated_now(terminal: Terminal, name: str, events: list[Event]) -> list[str]:
    """What is done is dated by its terminal's own clock, whatever the others' say, or a little later."""
    latest = terminal.wall_ms() + max(MAX_AHEAD_MS, MAX_HELD_MS)
    ahead = [(e.hlc >> 16) - latest for e in events if e.stream.log_id == terminal.logs[-1] and e.hlc >> 16 > latest]
    return [f"{terminal.name}'s {name} is dated {max(ahead)} ms later than it may be"] if ahead else []


def after_its_causes(day: Day, terminal: Terminal, name: str, events: list[Event], before: int) -> list[str]:
    """What is done because of something sorts after it, whatever the clocks say, and is dated after it, too, unless a
    clock is far ahead."""
    far = any(abs(t.skew_ms) > MAX_AHEAD_MS // 3 or t.clock_jumped for t in day.all)
    return [
        f"{terminal.name}'s {event.type} of {name} comes {((before - event.hlc) >> 16)} ms before what it answers to"
        for event in events
        if (event.order[0] if far else event.hlc) <= before and event.stream.log_id not in terminal.lost_logs
    ][:1]


def rising(day: Day, events: list[Event]) -> list[str]:
    """A writer's time does not go back, whatever its clock does and however often it starts anew, unless the clock was
    set back by so much that it is believed."""
    last: dict[Stream, Event] = {}
    latest: dict[str, int] = {}  # by writer, over all its streams
    for event in events:
        latest[event.stream.log_id] = max(latest.get(event.stream.log_id, 0), event.hlc)
    found = []
    parted = parted_logs(day)
    believed: dict[str, list[tuple[int, int]]] = {}  # by log: when the clock of whoever wrote it was set back by much
    for terminal in day.all:
        far = [(was, then) for was, then in terminal.set_backs if was - then > MAX_HELD_MS]
        believed |= dict.fromkeys(terminal.logs, far)
    for event in sorted(events, key=lambda e: (e.stream, e.seq)):
        if event.stream.log_id in parted:
            continue  # two pasts, of which neither goes back
        before = last.get(event.stream)
        set_back = (latest[event.stream.log_id] - event.hlc) >> 16 > MAX_HELD_MS
        if before is not None and not set_back:
            # another stream's events may have caught up since with all that the clock was set back by
            ms, before_ms = event.hlc >> 16, before.hlc >> 16
            times = believed.get(event.stream.log_id, [])  # of a log that was on a disk that is gone none is known
            set_back = any(then <= ms and before_ms <= was + MAX_AHEAD_MS for was, then in times)
        if before is not None and before.hlc >= event.hlc and not set_back:
            found.append(f"{event.stream}/{event.seq} is dated {(before.hlc - event.hlc) >> 16} ms before the last one")
        last[event.stream] = event
    return found


def once(day: Day, events: list[Event]) -> list[str]:
    """No order is placed twice, no payment captured twice, no number of a day called twice."""
    found = []
    burnt = any(t.destroyed for t in day.terminals)
    placed: dict[str, list[Event]] = {}
    for event in events:
        if event.type == orders.PLACED:
            placed.setdefault(event.aggregate_id, []).append(event)
    parted = parted_logs(day)
    older = Counter(log_id for t in day.all for log_id in t.lost_logs)

    def twice(of_one: list[Event]) -> bool:
        """More than once, and not because an older state of a disk knew nothing of the times before: it can be set back
        again and again. What it could have known is for `promises` to tell."""
        forgotten = max(max(older[e.stream.log_id], e.stream.log_id in parted) for e in of_one)
        return len(of_one) - forgotten > 1

    found += [f"order {i} was placed {len(p)} times" for i, p in placed.items() if twice(p) and not burnt]
    captured: dict[str, list[Event]] = {}
    for event in events:
        if event.type == payments.CAPTURED:
            captured.setdefault(event.data(payments.Captured).payment_id, []).append(event)
    found += [f"payment {i} was captured {len(c)} times" for i, c in captured.items() if twice(c) and not burnt]
    numbers: dict[tuple[str, str, str], list[Event]] = {}
    called = {
        e.aggregate_id: [e] for a in day.ledger.acknowledged.values() for e in a.events if e.type == orders.PLACED
    }
    for of_order in (called | placed).values():  # of what is lost with a damaged place, too: somebody waits for it
        # Two terminals that never met may by chance choose the same prefix and the same first number; one must not.
        data = of_order[0].data(orders.Placed)
        numbers.setdefault((data.taken_by, data.business_day, data.number), []).append(of_order[0])
    found += [
        f"number {n} was given to {len(given)} orders on {when}"
        for (_, when, n), given in numbers.items()
        if len(given) > 1 + sum(e.stream.log_id in parted for e in given[1:])
    ]
    return found + prefixes(day)


def called_twice(day: Day) -> list[str]:
    """A number of today that one terminal gave twice, as its disk was set back: there staff are told of it."""
    found = []
    for terminal, node in nodes(day):
        if not terminal.parted_logs:
            continue
        today = node.services.business_day(terminal.wall_ms())
        numbers = Counter(
            order.number
            for order in node.services.orders(business_day=today)
            if order.taken_by.device_id == node.log.device_id
        )
        twice = [n for n, count in numbers.items() if count > 1]
        said = " ".join(node.warnings())
        found += [f"{terminal.name} gave {n} twice today, and does not say so" for n in twice if n not in said]
    return found


def prefixes(day: Day) -> list[str]:
    """When all have met, no two terminals number their orders alike."""
    found = []
    for store in day.stores:
        for terminal, node in nodes(day):
            if terminal.spec.store == store:
                members = node.services.store_members(store).values()
                holders = Counter(m.joined.prefix for m in members if m.joined)
                found += [f"{n} terminals of {store} share the prefix {p}" for p, n in holders.items() if n > 1]
                break
    return found
