"""Own events that have lost their place: they prove themselves, but can't stand where they were written.

What they follow on is damaged, or another branch of their stream is what the neighbours hold. They wait in a table of
their own until the neighbours have given back what they hold; what is missing then is written again in the present
log, with its origin, so that it counts once, whoever holds which.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import msgspec

from server.event import Stream

logger = logging.getLogger("pilotlight.log")

PAST = 2**48
"""Taken from the positions of events that lie in no log: more than a log ever gives."""

COLUMNS = "o.position, o.log_id, o.topic, o.seq, o.hash, o.raw"
IN_LOGS = "o.log_id IN (SELECT value FROM json_each(?))"

NO_PLACE = 1
"""The position of a command none of whose events lie in the log; its count is 0."""


class Orphan(NamedTuple):
    """`hash` is the chain's at this event in its stream; `position` where it lay."""

    position: int
    stream: Stream
    seq: int
    hash: bytes
    raw: bytes


def make_table(db: sqlite3.Connection) -> None:
    """Made when it is needed first: most logs never need it."""
    db.execute(
        "CREATE TABLE IF NOT EXISTS orphans (log_id TEXT NOT NULL, topic TEXT NOT NULL, seq INTEGER NOT NULL, "
        "hash BLOB NOT NULL, position INTEGER NOT NULL, raw BLOB NOT NULL, PRIMARY KEY (log_id, topic, seq, hash))"
    )
    db.execute("CREATE INDEX IF NOT EXISTS orphans_by_position ON orphans (position)")


def has_table(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'orphans'").fetchone() is not None


def keep(db: sqlite3.Connection, stream: Stream, rows: Sequence[Sequence[Any]]) -> int:
    """Keeps rows of `events` of that stream; returns how many were not kept before."""
    return db.executemany(
        "INSERT OR IGNORE INTO orphans VALUES (?,?,?,?,?,?)",
        [(*stream, seq, digest, position, raw) for position, _, seq, digest, _, raw in rows],
    ).rowcount


def carry_over(old: sqlite3.Connection, db: sqlite3.Connection) -> int:
    """Those of a damaged file, as far as they can be read; returns how many."""
    found = 0
    try:
        if not has_table(old):
            return 0
        for row in old.execute("SELECT log_id, topic, seq, hash, position, raw FROM orphans"):
            found += db.execute("INSERT OR IGNORE INTO orphans VALUES (?,?,?,?,?,?)", row).rowcount
    except sqlite3.Error as e:
        logger.warning("not all that waited to be written again can be read (%s)", e)
    return found


def keep_answers(db: sqlite3.Connection) -> None:
    """To be called when events have just been moved here. Commands that led to them keep their answers, so that asked
    again they are not done again; where their events lie is told when these are written again."""
    db.execute(
        "UPDATE commands SET position = ?, count = 0 WHERE count > 0 AND EXISTS ("
        "SELECT 1 FROM orphans AS o "
        "WHERE o.position >= commands.position AND o.position < commands.position + commands.count)",
        (NO_PLACE,),
    )
    # From now on their positions only say which came first; the log will give them to others.
    db.execute("UPDATE orphans SET position = position - ? WHERE position > 0", (PAST,))


def first(db: sqlite3.Connection, logs: Collection[str], limit: int) -> list[Orphan]:
    """The first of these logs', in the order in which they were written."""
    if not has_table(db):
        return []
    query = f"SELECT {COLUMNS} FROM orphans AS o WHERE {IN_LOGS} ORDER BY position, log_id, topic, seq LIMIT ?"
    return [_orphan(row) for row in db.execute(query, (_names(logs), limit))]


def returned(db: sqlite3.Connection, logs: Collection[str]) -> list[Orphan]:
    """Those of these logs that are held again where they were written."""
    if not has_table(db):
        return []
    query = (
        f"SELECT {COLUMNS} FROM orphans AS o JOIN streams AS s ON s.log_id = o.log_id AND s.topic = o.topic "
        f"JOIN events AS e ON e.stream = s.stream AND e.seq = o.seq AND e.hash = o.hash WHERE {IN_LOGS}"
    )
    return [_orphan(row) for row in db.execute(query, (_names(logs),))]


def is_back(db: sqlite3.Connection, orphan: Orphan) -> bool:
    """Whether it is held again where it was written."""
    query = (
        "SELECT 1 FROM streams AS s JOIN events AS e ON e.stream = s.stream AND e.seq = ? AND e.hash = ? "
        "WHERE s.log_id = ? AND s.topic = ?"
    )
    return db.execute(query, (orphan.seq, orphan.hash, *orphan.stream)).fetchone() is not None


def count(db: sqlite3.Connection, logs: Collection[str]) -> int:
    """How many of these logs'. Those of others' logs, in a restored backup, stay where they are: only their own device
    could write them again."""
    if not has_table(db):
        return 0
    waiting: int = db.execute(f"SELECT count(*) FROM orphans AS o WHERE {IN_LOGS}", (_names(logs),)).fetchone()[0]
    return waiting


def _names(logs: Collection[str]) -> str:
    return msgspec.json.encode(sorted(logs)).decode()


def _orphan(row: tuple[Any, ...]) -> Orphan:
    position, log_id, topic, seq, digest, raw = row
    return Orphan(position, Stream(log_id, topic), seq, digest, raw)


def forget(db: sqlite3.Connection, gone: Sequence[Orphan]) -> None:
    db.executemany(
        "DELETE FROM orphans WHERE log_id = ? AND topic = ? AND seq = ? AND hash = ?",
        [(*o.stream, o.seq, o.hash) for o in gone],
    )
