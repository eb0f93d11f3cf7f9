"""What lost its place in a log, by damage or because a disk was set back: it is there again, once, everywhere."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from server.event import Event, Stream, decode
from server.keys import chain, genesis
from tests.sim.checks.holding import may_hold, nodes, parted_logs
from tests.sim.terminal import Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

Fact = tuple[Stream, int, bytes]
"""An event as it was first."""


def not_again(day: Day) -> list[str]:
    """Events of logs with two branches that one machine holds and another, which should, does not. Where old sales are
    dropped only head office is asked (`promises`). Only their writer brings them together: a disk that was lost as well
    can't (docs/reliability.md)."""
    writing = {node.log.headers()[node.log.log_id].public_key for _, node in nodes(day)}
    parted = {log_id for log_id in parted_logs(day) if key_of(day, log_id) in writing}
    if not parted or day.plan.nights:
        return []
    held = {terminal: facts(terminal, parted) for terminal, _ in nodes(day)}
    every = set().union(*held.values())
    stores = {log_id: h.store for _, node in nodes(day) for log_id, h in node.log.headers().items()}
    found = []
    for terminal, mine in held.items():
        store = terminal.spec.store
        wanted = {f for f in every if may_hold(store, stores[f[0].log_id], f[0])}
        found += [f"{terminal.name} lacks {s}/{seq} of one branch" for s, seq, _ in sorted(wanted - mine)[:2]]
    return found


def key_of(day: Day, log_id: str) -> bytes | None:
    known = (node.log.headers().get(log_id) for _, node in nodes(day))
    return next((header.public_key for header in known if header is not None), None)


def counted_once(day: Day, events: list[Event]) -> list[str]:
    """What an order is made of stands, in every store, where it was first: what was written again is no other event."""
    places = {(e.stream.log_id, e.stream.topic, e.seq) for e in events}
    found = []
    for store in day.stores:
        shown = next((n for t, n in nodes(day) if t.spec.store == store), None)
        for order_id in [i for i, s in day.orders.items() if s == store and shown is not None]:
            state = shown.services.order_book.state(order_id) if shown is not None else None
            for _, log_id, seq, topic in [h.at for h in state.history] if state is not None else []:
                if (log_id, topic, seq) not in places:
                    found.append(f"order {order_id[:8]} counts {log_id}/{topic}/{seq}, which was something else first")
    return found[:2]


def facts(terminal: Terminal, logs: set[str]) -> set[Fact]:
    """What it holds of these logs, where it stands now or was first."""
    assert terminal.node is not None
    query = "SELECT s.log_id, s.topic, e.raw FROM events e JOIN streams s ON s.stream = e.stream"
    found: set[Fact] = set()
    with closing(sqlite3.connect(terminal.disk.folder / "log.db")) as db:
        for log_id, topic, raw in db.execute(query):
            event = terminal.node.log.as_first(decode(Stream(log_id, topic), raw))
            if event.stream.log_id in logs:
                found.add((event.stream, event.seq, event.raw))
    return found


def provable(terminal: Terminal, event: Event) -> bool:
    """Whether a damaged file that its writer put aside still has the event, and the hash that it follows on."""
    return any(proves(file, event) for file in sorted(terminal.disk.folder.glob("damaged-*/log.db")))


def proves(file: object, event: Event) -> bool:
    stream, before = event.stream, None
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
            if not db.execute("SELECT 1 FROM headers WHERE log_id = ?", (stream.log_id,)).fetchone():
                return False
            where = "SELECT stream FROM streams WHERE log_id = ? AND topic = ?"
            row = db.execute(where, stream).fetchone()
            if row is None:
                return False
            rows = dict[int, tuple[bytes, bytes]]()
            query = "SELECT hash, raw FROM events WHERE stream = ? AND seq = ?"
            for seq in (event.seq - 1, event.seq):
                found = db.execute(query, (row[0], seq)).fetchone()
                if found is not None:
                    rows[seq] = found
    except sqlite3.Error:
        return False
    if event.seq == 1:
        before = genesis(stream)
    elif event.seq - 1 in rows:
        before = rows[event.seq - 1][0]
    digest, raw = rows.get(event.seq, (b"", b""))
    return before is not None and raw == event.raw and chain(before, raw) == digest
