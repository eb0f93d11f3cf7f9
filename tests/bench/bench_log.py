"""The log beside SQLite alone and beside a NATS stream, in turns on the same disk."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import statistics
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from typing import Any

from app.serve import SWITCH_S
from server.event import Draft, encode
from server.log import Log
from server.log.schema import SCHEMA
from tests.bench import nats_server
from tests.bench.events import order_drafts, placed_drafts
from tests.bench.figures import Beside, Figure
from tests.bench.processes import Worker, worker
from tests.bench.scale import Scale
from tests.unit.logs import open_log

CALLERS = 64
TURN = 20
"""Commits before the other side's turn: few, because a disk that others use changes from second to second; but not one
and one, because a file system keeps a sync waiting a moment for company when another thread synced last."""

BULK = 512
"""Events of one batch in a catch-up, and rows of one commit of SQLite's beside it."""

INSERT = "INSERT INTO events (position, stream, seq, hash, seal, raw) VALUES (?,?,?,?,?,?)"


def figures(folder: Path, scale: Scale) -> list[Figure]:
    sys.setswitchinterval(SWITCH_S)  # as the server does
    with ExitStack() as stack:
        writers = {synced: writer for synced in (True, False) if (writer := nats_writer(stack, folder, synced))}
        return asyncio.run(appending(folder, scale, writers))


def nats_writer(stack: ExitStack, folder: Path, synced: bool) -> Worker | None:
    """A program that publishes into a stream of its own server; None where there is none."""
    if nats_server.version() is None or not nats_server.has_client():
        return None
    if synced and nats_server.synced_by(folder / "probe") is None:
        return None
    place = folder / f"nats-{synced}"
    place.mkdir()
    hub = stack.enter_context(nats_server.server(place, synced=synced))
    return stack.enter_context(worker("tests.bench.nats_client", "writer", hub.url))


# -- the machine's own limits ------------------------------------------------------------------------------------------


def raw_database(folder: Path) -> sqlite3.Connection:
    folder.mkdir(parents=True)
    db = sqlite3.connect(folder / "raw.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.executescript(SCHEMA)
    return db


def raw_rows(drafts: Iterator[Draft], count: int, seal: bytes | None, first: int = 1) -> list[tuple[Any, ...]]:
    raws = (encode(n, n << 40, draft, None) for n, draft in enumerate(islice(drafts, count), first))
    return [(n, 1, n, os.urandom(32), seal, raw) for n, raw in enumerate(raws, first)]


def raw_single(db: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> list[float]:
    """Seconds of each commit of one row, as durable as ours."""
    took: list[float] = []
    for one in rows:
        begun = time.perf_counter()
        db.execute(INSERT, one)
        took.append(time.perf_counter() - begun)
    return took


def raw_batches(folder: Path, count: int, size: int) -> float:
    """Rows/s in FULL transactions of `size`."""
    rows = raw_rows(order_drafts(1), count, None)
    with closing(raw_database(folder)) as db:
        begun = time.perf_counter()
        for at in range(0, len(rows), size):
            db.execute("BEGIN IMMEDIATE")
            db.executemany(INSERT, rows[at : at + size])
            db.execute("COMMIT")
        return len(rows) / (time.perf_counter() - begun)


# -- the log ---------------------------------------------------------------------------------------------------------


async def appending(folder: Path, scale: Scale, writers: dict[bool, Worker]) -> list[Figure]:
    raw: list[float] = []
    late_raw: list[float] = []
    ours: list[float] = []
    late: list[float] = []
    theirs: dict[bool, list[float]] = {synced: [] for synced in writers}
    log = await open_log(folder / "log")
    orders = placed_drafts(2)
    with closing(raw_database(folder / "raw")) as db:
        rows = iter(raw_rows(placed_drafts(1), scale.appends * scale.runs, os.urandom(64)))
        for _ in range(scale.runs):
            own: list[float] = []
            bare: list[float] = []
            for _ in range(0, scale.appends, TURN):
                bare += raw_single(db, list(islice(rows, TURN)))
                own += await append_each(log, islice(orders, TURN))
            raw.append(statistics.median(bare) * 1e6)
            late_raw.append(p99_us(bare))
            ours.append(statistics.median(own) * 1e6)
            late.append(p99_us(own))
            for synced, writer in writers.items():
                took = await asyncio.to_thread(writer.ask, f"place {scale.appends}")
                theirs[synced].append(statistics.median(took) * 1e6)
    await log.close()
    return [
        Figure(
            "append",
            "append of one order, one after the other, p50",
            "µs",
            ours,
            [Beside("SQLite alone, FULL commit of one row", raw, at_most=1.5), *nats_beside(theirs)],
        ),
        Figure(
            "append-p99",
            "append of one order, one after the other, p99",
            "µs",
            late,
            [Beside("SQLite alone, FULL commit of one row", late_raw)],
        ),
        await grouped(folder, scale, writers, raw),
    ]


def nats_beside(runs: dict[bool, list[float]], what: str = "NATS", **target: float) -> list[Beside]:
    """The target is for the one that is as durable as we are."""
    names = {True: f"{what}, each write synced", False: f"{what}, as it comes"}
    return [Beside(names[s], found, **(target if s else {})) for s, found in runs.items() if found]


async def append_each(log: Log, drafts: Iterator[Draft]) -> list[float]:
    """Seconds of each."""
    took: list[float] = []
    for draft in drafts:
        command_id = str(uuid.uuid4())
        begun = time.perf_counter()
        await log.append([draft], command_id=command_id, result={"number": "A1"})
        took.append(time.perf_counter() - begun)
    return took


def p99_us(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[98] * 1e6


async def grouped(folder: Path, scale: Scale, writers: dict[bool, Worker], single_us: list[float]) -> Figure:
    """Many callers at once, each of whom waits for its own: what waits together is committed together."""
    ours: list[float] = []
    raw: list[float] = []
    theirs: dict[bool, list[float]] = {synced: [] for synced in writers}
    for run in range(scale.runs):
        raw.append(raw_batches(folder / f"raw-grouped-{run}", scale.grouped, CALLERS))
        log = await open_log(folder / f"grouped-{run}")
        ours.append(await at_once(log, list(islice(order_drafts(run), scale.grouped))))
        await log.close()
        for synced, writer in writers.items():
            asked = f"place_at_once {scale.grouped} {CALLERS}"
            theirs[synced].append(float(await asyncio.to_thread(writer.ask, asked)))
    return Figure(
        "grouped",
        f"appends by {CALLERS} callers at once",
        "/s",
        ours,
        [
            Beside(f"SQLite alone, FULL commits of {CALLERS} rows", raw, at_least=0.5),
            Beside("SQLite alone, FULL commits of one row", [1e6 / us for us in single_us]),
            *nats_beside(theirs),
        ],
    )


async def at_once(log: Log, drafts: list[Draft], callers: int = CALLERS) -> float:
    """Appends a second."""
    waiting = iter([(draft, str(uuid.uuid4())) for draft in drafts])

    async def caller() -> None:
        for draft, command_id in waiting:
            await log.append([draft], command_id=command_id)

    begun = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return len(drafts) / (time.perf_counter() - begun)
