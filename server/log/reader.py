"""Questions to `log.db`, each with one connection and no state. They run in worker threads."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from server.event import MAX_BATCH_EVENTS, Batch, Event, Stream, decode
from server.keys import chain
from server.log import orphans
from server.log.commands import result_of
from server.log.heads import Head
from server.log.trouble import as_written

MAX_READ_BYTES = 16 * 1024 * 1024
"""Events of one answer; a reader that wants more asks again."""

HASH_BYTES = 32

MERGE_STREAMS = 64
"""Up to so many streams are looked up one by one and merged; more are found faster by walking all events."""


class Answer(msgspec.Struct, frozen=True):
    """What a command done before led to. `result` is as given to `append`, in plain builtins; None when this disk had
    lost it, and only the events came back."""

    events: list[Event]
    result: Any


@as_written()
def answer(db: sqlite3.Connection, command_id: str) -> Answer | None:
    """What a command done before led to. Raises `sqlite3.DatabaseError` where an event is no longer as it was written:
    whoever asks again was told otherwise."""
    query = "SELECT position, count, result FROM commands WHERE command_id = ?"
    found = db.execute(query, (command_id,)).fetchone()
    if found is None:
        return None
    position, count, result = found
    events = events_at(db, position, count)
    assert all(_as_hashed(db, event) for event in events), f"what {command_id} led to is not as it was written"
    events = events or displaced_events(db, command_id)
    assert all(e.command_id == command_id for e in events), f"the events of {command_id} are those of another"
    return Answer(events, result_of(command_id, result))


BEFORE = f"coalesce(b.hash, CASE WHEN s.floor_seq = e.seq - 1 THEN s.floor_hash END, zeroblob({HASH_BYTES}))"
WITH_BEFORE = (
    "LEFT JOIN streams AS s ON s.stream = e.stream LEFT JOIN events AS b ON b.stream = e.stream AND b.seq = e.seq - 1"
)
"""The hash that an event `e` follows on, `NOT_HELD` where what came before it is not (`remains`)."""

NOT_HELD = bytes(HASH_BYTES)


def _as_hashed(db: sqlite3.Connection, event: Event) -> bool:
    """Whether its hash follows from the one before it, as far as that is held."""
    query = f"SELECT e.hash, {BEFORE} FROM events AS e {WITH_BEFORE} WHERE e.position = ?"
    row: tuple[bytes, bytes] = db.execute(query, (event.position,)).fetchone()
    digest, before = row
    return before == NOT_HELD or chain(before, event.raw) == digest


NEAR = 64
"""Positions around an event that has lost its place at which others of the same command may lie."""


def displaced_events(db: sqlite3.Connection, command_id: str) -> list[Event]:
    """What a command led to whose events, or some of them, wait to be written again; as they were written."""
    waiting = orphans.of_command(db, command_id)
    if not waiting:
        return []
    lay = [one.position + (orphans.PAST if one.position < 0 else 0) for one in waiting]
    found = {at: decode(one.stream, one.raw) for at, one in zip(lay, waiting, strict=True)}
    near = events_at(db, min(lay) - NEAR, max(lay) - min(lay) + 2 * NEAR)
    found |= {event.position: event for event in near if event.command_id == command_id}
    return [found[at] for at in sorted(found)]


def not_done(db: sqlite3.Connection, command_ids: Collection[str]) -> set[str]:
    """Those of the commands that were never done; asked at once, as each question costs more than its answer."""
    marks = ",".join("?" * len(command_ids))
    done = db.execute(f"SELECT command_id FROM commands WHERE command_id IN ({marks})", list(command_ids))
    return set(command_ids).difference(command_id for (command_id,) in done)


def events_at(db: sqlite3.Connection, position: int, count: int) -> list[Event]:
    """The events at `count` positions from `position` on; those dropped since are missing."""
    query = (
        "SELECT s.log_id, s.topic, e.raw, e.position FROM events AS e CROSS JOIN streams AS s ON s.stream = e.stream "
        "WHERE e.position >= ? AND e.position < ? ORDER BY e.position"
    )
    rows = db.execute(query, (position, position + count))
    return [decode(Stream(log_id, topic), raw, at) for log_id, topic, raw, at in rows]


@as_written()
def events_after(
    db: sqlite3.Connection,
    streams: Mapping[int, Stream],
    after: int,
    upto: int,
    limit: int,
    max_bytes: int = MAX_READ_BYTES,
) -> tuple[list[Event], int]:
    """Events at positions in (after, upto], and the cursor to go on from. `streams` by their number in the file."""
    return _events(db, streams, "position > ? AND position <= ?", [after, upto], upto, limit, max_bytes)


@as_written()
def events_of_streams(
    db: sqlite3.Connection,
    heads: Mapping[Stream, Head],
    after: int,
    upto: int,
    limit: int,
    max_bytes: int = MAX_READ_BYTES,
) -> tuple[list[Event], int]:
    """The same, of some streams only."""
    active = [head for head in heads.values() if head.position > after]
    if not active:
        return [], upto
    streams = {head.id: stream for stream, head in heads.items()}
    if len(active) > MERGE_STREAMS:
        where = f"position > ? AND position <= ? AND stream IN ({','.join(str(head.id) for head in active)})"
        return _events(db, streams, where, [after, upto], upto, limit, max_bytes)
    positions: list[int] = []
    for head in active:
        first = _first_seq_after(db, head, after)
        found = "SELECT position FROM events WHERE stream = ? AND seq >= ? ORDER BY seq LIMIT ?"
        positions += _numbers(db, f"SELECT group_concat(position, ' ') FROM ({found})", [head.id, first, limit])
    positions = sorted(p for p in positions if p <= upto)[:limit]
    if not positions:
        return [], upto
    where = f"position IN ({','.join(map(str, positions))})"
    return _events(db, streams, where, [], upto, limit, max_bytes)


def _first_seq_after(db: sqlite3.Connection, head: Head, after: int) -> int:
    """The stream's first seq whose position is after the cursor: positions rise with seq, so a binary search. Some may
    be missing in the middle (`remains`)."""
    (first,) = db.execute("SELECT min(seq) FROM events WHERE stream = ?", (head.id,)).fetchone()
    low, high = min(first or head.seq, head.floor_seq + 1), head.seq
    query = "SELECT seq, position FROM events WHERE stream = ? AND seq >= ? ORDER BY seq LIMIT 1"
    while low < high:
        middle = (low + high) // 2
        row = db.execute(query, (head.id, middle)).fetchone()
        if row is None or row[1] > after:
            high = middle
        else:
            low = row[0] + 1
    return low


def _events(
    db: sqlite3.Connection,
    streams: Mapping[int, Stream],
    where: str,
    parameters: list[int],
    upto: int,
    limit: int,
    max_bytes: int,
) -> tuple[list[Event], int]:
    """First the sizes, then as many of the bytes as make one answer. Raises `sqlite3.DatabaseError` at an event whose
    bytes do not give its hash: a follower is told of it only once, and would keep what a flipped bit says."""
    found = f"SELECT position, stream, seq, hash, raw FROM events WHERE {where} ORDER BY position LIMIT ?"
    facts = _numbers(
        db,
        f"SELECT group_concat(position || ' ' || stream || ' ' || length(raw), ' ') FROM ({found})",
        [*parameters, limit],
    )
    positions, ids, sizes = facts[0::3], facts[1::3], facts[2::3]
    count = fitting(sizes, max_bytes)
    query = f"SELECT group_concat(hex(e.hash) || hex({BEFORE}) || hex(e.raw), '') FROM ({found}) AS e {WITH_BEFORE}"
    text = db.execute(query, [*parameters, count]).fetchone()[0]
    wholes = _cut(text, [2 * HASH_BYTES + size for size in sizes[:count]])
    events: list[Event] = []
    for whole, id, position in zip(wholes, ids[:count], positions[:count], strict=True):
        digest, before, raw = whole[:HASH_BYTES], whole[HASH_BYTES : 2 * HASH_BYTES], whole[2 * HASH_BYTES :]
        event = decode(streams[id], raw, position)
        assert before == NOT_HELD or chain(before, raw) == digest, (
            f"{event.stream}/{event.seq} is not as it was written"
        )
        events.append(event)
    all_there = count == len(positions) < limit
    return events, upto if all_there else positions[count - 1]


@as_written()
def batch_after(
    db: sqlite3.Connection, stream: Stream, stream_id: int, after: int, upto: int, max_events: int, max_bytes: int
) -> Batch | None:
    """Events from `after` + 1 on, up to the last seal within the limits, or to the first seal if that lies beyond."""
    found = "SELECT seq, hash, seal, raw FROM events WHERE stream = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
    wanted = [stream_id, after, upto, max(max_events, MAX_BATCH_EVENTS)]
    facts = _numbers(db, f"SELECT group_concat(length(raw) || ' ' || (seal IS NOT NULL), ' ') FROM ({found})", wanted)
    sizes, seals = facts[0::2], [i + 1 for i, sealed in enumerate(facts[1::2]) if sealed]
    if not seals:
        _must_be_dropped(db, stream, stream_id, after)
        return None
    most = min(fitting(sizes, max_bytes), max_events)
    count = max((n for n in seals if n <= most), default=seals[0])
    wanted[3] = count
    query = f"SELECT group_concat(hex(hash) || hex(raw), ''), min(seq), max(seq) FROM ({found})"
    text, first, last = db.execute(query, wanted).fetchone()
    if (first, last) != (after + 1, after + count):
        _must_be_dropped(db, stream, stream_id, after)
        return None
    (seal,) = db.execute("SELECT seal FROM events WHERE stream = ? AND seq = ?", (stream_id, last)).fetchone()
    both = _cut(text, [HASH_BYTES + size for size in sizes[:count]])
    return Batch(stream, first, [b[HASH_BYTES:] for b in both], [b[:HASH_BYTES] for b in both], seal)


def _must_be_dropped(db: sqlite3.Connection, stream: Stream, stream_id: int, after: int) -> None:
    """What is held after a number is not found: its floor was raised meanwhile. If not, the file is damaged."""
    floor = db.execute("SELECT floor_seq FROM streams WHERE stream = ?", (stream_id,)).fetchone()
    assert floor is not None, f"{stream} is not listed"
    assert floor[0] > after, f"{stream}/{after + 1} is not found"


@as_written()
def proof(
    db: sqlite3.Connection, stream_id: int, seq: int, floor: tuple[int, bytes]
) -> tuple[bytes, list[bytes], bytes] | None:
    """The chain's hash before an event, it and the events after it up to the next seal, and that seal. None when it is
    not held, or has no seal within a batch's length."""
    query = "SELECT seq, hash, seal, raw FROM events WHERE stream = ? AND seq >= ? ORDER BY seq LIMIT ?"
    rows = db.execute(query, (stream_id, seq - 1, MAX_BATCH_EVENTS + 1)).fetchall()
    if rows and rows[0][0] == seq - 1:
        prior = rows.pop(0)[1]
    elif floor[0] == seq - 1:
        prior = floor[1]
    else:
        return None
    if not rows or rows[0][0] != seq:
        return None
    for i, row in enumerate(rows):
        if row[2] is not None:
            return prior, [r[3] for r in rows[: i + 1]], row[2]
    return None


