"""What can go wrong with a log, in words for programs (`code`) and for people (`text`)."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.event import Stream

FULL_BELOW_BYTES = 1024 * 1024
"""Less free space than this, and an unspecific disk error counts as a full disk."""


class LogFailed(Exception):
    """The disk did not take or give what was asked. Nothing of the request was recorded.

    Codes: `not_saved`, `not_read`, `busy` (too much waits already), `closed`.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Gap(Exception):
    """A batch begins beyond what is held: events between are missing. Ask for them and try again."""

    code = "gap"

    def __init__(self, stream: Stream, held_seq: int, first_seq: int) -> None:
        super().__init__(f"{stream}: held up to {held_seq}, the batch begins at {first_seq}")
        self.text = str(self)
        self.stream = stream
        self.held_seq = held_seq
        self.first_seq = first_seq


class Fork(Exception):
    """A batch says something else than what is held. What was first seen stays; the other is kept as evidence."""

    code = "fork"

    def __init__(self, stream: Stream, seq: int, raw: bytes) -> None:
        super().__init__(f"{stream}/{seq}: another event with this number is held already")
        self.text = str(self)
        self.stream = stream
        self.seq = seq
        self.raw = raw


@contextmanager
def as_written() -> Iterator[None]:
    """Around what reads a file of ours: what it says that no log says is damage, however Python calls that. Raises
    `sqlite3.DatabaseError`."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, RecursionError) as e:
        raise sqlite3.DatabaseError(f"it says what no log does: {type(e).__name__}, {str(e)[:200]}") from e


def in_one_line(error: Exception) -> str:
    """What SQLite says, for a sentence: of a damaged schema it quotes whole tables, many lines long."""
    return " ".join(str(error).split())[:200]


def is_disk_full(error: sqlite3.Error, folder: Path) -> bool:
    """Whether the trouble passes by itself once there is space again.

    SQLite reports ENOSPC while it writes as SQLITE_FULL, but while it grows its shared-memory index, or over a quota,
    as an I/O error; there the file system is asked.
    """
    if error_name(error).startswith("SQLITE_IOERR_FSYNC"):
        return False
    if error_name(error) == "SQLITE_FULL":
        return True
    try:
        return error_name(error).startswith("SQLITE_IOERR") and shutil.disk_usage(folder).free < FULL_BELOW_BYTES
    except OSError:
        return False


def is_io_error(error: sqlite3.Error) -> bool:
    """Whether the disk failed or gave back something else than was written."""
    return error_name(error).startswith(("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB"))


def error_name(error: sqlite3.Error) -> str:
    """SQLite's own name of an error (`SQLITE_IOERR_FSYNC`), or `""` where it has none."""
    return getattr(error, "sqlite_errorname", "") or ""
