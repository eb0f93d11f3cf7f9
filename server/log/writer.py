"""What writes: requests that came together go into one transaction, and are answered after its commit.

`turns.py` is the thread that gives it its turns.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec

from server.clock import Clock
from server.event import Batch, Header, Stream
from server.keys import DeviceKey
from server.log.heads import Head
from server.log.opening import Opened, is_damage
from server.log.reached import Reached
from server.log.requests import Request
from server.log.reserve import Reserve
from server.log.room import make_room
from server.log.schema import LOG_FILE
from server.log.stage import Segment, Stage
from server.log.trouble import LogFailed, error_name, is_disk_full

logger = logging.getLogger("pilotlight.log")

CHECKPOINT_BYTES = 4 * 1024 * 1024
"""Written to the write-ahead log since the last checkpoint, about. More makes a restart slower, and each commit: a
file that grows is synced slower than one that is written over. Less makes the disk seek more often."""

OVERDUE_BYTES = 2 * CHECKPOINT_BYTES
"""When a checkpoint no longer waits for a quiet moment. It takes some hundredths of a second, and whoever pays just
then waits for it."""

WAL_ROOM_BYTES = CHECKPOINT_BYTES + CHECKPOINT_BYTES // 4
"""What the write-ahead log takes until a quiet moment has come."""

PROBE_BYTES = 256 * 1024
"""What must fit for the disk to count as usable again; some orders' worth, so that health does not flutter."""

DISK_FULL = "The disk is full. Nothing new can be saved until some space is freed."
DISK_BROKEN = (
    "The disk failed to save. To be safe nothing more is recorded here: check the disk, then restart this terminal."
)


class Commit(msgspec.Struct):
    """What one transaction changed, for the log's event loop. `requests` are answered, well or not."""

    requests: list[Request]
    heads: dict[Stream, Head] = {}
    headers: dict[str, Header] = {}
    position: int = 0
    segments: list[Segment] = []
    own_batches: list[Batch] = []
    peer_batches: list[Batch] = []
    ahead_ms: dict[Stream, int] = {}
    orphaned: int = 0  # own events that have lost their place in it


