"""Own streams of which two branches were written: an old state of the disk was put back and written on.

Nobody merges them. What the neighbours saw first stays in the stream; this machine, which wrote both, takes its own
branch out, takes theirs from them, and writes both again in its next log. So everybody gets all of it, whichever branch
he holds himself.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from server.event import Stream, decode, unpack
from server.keys import genesis
from server.log import orphans
from server.log.heads import Head, Known
from server.log.schema import UPSERT_STREAM
from server.log.sums import checked, summed

MARK = "fork "
"""Before a stream's name, in `meta`: what was done about its fork."""

QUERY = f"SELECT key, value FROM meta WHERE key >= '{MARK}' AND key < '{MARK}~'"

FURTHER_BACK = 2_000
"""Events taken out before the first that is known to differ: it need not be the very first. What both branches have in
common comes back from the neighbours in a moment. Times tell of forks further back (`_surely_apart`); where they don't,
what is left of the branch is found to differ at once, and then all of the stream is taken out."""

logger = logging.getLogger("pilotlight.log")


class Mending(msgspec.Struct, frozen=True, array_like=True):
    """`cut`: the stream's own branch was taken out above this number. `seq` and `hash` are an event of that branch: a
    neighbour who offers it is turned away, so that the other branch can be had. `again`: up to here there is nothing
    to be written again of what was taken in its place."""

    cut: int
    seq: int
    hash: bytes
    again: int


def load(db: sqlite3.Connection, logs: Collection[str]) -> dict[Stream, Mending]:
    """By stream, of these logs: a backup that another device goes on with tells of forks that are not its own. Raises
    `sqlite3.Error`, also for a row that can't be read."""
    return {stream: one for stream, one in load_all(db).items() if stream.log_id in logs}


def load_all(db: sqlite3.Connection) -> dict[Stream, Mending]:
    """Whoever's logs they are."""
    found: dict[Stream, Mending] = {}
    for key, value in db.execute(QUERY):
        log_id, _, topic = key.removeprefix(MARK).partition("/")
        try:
            found[Stream(log_id, topic)] = unpack(checked(value, key), Mending)
        except msgspec.DecodeError as e:
            raise sqlite3.DatabaseError(f"what was done about {key} can't be read: {e}") from None
    return found


def save(db: sqlite3.Connection, stream: Stream, mending: Mending) -> None:
    key = MARK + str(stream)
    db.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (key, summed(msgspec.msgpack.encode(mending), key)))


def carry_over(rows: Iterable[tuple[Any, ...]], db: sqlite3.Connection) -> None:
    """Those rows of a damaged file's `QUERY` that are as they were written."""
    for key, value in rows:
        try:
            unpack(checked(value, key), Mending)
        except (msgspec.DecodeError, AttributeError):  # a name that is no text
            logger.warning("what was done about a fork can't be read")
            continue
        db.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (key, value))


def mend(db: sqlite3.Connection, known: Known, public_key: bytes) -> int:
    """Takes own branches out of forked streams, in one transaction; returns how many events then have no place. Only
    before a new log begins: positions are given again."""
    before = load(db, known.own_logs(public_key))
    moved = 0
    db.execute("BEGIN IMMEDIATE")
    try:
        for stream, head in known.heads.items():
            header = known.headers.get(stream.log_id)
            if header is None or header.public_key != public_key:
                continue
            other = "SELECT min(seq) FROM evidence WHERE log_id = ? AND topic = ?"
            differs: int | None = db.execute(other, stream).fetchone()[0]
            done = before.get(stream)
            if differs is None or (done and differs > done.cut):
                continue
            again = cut = head.floor_seq
            if differs <= cut:  # where they part this disk has let go of: all of the other branch has to come
                again, differs, cut = differs - 1, cut + 1, 0
            elif not done:
                upto = min(differs - FURTHER_BACK, _surely_apart(db, stream, head, differs))
                again = cut = _last_seal_before(db, head, upto)
            ours = db.execute("SELECT hash FROM events WHERE stream = ? AND seq = ?", (head.id, differs)).fetchone()
            moved += _take_out(db, stream, head, cut)
            save(db, stream, Mending(cut, differs, ours[0] if ours else b"", again))
            logger.warning("%s: what was written here above %d has lost its place", stream, cut)
        if moved:
            orphans.keep_answers(db)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return moved


def _surely_apart(db: sqlite3.Connection, stream: Stream, head: Head, upto: int) -> int:
    """The first own event that is not older than one of the other branch, `upto` when there is none before. A writer's
    times rise, so what both branches share is older than all that is in one of them only. A disk that was set back
    writes on after what it has forgotten, and so this is its very first event that differs."""
    rows = db.execute("SELECT raw FROM evidence WHERE log_id = ? AND topic = ?", stream)
    oldest = min(_time(stream, raw) for (raw,) in rows)
    low, high = head.floor_seq + 1, upto
    while low < high:
        middle = (low + high) // 2
        row = db.execute("SELECT raw FROM events WHERE stream = ? AND seq = ?", (head.id, middle)).fetchone()
        if row is not None and _time(stream, row[0]) < oldest:
            low = middle + 1
        else:
            high = middle
    return low


def _time(stream: Stream, raw: bytes) -> int:
    try:
        return decode(stream, raw).hlc
    except msgspec.DecodeError:
        return 0  # says nothing: more is taken out


def _last_seal_before(db: sqlite3.Connection, head: Head, seq: int) -> int:
    query = "SELECT max(seq) FROM events WHERE stream = ? AND seq < ? AND seal IS NOT NULL"
    found = db.execute(query, (head.id, seq)).fetchone()[0]
    return max(found or 0, head.floor_seq)


def _take_out(db: sqlite3.Connection, stream: Stream, head: Head, above: int) -> int:
    orphans.make_table(db)
    query = "SELECT position, stream, seq, hash, seal, raw FROM events WHERE stream = ? AND seq > ? ORDER BY seq"
    count = orphans.keep(db, stream, db.execute(query, (head.id, above)).fetchall())
    db.execute("DELETE FROM events WHERE stream = ? AND seq > ?", (head.id, above))
    row = db.execute("SELECT hash, position FROM events WHERE stream = ? AND seq = ?", (head.id, above)).fetchone()
    floor = (head.floor_seq, head.floor_hash) if above >= head.floor_seq else (0, genesis(stream))
    digest, position = row or (floor[1], head.position)
    db.execute(UPSERT_STREAM, (head.id, *stream, above, digest, head.hlc, position, *floor))
    return count


def refilled(db: sqlite3.Connection, mending: Mending, head: Head, limit: int) -> list[tuple[int, bytes]]:
    """The first events, as `(seq, raw)`, of those that came from neighbours in place of what was taken out."""
    query = "SELECT seq, raw FROM events WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?"
    return db.execute(query, (head.id, max(mending.again, head.floor_seq), limit)).fetchall()
