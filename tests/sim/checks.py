"""What must hold, while the day goes on and when it is over. Each answers with sentences about what does not."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Any

from server.clock import MAX_AHEAD_MS
from server.event import Event, Stream, decode
from server.log.log import MAX_WAITING
from server.log.recent import MAX_EVENTS
from server.log.turns import MAX_GROUP_EVENTS
from server.log.verify import verify
from server.node import Node
from server.replication.flow import WINDOW_BYTES
from server.replication.frames import MAX_FRAME_BYTES
from server.replication.link import MAX_QUEUED_BYTES, MAX_STORING_BYTES
from server.replication.scope import may_hold
from server.services.health import events as health
from server.services.orders import events as orders
from server.services.orders.state import COLLECTED, OrderState
from server.services.payments import events as payments
from server.services.shop import Services
from tests.sim.ledger import Acknowledged
from tests.sim.terminal import ZONE, Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

REPLICATED = ("orders", "payments")
LINE_WITHIN_S = 14.0
"""Until another has taken the line to head office over, and has found that it can: two of the longest waits."""

SLACK = 4
"""Tasks that a node at rest may still have for its links."""


def nodes(day: Day) -> list[tuple[Terminal, Node]]:
    return [(t, t.node) for t in day.all if t.node is not None]


# -- who holds what ---------------------------------------------------------------------------------------------------


def differences(day: Day) -> list[str]:
    """Machines that hold less of a stream than another, or something else at the same place."""
    stores: dict[str, str] = {}
    furthest: dict[Stream, int] = {}
    for _, node in nodes(day):
        stores |= {log_id: h.store for log_id, h in node.log.headers().items()}
        for stream, held in node.log.held().items():
            if stream.log_id not in day.lying_logs:
                furthest[stream] = max(furthest.get(stream, 0), held.seq)
    found = [f"{t.name} is not up" for t in day.all if t.node is None]
    for stream, seq in furthest.items():
        hashes = {}
        for terminal, node in nodes(day):
            if not may_hold(terminal.spec.store, stores[stream.log_id], stream):
                continue
            held = node.log.held().get(stream)
            if held is None or held.seq < seq:
                found.append(f"{terminal.name} holds {stream} to {held.seq if held else 0} of {seq}")
            else:
                hashes[held.hash] = terminal.name
        if len(hashes) > 1:
            found.append(f"{stream}/{seq} is not the same on {' and '.join(hashes.values())}")
    return found


def leaks(day: Day) -> list[str]:
    """Machines that hold what is none of their business."""
    return [
        f"{terminal.name} holds {stream} of store {node.log.headers()[stream.log_id].store!r}"
        for terminal, node in nodes(day)
        for stream in node.log.held()
        if not may_hold(terminal.spec.store, node.log.headers()[stream.log_id].store, stream)
    ]


def forks(day: Day) -> list[str]:
    """Two pasts of one stream are noticed by somebody, and an honest stream has only one."""
    found = []
    alarms = [e.data(health.Alarm) for e in everything(day) if e.type == health.ALARM]
    for stream in day.forks_expected:
        branches = {
            held.hash for _, node in nodes(day) if (held := node.log.held().get(stream)) is not None and held.seq == 2
        }
        if len(branches) > 1 and not any(a.code == "fork" and a.stream == str(stream) for a in alarms):
            found.append(f"{stream} has two pasts here, and nobody says so")
    lying = tuple(day.lying_logs)
    for alarm in alarms:
        about_liar = alarm.stream.startswith(lying) if lying else False
        if alarm.code in ("fork", "clone", "unsendable") and not about_liar and not day.lying_logs:
            found.append(f"an alarm among honest machines: {alarm.code}: {alarm.text} {alarm.stream}")
    return found


def everything(day: Day) -> list[Event]:
    """All events that head office holds, in the order of folds. It may hold everything."""
    node = day.office.node
    if node is None:
        return []
    found = []
    query = "SELECT s.log_id, s.topic, e.raw, e.position FROM events e JOIN streams s ON s.stream = e.stream"
    with closing(sqlite3.connect(node.log.folder / "log.db")) as db:
        for log_id, topic, raw, position in db.execute(query):
            if log_id not in day.lying_logs:
                found.append(decode(Stream(log_id, topic), raw, position))
    return sorted(found, key=lambda e: e.order)


# -- what was promised ------------------------------------------------------------------------------------------------


def promises(day: Day, events: list[Event]) -> list[str]:
    """Every acknowledged event is there, as it was said to be, and nothing was done twice."""
    held = {(e.stream, e.seq): e.raw for e in events}
    by_command = Counter(e.command_id for e in events if e.command_id)
    found = []
    for entry in day.ledger.acknowledged.values():
        burnt = [e for e in entry.events if e.stream.log_id in entry.terminal.lost_logs]
        for event in entry.events:
            raw = held.get((event.stream, event.seq))
            excused = event in burnt and (entry.counted or event.stream.name not in REPLICATED)
            if raw is None and not excused:
                found.append(
                    f"lost: {event.type} {event.stream}/{event.seq} of {entry.name}, said by {entry.terminal.name}"
                )
            elif raw is not None and raw != event.raw:
                found.append(f"changed: {event.type} {event.stream}/{event.seq}, said by {entry.terminal.name}")
        done = by_command[entry.command_id]
        if entry.events and done > len(entry.events) and not entry.terminal.destroyed:
            found.append(f"done twice: {entry.name} {entry.command_id[:8]} led to {done} events")
    return found


def held_by_another(day: Day, entry: Acknowledged) -> list[str]:
    """At the moment of the answer a neighbour has it on its disk, or it was counted that none does."""
    if entry.counted or not all(t.ready for t in day.all):
        return []  # who is off may hold it; nobody can look
    found = []
    for event in entry.events:
        others = [n for t, n in nodes(day) if t is not entry.terminal]
        held = any((h := n.log.held().get(event.stream)) is not None and h.seq >= event.seq for n in others)
        if event.stream.name in REPLICATED and not held:
            found.append(f"{entry.terminal.name} said thank you for {event.type} {event.seq}, and has it alone")
    return found


def newest_hlc(terminal: Terminal, order_id: str) -> int:
    """The time of the newest event of an order that this terminal knows of."""
    state = terminal.node.services.order_book.state(order_id) if terminal.node is not None and order_id else None
    return max((h.at[0] for h in state.history), default=0) if state is not None else 0


def after_its_causes(day: Day, terminal: Terminal, name: str, events: list[Event], before: int) -> list[str]:
    """What is done because of something is dated after it, whatever the clocks say, unless one is far ahead."""
    if any(abs(t.skew_ms) > MAX_AHEAD_MS // 3 or t.clock_jumped for t in day.all):
        return []
    return [
        f"{terminal.name}'s {event.type} of {name} is dated {((before - event.hlc) >> 16)} ms before what it answers to"
        for event in events
        if event.hlc <= before and event.stream.log_id not in terminal.lost_logs
    ][:1]


def once(day: Day, events: list[Event]) -> list[str]:
    """No order is placed twice, no payment captured twice, no number of a day called twice."""
    found = []
    burnt = any(t.destroyed for t in day.terminals)
    placed: dict[str, list[Event]] = {}
    for event in events:
        if event.type == orders.PLACED:
            placed.setdefault(event.aggregate_id, []).append(event)
    found += [f"order {i} was placed {len(p)} times" for i, p in placed.items() if len(p) > 1 and not burnt]
    captured = Counter(e.data(payments.Captured).payment_id for e in events if e.type == payments.CAPTURED)
    found += [f"payment {i} was captured {n} times" for i, n in captured.items() if n > 1 and not burnt]
    numbers: dict[tuple[str, str, str], list[str]] = {}
    for order_id, of_order in placed.items():
        # Two terminals that never met may by chance choose the same prefix and the same first number; one must not.
        data = of_order[0].data(orders.Placed)
        numbers.setdefault((data.taken_by, data.business_day, data.number), []).append(order_id)
    found += [
        f"number {n} was given to {len(ids)} orders on {when}" for (_, when, n), ids in numbers.items() if ids[1:]
    ]
    return found + prefixes(day)


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


def money(day: Day, events: list[Event]) -> list[str]:
    """Captured less refunded is what the orders say; what card terminals took is recorded; too much is flagged."""
    captured: dict[str, dict[str, payments.Captured]] = {}
    refunded: dict[str, dict[str, int]] = {}
    for event in events:
        if event.type == payments.CAPTURED:
            capture = event.data(payments.Captured)
            captured.setdefault(event.aggregate_id, {}).setdefault(capture.payment_id, capture)
        elif event.type == payments.REFUNDED:
            refund = event.data(payments.Refunded)
            of_order = refunded.setdefault(event.aggregate_id, {})
            of_order[refund.payment_id] = of_order.get(refund.payment_id, 0) + refund.amount_minor
    found = []
    for store in day.stores:
        terminal = next((t for t in day.of_store(store) if t.node is not None), None)
        if terminal is None or terminal.node is None:
            continue
        for order_id in [i for i, s in day.orders.items() if s == store]:
            order = terminal.node.order(order_id)
            if order is None:
                continue
            taken, back = captured.get(order_id, {}), refunded.get(order_id, {})
            paid = sum(c.amount_minor - back.get(i, 0) for i, c in taken.items())
            tendered = sum(t.amount_minor - t.refunded_minor for t in order.tenders)
            if not order.paid_minor == paid == tendered:
                found.append(f"order {order.number}: {paid} was taken, it says {order.paid_minor}, tenders {tendered}")
            free = order.status != "placed" or not order_is_held(events, order_id) or 0 < order.total_minor <= paid
            if order.status != "voided" and free and not order.released:
                found.append(f"order {order.number} is paid or accepted, and the kitchen may not see it")
            owed = 0 if order.status == "voided" else order.total_minor
            if (paid > owed) != ("overpaid" in order.warnings):
                found.append(
                    f"order {order.number}: {paid} taken of {owed} owed, and its warnings are {order.warnings}"
                )
    return found + cards(day, events)


def cards(day: Day, events: list[Event]) -> list[str]:
    """What card terminals took is recorded, and nothing else is."""
    found = []
    captures = [e.data(payments.Captured) for e in events if e.type == payments.CAPTURED]
    every = {c.payment_id: c for c in captures}
    charged = {i: amount for t in day.terminals for i, amount in t.cards.charged.items()}
    for terminal in day.terminals:
        for payment_id, amount in terminal.cards.charged.items():
            capture = every.get(payment_id)
            if (capture is None or capture.amount_minor != amount) and not terminal.destroyed:
                found.append(f"{terminal.name}'s card terminal took {amount} ({payment_id[:8]}), and no event says so")
    for payment_id, capture in every.items():
        if capture.tender == "card" and payment_id not in charged:
            found.append(f"a card payment ({payment_id[:8]}) is recorded that no card terminal took")
    return found


def order_is_held(events: list[Event], order_id: str) -> bool:
    """Whether the kitchen waits with it until it is paid."""
    placed = next((e for e in events if e.type == orders.PLACED and e.aggregate_id == order_id), None)
    return placed is not None and bool(placed.data(orders.Placed).hold_until_paid)


# -- what is shown ----------------------------------------------------------------------------------------------------


def tables(services: Services) -> dict[str, list[Any]]:
    """Every read model's rows, in order."""
    found = {}
    for model in services._models:
        with model.engine.connect() as connection:
            query = f"SELECT * FROM {model._rows.name} ORDER BY aggregate_id"
            found[model.name] = [tuple(row) for row in connection.exec_driver_sql(query)]
    return found


