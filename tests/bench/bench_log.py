"""The log beside what this machine's disk and SQLite can do, in the same run: `python -m tests.bench.bench_log`."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from server.event import Batch, Draft, Header, Stream, encode
from server.log import Log
from server.log.schema import SCHEMA, open_writer
from tests.unit.logs import open_log

SINGLE = 1000
TURN = 100
GROUPED = 20_000
CALLERS = 64
STORED = 100_000
REPEATS = 3
"""Of each fast figure; the best counts, as in the limits, because other programs only ever make it worse."""

STORE_TARGET = 120_000
OUT = Path(__file__).resolve().parents[2] / "out"

Row = dict[str, Any]


def rows() -> list[Row]:
    """All figures. `limit` is the machine's own, `ratio` the value over the limit."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUT, prefix="bench-log-") as name:
        folder = Path(name)
        return [
            *asyncio.run(one_at_a_time(folder)),
            *asyncio.run(catching_up(folder)),
            *asyncio.run(starting(folder)),
        ]


def row(name: str, value: float, unit: str, limit: float | None = None, target: float | None = None) -> Row:
    """`target` is a least value for rates and a greatest for times."""
    ok = None
    if target is not None:
        ok = value >= target if unit.endswith("/s") else value <= target
    ratio = value / limit if limit else None
    return {"name": name, "value": value, "unit": unit, "limit": limit, "ratio": ratio, "target": target, "ok": ok}


def order(n: int) -> Draft:
    """An order of two lines: about 430 bytes as an event."""
    line = {
        "line_id": f"line-{n}",
        "item_id": "bacon-cheeseburger",
        "variation_id": "regular",
        "name": "Bacon Cheeseburger",
        "quantity": 1,
        "unit_price_minor": 1190,
        "modifiers": [{"modifier_id": "extra-cheese", "name": "Extra cheese", "quantity": 1, "price_minor": 150}],
        "total_minor": 1340,
    }
    return Draft("orders.placed/1", str(uuid.uuid4()), {"number": str(n), "dining": "here", "lines": [line, line]})


def day(n: int) -> Draft:
    """The n-th event of a shop's day: an order is placed, and then goes on in four small steps."""
    if n % 5 == 0:
        return order(n)
    return Draft(f"orders.{STEPS[n % 5 - 1]}/1", str(uuid.uuid4()), {})


STEPS = ("accepted", "started", "ready", "collected")


# -- the machine's own limits ------------------------------------------------------------------------------------------


