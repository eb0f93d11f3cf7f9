"""Own events that have lost their place: they prove themselves, but can't stand where they were written.

What they follow on is damaged, or another branch of their stream is what the neighbours hold. They wait in a table of
their own until the neighbours have given back what they hold; what is missing then is written again in the present
log, with its origin, so that it counts once, whoever holds which.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from server.event import Header, Stream, decode
from server.log.sums import checked, summed
from server.log.trouble import as_written

logger = logging.getLogger("pilotlight.log")

PAST = 2**48
"""Taken from the positions of events that lie in no log: more than a log ever gives."""

BY_TIME = 2**63
"""Taken from the time of one that never lay in this log, for its position: what a command led to stays together."""

COLUMNS = "o.position, o.log_id, o.topic, o.seq, o.hash, o.raw"
IN_LOGS = "o.log_id IN (SELECT value FROM json_each(?))"

NO_PLACE = 1
"""The position of a command none of whose events lie in the log; its count is 0."""


class Orphan(NamedTuple):
    """`hash` is the chain's at this event in its stream; `position` where it lay, or its time less `BY_TIME`."""

    position: int
    stream: Stream
    seq: int
    hash: bytes
    raw: bytes

    @property
    def lay_here(self) -> bool:
        """Whether this disk held it; else a neighbour showed it as evidence."""
        return self.position >= -PAST


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
        [(*stream, seq, digest, position, summed(raw, f"{stream}/{seq}")) for position, _, seq, digest, _, raw in rows],
    ).rowcount


def add(db: sqlite3.Connection, new: Sequence[Orphan]) -> int:
    """Keeps those that are not kept yet; returns how many."""
    make_table(db)
    return sum(keep(db, one.stream, [(one.position, 0, one.seq, one.hash, None, one.raw)]) for one in new)


def carry_over(rows: Iterable[tuple[Any, ...]], db: sqlite3.Connection) -> int:
    """Those rows of a damaged file's table that are as they were written; returns how many."""
    return sum(_carry_one(row, db) for row in rows)


def _carry_one(row: tuple[Any, ...], db: sqlite3.Connection) -> int:
    log_id, topic, seq, digest, position, packed = row
    try:
        one = _orphan((position, log_id, topic, seq, digest, packed))
    except sqlite3.DatabaseError as e:
        logger.warning("what waited to be written again is not as it was written (%s)", e)
        return 0
    return db.execute("INSERT OR IGNORE INTO orphans VALUES (?,?,?,?,?,?)", (*one.stream, *row[2:])).rowcount


def displace(db: sqlite3.Connection, stream: Stream, stream_id: int, upto: int) -> int:
    """Takes the events of a stream up to a number out of the log, to be written again; returns how many."""
    make_table(db)
    query = "SELECT position, stream, seq, hash, seal, raw FROM events WHERE stream = ? AND seq <= ? ORDER BY seq"
    count = keep(db, stream, db.execute(query, (stream_id, upto)).fetchall())
    keep_answers(db)
    db.execute("DELETE FROM events WHERE stream = ? AND seq <= ?", (stream_id, upto))
    return count


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
        f"JOIN events AS e ON e.stream = s.stream AND e.seq = o.seq AND e.hash = o.hash WHERE {IN_LOGS} "
        "ORDER BY e.position"
    )
    return [_orphan(row) for row in db.execute(query, (_names(logs),))]


def of_command(db: sqlite3.Connection, command_id: str) -> list[Orphan]:
    """Those that a command led to."""
    if not has_table(db):
        return []
    query = f"SELECT {COLUMNS} FROM orphans AS o WHERE instr(raw, CAST(? AS BLOB)) ORDER BY position"
    found = [_orphan(row) for row in db.execute(query, (command_id,))]
    return [one for one in found if decode(one.stream, one.raw).command_id == command_id]


def stands(db: sqlite3.Connection, writer: Header, stream: Stream, seq: int, raw: bytes) -> bool:
    """Whether `raw`, an own event `seq` of `stream`, stands in one of its writer's logs, there or written again."""
    e = decode(stream, raw)
    nonce, number = origin = e.origin or (writer.nonce, seq)
    query = "SELECT e.raw FROM streams AS s JOIN events AS e ON e.stream = s.stream WHERE s.topic = ?"
    for (again,) in db.execute(f"{query} AND instr(e.raw, ?)", (stream.topic, nonce)):
        other = decode(stream, again)
        if other.origin == origin and other.hlc == e.hlc:
            return True
    former = writer.former(nonce).log_id
    there = f"{query} AND s.log_id = ? AND e.seq = ?"
    return any(decode(stream, one).hlc == e.hlc for (one,) in db.execute(there, (stream.topic, former, number)))


def back_at(db: sqlite3.Connection, orphan: Orphan) -> int:
    """The position at which it is held again where it was written; 0 when it is not."""
    query = (
        "SELECT e.position FROM streams AS s JOIN events AS e ON e.stream = s.stream AND e.seq = ? AND e.hash = ? "
        "WHERE s.log_id = ? AND s.topic = ?"
    )
    row = db.execute(query, (orphan.seq, orphan.hash, *orphan.stream)).fetchone()
    return row[0] if row is not None else 0


def count(db: sqlite3.Connection, logs: Collection[str]) -> int:
    """How many of these logs'. Those of others' logs, in a restored backup, stay where they are: only their own device
    could write them again."""
    if not has_table(db):
        return 0
    waiting: int = db.execute(f"SELECT count(*) FROM orphans AS o WHERE {IN_LOGS}", (_names(logs),)).fetchone()[0]
    return waiting


def check(db: sqlite3.Connection) -> None:
    """Reads them all. Raises `sqlite3.DatabaseError` for one that is not as it was written."""
    if has_table(db):
        for row in db.execute(f"SELECT {COLUMNS} FROM orphans AS o"):
            _orphan(row)


def _names(logs: Collection[str]) -> str:
    return msgspec.json.encode(sorted(logs)).decode()


def _orphan(row: tuple[Any, ...]) -> Orphan:
    """Raises `sqlite3.DatabaseError`."""
    position, log_id, topic, seq, digest, packed = row
    stream = Stream(log_id, topic)
    with as_written():
        assert all(isinstance(name, str) for name in stream), f"{stream} is no stream"
        assert isinstance(position, int), f"{position} is no position"
        assert isinstance(digest, bytes), "a hash is bytes"
        raw = checked(packed, f"{stream}/{seq}")
        assert decode(stream, raw).seq == seq, f"{stream}/{seq} says that it is another one"
    return Orphan(position, stream, seq, digest, raw)


def forget(db: sqlite3.Connection, gone: Sequence[Orphan]) -> None:
    db.executemany(
        "DELETE FROM orphans WHERE log_id = ? AND topic = ? AND seq = ? AND hash = ?",
        [(*o.stream, o.seq, o.hash) for o in gone],
    )