def same_tables(one: dict[str, list[Any]], other: dict[str, list[Any]], what: str) -> list[str]:
    found = []
    for name, rows in one.items():
        if rows != other[name]:
            first = next((a[0] for a, b in zip(rows, other[name], strict=False) if a != b), "their number")
            found.append(f"{what}: {name} differs ({len(rows)} and {len(other[name])} rows, first {first})")
    return found


def read_models(day: Day) -> list[str]:
    """Byte-equal between the terminals of a store; head office's sales are those of its stores."""
    found = []
    for terminal, node in nodes(day):
        if node.services.cursor != node.log.position:
            found.append(f"{terminal.name} shows {node.services.cursor} of {node.log.position} events")
    for store in day.stores:
        ready = [(t, n) for t, n in nodes(day) if t.spec.store == store]
        if not ready:
            continue
        first, of_first = ready[0][0], tables(ready[0][1].services)
        for terminal, node in ready[1:]:
            found += same_tables(of_first, tables(node.services), f"{first.name} and {terminal.name}")
        if day.office.node is not None:
            ours = ready[0][1].services.order_book
            theirs = day.office.node.services.order_book
            for when in business_days(of_first["orders"]):
                if ours.sales(when, store) != theirs.sales(when, store):
                    found.append(f"{store}'s sales of {when} are not the same at head office")
    return found


