"""Terminals as real processes beside NATS servers with leaf nodes, on loopback.

How long until another terminal has what one has appended; how fast and in how many bytes a terminal that comes new
catches up; how soon things go on when a line that was cut is back. What goes through a line goes through `app.relay`.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from app.relay import Relay
from tests.bench import nats_server
from tests.bench.bench_log import BULK, nats_beside, raw_batches, raw_database, raw_rows, raw_single
from tests.bench.echo import round_trip_us
from tests.bench.events import placed_drafts
from tests.bench.figures import Beside, Figure
from tests.bench.processes import FAR, NEAR, Worker, terminal, worker
from tests.bench.scale import Scale

GAP_MS = 4.0
GAP_MANY_MS = 80.0
"""Between events: long enough for the slowest disk to be done with one before the next."""

WARM = 20
LEAST_COMMITS = 100
SHORTEST_CUT_S, LONGEST_CUT_S = 0.3, 2.0
SETTLE_S = 0.5
CLIENT = "tests.bench.nats_client"


def figures(folder: Path, scale: Scale) -> list[Figure]:
    return [
        *fan_out(folder / "one", 1, scale),
        *fan_out(folder / "many", scale.many_peers, scale),
        *catch_up(folder / "catch-up", scale),
        *resume(folder / "resume", scale),
    ]


def nats_ways(folder: Path) -> list[bool]:
    """With each write synced, and as it comes; none where NATS is not installed."""
    if nats_server.version() is None or not nats_server.has_client():
        return []
    return [True, False] if nats_server.synced_by(folder / "probe") else [False]


def address_of(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


# -- one says, others hear ---------------------------------------------------------------------------------------------


def delays_ms(pairs: list[tuple[int, int]], skip: int) -> list[float]:
    """Of the first time that each event came, without the first `skip` events."""
    first: dict[int, int] = {}
    for sent, got in pairs:
        first.setdefault(sent, got)
    return [(got - sent) / 1e6 for sent, got in sorted(first.items())[skip:]]


def fan_out(folder: Path, peers: int, scale: Scale) -> list[Figure]:
    """Two figures: at the peer with the writer's disk alone holding it, and with the peer's holding it too."""
    gap, said = (GAP_MS, scale.said) if peers == 1 else (GAP_MANY_MS, max(scale.said // 2, 3))
    arrived: list[float] = []
    seen: list[float] = []
    least: list[float] = []
    taken: dict[bool, list[float]] = {}
    kept: dict[bool, list[float]] = {}
    for run in range(scale.slow_runs):
        here = folder / f"ours-{run}"
        least.append(least_ms(here / "raw"))
        with ExitStack() as stack:
            first = stack.enter_context(terminal(here / "first"))
            address = first.ready["address"]
            rest = [stack.enter_context(terminal(here / f"other{i}", address)) for i in range(peers)]
            first.ask(f"peers {peers}")
            time.sleep(SETTLE_S)
            first.ask(f"say {WARM + said} {gap}")
            arrived.append(_median(rest, f"arrived {WARM + said}"))
            seen.append(_median(rest, f"seen {WARM + said}"))
        for synced in nats_ways(folder):
            for role, found in (("taker", taken), ("keeper", kept)):
                if role == "keeper" and peers > 1 and run:
                    continue  # nothing is asked of this one, and it takes long to start them all
                there = folder / f"nats-{run}-{synced}-{role}"
                found.setdefault(synced, []).append(nats_fan_out(there, role, peers, said, gap, synced))
    limit = Beside("SQLite alone, FULL commit of one row, and a loopback round trip", least)
    plural = "1 peer" if peers == 1 else f"{peers} peers"
    return [
        Figure(
            f"fan-out-{'one' if peers == 1 else 'many'}",
            f"appended → at {plural}, durable at the writer, p50",
            "ms",
            arrived,
            [limit, *nats_beside(taken, "NATS leaf node", at_most=1.5 if peers == 1 else 2.0)],
        ),
        Figure(
            f"visible-{'one' if peers == 1 else 'many'}",
            f"appended → a subscriber at {plural} has it, durable at both, p50",
            "ms",
            seen,
            [limit, *nats_beside(kept, "NATS leaf node with a mirror")],
        ),
    ]


def least_ms(folder: Path) -> float:
    """What no writer that is durable before it tells can be faster than, here and now."""
    with closing(raw_database(folder)) as db:
        commit_s = statistics.median(raw_single(db, raw_rows(placed_drafts(1), LEAST_COMMITS, os.urandom(64))))
    return commit_s * 1e3 + round_trip_us() / 1e3


def _median(rest: list[Worker], question: str) -> float:
    return statistics.median(ms for one in rest for ms in delays_ms(one.ask(question), WARM))


def nats_fan_out(folder: Path, role: str, peers: int, said: int, gap: float, synced: bool) -> float:
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        hub = stack.enter_context(nats_server.server(folder, synced=synced))
        writer = stack.enter_context(worker(CLIENT, "writer", hub.url))
        rest: list[Worker] = []
        for i in range(peers):
            leaf = stack.enter_context(nats_server.server(folder, f"leaf{i}", synced=synced, hub_at=hub.leaf_port))
            rest.append(stack.enter_context(worker(CLIENT, role, leaf.url)))
        time.sleep(SETTLE_S)
        writer.ask(f"say {WARM + said} {gap}")
        return _median(rest, f"seen {WARM + said}")


# -- a terminal comes new ----------------------------------------------------------------------------------------------


def catch_up(folder: Path, scale: Scale) -> list[Figure]:
    """From the first call to the last event durable at the receiver, through the relay."""
    speeds, sizes, bulk = [], [], []
    with Relay.in_thread() as line, terminal(folder / "source", host=NEAR) as source:
        line.aim(*address_of(source.ready["address"]))
        source.ask(f"fill {scale.caught_up}")
        for run in range(scale.slow_runs):
            bulk.append(raw_batches(folder / f"raw-{run}", scale.caught_up, BULK))
            before = line.bytes_up + line.bytes_down
            with terminal(folder / f"new{run}", f"127.0.0.1:{line.port}", host=FAR) as target:
                done = target.ask(f"hold {scale.caught_up}")
            sizes.append((line.bytes_up + line.bytes_down - before) / scale.caught_up)
            speeds.append(scale.caught_up / ((done["at_ns"] - done["started_ns"]) / 1e9))
    theirs = {synced: nats_catch_up(folder, synced, scale) for synced in nats_ways(folder)}
    fast = {synced: [speed for speed, _ in runs] for synced, runs in theirs.items()}
    heavy = [size for speed, size in theirs.get(False, [])]
    name = f"NATS mirror, as it comes, {scale.caught_up:,} events"
    slow = f"NATS mirror, each write synced, {scale.synced:,} events"
    return [
        Figure(
            "catch-up",
            f"catch-up of {scale.caught_up:,} events between two processes",
            "events/s",
            speeds,
            [
                *([Beside(name, fast[False], at_least=1.5)] if False in fast else []),
                *([Beside(slow, fast[True], at_least=1.5)] if True in fast else []),
                Beside(f"SQLite alone, commits of {BULK} rows", bulk, at_least=0.8),
            ],
        ),
        Figure(
            "wire",
            "bytes on the wire for an event, in a catch-up",
            "bytes",
            sizes,
            [Beside("NATS mirror", heavy, at_most=0.15)] if heavy else [],
        ),
    ]


def nats_catch_up(folder: Path, synced: bool, scale: Scale) -> list[tuple[float, float]]:
    """Events/s and bytes an event, of each run."""
    place = folder / f"nats-{synced}"
    place.mkdir(parents=True)
    count = scale.synced if synced else scale.caught_up
    found = []
    with Relay.in_thread() as line, nats_server.server(place, synced=synced, relay_at=line.port) as hub:
        line.aim("127.0.0.1", hub.leaf_port)
        with worker(CLIENT, "writer", hub.url) as writer:
            writer.ask(f"fill {count}")
        for run in range(scale.slow_runs):
            leaf_name = f"leaf{run}"
            with ExitStack() as stack:
                leaf = stack.enter_context(nats_server.server(place, leaf_name, synced=synced, hub_at=line.port))
                holder = stack.enter_context(worker(CLIENT, "holder", leaf.url))
                before = line.bytes_up + line.bytes_down
                done = holder.ask(f"hold {count}")
                size = (line.bytes_up + line.bytes_down - before) / count
            found.append((count / ((done["at_ns"] - done["started_ns"]) / 1e9), size))
    return found


# -- the line is back --------------------------------------------------------------------------------------------------


def resume(folder: Path, scale: Scale) -> list[Figure]:
    """From the line's return to the first event from beyond it, which was appended meanwhile."""
    chance = random.Random(1)
    ours: list[float] = []
    theirs: list[float] = []
    with ExitStack() as stack:
        ways = [_our_line(stack, folder / "ours")]
        if False in nats_ways(folder):
            ways.append(_nats_line(stack, folder / "nats"))
        for cut in range(scale.cuts):
            away_s = chance.uniform(SHORTEST_CUT_S, LONGEST_CUT_S)
            for (line, near, far), found in zip(ways, (ours, theirs), strict=False):
                line.cut()
                time.sleep(away_s)
                near.ask("say 1 0")
                restored = time.monotonic_ns()
                line.restore()
                found.append((far.ask(f"seen {cut + 2}")[cut + 1][1] - restored) / 1e9)
    worst = Beside("NATS leaf node with a mirror, as it comes", [max(theirs)]) if theirs else None
    usual = Beside("NATS leaf node with a mirror, as it comes", theirs) if theirs else None
    span = f"line back after {SHORTEST_CUT_S}–{LONGEST_CUT_S} s"
    return [
        Figure("resume", f"{span} → next event, median", "s", ours, [usual] if usual else [], at_most=0.5),
        Figure(
            "resume-worst",
            f"{span} → next event, worst of {scale.cuts}",
            "s",
            [max(ours)],
            [worst] if worst else [],
            at_most=1.0,
        ),
    ]


Way = tuple[Any, Worker, Worker]
"""The relay, who says and who hears on the other side of it."""


def _our_line(stack: ExitStack, folder: Path) -> Way:
    line = stack.enter_context(Relay.in_thread())
    near = stack.enter_context(terminal(folder / "near", host=NEAR))
    line.aim(*address_of(near.ready["address"]))
    far = stack.enter_context(terminal(folder / "far", f"127.0.0.1:{line.port}", host=FAR))
    near.ask("peers 1")
    near.ask("say 1 0")
    far.ask("seen 1")
    return line, near, far


def _nats_line(stack: ExitStack, folder: Path) -> Way:
    folder.mkdir(parents=True)
    line = stack.enter_context(Relay.in_thread())
    hub = stack.enter_context(nats_server.server(folder, synced=False, relay_at=line.port))
    line.aim("127.0.0.1", hub.leaf_port)
    near = stack.enter_context(worker(CLIENT, "writer", hub.url))
    leaf = stack.enter_context(nats_server.server(folder, "leaf", synced=False, hub_at=line.port))
    far = stack.enter_context(worker(CLIENT, "keeper", leaf.url))
    near.ask("say 1 0")
    far.ask("seen 1")
    return line, near, far
