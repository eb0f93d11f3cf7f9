"""Disks: real SQLite files in memory, that take their time, fill up, fail, and lose power in the middle of a commit."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

from server.log import schema
from server.log.requests import Request
from server.log.schema import LOG_FILE
from server.log.turns import PROBE_S
from server.log.waiting import Waiting
from server.log.writer import Writer
from tests.sim.loop import PowerCut, SimLoop

QUICK_S = (0.0005, 0.004)
"""What a commit takes on a healthy disk: an SSD's fsync."""


GARBLED_BITS = 8
"""In as many bytes of an event, one beside the other: nothing sets right what was there, as with a bad sector."""


class Disk:
    """One machine's data folder, and what is wrong with the disk below it. It outlives the machine's crashes."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.pace_s = QUICK_S
        self.full = False
        self.failing = ""  # SQLite's name of the error that writes end with
        self.unreadable = False
        self.cut_at: Callable[[], None] | None = None  # at the next commit: the power goes, and this is called
        self._connections: list[sqlite3.Connection] = []
        self._number = 0
        self.generation = 0  # a disk that is put in, or filled from somewhere else, is another one
        self.over = False  # nobody will look at it again
        self._last_true: Path | None = None  # since an fsync failed: the files as the disk has them

    def connect(self, uri: str) -> sqlite3.Connection:
        """The node's machine opens the log's files with this."""
        disk = self
        reads_only = "mode=ro" in uri

        run = sqlite3.Connection.execute

        class Connection(sqlite3.Connection):
            def execute(self, statement: str, parameters: Any = ()) -> sqlite3.Cursor:
                if disk.full or disk.failing or disk.unreadable or disk.cut_at:  # `troubled`, for each statement
                    disk.fail(statement, reads_only, partial(run, self))
                return run(self, statement, parameters)

        connection = schema.connect(uri, Connection)
        self._connections.append(connection)
        return connection

    @property
    def troubled(self) -> bool:
        return bool(self.full or self.failing or self.unreadable or self.cut_at)

    def fail(self, statement: str, reads_only: bool, execute: Callable[[str], Any]) -> None:
        """Raises what this statement ends with, if it does not go well."""
        if reads_only:
            if self.unreadable and statement.startswith("SELECT"):
                raise trouble("SQLITE_IOERR_READ", "disk I/O error")
            return
        word = statement.split(None, 1)[0].upper()
        if word == "COMMIT" and self.cut_at is not None:
            cut, self.cut_at = self.cut_at, None
            if self.chance.random() < 0.5:
                execute("COMMIT")
            cut()
            raise PowerCut
        if self.full and word in ("INSERT", "COMMIT"):
            raise trouble("SQLITE_FULL", "database or disk is full")
        if self.failing and word == "COMMIT":
            if self.chance.random() < 0.5:
                execute("COMMIT")  # it is there, though the system said that it is not
            name, self.failing = self.failing, ""
            self._keep_what_is_there()
            raise trouble(name, "disk I/O error")

    def _keep_what_is_there(self) -> None:
        """After a failed fsync the next ones succeed, and still nothing that is written from now on gets to the disk:
        the system has given those pages up. It shows when the power goes."""
        if self._last_true is None:
            self._last_true = self.folder.with_name(f"{self.folder.name}-true")
            self.copy_to(self._last_true)

    def mend(self) -> None:
        self.full, self.failing, self.unreadable, self.cut_at, self.pace_s = False, "", False, None, QUICK_S

    def mend_pace(self) -> None:
        self.pace_s = QUICK_S

    def crash(self, *, power: bool) -> None:
        """The process that had it is gone. What it left is looked at through new files, as by another process.

        With `power`, what was written without fsync may be gone: read models are as of some checkpoint, or were never
        there; the list of acquaintances is empty or old. The log's files are synced with every commit.
        """
        for connection in self._connections:
            connection.close()
        self._connections = []
        if self.over:
            return
        true, self._last_true = self._last_true, None
        if true is not None and power:
            for path in sorted(true.glob("log.db*")):
                shutil.copyfile(path, self.folder / path.name)
            if not (true / "log.db-wal").exists():
                (self.folder / "log.db-wal").unlink(missing_ok=True)
        self._number += 1
        old, self.folder = self.folder, self.folder.with_name(f"{self.folder.name.partition('.')[0]}.{self._number}")
        if not old.exists():
            return
        lost = {f.name for f in sorted(old.glob("read/*.db-wal")) if power and self.chance.random() < 0.5}
        shutil.copytree(old, self.folder, ignore=lambda _, names: {n for n in names if left_behind(n) or n in lost})
        known = self.folder / "known.json"
        if power and known.exists() and self.chance.random() < 0.3:
            known.write_bytes(b"")
        shutil.rmtree(old, ignore_errors=True)

    def copy_to(self, folder: Path) -> None:
        """A backup, or a clone: everything but the lock."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder, ignore=lambda _, names: {n for n in names if left_behind(n)})

    def settle(self) -> Path | None:
        """The log's file, with what waits in the write-ahead log in its place: the bit of a page that is written over
        soon would flip for nothing."""
        file = self.folder / LOG_FILE
        if not file.exists():
            return None
        with closing(sqlite3.connect(file)) as db, suppress(sqlite3.Error):
            db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return file

    def newest(self) -> int:
        """The position of the newest event in its log."""
        with suppress(sqlite3.Error), closing(sqlite3.connect(self.folder / LOG_FILE)) as db:
            return int(db.execute("SELECT max(position) FROM events").fetchone()[0] or 0)
        return 0

    def flip(self, log_id: str = "", after: int = 0) -> int | None:
        """One bit of the log's file is not as it was written, anywhere; or, with `log_id`, in an event of that log that
        lies behind position `after`, if there is one: then perhaps so many bits that no hash tells what they were.
        Returns where."""
        file = self.settle()
        content = file.read_bytes() if file is not None else b""
        if file is None or not content:
            return None
        at, bits = self.chance.randrange(len(content)), 1
        if log_id:
            query = "SELECT raw FROM events e JOIN streams s USING (stream) WHERE log_id = ? AND e.position > ?"
            with closing(sqlite3.connect(file)) as db, suppress(sqlite3.Error):
                raws = [row[0] for row in db.execute(f"{query} ORDER BY e.position", (log_id, after))]
                found = content.find(self.chance.choice(raws)) if raws else -1
                if found >= 0:
                    at, bits = found + self.chance.randrange(20), self.chance.choice((1, GARBLED_BITS))
        with file.open("r+b") as written:
            for byte in range(at, min(at + bits, len(content))):
                written.seek(byte)
                written.write(bytes([content[byte] ^ 1 << self.chance.randrange(8)]))
        return at

    def place(self, _: Path) -> str:
        """Where its files lie: the same after every crash, though the simulator looks at them in a new folder."""
        return f"{self.folder.name.partition('.')[0]}/{self.generation}"

    def wipe(self) -> None:
        self.generation += 1
        shutil.rmtree(self.folder, ignore_errors=True)