def business_days(rows: Iterable[Any]) -> list[str]:
    return sorted({value for row in rows for value in row if isinstance(value, str) and is_day(value)})


def is_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-"


async def rebuild(terminal: Terminal, folder: Any) -> list[str]:
    """Tables made from nothing are the same as those that grew."""

    async def anew(node: Node) -> list[str]:
        headers = node.log.headers()
        services = Services(
            folder,
            device_id=node.log.device_id,
            store=terminal.spec.store,
            label=terminal.spec.name,
            role=terminal.spec.role,
            timezone=ZONE,
            store_of=lambda log_id: headers[log_id].store,
            device_of=lambda log_id: headers[log_id].device_id,
            log_id=node.log.log_id,
            now_ms=terminal.wall_ms(),
        )
        try:
            await services.catch_up(node.log.events, node.log.position)
            return same_tables(tables(node.services), tables(services), f"{terminal.name} and its rebuild")
        finally:
            services.close()

    found: list[str] = await terminal.ask(anew)
    return found


class StatusWatch:
    """Sits before one machine's screen: an order's status never goes back.

    From ready it may, when a line turns up that nobody has made; voided gives way only to a collection before it.
    """

    def __init__(self, day: Day, terminal: Terminal) -> None:
        self.day, self.terminal = day, terminal
        self._seen: dict[str, OrderState] = {}

    def forget(self) -> None:
        """Its disk is gone: the screen begins anew, with what the others send."""
        self._seen.clear()

    def look(self, order_ids: Iterable[str]) -> None:
        node = self.terminal.node
        if node is None:
            return
        for order_id in sorted(order_ids):
            state = node.services.order_book.state(order_id)
            if state is None:
                continue
            before = self._seen.get(order_id)
            self._seen[order_id] = state
            if before is None or before.placed is None:
                continue
            if before.voided and not state.voided and state.rank != COLLECTED:
                self.day.problems.append(f"order {order_id} was voided at {self.terminal.name}, and is {state.status}")
            same_lines = [x.line_id for x in before.lines] == [x.line_id for x in state.lines]
            if not state.voided and not before.voided and state.rank < before.rank and same_lines:
                self.day.problems.append(
                    f"order {order_id} went back from {before.status} to {state.status} at {self.terminal.name}"
                )


