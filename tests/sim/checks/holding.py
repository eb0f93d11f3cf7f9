"""Who holds what: all that they should, nothing else, and no two pasts that nobody noticed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from server.event import Event, Stream, decode
from server.node import Node
from server.services.health import events as health
from tests.sim.terminal import Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day


HOUR_MS = 3_600_000

OFFICE_TELLS = ("menu", "settings", "promotions")


def may_hold(store: str, writer_store: str, stream: Stream) -> bool:
    """Design §2 in our own words, so that a mistake in the product's is not made here too: head office holds all, a
    store its own, and of head office's what is for all stores or for it."""
    topic, _, scope = stream.topic.partition("/")
    if not store or store == writer_store:
        return True
    return not writer_store and topic in OFFICE_TELLS and (not scope or scope == store)


def nodes(day: Day) -> list[tuple[Terminal, Node]]:
    return [(t, t.node) for t in day.all if t.node is not None]


def differences(day: Day) -> list[str]:
    """Machines that hold less of a stream than another, or something else at the same place. Of streams with two honest
    branches each may hold either: `again` looks whether it holds what is in both."""
    parted = parted_logs(day)
    stores: dict[str, str] = {}
    furthest: dict[Stream, int] = {}
    for _, node in nodes(day):
        stores |= {log_id: h.store for log_id, h in node.log.headers().items()}
        for stream, held in node.log.held().items():
            if stream.log_id not in day.lying_logs and stream.log_id not in parted:
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


def parted_logs(day: Day) -> set[str]:
    """Logs that were continued from an older state of their disk."""
    return {log_id for t in day.all for log_id in t.parted_logs}


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
        elif len(branches) > 1 and not any(evidence(node, stream) for _, node in nodes(day)):
            found.append(f"{stream} has two pasts here, and nobody has kept both")
    lying = (*day.lying_logs, *parted_logs(day))
    for alarm in alarms:
        about_liar = alarm.stream.startswith(lying) if lying else False
        excused = about_liar or (not alarm.stream and day.lying_logs)
        if alarm.code in ("fork", "clone", "unsendable") and not excused:
            found.append(f"an alarm among honest machines: {alarm.code}: {alarm.text} {alarm.stream}")
    return found


def evidence(node: Node, stream: Stream) -> int:
    """How many events of another branch are kept."""
    with closing(sqlite3.connect(node.log.folder / "log.db")) as db:
        kept: int = db.execute("SELECT count(*) FROM evidence WHERE log_id = ? AND topic = ?", stream).fetchone()[0]
    return kept


def clocks(day: Day) -> list[str]:
    """Of a terminal whose clock is hours ahead of another's of its store, which it has told of what it sold, somebody
    says so."""
    alarms = [e.data(health.Alarm) for e in everything(day) if e.type == health.ALARM]
    told = {alarm.stream.partition("/")[0] for alarm in alarms if alarm.code == "clock_ahead"}
    return [
        f"the clock of {terminal.name} is {terminal.skew_ms} ms ahead, and nobody says so"
        for terminal, node in nodes(day)
        if terminal.skew_ms - min(t.skew_ms for t in day.machines(terminal.spec.store)) >= HOUR_MS
        and not any(t.clock_jumped for t in day.all)
        and told.isdisjoint(terminal.logs)
        and terminal not in day.clones
    ]


def everything(day: Day) -> list[Event]:
    """All events that head office holds, in the order of folds. It may hold everything. What was written again, after
    damage or a fork, counts as what it was first, and once."""
    node = day.office.node
    if node is None:
        return []
    found: dict[tuple[Stream, int, bytes], Event] = {}
    query = "SELECT s.log_id, s.topic, e.raw, e.position FROM events e JOIN streams s ON s.stream = e.stream"
    with closing(sqlite3.connect(node.log.folder / "log.db")) as db:
        for log_id, topic, raw, position in db.execute(query):
            if log_id not in day.lying_logs:
                event = node.log.as_first(decode(Stream(log_id, topic), raw, position))
                found.setdefault((event.stream, event.seq, event.raw), event)
    return sorted(found.values(), key=lambda e: e.order)