class Writer:
    """Owns the writing connection. All methods are called in one thread, and so are `tell(commit)`,
    `tell_health(sentence|None)`, `tell_damage(what the file said)` and `tell_doubt(the same, perhaps damage)`."""

    def __init__(
        self,
        folder: Path,
        opened: Opened,
        key: DeviceKey,
        clock: Clock,
        tell: Callable[[Commit], None],
        tell_health: Callable[[str | None], None],
        tell_damage: Callable[[str], None] = lambda _: None,
        tell_doubt: Callable[[str], None] = lambda _: None,
        reserve: Reserve | None = None,
    ) -> None:
        self._folder = folder
        self._reserve = reserve or Reserve(folder)
        known = opened.known
        self._db = opened.db
        self._known = known
        self._key = key
        self._clock = clock
        self._tell = tell
        self._tell_health = tell_health
        self._tell_damage = tell_damage
        self._tell_doubt = tell_doubt
        self._reached = Reached(folder, known.log_id)
        self._position = known.position
        self._stream_ids = known.stream_ids
        self._last_hlc = max((h.hlc for s, h in known.heads.items() if s.log_id == known.log_id), default=0)
        self._uncheckpointed = 0
        self._full = opened.full
        self._broken = False

    @property
    def full(self) -> bool:
        """The disk is; `probe` now and then whether it still is."""
        return self._full

    def begin(self) -> None:
        """Before the first turn."""
        if self._full:
            self._tell_health(DISK_FULL)

    def turn(self, group: list[Request], idle: bool) -> None:
        """One transaction. `idle`: nothing more waits just now."""
        self._commit_or_stop(group)
        if idle and self._uncheckpointed >= OVERDUE_BYTES:
            self._checkpoint("PASSIVE")

    @property
    def wants_quiet(self) -> bool:
        """There is something to tidy up as soon as nobody waits for anything: call `tidy`."""
        return self._uncheckpointed >= CHECKPOINT_BYTES

    def tidy(self) -> None:
        """Copies the write-ahead log into the database, which lets it begin anew."""
        if not self._broken:
            self._checkpoint("PASSIVE")

    def make_room(self) -> None:
        """For the write-ahead log, before the first turn."""
        if not self._full:
            make_room(self._folder, WAL_ROOM_BYTES)

    def end(self) -> None:
        """After the last turn: everything into its place."""
        if not self._broken:
            self._checkpoint("TRUNCATE")
        self._db.close()
        self._reached.close()

    # -- a transaction ----------------------------------------------------------------------------------------------

    def _commit_or_stop(self, group: list[Request]) -> None:
        """If the program itself is wrong here, every caller still gets an answer, and nothing more is written."""
        try:
            self._commit(group)
        except Exception:
            logger.exception("the log's writer failed and stops")
            self._broken = True
            self._tell_health(DISK_BROKEN)
            self._fail(group, LogFailed("not_saved", DISK_BROKEN))

    def _commit(self, group: list[Request]) -> None:
        if self._broken:
            return self._fail(group, LogFailed("not_saved", DISK_BROKEN))
        stage = Stage(self._db, self._known, self._position, self._stream_ids, self._last_hlc)
        try:
            stage.look_up({request.command_id for request in group if request.command_id is not None})
            for request in group:
                self._stage(request, stage)
            stage.seal()
            if not stage.empty:
                self._write(stage)
        except sqlite3.Error as e:
            return self._fail(group, self._trouble(e))
        except Exception as e:
            logger.exception("the log's writer failed")
            return self._fail(group, LogFailed("not_saved", f"It could not be saved ({type(e).__name__}: {e})."))
        self._take_over(stage, group)
        return None

    def _write(self, stage: Stage) -> None:
        while True:
            try:
                return stage.write()
            except sqlite3.Error as e:
                if not self._made_way(e):
                    raise

    def _stage(self, request: Request, stage: Stage) -> None:
        try:
            request.stage(stage, self._clock, self._key)
        except sqlite3.Error:
            raise
        except Exception as e:
            request.error = e

    def _take_over(self, stage: Stage, group: list[Request]) -> None:
        """The commit is durable: from now on it is what the log knows."""
        self._known.heads.update(stage.heads)
        self._known.headers.update(stage.headers)
        self._position = stage.position
        self._stream_ids = stage.stream_ids
        self._last_hlc = stage.last_hlc
        ahead = {stream: self._clock.observe(hlc) for stream, hlc in stage.observed.items()}
        self._uncheckpointed += stage.bytes_written
        self._tell(
            Commit(
                requests=group,
                heads=stage.heads,
                headers=stage.headers,
                position=stage.position,
                segments=stage.segments,
                own_batches=stage.own_batches,
                peer_batches=stage.peer_batches,
                ahead_ms=ahead,
                orphaned=stage.orphaned,
            )
        )
        if stage.segments:
            self._reached.note(self._position)

    def _fail(self, group: list[Request], error: LogFailed) -> None:
        for request in group:
            if request.error is None:
                request.error = error
        self._tell(Commit(requests=group))

    # -- trouble with the disk ---------------------------------------------------------------------------------------

    def _trouble(self, error: sqlite3.Error) -> LogFailed:
        """What a failed transaction means, for this request and for all that follow.

        After a failed fsync nobody knows what the disk holds, and a second fsync may report success for pages that the
        system has already given up; so the log stops until it is opened anew, which copies everything into place.
        """
        logger.error("the log could not be written: %s %s", error_name(error), error)
        if is_disk_full(error, self._folder):
            self._full = True
            self._tell_health(DISK_FULL)
            return LogFailed("not_saved", DISK_FULL)
        if error_name(error) in ("SQLITE_BUSY", "SQLITE_LOCKED"):
            text = (
                f"Another program holds {self._folder / LOG_FILE}. It was not saved; close that program and try again."
            )
            return LogFailed("not_saved", text)
        self._broken = True
        self._tell_health(DISK_BROKEN)
        if isinstance(error, sqlite3.IntegrityError):  # a row is in the way that we know nothing of
            self._tell_doubt(str(error))
        elif is_damage(error):
            self._tell_damage(str(error))
        return LogFailed("not_saved", DISK_BROKEN)

    def _made_way(self, error: sqlite3.Error) -> bool:
        """Whether what failed may be tried again at once."""
        return is_disk_full(error, self._folder) and self._reserve.give()

    def probe(self) -> None:
        """Whether there is space again, by using some."""
        try:
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if shutil.disk_usage(self._folder).free < PROBE_BYTES:
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('probe', zeroblob(?))", (PROBE_BYTES,))
            self._db.execute("DELETE FROM meta WHERE key = 'probe'")
            self._db.execute("COMMIT")
        except sqlite3.Error as e:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._trouble(e)
        else:
            logger.warning("the disk takes writes again")
            self._full = False
            self._tell_health(None)

    def _checkpoint(self, mode: str) -> None:
        """Copies the write-ahead log into the database. On a full disk nothing is lost, and `probe` tries again."""
        self._uncheckpointed = 0
        try:
            self._db.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
        except sqlite3.Error as e:
            if not self._made_way(e):  # else it is tried again when it is due again
                self._trouble(e)
