"""The rows that one transaction adds to the table of events, kept by column.

An order adds one; a neighbour who catches this machine up, thousands. What is done for each of them in Python counts,
so whole columns are lengthened, and given to SQLite as they are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

INSERT_ROWS = 1024
"""Rows per INSERT statement. Few large statements, because Python gives up its interpreter lock around each one, and
must win it back from a busy event loop. SQLite allows 32,766 values a statement."""

COLUMNS = ("position", "stream", "seq", "hash", "seal", "raw")


class Fresh:
    """Row `i` is what stands at `i` in each list: at consecutive positions from `first` on."""

    __slots__ = ("first", "hashes", "raws", "seals", "seqs", "streams")

    def __init__(self, first: int) -> None:
        self.first = first
        self.streams: list[int] = []
        self.seqs: list[int] = []
        self.hashes: list[bytes] = []
        self.seals: list[bytes | None] = []
        self.raws: list[bytes] = []

    def __len__(self) -> int:
        return len(self.raws)

    def add(self, stream: int, seq: int, digest: bytes, raw: bytes) -> None:
        self.streams.append(stream)
        self.seqs.append(seq)
        self.hashes.append(digest)
        self.seals.append(None)
        self.raws.append(raw)

    def add_all(self, stream: int, first_seq: int, hashes: list[bytes], raws: list[bytes], seal: bytes) -> None:
        """Consecutive events of one stream, of which the last is sealed."""
        count = len(raws)
        assert count == len(hashes), f"{count} events with {len(hashes)} hashes"
        self.streams += [stream] * count
        self.seqs += range(first_seq, first_seq + count)
        self.hashes += hashes
        self.seals += [None] * (count - 1)
        self.seals.append(seal)
        self.raws += raws

    def hash_at(self, stream: int, seq: int) -> bytes | None:
        for i in range(len(self.seqs) - 1, -1, -1):
            if self.seqs[i] == seq and self.streams[i] == stream:
                return self.hashes[i]
        return None

    def insert(self, db: sqlite3.Connection) -> None:
        """Within the transaction that is open."""
        if len(self.raws) == 1:  # mostly
            row = (self.first, self.streams[0], self.seqs[0], self.hashes[0], self.seals[0], self.raws[0])
            db.execute(_insert_of(1), row)
            return
        for at in range(0, len(self), INSERT_ROWS):
            to = min(at + INSERT_ROWS, len(self))
            positions = range(self.first + at, self.first + to)
            parts = (self.streams, self.seqs, self.hashes, self.seals, self.raws)
            insert(db, to - at, [positions, *(part[at:to] for part in parts)])


def insert(db: sqlite3.Connection, count: int, columns: Sequence[Sequence[Any]]) -> None:
    """So many rows at once, by column. SQLite wants the values row by row."""
    width = len(columns)
    values: list[Any] = [None] * (count * width)
    for i, column in enumerate(columns):
        values[i::width] = column
    db.execute(_insert_of(count), values)


@lru_cache(16)
def _insert_of(count: int) -> str:
    marks = ",".join([f"({','.join('?' * len(COLUMNS))})"] * count)
    return f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES {marks}"


def insert_rows(db: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> None:
    """The same of whole rows (`COLUMNS`), any number of them."""
    for at in range(0, len(rows), INSERT_ROWS):
        chunk = rows[at : at + INSERT_ROWS]
        insert(db, len(chunk), list(zip(*chunk, strict=True)))