def raw_database(folder: Path) -> sqlite3.Connection:
    folder.mkdir(parents=True)
    db = sqlite3.connect(folder / "raw.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.executescript(SCHEMA)
    return db


def raw_rows(count: int, draft: Callable[[int], Draft], seal: bytes | None) -> list[tuple[Any, ...]]:
    raws = (encode(n, n << 40, draft(n), None) for n in range(count))
    return [(n, 1, n, os.urandom(32), seal, raw) for n, raw in enumerate(raws, 1)]


INSERT = "INSERT INTO events (position, stream, seq, hash, seal, raw) VALUES (?,?,?,?,?,?)"


def raw_single(db: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> list[float]:
    """Seconds of each commit of one row, as durable as ours."""
    took: list[float] = []
    for one in rows:
        begun = time.perf_counter()
        db.execute(INSERT, one)
        took.append(time.perf_counter() - begun)
    return took


def raw_batch(folder: Path) -> float:
    """Rows/s in transactions of 512."""
    rows = raw_rows(STORED // 512 * 512, day, None)
    with closing(raw_database(folder)) as db:
        begun = time.perf_counter()
        for at in range(0, len(rows), 512):
            db.execute("BEGIN IMMEDIATE")
            db.executemany(INSERT, rows[at : at + 512])
            db.execute("COMMIT")
        return len(rows) / (time.perf_counter() - begun)


# -- the log ---------------------------------------------------------------------------------------------------------


async def one_at_a_time(folder: Path) -> list[Row]:
    """In turns with SQLite alone, so that both see the same disk and the same neighbours."""
    raw: list[float] = []
    took: list[float] = []
    seen: list[float] = []
    sent: dict[int, float] = {}
    log = await open_log(folder / "log")

    async def watch() -> None:
        async for events in log.subscribe():
            now = time.perf_counter()
            seen.extend(now - sent[e.position] for e in events)

    watcher = asyncio.create_task(watch())
    rows = raw_rows(SINGLE, order, os.urandom(64))
    with closing(raw_database(folder / "raw")) as db:
        for at in range(0, SINGLE, TURN):
            raw += raw_single(db, rows[at : at + TURN])
            for n in range(at, at + TURN):
                begun = sent[n + 1] = time.perf_counter()
                await log.append([order(n)], command_id=str(uuid.uuid4()), result={"number": n})
                took.append(time.perf_counter() - begun)
    await log.close()
    await watcher
    limit_us, limit_per_s = statistics.median(raw) * 1e6, len(raw) / sum(raw)
    return [
        row("SQLite alone: FULL commit of one row, p50", limit_us, "µs"),
        row("SQLite alone: FULL commits of one row", limit_per_s, "/s"),
        row("append of one order, p50", statistics.median(took) * 1e6, "µs", limit_us),
        row("append of one order, p99", p99_us(took), "µs", p99_us(raw)),
        row("appends one at a time", len(took) / sum(took), "/s", limit_per_s),
        row("append begun → its subscriber has it, p50", statistics.median(seen) * 1e6, "µs", limit_us),
        *await grouped(folder, limit_per_s),
    ]


def p99_us(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98] * 1e6


async def grouped(folder: Path, limit_per_s: float) -> list[Row]:
    best = 0.0
    for i in range(REPEATS):
        log = await open_log(folder / f"grouped-{i}")
        numbers = iter(range(GROUPED))

        async def caller(log: Log = log, numbers: Any = numbers) -> None:
            for n in numbers:
                await log.append([order(n)], command_id=str(uuid.uuid4()))

        begun = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(CALLERS)))
        best = max(best, GROUPED / (time.perf_counter() - begun))
        await log.close()
    return [row(f"appends by {CALLERS} callers at once", best, "/s", limit_per_s)]


async def catching_up(folder: Path) -> list[Row]:
    """Reading batches from one log, storing them in another, and reading them back by cursor."""
    source = await open_log(folder / "source")
    for at in range(0, STORED, 5120):
        await source.append([day(at + n) for n in range(5120)])
    stream = Stream(source.log_id, "orders")
    raw = read = stored = cursor_read = 0.0
    for i in range(REPEATS):
        raw = max(raw, raw_batch(folder / f"raw-{i}"))
        begun = time.perf_counter()
        batches = await read_all(source, stream)
        read = max(read, source.position / (time.perf_counter() - begun))
        target = await open_log(folder / f"target-{i}")
        begun = time.perf_counter()
        await store_all(target, batches, source.header)
        stored = max(stored, target.position / (time.perf_counter() - begun))
        begun, cursor = time.perf_counter(), 0
        while cursor < target.position:
            _, cursor = await target.events(cursor)
        cursor_read = max(cursor_read, target.position / (time.perf_counter() - begun))
        await target.close()
    await source.close()
    return [
        row("SQLite alone: rows in commits of 512", raw, "events/s"),
        row("batches read for a peer", read, "events/s"),
        row("verified batches of 512 stored", stored, "events/s", raw, STORE_TARGET),
        row("events read by cursor", cursor_read, "events/s"),
    ]


async def read_all(log: Log, stream: Stream) -> list[Batch]:
    batches: list[Batch] = []
    at = 0
    while batch := await log.read(stream, at, 512, 1024 * 1024):
        batches.append(batch)
        at = batch.last_seq
    return batches


async def store_all(log: Log, batches: list[Batch], header: Header) -> None:
    """Some batches in flight at once, as flow control allows a link."""
    flight = asyncio.Semaphore(8)

    async def store(batch: Batch) -> None:
        async with flight:
            await log.store(batch, header)

    await asyncio.gather(*(store(batch) for batch in batches))


async def starting(folder: Path) -> list[Row]:
    """Opening the log of `catching_up` against an empty one."""
    await (await open_log(folder / "empty")).close()
    times: dict[str, float] = {}
    for name in ("empty", "source"):
        took = []
        for _ in range(5):
            begun = time.perf_counter()
            log = await open_log(folder / name)
            took.append(time.perf_counter() - begun)
            await log.close()
        times[name] = statistics.median(took) * 1000
    with closing(open_writer(folder / "source")) as db:
        count = db.execute("SELECT count(*) FROM events").fetchone()[0]
    return [
        row("start with an empty log", times["empty"], "ms"),
        row(f"start with {count:,} events", times["source"], "ms", times["empty"]),
    ]


def main(show: Callable[[str], None] = print) -> None:
    for r in rows():
        limit = f"limit {r['limit']:>12,.1f}  ratio {r['ratio']:5.2f}" if r["limit"] else ""
        ok = "" if r["ok"] is None else f"  target {r['target']:,} {'ok' if r['ok'] else 'MISSED'}"
        show(f"{r['name']:<52} {r['value']:>12,.1f} {r['unit']:<9} {limit}{ok}")


if __name__ == "__main__":
    main()
