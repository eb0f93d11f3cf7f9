"""What happens to a data folder before the log in it is used: lock, tables, the header of our own log."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Mapping
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import NamedTuple

import msgspec

from server.event import Refused, Stream
from server.keys import DeviceKey
from server.log import forks, heads, orphans, spans, starts
from server.log.carry import Salvaged
from server.log.fits import fits
from server.log.forks import Mending
from server.log.heads import Known
from server.log.lock import FolderLock
from server.log.newest import is_cut_off
from server.log.place import PlaceOf, place_of
from server.log.reached import reached
from server.log.reserve import Reserve
from server.log.salvage import is_unfinished, salvage, salvaged_before
from server.log.schema import LOG_FILE, Connect, connect, open_writer
from server.log.starts import Starts
from server.log.trouble import as_written, error_name, in_one_line, is_disk_full

CONDEMNED_FILE = "log.damaged"
"""While it is there the log is not used again before it was salvaged."""

ENDED_FILE = "log.ended"
"""While it is there the log is not continued: the next opening begins another one."""

CLAIMED = "claimed"
"""Its last line, where a machine said that it holds more of the log, and had not shown it yet."""

logger = logging.getLogger("pilotlight.log")


class Opened(NamedTuple):
    """A folder that is ours: lock, writing connection, what the log knows, whether its disk is full, what became of a
    damaged log that was found there, how many own events have lost their place, own streams that were forked, and how
    many events a log lacks that was put back to an older state; how many runs of others' events lie behind a hole; and
    which starts this log has had."""

    lock: FolderLock
    db: sqlite3.Connection
    known: Known
    full: bool
    salvaged: Salvaged | None = None
    orphans: int = 0
    mending: Mapping[Stream, Mending] = {}
    set_back: int = 0
    spans: int = 0
    starts: Starts = Starts([("", 0)])


def prepare(
    folder: Path,
    key: DeviceKey,
    store: str,
    nonce: bytes | None = None,
    connect: Connect = connect,
    place: PlaceOf = place_of,
    now_s: float | None = None,
) -> Opened:
    """Takes a data folder; a damaged log in it is salvaged. `now_s`: the time by which it is put aside, the system's
    when not given. Raises `Refused`, and then nothing is held."""
    lock = FolderLock(folder)
    Reserve(folder).give_when_low()
    try:
        condemned = folder / CONDEMNED_FILE
        try:
            if condemned.exists():
                raise sqlite3.DatabaseError("found while it was in use")
            if is_unfinished(folder):
                raise sqlite3.DatabaseError("a salvage of it was interrupted")
            if is_cut_off(folder, connect):
                raise sqlite3.DatabaseError("its newest part can't be read to the end")
            with as_written():
                opened = _open(folder, key, store, nonce, connect, place, lock, now_s)
        except sqlite3.DatabaseError as e:
            if not is_damage(e):
                raise
            logger.error("the log of %s is damaged (%s)", folder, e)
            salvage(folder, key.public_key, connect, now_s)
            condemned.unlink(missing_ok=True)
            with as_written():
                opened = _open(folder, key, store, nonce, connect, place, lock, now_s)
        return opened
    except sqlite3.Error as e:
        lock.release()
        raise unusable(folder, e) from e
    except OSError as e:  # what a salvage needs: nothing is lost by it, the next start goes on
        lock.release()
        if e.errno in (ENOSPC, EDQUOT):
            raise Refused("disk_full", f"The disk of {folder} is full. Free some space, then start again.") from e
        raise Refused("data_folder", f"{folder} can't be used ({e}). Check its rights and its disk.") from e
    except BaseException:
        lock.release()
        raise


def _open(
    folder: Path,
    key: DeviceKey,
    store: str,
    nonce: bytes | None,
    connect: Connect,
    place: PlaceOf,
    lock: FolderLock,
    now_s: float | None,
) -> Opened:
    db = open_writer(folder, connect)
    try:
        full = not settle(db, folder)
        wrong = fits(db)
        if wrong:
            raise sqlite3.DatabaseError(wrong)
        ended = folder / ENDED_FILE
        found = heads.load(db)
        lacks = max(0, reached(folder, found.log_id) - found.position)
        if lacks:
            logger.error("the log %s is an older state of itself: %d events are missing", found.log_id, lacks)
        if ended.exists() or lacks:
            forks.mend(db, found, key.public_key)
        known = own_log(db, key, store, nonce, ended=bool(ended.exists() or lacks), now_s=now_s)
        if ended.exists() and ended.read_bytes().split()[-1:] == [CLAIMED.encode()]:
            known.claimed_ms = known.begun_ms
            db.execute("INSERT OR REPLACE INTO meta VALUES ('claimed_ms', ?)", (str(known.claimed_ms),))
        ended.unlink(missing_ok=True)
        if not full:
            keep_place(db, folder, place)
            heads.keep_copies(db, known, key.public_key)
        began = starts.begin(db, known.position, nonce or os.urandom(starts.MARK_BYTES), known.log_id, not full)
        mine = known.own_logs(key.public_key)
        told = salvaged_before(db) if not full else None
        return Opened(
            lock, db, known, full, told, orphans.count(db, mine), forks.load(db, mine), lacks, spans.count(db), began
        )
    except BaseException:
        db.close()
        raise


def keep_place(db: sqlite3.Connection, folder: Path, place_of: PlaceOf) -> None:
    """Writes down where this log lies, for the day on which a copy of it is started."""
    place = place_of(folder / LOG_FILE)
    row = db.execute("SELECT value FROM meta WHERE key = 'place'").fetchone()
    if row is None or row[0] != place:
        db.execute("INSERT OR REPLACE INTO meta VALUES ('place', ?)", (place,))


def is_condemned(folder: Path) -> bool:
    """Whether the log was found damaged, and will be salvaged when it is opened."""
    return (folder / CONDEMNED_FILE).exists()


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is no longer what was written, so that only a salvage helps."""
    name = error_name(error)
    renamed = name == "SQLITE_ERROR" and str(error).startswith("no such ")  # a bit flipped in a table's name
    no_text = str(error).startswith("Could not decode to UTF-8")  # Python's own error, without a name
    return (
        renamed
        or no_text
        or name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))
        or not isinstance(error, sqlite3.OperationalError)
    )