# -- limits -----------------------------------------------------------------------------------------------------------


def limits(day: Day) -> list[str]:
    """Nothing grows beyond what its constant says."""
    found = []
    for terminal, node in nodes(day):
        exchange = node.mesh._exchange if node.mesh is not None else None
        figures = [
            ("requests waiting for the disk", node.log._turns.waiting, MAX_WAITING),
            ("events in memory", node.log._recent._events, MAX_EVENTS + MAX_GROUP_EVENTS),
        ]
        for link in exchange.links.values() if exchange is not None else ():
            figures.append(("bytes queued for a peer", link._queued, MAX_QUEUED_BYTES))
            figures.append(("bytes of a peer being stored", link.storing, MAX_STORING_BYTES + 2 * MAX_FRAME_BYTES))
        for peer in exchange.replica._links.values() if exchange is not None else ():
            figures.append(("bytes in flight to a peer", peer.in_flight, WINDOW_BYTES + MAX_FRAME_BYTES))
        found += [f"{terminal.name} has {n} {what}, over {most}" for what, n, most in figures if n > most]
    return found


def rest(day: Day) -> list[str]:
    """At rest nothing is left over, and everybody is well."""
    found = []
    found += links(day)
    for terminal, node in nodes(day):
        found += [f"{terminal.name} is not well: {reason}" for reason in node.health()]
        if node.engine._in_flight:
            found.append(f"{terminal.name} still works on {len(node.engine._in_flight)} commands")
        exchange = node.mesh._exchange if node.mesh is not None else None
        if exchange is None:
            continue
        if len(exchange._tasks) > SLACK:
            found.append(f"{terminal.name} still has {len(exchange._tasks)} things to store or read")
        for peer in exchange.replica.peers():
            if peer.events_behind or peer.we_behind:
                found.append(
                    f"{terminal.name} believes {peer.label} is {peer.events_behind}/{peer.we_behind} events apart"
                )
        for link in exchange.replica._links.values():
            if link.in_flight or link.unacked or link.fetching:
                found.append(f"{terminal.name} has {link.in_flight} bytes in flight for ever")
    for loop in [day.loop, *(t.loop for t in day.all if t.loop is not None)]:
        found += [f"{loop.name}: {trouble}" for trouble in loop.troubles]
    return found


