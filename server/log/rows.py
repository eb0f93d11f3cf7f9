"""All events of a damaged file, one after the other, as far as anything of it can be read."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from typing import Any

from server.log.leaves import ByPosition, Leaves

CHUNK_ROWS = 500
"""Read at a time while the file is whole; around a damaged place it is one."""

LONGEST_LEAP = 100_000
"""Positions passed over at a time where nothing can be read; far out an eighth of the way, for the last position may
have become an astronomical one."""

logger = logging.getLogger("pilotlight.log")


def is_whole(db: sqlite3.Connection, table: str) -> bool:
    """Whether a small table can be read to its end, and in its order."""
    return [row[0] for row in all_rows(db, f"PRAGMA integrity_check({table})")] == ["ok"]


def all_rows(db: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """Rows until the file fails."""
    try:
        yield from db.execute(query)
    except (sqlite3.Error, UnicodeDecodeError) as e:
        logger.warning("not all of the damaged log can be read (%s)", e)


class Reading:
    """All events of a damaged file by position, one after the other. Where some are missing, and where the file can't
    be read, they are looked for page by page."""

    def __init__(self, db: sqlite3.Connection, leaves: Leaves) -> None:
        self._db = db
        self._scattered = ByPosition(leaves)
        self.read = self.unread = 0

    def rows(self) -> Iterator[tuple[Any, ...]]:
        before, held = 0, next(rows := self._as_sqlite_finds_them(), None)
        while held is not None:
            row, held = held, next(rows, None)
            follows = held[0] if held is not None else row[0] + 1
            if before + 1 < row[0] < follows:  # and not a number that became a far too large one
                yield from self._missing(before, row[0])
            if _is_row(row):
                self.read += 1
                yield row
            else:
                self.unread += 1
            before = row[0]
        yield from self._missing(before, None)

    def _missing(self, after: int, before: int | None) -> Iterator[tuple[Any, ...]]:
        for row in self._scattered.between(after, before):
            if _is_row(row):
                if self.unread:
                    self.unread -= 1
                    self.read += 1
                yield row

    def _as_sqlite_finds_them(self) -> Iterator[tuple[Any, ...]]:
        """Leaping over what can't be read."""
        at, leap, chunk = 0, 1, CHUNK_ROWS
        last = self._last()
        while at < last:
            try:
                query = (
                    "SELECT position, stream, seq, hash, seal, raw FROM events NOT INDEXED "
                    "WHERE position > ? ORDER BY position LIMIT ?"
                )
                rows = self._db.execute(query, (at, chunk)).fetchall()
            except (sqlite3.Error, UnicodeDecodeError):
                if chunk > 1:
                    chunk = 1
                    continue
                self.unread += min(leap, last - at)
                at += leap
                leap = min(2 * leap, max(LONGEST_LEAP, at // 8))
                continue
            if not rows:
                return
            if len(rows) > 1 and rows[-1][0] != rows[-2][0] + 1:
                rows.pop()  # if its number is far too large, nobody would go on from it
            yield from rows
            at, leap = max(at + 1, rows[-1][0]), 1
            chunk = min(2 * chunk, CHUNK_ROWS)

    def _last(self) -> int:
        """The last position, as far as anything tells."""
        for query in ("SELECT max(position) FROM events NOT INDEXED", "SELECT max(position) FROM streams"):
            try:
                return int(self._db.execute(query).fetchone()[0] or 0)
            except (sqlite3.Error, TypeError, ValueError):
                continue
        return 0  # then all is looked for page by page


def rising(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Rows whose positions rise: they are read in the order in which they lie, so one that is out of it has a position
    that is not as it was written. It gets the one that must have been, or is passed over."""
    before, row = 0, next(rows, None)
    while row is not None:
        after = next(rows, None)
        position, follows = row[0], after[0] if after is not None else row[0] + 1
        if position != before + 1 and position >= follows > before + 1:
            position = before + 1
        if before < position and (position < follows or position == before + 1 or follows <= before):
            yield (position, *row[1:])
            before = position
        row = after


def _is_row(row: tuple[Any, ...]) -> bool:
    position, stream, seq, digest, seal, raw = row
    numbers = all(isinstance(n, int) for n in (position, stream, seq))
    return numbers and isinstance(digest, bytes) and isinstance(raw, bytes) and isinstance(seal, bytes | None)