@as_written()
def events_of_stream(
    db: sqlite3.Connection, stream: Stream, stream_id: int, after: int, upto: int, limit: int
) -> list[Event]:
    """Up to `limit` events from `after` + 1 on, without their positions; cut where they would be too many bytes."""
    found = "SELECT seq, raw FROM events WHERE stream = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
    wanted = [stream_id, after, upto, limit]
    facts = _numbers(db, f"SELECT group_concat(seq || ' ' || length(raw), ' ') FROM ({found})", wanted)
    sizes = facts[1::2]
    if not sizes or facts[0::2] != list(range(after + 1, after + 1 + len(sizes))):
        _must_be_dropped(db, stream, stream_id, after)
        return []
    wanted[3] = count = fitting(sizes, MAX_READ_BYTES)
    text = db.execute(f"SELECT group_concat(hex(raw), '') FROM ({found})", wanted).fetchone()[0]
    events = [decode(stream, raw) for raw in _cut(text, sizes[:count])]
    assert [e.seq for e in events] == facts[0 : 2 * count : 2], f"the events of {stream} are not in their places"
    return events


# A row at a time would be simpler, but Python gives up its interpreter lock at every row and has to win it back from a
# busy event loop: 500 rows then take a second instead of a millisecond. So SQLite makes one text of them, in one step.


def _numbers(db: sqlite3.Connection, query: str, parameters: list[int]) -> list[int]:
    text: str | None = db.execute(query, parameters).fetchone()[0]
    return [int(word) for word in text.split(" ")] if text else []


def _cut(text: str | None, sizes: list[int]) -> list[bytes]:
    """Bytes of known sizes out of their hexadecimal digits in a row."""
    whole = bytes.fromhex(text or "")
    pieces: list[bytes] = []
    at = 0
    for size in sizes:
        pieces.append(whole[at : at + size])
        at += size
    assert at == len(whole), f"{at} bytes of events expected, {len(whole)} found"
    return pieces


def fitting(sizes: list[int], limit: int) -> int:
    """How many of these fit into `limit` bytes, but at least one."""
    total = 0
    for i, size in enumerate(sizes):
        total += size
        if total > limit and i:
            return i
    return len(sizes)