def links(day: Day) -> list[str]:
    """Every two terminals that know of each other are connected, and each store has its line to head office."""
    found = []
    reached = {t.name: {p.device_id for p in n.mesh.connected_terminals()} for t, n in nodes(day) if n.mesh is not None}
    known = {t.name: [*n.mesh._found, *n.mesh._acquaintances.known] for t, n in nodes(day) if n.mesh is not None}
    devices = {t.name: n.log.device_id for t, n in nodes(day)}
    for store in day.stores:
        here = [t.name for t, _ in nodes(day) if t.spec.store == store]
        found += [
            f"{a} and {b} are not connected"
            for a in here
            for b in here
            if a < b and devices[b] not in reached[a] and (devices[b] in known[a] or devices[a] in known[b])
        ]
        if not any(carries(n) for t, n in nodes(day) if t.spec.store == store):
            found.append(f"nobody in {store} has the line to head office")
    return found


def carries(node: Node) -> bool:
    exchange = node.mesh._exchange if node.mesh is not None else None
    return exchange is not None and any(peer.office for peer in exchange.replica.peers())


class LineWatch:
    """A store of which a terminal could reach head office for a while has its line, whoever else is off."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self._since: dict[str, float] = {}
        self._able: dict[str, float] = {}

    def look(self) -> list[str]:
        day, found = self.day, []
        office = day.office
        for terminal in day.terminals:
            there, back = day.net.path(terminal.host, office.host), day.net.path(office.host, terminal.host)
            fine = there.up and back.up and there.slower < 2 and back.slower < 2
            if terminal.ready and office.ready and fine and not office.disk.troubled and not terminal.disk.troubled:
                self._able.setdefault(terminal.name, day.now)
            else:
                self._able.pop(terminal.name, None)
        for store in day.stores:
            here = day.of_store(store)
            able = [self._able[t.name] for t in here if t.name in self._able]
            if not able or any(t.node is not None and carries(t.node) for t in here):
                self._since.pop(store, None)
                continue
            since = self._since.setdefault(store, day.now)
            if day.now - max(since, min(able)) > LINE_WITHIN_S:
                found.append(f"for {LINE_WITHIN_S:.0f} s nobody in {store} has the line, though somebody could")
        return found


def settled(day: Day) -> bool:
    """Whether nobody has anything left to do."""
    return not rest(day) and not differences(day) and not cards(day, everything(day))


# -- all of it --------------------------------------------------------------------------------------------------------


async def all_of(day: Day) -> list[str]:
    """Everything that is looked at when the day is over."""
    events = everything(day)
    found = [f"not in step after all: {d}" for d in differences(day)[:4]]
    found += leaks(day) + forks(day) + limits(day) + rest(day)
    found += promises(day, events) + once(day, events) + money(day, events) + read_models(day)
    chosen = day.all if day.lying_logs or day.plan.disks_fail else [day.all[day.plan.seed % len(day.all)]]
    for terminal in chosen:
        if terminal.node is not None:
            found += [f"{terminal.name}: {p}" for p in verify(terminal.node.log.folder).problems]
    again = day.all[day.plan.seed // 7 % len(day.all)]
    if again.node is not None:
        found += await rebuild(again, day.folder / "rebuilt")
    return found


def digest(day: Day) -> str:
    """All that was said and all that is held, in 24 characters."""
    total = hashlib.blake2b(day.trace.digest.encode(), digest_size=12)
    for terminal, node in nodes(day):
        total.update(terminal.name.encode())
        for stream, held in sorted(node.log.held().items()):
            total.update(f"{stream} {held.seq}".encode() + held.hash)
    return total.hexdigest()
