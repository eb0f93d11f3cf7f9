"""The first bytes of an SQLite file, where a flipped bit is not called damage by SQLite itself."""

from __future__ import annotations

import sqlite3
from pathlib import Path

HEAD_BYTES = 100
FIXED = {
    18: (b"\2\2", b"\1\1"),
    20: (bytes([0, 64, 32, 32]),),
    44: (b"\0\0\0\4", bytes(4)),
    72: (bytes(20),),
}
"""What stands at these places of every file of ours (sqlite.org/fileformat.html): how it is written and read, which
SQLite believes, and then calls the file read-only; sizes; the format of the schema (none in an empty file), of which it
only says that it is "unsupported"; and what is reserved."""


def check_head(path: Path) -> None:
    """Raises `sqlite3.DatabaseError` for a head that no file of ours has, where SQLite would only say that the file is
    read-only, or nothing. A file that is not there, or is empty, is a new one."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return  # SQLite will say why
    if len(head) == HEAD_BYTES and head.startswith(b"SQLite format 3\0"):
        for at, meant in FIXED.items():
            if not any(head[at : at + len(one)] == one for one in meant):
                raise sqlite3.DatabaseError(f"the head of the file is not as it was written (byte {at})")
