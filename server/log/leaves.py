"""Rows of a damaged log, read page by page: where the way to a page is damaged, the page itself may be whole.

SQLite finds a row through the pages above it, and refuses a page whose own head is not as it should be. Here every page
of the file and of its write-ahead log is looked at for what can only be a row of a certain table; whether it is one is
for the caller to prove. (The format: sqlite.org/fileformat.html, 1.6, 2.1 and 4.2.)
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from server.log.schema import PAGE_BYTES

HEAD_BYTES = 8
FILE_HEAD_BYTES = 100
WAL_HEAD_BYTES = 32
FRAME_HEAD_BYTES = 24

MOST_LOCAL = PAGE_BYTES - 35
LEAST_LOCAL = (PAGE_BYTES - 12) * 32 // 255 - 23
"""Bytes of a row in its own page; what is longer goes on in other pages."""

FEW = 2
"""Rows of a page that is looked through although none is found where it points to."""

LONGEST = 5 * 1024 * 1024
"""Of a row: an event has 4 MiB at most."""

NULL = frozenset({0})
INTEGER = frozenset({1, 2, 3, 4, 5, 6, 8, 9})
SIZES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 8: 0, 9: 0, 0: 0}


def varint(page: bytes, at: int) -> tuple[int, int]:
    """A number and where it ends; 0 beyond the end of the page."""
    number = 0
    for i in range(9):
        byte = page[at + i] if at + i < len(page) else 0
        if i == 8:
            return (number << 8) | byte, at + 9
        number = (number << 7) | (byte & 0x7F)
        if byte < 0x80:
            return number, at + i + 1
    raise AssertionError("nine bytes at most")


def value(kind: int, content: bytes) -> Any:
    """A column's value, of one of the kinds above. Text that is none is as bytes."""
    if kind == 0:
        return None
    if kind in (8, 9):
        return kind - 8
    if kind in INTEGER:
        return int.from_bytes(content, "big", signed=True)
    if kind % 2:
        try:
            return content.decode()
        except UnicodeDecodeError:
            return content
    return content


