"""A damaged log put aside, and a new one begun with what of it still proves itself (`carry`).

The damaged files are moved, never changed. Who is interrupted goes on with them at the next start.
"""

from __future__ import annotations

import logging
import os
import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import msgspec

from server.log.carry import Salvaged, carry_over
from server.log.newest import merged
from server.log.reached import REACHED_FILE
from server.log.schema import LOG_FILE, Connect, connect, open_reader, open_writer

FILES = (LOG_FILE, f"{LOG_FILE}-wal", f"{LOG_FILE}-shm")

UNFINISHED_FILE = "log.salvaging"
MOVED = "moved"
"""The name of the folder that a damaged log is put into, and whether it is there: written down before anything
moves, gone when the new log stands. Who dies in between goes on from it."""

NOTE = re.compile(rf"(damaged-[0-9]{{8}}-[0-9]{{6}}(?:-[0-9]+)?)( {MOVED})?")

DOUBTED = "doubted"
"""In the folder of a damaged log: what lay in its place when nothing told for sure that it was begun from it."""

logger = logging.getLogger("pilotlight.log")


def salvage(folder: Path, public_key: bytes | None, connect: Connect = connect, now_s: float | None = None) -> Salvaged:
    """Puts the log of `folder` aside and begins a new file with what can be kept. The folder's lock must be held.
    `public_key`: the device's, by which it knows its own events; None when it has none. One that was interrupted is
    begun again from the files that lie aside.

    Raises `OSError` and `sqlite3.Error` for what the disk says; the damaged log is then aside, whole, and the next
    salvage goes on with it.
    """
    aside = _put_aside(folder, *_noted(folder), now_s)
    done = _begun_from(folder, aside.name)
    if done is None:
        for file in (*FILES, f"{LOG_FILE}-journal"):  # of one that was interrupted
            (folder / file).unlink(missing_ok=True)
        with merged(aside / LOG_FILE, connect) as newest, closing(open_writer(folder, connect)) as db:
            done = carry_over(newest or aside / LOG_FILE, db, public_key, connect)
        logger.warning("%s", done.text)
    (folder / REACHED_FILE).unlink(missing_ok=True)  # it speaks of the log that lies aside
    _sync(folder)
    (folder / UNFINISHED_FILE).unlink()
    _sync(folder)
    return done


def is_unfinished(folder: Path) -> bool:
    """Whether a salvage was interrupted: what lies in the log's place is not all there is."""
    return (folder / UNFINISHED_FILE).exists()


def _noted(folder: Path) -> tuple[str, bool]:
    """The folder that the damaged files are put into, and whether they are there; `""` where none was begun.

    What a note says that is not as it was written would have a whole log deleted. Then what lies there tells: the
    newest folder with a log in it is the one, and a log in the place of the damaged one is kept in there, unless it was
    begun from it."""
    try:
        note = NOTE.fullmatch((folder / UNFINISHED_FILE).read_text())
    except FileNotFoundError:
        return "", False
    except UnicodeDecodeError:
        note = None
    if note and (not note[2] or (folder / note[1]).is_dir()):
        return note[1], bool(note[2])
    logger.warning("%s is not as it was written", folder / UNFINISHED_FILE)
    asides = [path for path in folder.glob("damaged-*") if NOTE.fullmatch(path.name) and (path / LOG_FILE).exists()]
    if not asides:
        return "", False
    aside = max(asides)
    if not (folder / LOG_FILE).exists():
        return aside.name, False
    if _begun_from(folder, aside.name) is None:
        (aside / DOUBTED).mkdir(mode=0o700, exist_ok=True)
        _move(folder, aside / DOUBTED)
    return aside.name, True


def _put_aside(folder: Path, name: str, moved: bool, now_s: float | None) -> Path:
    """Moves the damaged files, unless that was done before."""
    unfinished = folder / UNFINISHED_FILE
    if not name:
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now_s))
        names = (f"damaged-{stamp}{suffix}" for suffix in ("", *(f"-{n}" for n in range(2, 1000))))
        name = next(one for one in names if not (folder / one).exists())
        _note(unfinished, name)
    aside = folder / name
    if not moved:
        aside.mkdir(mode=0o700, exist_ok=True)
        _move(folder, aside)
        _note(unfinished, f"{name} {MOVED}")
    return aside


def _move(folder: Path, into: Path) -> None:
    for file in FILES:
        if (folder / file).exists():
            (folder / file).rename(into / file)
    _sync(into)
    _sync(folder)


def _begun_from(folder: Path, aside: str) -> Salvaged | None:
    """The report of a salvage that came to its end, with only the note left that it was begun."""
    try:
        with closing(open_reader(folder)) as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'begun_from'").fetchone()
            done = msgspec.json.decode(row[0], type=Salvaged) if row else None
    except (sqlite3.Error, OSError, ValueError, TypeError):
        return None
    return done if done is not None and done.aside == aside else None


def _note(path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.new")
    with new.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    if os.name == "nt":  # a folder can't be opened there
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def salvaged_before(db: sqlite3.Connection) -> Salvaged | None:
    """The report of a salvage that nobody has been told of yet; None when there is none. Asked once."""
    row = db.execute("SELECT value FROM meta WHERE key = 'salvaged'").fetchone()
    if row is None:
        return None
    db.execute("DELETE FROM meta WHERE key = 'salvaged'")
    try:
        return msgspec.json.decode(row[0], type=Salvaged)
    except (ValueError, TypeError):  # it was only a report
        return None
