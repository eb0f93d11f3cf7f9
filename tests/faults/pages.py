"""Which page of an SQLite file is what, so that each kind can be damaged. (File format: sqlite.org/fileformat.html)"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

INTERIOR_INDEX, INTERIOR_TABLE, LEAF_INDEX, LEAF_TABLE = 2, 5, 10, 13
KINDS = {INTERIOR_INDEX: "index branch", INTERIOR_TABLE: "branch", LEAF_INDEX: "index leaf", LEAF_TABLE: "leaf"}
FILE_HEADER = 100
USABLE = slice(16, 18)


@dataclass(frozen=True)
class Page:
    """`start` and `end`: the bytes of the file that a flip may hit; unused space in the middle of a page is not in."""

    kind: str
    start: int
    end: int


def pages(path: Path) -> list[Page]:
    """Every page that a tree of the file reaches. The file must be at rest, its write-ahead log empty."""
    data = path.read_bytes()
    size = int.from_bytes(data[USABLE], "big")
    size = 65536 if size == 1 else size
    found = [Page("file header", 0, FILE_HEADER)]
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        roots = [("sqlite_schema", 1), *db.execute("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0")]
    db.close()
    for name, root in roots:
        found += tree(data, size, name, root)
    return found


def tree(data: bytes, size: int, name: str, number: int) -> Iterator[Page]:
    start = (number - 1) * size
    head = start + (FILE_HEADER if number == 1 else 0)
    if number < 1 or head >= len(data) or data[head] not in KINDS:
        return
    kind = data[head]
    cells = int.from_bytes(data[head + 3 : head + 5], "big")
    content = int.from_bytes(data[head + 5 : head + 7], "big") or 65536
    branch = kind in (INTERIOR_INDEX, INTERIOR_TABLE)
    pointers = head + (12 if branch else 8)
    yield Page(f"{name} {KINDS[kind]}", head, pointers + 2 * cells)
    if cells:
        yield Page(f"{name} {KINDS[kind]} content", start + content, start + size)
    if branch:
        for cell in range(cells):
            pointer = int.from_bytes(data[pointers + 2 * cell : pointers + 2 * cell + 2], "big")
            at = start + pointer % size  # as SQLite reads it: a bit above that has flipped before, and changes nothing
            yield from tree(data, size, name, int.from_bytes(data[at : at + 4], "big"))
        yield from tree(data, size, name, int.from_bytes(data[head + 8 : head + 12], "big"))


def flip(path: Path, at: int, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        [byte] = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ (1 << bit)]))


def flip_in(path: Path, kind: str, rand: random.Random) -> str:
    """Flips one bit in a page of this kind; says where."""
    page = rand.choice([p for p in pages(path) if p.kind == kind])
    at, bit = rand.randrange(page.start, min(page.end, path.stat().st_size)), rand.randrange(8)
    flip(path, at, bit)
    return f"{path.name} byte {at} bit {bit} ({kind})"
