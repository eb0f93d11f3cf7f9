"""A long history beside a short one: starting, and finding a neighbour again, must cost the same with both."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from app.relay import Relay
from app.serve import SWITCH_S
from tests.bench.bench_mesh import address_of
from tests.bench.events import order_drafts
from tests.bench.figures import Beside, Figure
from tests.bench.processes import FAR, NEAR, terminal
from tests.bench.scale import Scale
from tests.process.shop import Server
from tests.unit.logs import open_log

STORE = "s1"
FILL_AT_ONCE = 512
OPENINGS = 15
AT_MOST_START, AT_MOST_MEET = 1.2, 1.1


def figures(folder: Path, scale: Scale) -> list[Figure]:
    sys.setswitchinterval(SWITCH_S)  # as the server does
    empty, few, many = folder / "empty", folder / "few", folder / "many"
    asyncio.run(fill(empty, 0))
    asyncio.run(fill(few, scale.few))
    asyncio.run(fill(many, scale.many))
    return [
        *meeting(folder, few, many, scale),
        asyncio.run(opening(empty, many, scale)),
        *starting(empty, many, scale),
    ]


async def fill(folder: Path, n: int) -> None:
    log = await open_log(folder, store=STORE)
    drafts = order_drafts(n)
    while n > 0:
        some = list(islice(drafts, min(n, FILL_AT_ONCE)))
        await log.append(some)
        n -= len(some)
    await log.close()


async def opening(empty: Path, many: Path, scale: Scale) -> Figure:
    """The log alone, in this process."""
    found: dict[Path, list[float]] = {empty: [], many: []}
    for _ in range(OPENINGS):
        for one, runs in found.items():
            begun = time.perf_counter()
            log = await open_log(one, store=STORE)
            runs.append((time.perf_counter() - begun) * 1e3)
            await log.close()
    beside = Beside("an empty log", found[empty], at_most=AT_MOST_START)
    return Figure("open", f"opening the log with {scale.many:,} events", "ms", found[many], [beside])


def starting(empty: Path, many: Path, scale: Scale) -> list[Figure]:
    """A whole server as a process, from its call until it is ready; its tables are made at the first start only."""
    found: dict[Path, list[float]] = {empty: [], many: []}
    start(empty)
    first_s = start(many)
    for _ in range(scale.runs):
        for one, runs in found.items():
            runs.append(start(one))
    beside = Beside("with an empty log", found[empty], at_most=AT_MOST_START)
    rebuild_s = first_s - statistics.median(found[empty])
    return [
        Figure("start", f"server started with {scale.many:,} events", "s", found[many], [beside]),
        Figure("rebuild", "all tables made anew from the log", "events/s", [scale.many / max(rebuild_s, 0.001)]),
    ]


def start(folder: Path) -> float:
    """Seconds until it said that it is ready and answered that it is well."""
    server = Server(folder, "--store", STORE, "--no-mdns", "--api-port", "0", "--sync-port", "0")
    begun = time.perf_counter()
    server.start()
    server.get("/healthz")
    took = time.perf_counter() - begun
    server.stop()
    return took


def meeting(folder: Path, few: Path, many: Path, scale: Scale) -> list[Figure]:
    """Two terminals that hold the same: one starts, and has heard from the other that nothing is missing."""
    found: dict[Path, list[float]] = {few: [], many: []}
    sizes: dict[Path, list[float]] = {few: [], many: []}
    with ExitStack() as stack:
        pairs: list[tuple[Path, Relay, Path]] = []
        for one, count in ((few, scale.few), (many, scale.many)):
            line = stack.enter_context(Relay.in_thread())
            line.aim(*address_of(stack.enter_context(terminal(one, host=NEAR)).ready["address"]))
            other = folder / f"other-{count}"
            with terminal(other, f"127.0.0.1:{line.port}", host=FAR) as target:
                target.ask(f"hold {count}")
            pairs.append((one, line, other))
        for _ in range(scale.meetings):
            for one, line, other in pairs:
                before = line.bytes_up + line.bytes_down
                with terminal(other, f"127.0.0.1:{line.port}", host=FAR) as target:
                    found[one].append(target.ask("met") / 1e6)
                    sizes[one].append(line.bytes_up + line.bytes_down - before)
    beside = Beside(f"with {scale.few:,} shared events", found[few], at_most=AT_MOST_MEET)
    size = Beside(f"with {scale.few:,} shared events", sizes[few], at_most=AT_MOST_MEET)
    name = f"connecting with {scale.many:,} shared events"
    return [
        Figure("connect", name, "ms", found[many], [beside]),
        Figure("connect-bytes", f"{name}, bytes until in step", "bytes", sizes[many], [size]),
    ]
