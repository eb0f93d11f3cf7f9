"""Questions to `log.db`, each with one connection and no state. They run in worker threads."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from server.event import Batch, Event, Stream, decode
from server.log.heads import Head

MAX_READ_BYTES = 16 * 1024 * 1024
"""Events of one answer; a reader that wants more asks again."""

MERGE_STREAMS = 64
"""Up to so many streams are looked up one by one and merged; more are found faster by walking all events."""


class Answer(msgspec.Struct, frozen=True):
    """What a command done before led to. `result` is as given to `append`, in plain builtins."""

    events: list[Event]
    result: Any


def answer(db: sqlite3.Connection, command_id: str) -> Answer | None:
    """What a command done before led to."""
    query = "SELECT position, count, result FROM commands WHERE command_id = ?"
    found = db.execute(query, (command_id,)).fetchone()
    if found is None:
        return None
    position, count, result = found
    return Answer(events_at(db, position, count), msgspec.msgpack.decode(result))


def events_at(db: sqlite3.Connection, position: int, count: int) -> list[Event]:
    """The events at `count` positions from `position` on; those dropped since are missing."""
    query = f"{_EVENT} WHERE e.position >= ? AND e.position < ? ORDER BY e.position"
    return [_event(row) for row in db.execute(query, (position, position + count))]


def events_after(db: sqlite3.Connection, after: int, upto: int, limit: int) -> tuple[list[Event], int]:
    """Events at positions in (after, upto], and the cursor to go on from."""
    query = f"{_EVENT} WHERE e.position > ? AND e.position <= ? ORDER BY e.position LIMIT ?"
    return _take(db.execute(query, (after, upto, limit)), upto, limit)


def events_of_streams(
    db: sqlite3.Connection, heads: Sequence[Head], after: int, upto: int, limit: int
) -> tuple[list[Event], int]:
    """The same, of some streams only."""
    ids = [head.id for head in heads if head.position > after]
    if not ids:
        return [], upto
    if len(ids) > MERGE_STREAMS:
        query = (
            f"{_EVENT} WHERE e.position > ? AND e.position <= ? AND e.stream IN ({','.join(map(str, ids))}) "
            "ORDER BY e.position LIMIT ?"
        )
        return _take(db.execute(query, (after, upto, limit)), upto, limit)
    positions: list[int] = []
    for head in heads:
        if head.position > after:
            seq = _first_seq_after(db, head, after)
            rows = db.execute(
                "SELECT position FROM events WHERE stream = ? AND seq >= ? ORDER BY seq LIMIT ?", (head.id, seq, limit)
            )
            positions += [row[0] for row in rows if row[0] <= upto]
    positions = sorted(positions)[:limit]
    if not positions:
        return [], upto
    marks = ",".join("?" * len(positions))
    query = f"{_EVENT} WHERE e.position IN ({marks}) ORDER BY e.position"
    return _take(db.execute(query, positions), upto, limit)


def _first_seq_after(db: sqlite3.Connection, head: Head, after: int) -> int:
    """The stream's first seq whose position is after the cursor: positions rise with seq, so a binary search."""
    low, high = head.floor_seq + 1, head.seq
    while low < high:
        middle = (low + high) // 2
        row = db.execute("SELECT position FROM events WHERE stream = ? AND seq = ?", (head.id, middle)).fetchone()
        if row is not None and row[0] > after:
            high = middle
        else:
            low = middle + 1
    return low


_EVENT = "SELECT s.log_id, s.topic, e.raw, e.position FROM events AS e CROSS JOIN streams AS s ON s.stream = e.stream"


def _event(row: tuple[str, str, bytes, int]) -> Event:
    return decode(Stream(row[0], row[1]), row[2], row[3])


def _take(rows: sqlite3.Cursor, upto: int, limit: int) -> tuple[list[Event], int]:
    events: list[Event] = []
    size = 0
    for row in rows:
        events.append(_event(row))
        size += len(row[2])
        if size >= MAX_READ_BYTES:
            return events, events[-1].position
    return events, events[-1].position if len(events) >= limit else upto


def batch_after(
    db: sqlite3.Connection, stream: Stream, stream_id: int, after: int, upto: int, max_events: int, max_bytes: int
) -> Batch | None:
    """Events from `after` + 1 on, up to the last seal within the limits, or to the first seal if that lies beyond."""
    query = "SELECT hash, seal, raw FROM events WHERE stream = ? AND seq > ? AND seq <= ? ORDER BY seq"
    events: list[bytes] = []
    hashes: list[bytes] = []
    sealed, seal, size = 0, b"", 0
    for digest, row_seal, raw in db.execute(query, (stream_id, after, upto)):
        size += len(raw)
        if sealed and (len(events) >= max_events or size > max_bytes):
            break
        events.append(raw)
        hashes.append(digest)
        if row_seal is not None:
            sealed, seal = len(events), row_seal
            if sealed >= max_events:
                break
    if not sealed:
        return None
    return Batch(stream, after + 1, events[:sealed], hashes[:sealed], seal)