@dataclass(frozen=True)
class Text:
    """`size` in bytes, or None for any."""

    size: int | None = None

    def __contains__(self, kind: int) -> bool:
        return kind >= 13 and kind % 2 == 1 and self.size in (None, (kind - 13) // 2)


@dataclass(frozen=True)
class Blob:
    size: int | None = None
    or_null: bool = False

    def __contains__(self, kind: int) -> bool:
        if kind == 0:
            return self.or_null
        return kind >= 12 and kind % 2 == 0 and self.size in (None, (kind - 12) // 2)


class Shape(NamedTuple):
    """What the columns of a table's rows can be. `numbered`: a row has a number, which is kept beside it; where the
    first column can only be null, it is that number."""

    columns: tuple[Any, ...]
    numbered: bool


EVENTS = Shape((NULL, INTEGER, INTEGER, Blob(32), Blob(64, or_null=True), Blob()), True)
STREAMS = Shape((NULL, Text(16), Text(), INTEGER, Blob(32), INTEGER, INTEGER, INTEGER, Blob(32)), True)
HEADERS = Shape((Text(16), Blob()), False)
ORPHANS = Shape((Text(16), Text(), INTEGER, Blob(32), INTEGER, Blob()), True)


class Leaves:
    """All pages of a log and of its write-ahead log. Raises `OSError`."""

    def __init__(self, log: Path) -> None:
        self._file = log.open("rb")
        newest = log.with_name(f"{log.name}-wal")
        self._wal = newest.open("rb") if newest.exists() else None
        self._count = log.stat().st_size // PAGE_BYTES
        frames = newest.stat().st_size - WAL_HEAD_BYTES if self._wal else 0
        self._frames = max(0, frames) // (FRAME_HEAD_BYTES + PAGE_BYTES)
        self._in_wal: dict[int, int] = {}  # the newest frame of a page
        for frame in range(self._frames):
            number = int.from_bytes(self._frame(frame)[:4], "big")
            self._in_wal[number] = frame

    def close(self) -> None:
        self._file.close()
        if self._wal is not None:
            self._wal.close()

    def rows(self, shape: Shape) -> Iterator[tuple[Any, ...]]:
        for _, place in self.places(shape):
            yield self.row_at(place, shape)

    def places(self, shape: Shape) -> Iterator[tuple[int, int]]:
        """Every row's number (0 where there is none) and its place, for `row_at`."""
        for page_place in range(self._count + self._frames):
            page = self._page(page_place)
            for cell in self._cells(page_place, page, shape):
                number = varint(page, varint(page, cell)[1])[0] if shape.numbered else 0
                yield number, page_place * PAGE_BYTES + cell

    def row_at(self, place: int, shape: Shape) -> tuple[Any, ...]:
        return self._row(self._page(place // PAGE_BYTES), place % PAGE_BYTES, shape)[1]

    def _frame(self, frame: int) -> bytes:
        assert self._wal is not None
        self._wal.seek(WAL_HEAD_BYTES + frame * (FRAME_HEAD_BYTES + PAGE_BYTES))
        return self._wal.read(FRAME_HEAD_BYTES + PAGE_BYTES)

    def _page(self, place: int) -> bytes:
        """Those of the file first, then those of the write-ahead log."""
        if place >= self._count:
            return self._frame(place - self._count)[FRAME_HEAD_BYTES:]
        self._file.seek(place * PAGE_BYTES)
        return self._file.read(PAGE_BYTES)

    def _cells(self, place: int, page: bytes, shape: Shape) -> Iterator[int]:
        """Where rows of this shape begin. What the page's head says of itself is not believed; where it points to
        nothing, all of the page is looked through."""
        head = FILE_HEAD_BYTES if place == 0 else 0
        count = int.from_bytes(page[head + 3 : head + 5], "big")
        at, lowest, found, astray = head + HEAD_BYTES, len(page), set(), False
        while at + 2 <= lowest:
            cell = int.from_bytes(page[at : at + 2], "big")
            at += 2
            if at <= cell < len(page) and self._row(page, cell, shape, only_head=True)[0]:
                lowest = min(lowest, cell)
                found.add(cell)
                yield cell
            elif at <= head + HEAD_BYTES + 2 * count:
                astray = True
        for cell in range(head + HEAD_BYTES, len(page)) if astray and (found or count <= FEW) else ():
            if cell not in found and self._row(page, cell, shape, only_head=True)[0]:
                yield cell

    def _row(self, page: bytes, at: int, shape: Shape, only_head: bool = False) -> tuple[bool, tuple[Any, ...]]:
        size, at = varint(page, at)
        number = 0
        if shape.numbered:
            number, at = varint(page, at)
        head_size, columns_at = varint(page, at)
        kinds: list[int] = []
        end = at + head_size
        while columns_at < min(end, len(page)) and len(kinds) <= len(shape.columns):
            kind, columns_at = varint(page, columns_at)
            kinds.append(kind)
        fits = len(kinds) == len(shape.columns) and columns_at == end and size <= LONGEST
        if not fits or not all(kind in one for kind, one in zip(kinds, shape.columns, strict=True)):
            return False, ()
        sizes = [SIZES[kind] if kind in SIZES else (kind - 12) // 2 for kind in kinds]
        if head_size + sum(sizes) != size:
            return False, ()
        if only_head:
            return True, ()
        payload = self._payload(page, at, size)
        values: list[Any] = []
        at = head_size
        for kind, length in zip(kinds, sizes, strict=True):
            values.append(value(kind, payload[at : at + length]))
            at += length
        if shape.columns[0] is NULL:
            values[0] = number
        return True, tuple(values)

    def _payload(self, page: bytes, at: int, size: int) -> bytes:
        """A row's bytes, gathered from the pages on which it goes on; zeros where they can't be found."""
        if size <= MOST_LOCAL:
            return page[at : at + size].ljust(size, b"\0")
        local = LEAST_LOCAL + (size - LEAST_LOCAL) % (PAGE_BYTES - 4)
        local = local if local <= MOST_LOCAL else LEAST_LOCAL
        found, number = page[at : at + local], int.from_bytes(page[at + local : at + local + 4], "big")
        while len(found) < size and number and (number <= self._count or number in self._in_wal):
            place = self._count + self._in_wal[number] if number in self._in_wal else number - 1
            more = self._page(place)
            found += more[4 : 4 + min(size - len(found), PAGE_BYTES - 4)]
            number = int.from_bytes(more[:4], "big")
        return found.ljust(size, b"\0")


class ByPosition:
    """Events of a damaged log by their positions, looked for when they are first asked for."""

    def __init__(self, leaves: Leaves) -> None:
        self._leaves = leaves
        self._positions: list[int] = []
        self._places: list[int] = []
        self._looked = False

    def between(self, after: int, before: int | None) -> Iterator[tuple[Any, ...]]:
        """Rows (position, stream, seq, hash, seal, raw) at positions between these two; none when there is no bound."""
        if not self._looked:
            found = sorted(self._leaves.places(EVENTS))
            self._positions, self._places = [p for p, _ in found], [place for _, place in found]
            self._looked = True
        at = bisect.bisect_right(self._positions, after)
        last = after
        while at < len(self._positions) and (before is None or self._positions[at] < before):
            if self._positions[at] != last:  # the same row may lie in an older page, too
                last = self._positions[at]
                yield self._leaves.row_at(self._places[at], EVENTS)
            at += 1
