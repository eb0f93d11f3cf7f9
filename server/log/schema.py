"""The tables of `log.db` and how connections to it are opened."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from server.event import Refused, Stream, decode
from server.log.trouble import as_written
from server.sqlite_head import check_head

LOG_FILE = "log.db"

SCHEMA_VERSION = 1

PAGE_BYTES = 4096
"""Of SQLite: what it writes whole, however little of it has changed."""

BUSY_S = 5.0
"""How long a write waits for another process that holds the file (a person with an SQLite shell)."""

WRITER_CACHE_KIB = 800
"""Pages that the writing connection keeps: the newest of each tree, and of the commands, whose ids are random, those of
some days. A page that is not there costs two microseconds."""

READER_CACHE_KIB = 200
"""Pages that a reading connection keeps. What is read is seldom read again, and the system keeps the file at hand."""

CACHED_STATEMENTS = 32
"""Large inserts are some megabytes each when prepared."""

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE headers (log_id TEXT PRIMARY KEY, raw BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE streams (
    stream INTEGER PRIMARY KEY,
    log_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    hlc INTEGER NOT NULL,
    position INTEGER NOT NULL,
    floor_seq INTEGER NOT NULL,
    floor_hash BLOB NOT NULL,
    UNIQUE (log_id, topic)
);
CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    seal BLOB,
    raw BLOB NOT NULL,
    UNIQUE (stream, seq)
);
CREATE TABLE commands (
    command_id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    count INTEGER NOT NULL,
    result BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE evidence (
    log_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    seal BLOB,
    raw BLOB NOT NULL,
    found_ms INTEGER NOT NULL,
    PRIMARY KEY (log_id, topic, seq, hash)
) WITHOUT ROWID;
"""
"""docs/protocol.md, "On disk", says what each column means."""

TABLES = {"meta", "headers", "streams", "events", "commands", "evidence"}

UPSERT_STREAM = """
INSERT INTO streams (stream, log_id, topic, seq, hash, hlc, position, floor_seq, floor_hash)
VALUES (?,?,?,?,?,?,?,?,?)
ON CONFLICT (stream) DO UPDATE SET
    seq = excluded.seq, hash = excluded.hash, hlc = excluded.hlc, position = excluded.position,
    floor_seq = excluded.floor_seq, floor_hash = excluded.floor_hash
"""


Connect = Callable[[str], sqlite3.Connection]
"""Opens a database file by its URI, as `connect` does."""


def connect(uri: str, factory: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    """Transactions are begun and ended by hand; whoever opens a connection sees to it that one thread uses it."""
    return sqlite3.connect(
        uri,
        uri=True,
        isolation_level=None,
        timeout=BUSY_S,
        check_same_thread=False,
        cached_statements=CACHED_STATEMENTS,
        factory=factory,
    )


@as_written()
def open_writer(folder: Path, connect: Connect = connect) -> sqlite3.Connection:
    """The one connection that writes; makes the tables in a new file.

    Raises `Refused` for a file of a newer version and `sqlite3.Error` for everything the disk says.
    """
    check_head(folder / LOG_FILE)
    db = connect((folder / LOG_FILE).absolute().as_uri())
    try:
        version = version_of(db)
        if version > SCHEMA_VERSION:
            raise Refused(
                "newer_log", f"The data folder {folder} was written by a newer Pilotlight. Install that version again."
            )
        if version == 0:  # a new file; space of dropped events goes back to the disk
            db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
        db.execute("PRAGMA wal_autocheckpoint = 0")  # the writer does it itself, after it has acknowledged
        if version == 0:
            db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
    except BaseException:
        db.close()
        raise
    return db


@as_written()
def open_reader(folder: Path, connect: Connect = connect) -> sqlite3.Connection:
    """A connection that only reads; works beside a running server, and on a read-only disk. Raises `sqlite3.Error`."""
    check_head(folder / LOG_FILE)
    uri = (folder / LOG_FILE).absolute().as_uri()
    db = connect(f"{uri}?mode=ro")
    try:
        db.execute("SELECT count(*) FROM meta").fetchone()
    except sqlite3.OperationalError:
        db.close()
        if (folder / f"{LOG_FILE}-wal").exists():
            raise
        db = connect(f"{uri}?immutable=1")
    try:
        version_of(db)
        db.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")
    except BaseException:
        db.close()
        raise
    return db


def version_of(db: sqlite3.Connection) -> int:
    """The schema's version, 0 for a new file. A later version has other tables, or may not differ from an earlier one
    in a single bit: that is a flipped one. Raises `sqlite3.DatabaseError`."""
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    one_bit = (version ^ SCHEMA_VERSION).bit_count() == 1
    if one_bit and {row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")} >= TABLES:
        raise sqlite3.DatabaseError(f"the version in its head is not as it was written ({version})")
    return version


@contextmanager
def one_moment(db: sqlite3.Connection) -> Iterator[None]:
    """All that is read inside is of one moment, whatever is committed meanwhile. Keep it short: it holds up the
    clean-up of the write-ahead log."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("ROLLBACK")


def drop_events(db: sqlite3.Connection, stream_id: int, upto: int) -> None:
    """Deletes a stream's events up to a number, and what was answered to the commands that they came of, within the
    transaction that is open."""
    for (raw,) in db.execute("SELECT raw FROM events WHERE stream = ? AND seq <= ?", (stream_id, upto)):
        with contextlib.suppress(msgspec.MsgspecError):
            command_id = decode(Stream("", ""), raw).command_id
            if command_id is not None:
                db.execute("DELETE FROM commands WHERE command_id = ?", (command_id,))
    db.execute("DELETE FROM events WHERE stream = ? AND seq <= ?", (stream_id, upto))