def settle(db: sqlite3.Connection, folder: Path) -> bool:
    """Copies the write-ahead log into the database and syncs it; False when the disk is too full for that.

    A process killed between writing and syncing leaves events that are readable, but perhaps on no disk yet. They must
    not be shown to a peer before they are: after a power cut their numbers would be given out a second time. On a full
    disk they stay where they are, synced.
    """
    try:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as e:
        if not is_disk_full(e, folder):
            raise
        with (folder / f"{LOG_FILE}-wal").open("r+b") as wal:
            os.fsync(wal.fileno())
        return False
    return True


def own_log(
    db: sqlite3.Connection,
    key: DeviceKey,
    store: str,
    nonce: bytes | None = None,
    *,
    ended: bool = False,
    now_s: float | None = None,
) -> Known:
    """Loads what is known, and begins a new log of our own where there is none that we may continue.

    A log belongs to one key and one store. With another key (a disk moved to a new device) the old streams stay as
    they are, and so do those of a log that has `ended`; another store is a mistake, and refused: its orders would stand
    among the old store's.
    """
    known = heads.load(db)
    header = known.headers.get(known.log_id)
    if header is not None and header.store != store:
        old, new = (f"the store {s!r}" if s else "head office" for s in (header.store, store))
        raise Refused(
            "wrong_store",
            f"This data folder belongs to {old}, not to {new}. Start it as that, or choose another folder with --data.",
        )
    if header is None or header.public_key != key.public_key or ended:
        header = key.new_header(store, nonce)
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO headers VALUES (?,?)", (header.log_id, msgspec.msgpack.encode(header)))
        db.execute("INSERT OR REPLACE INTO meta VALUES ('log_id', ?)", (header.log_id,))
        known.begun_ms = int(1000 * (time.time() if now_s is None else now_s))
        db.execute("INSERT OR REPLACE INTO meta VALUES ('begun_ms', ?)", (str(known.begun_ms),))
        if known.log_id:
            known.former.add(known.log_id)
            db.execute("INSERT OR REPLACE INTO meta VALUES ('former', ?)", (" ".join(sorted(known.former)),))
        db.execute("COMMIT")
        known.headers[header.log_id] = header
        known.log_id = header.log_id
    return known


def unusable(folder: Path, error: sqlite3.Error) -> Refused:
    """One sentence for what the disk said."""
    name = error_name(error)
    if is_disk_full(error, folder):
        return Refused("disk_full", f"The disk of {folder} is full. Free some space, then start again.")
    if is_damage(error):
        return Refused(
            "log_damaged",
            f"{folder / LOG_FILE} is damaged ({in_one_line(error)}). Move it away and start again: "
            "the other terminals and head office send back what they hold.",
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return Refused(
            "data_folder",
            f"{folder / LOG_FILE} is not writable ({in_one_line(error)}). Change its owner, or choose another folder.",
        )
    return Refused(
        "data_folder", f"{folder / LOG_FILE} can't be used ({in_one_line(error)}). Check the disk, then start again."
    )
