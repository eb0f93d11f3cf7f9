"""How far each stream is held: loaded once at start, then kept in step with every commit. Events are never scanned."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from server.clock import MAX_AHEAD_MS
from server.event import Header, Held, Stream, unpack
from server.log.sums import checked, summed
from server.log.trouble import as_written

CLAIMED_MS = 24 * 3600 * 1000
"""How long after one claim that was believed the next has to be shown. Whoever lies could end a log a second."""

REPEATED_MS = 10 * 60 * 1000
"""How long after a command somebody may still ask again for its answer. Screens and phones do for half a minute."""


class Head(NamedTuple):
    """A row of `streams`: the newest event of one stream, and the floor below which its events were dropped."""

    id: int
    seq: int
    hash: bytes
    hlc: int
    position: int
    floor_seq: int
    floor_hash: bytes

    @property
    def held(self) -> Held:
        return Held(self.seq, self.hash, self.floor_seq, self.floor_hash)


class Known(msgspec.Struct):
    """What a log knows without looking at an event."""

    log_id: str
    heads: dict[Stream, Head]
    headers: dict[str, Header]
    former: set[str]
    """Logs that this file continued before it was found to be a copy: another device's, with another key."""

    begun_ms: int = 0
    """When the own log was begun, by the clock on the wall; 0 for one of an early version."""

    claimed_ms: int = 0
    """When a log ended because a machine said that it holds more of it; 0: none did."""

    def just_before(self, first: int, last: int) -> bool:
        """Whether some of what was written between these times (HLC) was so shortly before the own log began. Then it
        may have been asked of the terminal whose place this one takes, and be asked again of this one."""
        from_ms, to_ms = self.begun_ms - REPEATED_MS, self.begun_ms + MAX_AHEAD_MS
        return bool(self.begun_ms) and first >> 16 <= to_ms and last >> 16 >= from_ms

    def is_ours(self, log_id: str) -> bool:
        """Whether we wrote it, or the device did whose memory this is. What was asked for there was asked of us."""
        if log_id == self.log_id or log_id in self.former:
            return True
        own, header = self.headers.get(self.log_id), self.headers.get(log_id)
        return own is not None and header is not None and header.public_key == own.public_key

    def own_logs(self, public_key: bytes) -> list[str]:
        """The ids of this key's logs, the present one and former ones."""
        return [log_id for log_id, header in self.headers.items() if header.public_key == public_key]

    @property
    def position(self) -> int:
        return max((head.position for head in self.heads.values()), default=0)

    @property
    def stream_ids(self) -> int:
        return max((head.id for head in self.heads.values()), default=0)


COPIES = "headers"
"""In `meta`: the headers of this device's logs once more. Without its header nothing of a log proves itself, and that
of one that no neighbour has seen yet is nowhere else."""

COPIES_QUERY = f"SELECT value FROM meta WHERE key = '{COPIES}'"


def keep_copies(db: sqlite3.Connection, known: Known, public_key: bytes) -> None:
    mine = [known.headers[log_id] for log_id in sorted(known.own_logs(public_key))]
    packed = summed(msgspec.msgpack.encode(mine), COPIES)
    if db.execute(COPIES_QUERY).fetchone() != (packed,):
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (COPIES, packed))


def copies(rows: Iterable[tuple[Any, ...]]) -> dict[str, Header]:
    """By log, of a damaged file's `COPIES_QUERY`; none where they are not as they were written."""
    try:
        return {header.log_id: header for (packed,) in rows for header in unpack(checked(packed, COPIES), list[Header])}
    except msgspec.DecodeError:
        return {}


def load(db: sqlite3.Connection) -> Known:
    """Reads it all from `db`. `log_id` is `""` in a new file. Raises `sqlite3.Error`, also for a damaged header."""
    with as_written():
        return _load(db)


def _load(db: sqlite3.Connection) -> Known:
    row = db.execute("SELECT value FROM meta WHERE key = 'log_id'").fetchone()
    headers: dict[str, Header] = {}
    for log_id, raw in db.execute("SELECT log_id, raw FROM headers"):
        try:
            headers[log_id] = unpack(raw, Header)
        except msgspec.DecodeError as e:
            raise sqlite3.DatabaseError(f"the header of log {log_id} is damaged: {e}") from None
    rows = db.execute("SELECT log_id, topic, stream, seq, hash, hlc, position, floor_seq, floor_hash FROM streams")
    heads = {Stream(log_id, topic): Head(*rest) for log_id, topic, *rest in rows}
    for stream, head in heads.items():
        assert _is_head(stream, head), f"stream {stream} is held as {head}"
    former = db.execute("SELECT value FROM meta WHERE key = 'former'").fetchone()
    begun = db.execute("SELECT value FROM meta WHERE key = 'begun_ms'").fetchone()
    claimed = db.execute("SELECT value FROM meta WHERE key = 'claimed_ms'").fetchone()
    return Known(
        row[0] if row else "",
        heads,
        headers,
        set(former[0].split()) if former else set(),
        int(begun[0]) if begun else 0,
        int(claimed[0]) if claimed else 0,
    )


def _is_head(stream: Stream, head: Head) -> bool:
    """SQLite puts anything into any column."""
    numbers = (head.id, head.seq, head.hlc, head.position, head.floor_seq)
    return (
        all(isinstance(name, str) for name in stream)
        and all(isinstance(n, int) and n >= 0 for n in numbers)
        and isinstance(head.hash, bytes)
        and isinstance(head.floor_hash, bytes)
        and head.floor_seq <= head.seq
    )
