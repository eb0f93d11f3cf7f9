"""What is left over and how much of it: queues under their limits, links and lines up, nothing in flight for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.event import Stream
from server.log.log import MAX_WAITING
from server.log.recent import MAX_EVENTS
from server.log.waiting import MAX_GROUP_EVENTS
from server.node import Node
from server.replication.flow import WINDOW_BYTES
from server.replication.frames import MAX_FRAME_BYTES
from server.replication.link import MAX_QUEUED_BYTES, MAX_STORING_BYTES
from server.replication.protocol import ASK_EVERY_S
from tests.sim.checks.holding import nodes

if TYPE_CHECKING:
    from tests.sim.day import Day

MAX_HEALTH_EVENTS = 300
"""Of one terminal on one day: more are a flood that tells nobody anything."""

SENT_AGAIN = 0.1
"""Of all batches, so many may come a second time: by two ways while the machines find each other."""

SLACK = 4
"""Tasks that a node at rest may still have for its links."""


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
        told = node.log.held().get(Stream(node.log.log_id, "health"))
        figures.append(("events about its health", told.seq if told else 0, MAX_HEALTH_EVENTS))
        found += [f"{terminal.name} has {n} {what}, over {most}" for what, n, most in figures if n > most]
    return found


def rest(day: Day) -> list[str]:
    """At rest nothing is left over, and everybody is well."""
    found = []
    found += links(day)
    for terminal, node in nodes(day):
        found += [f"{terminal.name} is not well: {reason}" for reason in node.health()]
        if node.log.orphans:
            found.append(f"{terminal.name} has {node.log.orphans} events that have no place")
        if node.engine._in_flight:
            found.append(f"{terminal.name} still works on {len(node.engine._in_flight)} commands")
        if charging := node.engine.desk._card_under_way:
            found.append(f"{terminal.name} believes for ever that a card is asked for: {charging}")
        exchange = node.mesh._exchange if node.mesh is not None else None
        if exchange is None:
            continue
        if len(exchange._tasks) > SLACK:
            found.append(f"{terminal.name} still has {len(exchange._tasks)} things to read")
        if exchange._storing:
            found.append(f"{terminal.name} still has {exchange._storing} bytes to store")
        for peer in exchange.replica.peers():
            if peer.events_behind or peer.we_behind:
                found.append(
                    f"{terminal.name} believes {peer.label} is {peer.events_behind}/{peer.we_behind} events apart"
                )
        for link in exchange.replica._links.values():
            if link.ready and exchange._now() - link.asked_at < ASK_EVERY_S + 1 and not day.lying_logs:
                found.append(f"{terminal.name} asks {link.device_id} for all that it holds, and again, and again")
            if link.in_flight or link.unacked or link.fetching:
                found.append(f"{terminal.name} has {link.in_flight} bytes in flight for ever")
    for loop in [day.loop, *(t.loop for t in day.all if t.loop is not None)]:
        found += [f"{loop.name}: {trouble}" for trouble in loop.troubles]
    return found


def sent_twice(day: Day) -> list[str]:
    """On a day on which nothing goes wrong each event comes to each machine once, whoever could have sent it."""
    if day.plan.faults:
        return []
    came = {t: frames_in(n) for t, n in nodes(day)}
    return [
        f"{terminal.name} was sent {count} times events, and stored {terminal.taken_in} of that"
        for terminal, count in came.items()
        if count > terminal.taken_in * (1 + SENT_AGAIN) + SLACK
    ]


def frames_in(node: Node) -> int:
    exchange = node.mesh._exchange if node.mesh is not None else None
    return sum(peer.frames_in for peer in exchange.replica._links.values()) if exchange is not None else 0


def links(day: Day) -> list[str]:
    """Every two terminals that know of each other are connected, and each group of them has one line to head office."""
    found = []
    reached = {t.name: {p.device_id for p in n.mesh.connected_terminals()} for t, n in nodes(day) if n.mesh is not None}
    known = {
        t.name: [*n.mesh._callers._found, *n.mesh._callers._acquaintances.known]
        for t, n in nodes(day)
        if n.mesh is not None
    }
    devices = {t.name: n.log.device_id for t, n in nodes(day)}
    for store in day.stores:
        here = [t.name for t, _ in nodes(day) if t.spec.store == store]
        found += [
            f"{a} and {b} are not connected"
            for a in here
            for b in here
            if a < b and devices[b] not in reached[a] and (devices[b] in known[a] or devices[a] in known[b])
        ]
        carrying = {t.name for t, n in nodes(day) if t.spec.store == store and carries(n)}
        for group in groups({name: {devices[b] for b in here} & reached[name] for name in here}, devices):
            if len(group & carrying) != 1:
                who = " and ".join(sorted(group))
                found.append(f"{len(group & carrying) or 'nobody'} of {who} has the line to head office")
    return found


def groups(reached: dict[str, set[str]], devices: dict[str, str]) -> list[set[str]]:
    """Who is connected to whom, also by way of others. A copied disk that knows of nobody is alone."""
    left, found = dict.fromkeys(reached), list[set[str]]()
    while left:
        group, new = set[str](), {next(iter(left))}
        while new:
            group |= new
            near = {a for a in left for b in new if devices[b] in reached[a] or devices[a] in reached[b]}
            new = near - group
        found.append(group)
        left = dict.fromkeys(name for name in left if name not in group)
    return found


def carries(node: Node) -> bool:
    exchange = node.mesh._exchange if node.mesh is not None else None
    return exchange is not None and any(peer.office for peer in exchange.replica.peers())
