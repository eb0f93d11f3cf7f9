"""What is held of others' streams behind a hole: runs of events that end at a seal, each with the hash before it.

They prove themselves without what is missing before them, but can't stand in the stream. As soon as the stream reaches
one it goes on from it; what waits too long is said in an event of ours, so that it counts (docs/decisions/013).
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from server.event import MAX_BATCH_EVENTS, Stream, unpack
from server.log.sums import checked, summed
from server.log.trouble import as_written

logger = logging.getLogger("pilotlight.log")

MAX_RUN_BYTES = 256 * 1024
"""Of the events of one run; a longer one is ended at its last seal before, as a batch is."""

COLUMNS = "s.log_id, s.topic, s.first_seq, s.packed"
QUERY = f"SELECT {COLUMNS} FROM spans AS s"


class Run(NamedTuple):
    """Consecutive events from number `first_seq` on. `prior` is the chain's hash before the first, `seal` signs it at
    the last."""

    first_seq: int
    prior: bytes
    raws: list[bytes]
    seal: bytes
    digest: bytes = b""  # the hash at the last, where it is known

    @property
    def last_seq(self) -> int:
        return self.first_seq + len(self.raws) - 1


class Span(NamedTuple):
    stream: Stream
    run: Run


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    prior: bytes
    raws: list[bytes]
    seal: bytes


def make_table(db: sqlite3.Connection) -> None:
    """Made when it is needed first: most logs never need it."""
    db.execute(
        "CREATE TABLE IF NOT EXISTS spans (log_id TEXT NOT NULL, topic TEXT NOT NULL, first_seq INTEGER NOT NULL, "
        "packed BLOB NOT NULL, PRIMARY KEY (log_id, topic, first_seq))"
    )


def has_table(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'spans'").fetchone() is not None


def joined(before: Run | None, run: Run) -> Run | None:
    """The two as one, where the second goes on from the first and it does not become too long."""
    if before is None or (before.last_seq + 1, before.digest) != (run.first_seq, run.prior):
        return None
    raws = before.raws + run.raws
    if len(raws) > MAX_BATCH_EVENTS or sum(map(len, raws)) > MAX_RUN_BYTES:
        return None
    return Run(before.first_seq, before.prior, raws, run.seal, run.digest)


def keep(db: sqlite3.Connection, stream: Stream, runs: Iterable[Run]) -> int:
    """Keeps runs of a stream; returns how many events they have."""
    events = 0
    for run in runs:
        packed = msgspec.msgpack.encode(_Packed(run.prior, run.raws, run.seal))
        row = (*stream, run.first_seq, summed(packed, f"{stream}/{run.first_seq}"))
        events += len(run.raws) * db.execute("INSERT OR IGNORE INTO spans VALUES (?,?,?,?)", row).rowcount
    return events


def carry_over(rows: Iterable[tuple[Any, ...]], db: sqlite3.Connection) -> int:
    """Those rows of a damaged file's table that are as they were written; returns how many events they have."""
    events = 0
    for row in rows:
        try:
            span = _span(row)
        except sqlite3.DatabaseError as e:
            logger.warning("what was kept of another's stream is not as it was written (%s)", e)
            continue
        events += keep(db, span.stream, [span.run])
    return events


def first(db: sqlite3.Connection, limit: int) -> list[Span]:
    """The first of all that wait, in the order of their streams and numbers."""
    if not has_table(db):
        return []
    return [_span(row) for row in db.execute(f"{QUERY} ORDER BY log_id, topic, first_seq LIMIT ?", (limit,))]


def reached(db: sqlite3.Connection, limit: int) -> list[Span]:
    """Those that their streams have come to, or gone beyond."""
    if not has_table(db):
        return []
    query = (
        f"{QUERY} JOIN streams AS h ON h.log_id = s.log_id AND h.topic = s.topic "
        "WHERE s.first_seq BETWEEN h.floor_seq + 1 AND h.seq + 1 ORDER BY s.log_id, s.topic, s.first_seq LIMIT ?"
    )
    return [_span(row) for row in db.execute(query, (limit,))]


def count(db: sqlite3.Connection) -> int:
    """How many wait."""
    if not has_table(db):
        return 0
    waiting: int = db.execute("SELECT count(*) FROM spans").fetchone()[0]
    return waiting


def check(db: sqlite3.Connection) -> None:
    """Reads them all. Raises `sqlite3.DatabaseError` for one that is not as it was written."""
    if has_table(db):
        for row in db.execute(QUERY):
            _span(row)


def forget(db: sqlite3.Connection, gone: Iterable[Span]) -> None:
    db.executemany(
        "DELETE FROM spans WHERE log_id = ? AND topic = ? AND first_seq = ?",
        [(*span.stream, span.run.first_seq) for span in gone],
    )


def _span(row: tuple[Any, ...]) -> Span:
    """Raises `sqlite3.DatabaseError`."""
    log_id, topic, first_seq, packed = row
    stream = Stream(log_id, topic)
    with as_written():
        assert all(isinstance(name, str) for name in stream), f"{stream} is no stream"
        one = unpack(checked(packed, f"{stream}/{first_seq}"), _Packed)
        assert one.raws, f"{stream}/{first_seq} has no events"
    return Span(stream, Run(first_seq, one.prior, one.raws, one.seal))
