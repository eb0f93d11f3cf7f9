"""The newest part of a log, in the write-ahead log beside it, when SQLite takes it only up to a damaged place.

SQLite sums up all that stands before a place, so that one flipped bit hides everything behind it; and it begins to
write over what it does not take. Here every page of the file's last generation is put into its place in a copy, up to
the last commit, whatever the sums say. What is wrong in it is then a matter of the events' own hashes.
(File format: sqlite.org/fileformat.html, 4.)
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from server.log.reached import last_reached
from server.log.schema import LOG_FILE, PAGE_BYTES, Connect, connect

MERGED_FILE = "merged.db"
HEAD_BYTES, FRAME_HEAD_BYTES = 32, 24
FRAME_BYTES = FRAME_HEAD_BYTES + PAGE_BYTES
HEAD_SALT, HEAD_SALT_END = 16, 24
"""Each frame of a generation repeats it: what stood there before has another."""

logger = logging.getLogger("pilotlight.log")


class Frame(NamedTuple):
    """One page as it was written. `size` is the database's in pages where it ends a commit, else 0."""

    page: int
    size: int
    content: bytes


def is_cut_off(folder: Path, connect: Connect = connect) -> bool:
    """Whether the log is known to have come further than it can be read, and the rest lies there. To be called before
    anything writes to it."""
    log_id, position = last_reached(folder)
    if not log_id:
        return False
    found, last = _end(folder / LOG_FILE, connect)
    if found not in ("", log_id) or last >= position:
        return False
    try:
        with merged(folder / LOG_FILE, connect) as newest:
            return newest is not None
    except OSError as e:  # no space to see for certain: nothing may be written over it
        logger.warning("what the write-ahead log holds can't be put together (%s)", e)
        return True


@contextmanager
def merged(log: Path, connect: Connect = connect) -> Iterator[Path | None]:
    """A copy of a log at rest with all that its write-ahead log holds, if that is more than SQLite sees; else None.
    It is gone afterwards. Raises `OSError` when there is no space for it."""
    frames = list(_committed(log.with_name(f"{log.name}-wal")))
    if not frames:
        yield None
        return
    copy = log.with_name(MERGED_FILE)
    try:
        if log.exists():
            shutil.copyfile(log, copy)
        with copy.open("r+b" if log.exists() else "w+b") as file:
            for frame in frames:
                file.seek((frame.page - 1) * PAGE_BYTES)
                file.write(frame.content)
            file.truncate(frames[-1].size * PAGE_BYTES)
        last = _end(copy, connect)[1]
        more = last < 0 or last > _end(log, connect)[1]  # what SQLite can't read is read page by page
        yield copy if more else None
    finally:
        for name in (copy.name, f"{copy.name}-wal", f"{copy.name}-shm"):
            copy.with_name(name).unlink(missing_ok=True)


def _committed(wal: Path) -> Iterator[Frame]:
    frames = list(_frames(wal))
    ends = [i for i, frame in enumerate(frames) if frame.size]
    if ends:
        largest = max(frames[i].size for i in ends)
        yield from (frame for frame in frames[: ends[-1] + 1] if frame.page <= largest)


def _frames(wal: Path) -> Iterator[Frame]:
    try:
        data = wal.read_bytes()
    except OSError:
        return
    starts = range(HEAD_BYTES, len(data) - FRAME_BYTES + 1, FRAME_BYTES)
    told = data[HEAD_SALT:HEAD_SALT_END]
    first = [data[at + 8 : at + 16] for at in starts[:2]]
    if not first:
        return
    salt = told if told in first else first[0]  # in one of them a bit may have flipped
    for at in starts:
        page, size = int.from_bytes(data[at : at + 4], "big"), int.from_bytes(data[at + 4 : at + 8], "big")
        if data[at + 8 : at + 16] == salt and page and salt != bytes(8):
            yield Frame(page, size, data[at + FRAME_HEAD_BYTES : at + FRAME_BYTES])


def _end(path: Path, connect: Connect) -> tuple[str, int]:
    """The log's id and last position, as far as SQLite reads it; -1 when it reads nothing."""
    log_id, last = "", -1
    try:
        with closing(connect(f"{path.absolute().as_uri()}?mode=ro")) as db:
            last = db.execute("SELECT max(position) FROM events").fetchone()[0] or 0
            row = db.execute("SELECT value FROM meta WHERE key = 'log_id'").fetchone()
            log_id = row[0] if row and isinstance(row[0], str) else ""
    except sqlite3.Error:
        pass
    return log_id, last if isinstance(last, int) else -1
