"""The file of a read model: an SQLite database with a service's rows, the cursor they stand at, and what is archived.

It is disposable. A file that is missing, broken, of another version or of another log is made anew, with cursor 0.
WAL with `synchronous=NORMAL`: nothing here needs to survive a power cut that the log does not replay.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import msgspec

from server.services.retention.archive import Mark, mark, told, told_after, told_places
from server.services.retention.events import Archived
from server.services.rows import SUMMED, checked, summed
from server.services.statements import Statements
from server.sqlite_head import check_head

BUSY_MS = 10_000

DISK_ERRORS = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_BUSY", "SQLITE_PERM")
"""What the disk does, not the file. The tables are worth keeping: without them nothing could be shown meanwhile."""

FREE_PAGES = 512
"""What may lie idle in a file of tables, 2 MiB; more is given back to the disk, bit by bit."""

PRAGMAS = (
    "auto_vacuum=INCREMENTAL",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "cache_size=-200",  # KiB; more only makes a day's memory grow, and the system keeps the file at hand
    "wal_autocheckpoint=1000",  # 4 MB a file at most: seven of them must not fill a small disk
    "journal_size_limit=4194304",
)
"""Of the connection that writes."""

READING = ("cache_size=-100", "query_only=1")

READERS = 2
"""Connections kept open to read with. More threads at a time than that are rare, and opening one takes little."""

_encode = msgspec.msgpack.Encoder().encode
_mark = msgspec.msgpack.Decoder(tuple[int, Archived])


class TableFile:
    """One thread at a time writes, with `db`; with `reading` any thread may read meanwhile.

    `found` and `marks` are what the file said when it was opened: the cursor, and what is archived by the log of who
    said so.
    """

    def __init__(self, path: Path, statements: Statements, version: int, log_id: str) -> None:
        self.path = path
        self._form = version + 1000 * SUMMED
        self._log_id = log_id
        self._statements = statements
        self._readers: deque[sqlite3.Connection] = deque()
        path.parent.mkdir(parents=True, exist_ok=True)
        self.open()

    def open(self) -> None:
        """Opens the file, or makes it anew. Raises `sqlite3.Error` when the disk does not let it."""
        self._db: sqlite3.Connection | None = None
        if not self._take_up():
            self._remove()
            self._create()

    def _take_up(self) -> bool:
        """Opens the file as it is. False when it is not one of ours, or there is none."""
        if not self.path.exists():
            return False
        try:
            check_head(self.path)
            db = self._connect(PRAGMAS)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as e:
            if disk_failed(e):
                raise
            return False
        try:
            found = self._cursor_of(db)
            if found is not None:
                columns = ", ".join(self._statements.columns)
                db.execute(f"SELECT {columns} FROM {self._statements.table} LIMIT 1").fetchall()
                marks = db.execute("SELECT log_id, mark FROM archived")
                self.found, self.marks = found, {log_id: _unpacked(packed) for log_id, packed in marks}
                self._db = db
        except (sqlite3.DatabaseError, ValueError, TypeError) as e:  # what stands in it is not what was written
            if disk_failed(e):
                raise
        finally:
            if self._db is None:
                db.close()
        return self._db is not None

    @property
    def closed(self) -> bool:
        return self._db is None

    @property
    def db(self) -> sqlite3.Connection:
        if self._db is None:
            raise sqlite3.OperationalError(f"{self.path.name} is not open")
        return self._db

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that is this thread's for a while. What it says is of the moment at which each query begins."""
        readers = self._readers  # those of this opening
        try:
            db = readers.pop()
        except IndexError:
            db = self._connect(READING)
        try:
            yield db
        except BaseException:
            db.close()
            raise
        if readers is self._readers and len(readers) < READERS:
            readers.append(db)
        else:
            db.close()

    def close(self) -> None:
        db, self._db = self._db, None
        readers, self._readers = self._readers, deque()
        for one in (db, *readers):
            if one is not None:
                with contextlib.suppress(sqlite3.Error):
                    one.close()

    def reopen(self) -> None:
        """As it is; anew if it turns out to be none."""
        self.close()
        self.open()

    def start_over(self) -> None:
        """Throws the file away and makes it anew."""
        self.close()
        self._remove()
        self.open()

    def write_cursor(self, position: int) -> None:
        self.db.execute("UPDATE cursor SET position = ?", (position,))

    def write_mark(self, log_id: str, one: Mark) -> None:
        self.db.execute("INSERT OR REPLACE INTO archived (log_id, mark) VALUES (?,?)", (log_id, _packed(one)))

    def shrink(self, pages: int) -> int:
        """Gives up to so many free pages back to the disk; returns how many."""
        (free,) = self.db.execute("PRAGMA freelist_count").fetchone()
        count = min(pages, int(free) - FREE_PAGES)
        if count <= 0:
            return 0
        self.db.executescript(f"PRAGMA incremental_vacuum({count})")  # `execute` would stop after one page
        return count

    def tidy(self) -> None:
        """Copies the write-ahead log into the file, so that no write that somebody waits for has to."""
        self.db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    def _connect(self, pragmas: tuple[str, ...]) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=BUSY_MS / 1000, check_same_thread=False)
        try:
            for pragma in pragmas:
                db.execute(f"PRAGMA {pragma}").fetchall()
        except BaseException:
            db.close()
            raise
        return db

    def _cursor_of(self, db: sqlite3.Connection) -> int | None:
        """The file's cursor, or None when it was not made by this version for this log."""
        row = db.execute("SELECT version, log_id, position FROM cursor").fetchone()
        if row is None or row[0] != self._form or (self._log_id and row[1] != self._log_id):
            return None
        return int(row[2])

    def _create(self) -> None:
        db = self._connect(PRAGMAS)
        try:
            db.execute("BEGIN IMMEDIATE")
            for statement in self._statements.create:
                db.execute(statement)
            db.execute("INSERT INTO cursor VALUES (1, ?, ?, 0)", (self._form, self._log_id))
            db.execute("COMMIT")
        except BaseException:
            db.close()
            raise
        self.found, self.marks, self._db = 0, {}, db

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)


def disk_failed(error: Exception) -> bool:
    """Whether it is the disk that failed, not the file that is wrong."""
    return str(getattr(error, "sqlite_errorname", "")).startswith(DISK_ERRORS)


def _packed(mark: Mark) -> bytes:
    floors, kept, after, tops = told(mark.floors), told_places(mark.kept), told_after(mark.after), told(mark.tops)
    said = Archived(floors, kept, mark.upto, list(mark.carried), after, tops)
    return summed(_encode((mark.seq, said)))


def _unpacked(packed: bytes) -> Mark:
    seq, said = _mark.decode(checked(packed))
    return mark(seq, said, checked=True)
