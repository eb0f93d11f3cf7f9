"""The first page of a damaged log, made anew: without it SQLite reads nothing of the file, though all else is whole.

It says how the file is laid out and where each table begins. In a file of ours that is always the same, so a new file
knows it. Whether it fits is told by the headers of logs, which prove themselves.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from server.log import orphans
from server.log.schema import LOG_FILE, PAGE_BYTES, SCHEMA, SCHEMA_VERSION, Connect, version_of
from server.log.trouble import as_written
from server.sqlite_head import check_head

WORK_FILE = "readable.db"
NO_SIZE = (24, b"\0\0\0\1"), (28, b"\0\0\0\0"), (92, b"\0\0\0\0")
"""Counters that differ: SQLite then takes the size of the file for its size (sqlite.org/fileformat.html, 1.3.7)."""

WHERE = "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema"

logger = logging.getLogger("pilotlight.log")


@contextmanager
def readable(
    damaged: Path, connect: Connect, proves: Callable[[sqlite3.Connection], bool]
) -> Iterator[sqlite3.Connection]:
    """A connection to a damaged log, or to a copy of it with a first page that is as it was. `proves`: whether what is
    read there proves itself."""
    work = damaged.with_name(WORK_FILE)
    try:
        with closing(_best(damaged, work, connect, proves)) as db:
            db.text_factory = _legible
            yield db
    finally:
        for name in (work.name, f"{work.name}-wal", f"{work.name}-shm"):
            work.with_name(name).unlink(missing_ok=True)


def _best(
    damaged: Path, work: Path, connect: Connect, proves: Callable[[sqlite3.Connection], bool]
) -> sqlite3.Connection:
    pages = [_first_page(incremental) for incremental in (True, False)]
    if not any(_is_as_written(damaged, connect, schema) for _, schema in pages):
        for page, _ in pages:
            try:
                db = connect(_with_page(damaged, work, page).absolute().as_uri())
            except OSError as e:  # no space for a copy
                logger.warning("the first page of the damaged log can't be made anew (%s)", e)
                break
            if proves(db):
                logger.warning("the first page of the damaged log was made anew, to read the others")
                return db
            db.close()
    try:
        return connect(damaged.absolute().as_uri())
    except sqlite3.Error:
        return sqlite3.connect(":memory:")  # there is nothing in it, either


def _legible(text: bytes) -> str:
    """One name that is no text any more hides no other row."""
    return text.decode(errors="replace")


def _first_page(incremental: bool) -> tuple[bytes, set[tuple[object, ...]]]:
    """Of a new file with all tables, also those that are made when they are needed; and what it says of the tables that
    every log has. `incremental`: as since the files give space back."""
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(f"{folder}/{LOG_FILE}")) as db:
        if incremental:
            db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        db.executescript(f"PRAGMA journal_mode = WAL; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION};")
        schema = set(db.execute(WHERE))
        orphans.make_table(db)
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        page = bytearray((Path(folder) / LOG_FILE).read_bytes()[:PAGE_BYTES])
    for at, counter in NO_SIZE:
        page[at : at + len(counter)] = counter
    return bytes(page), schema


def _is_as_written(damaged: Path, connect: Connect, schema: set[tuple[object, ...]]) -> bool:
    try:
        with as_written():
            check_head(damaged)
            with closing(connect(damaged.absolute().as_uri())) as db:
                return version_of(db) == SCHEMA_VERSION and schema <= set(db.execute(WHERE))
    except sqlite3.Error:
        return False


def _with_page(damaged: Path, work: Path, page: bytes) -> Path:
    shutil.copyfile(damaged, work)
    newest = damaged.with_name(f"{damaged.name}-wal")
    if newest.exists():
        shutil.copyfile(newest, work.with_name(f"{work.name}-wal"))
    with work.open("r+b") as file:
        file.write(page)
    return work