def left_behind(name: str) -> bool:
    """What lives only as long as the process that made it."""
    return name == "lock" or name.endswith("-shm")


def trouble(name: str, text: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorname = name
    return error


class SimTurns:
    """Gives the log's writer its turns on the machine's loop: what waits is committed a disk's time later."""

    def __init__(self, writer: Writer, disk: Disk, loop: SimLoop) -> None:
        self._writer, self._disk, self._loop = writer, disk, loop
        self._queue = Waiting()
        self._due = False
        self._stopped = False
        self._probing = False

    def start(self) -> None:
        self._writer.begin()
        self._look_at_disk()

    def put(self, request: Request) -> None:
        self._queue.put(request)
        self._schedule()

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def stop(self) -> None:
        while self._queue:
            self._turn()
        self._stopped = True
        self._writer.end()

    def _schedule(self) -> None:
        if not self._due and not self._stopped:
            self._due = True
            self._loop.call_later(self._disk.chance.uniform(*self._disk.pace_s), self._on_time)

    def _on_time(self) -> None:
        self._due = False
        if self._stopped:
            return
        self._turn()
        if self._queue:
            self._schedule()

    def _turn(self) -> None:
        group = self._queue.take()
        try:
            if group:
                self._writer.turn(group, not self._queue)
        except PowerCut:
            self._stopped = True
            self._queue.clear()
        self._look_at_disk()

    def _look_at_disk(self) -> None:
        if self._writer.full and not self._probing and not self._stopped:
            self._probing = True
            self._loop.call_later(PROBE_S, self._probe)

    def _probe(self) -> None:
        self._probing = False
        if self._writer.full and not self._stopped:
            self._writer.probe()
            self._look_at_disk()
