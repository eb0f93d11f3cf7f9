"""`pilotlight backup` and `restore`: one file that holds a data folder's log and settings, and the way back.

A backup is an SQLite file: the log as it was at one moment, and the settings beside it. It holds no key. What is
restored is a device of its own: it begins a new log, so it never tells another story under an old name, and everything
that happened since the backup comes back from the other terminals and head office.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from app.folder import LOG_FILE, is_folder, made_in_vain, open_to_us
from app.settings import SETTINGS_FILE, default_data_folder
from server.blobs.partial import sync_folder
from server.event import Refused
from server.log import FolderLock, check_there, own_store, verify

SETTINGS_KEY = "backup.settings"


def run_backup(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.data or default_data_folder()
    file: Path = arguments.file
    with open_to_us(folder):
        check_there(folder)
    if file.exists():
        raise Refused("backup_exists", f"{file} exists already. Choose another name; a backup is never overwritten.")
    facts = back_up(folder, file)
    said = f"{facts['events']} events of {facts['streams']} streams are in {file} ({facts['bytes'] // 1024:,} kB)."
    if facts["left_out"]:
        said += f" {facts['left_out']}"
    print(json.dumps(facts | {"text": said}) if arguments.json else said)
    return 0


def back_up(folder: Path, file: Path) -> dict[str, Any]:
    """Writes the backup, checks every hash and seal in it, then gives it its name. A running server goes on."""
    new = file.with_name(file.name + ".new")
    work = file.with_name(file.name + ".check")
    try:
        new.unlink(missing_ok=True)
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(f"{(folder / LOG_FILE).absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.execute("VACUUM INTO ?", (str(new),))
        check_there(folder)  # no salvage began meanwhile
        settings, left_out = settings_text(folder / SETTINGS_FILE)
        with closing(sqlite3.connect(new)) as db:
            db.execute("PRAGMA journal_mode = DELETE")
            if settings is not None:
                db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (SETTINGS_KEY, settings))
            db.commit()
        work.mkdir(mode=0o700)
        os.link(new, work / LOG_FILE)
        report = verify(work)
        if not report.ok:
            raise Refused("log_damaged", f"The log is damaged ({report.text}). Salvage it first.")
        if not (report.streams or report.log_id):
            raise Refused(
                "no_log", f"There is nothing in the log of {folder} yet. Start its server once, then try again."
            )
        with new.open("rb") as f:
            os.fsync(f.fileno())
        new.replace(file)
    except sqlite3.Error as e:
        raise Refused("backup_failed", f"The backup could not be written to {file} ({e}). Check that disk.") from None
    except OSError as e:
        raise Refused(
            "backup_failed", f"The backup could not be written to {file} ({e.strerror}). Check that disk."
        ) from None
    finally:
        new.unlink(missing_ok=True)
        shutil.rmtree(work, ignore_errors=True)
    facts = {"file": str(file), "events": report.events, "streams": report.streams, "bytes": file.stat().st_size}
    return facts | {"left_out": left_out}


def settings_text(path: Path) -> tuple[str | None, str]:
    """The settings, None when there are none or none that can be read; and a sentence that says so."""
    try:
        return path.read_text("utf-8"), ""
    except FileNotFoundError:
        return None, ""
    except UnicodeDecodeError:
        why = "it is not text"
    except OSError as e:
        why = "it is a folder" if is_folder(path) else f"{e.strerror}"
    return None, f"{path} was left out ({why}): the backup holds the log only."


def run_restore(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.data or default_data_folder()
    file: Path = arguments.file
    if not file.is_file():
        raise Refused("no_backup", f"There is no backup {file}. Check its name.")
    wal = file.with_name(f"{file.name}-wal")
    if wal.exists() and wal.stat().st_size:
        raise Refused(
            "no_backup",
            f"{file} is no backup but a log, and its newest part lies beside it in {wal.name}. "
            "Make a backup of it with `pilotlight backup`, or start a server in the folder that both lie in.",
        )
    with made_in_vain(folder):
        facts = restore(file, folder)
    said = (
        f"{facts['events']} events are in {folder} again. Start it as before: it begins a new log, and what happened "
        "since the backup comes from the other terminals and head office."
    )
    print(json.dumps(facts | {"text": said}) if arguments.json else said)
    return 0


def restore(file: Path, folder: Path) -> dict[str, Any]:
    """Fills an empty data folder from a backup. Nothing in a folder with a log is ever replaced."""
    lock = FolderLock(folder)
    new = folder / "restore.new"
    try:
        if (folder / LOG_FILE).exists():
            raise Refused(
                "folder_not_empty", f"{folder} has a log already. Restore into another folder, or move that log away."
            )
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        shutil.copyfile(file, new / LOG_FILE)
        (new / LOG_FILE).chmod(0o600)
        report = verify(new)
        if not report.ok:
            raise Refused("backup_damaged", f"{file} is damaged ({report.text}). Take another backup.")
        if not (report.streams or report.log_id):
            raise Refused("backup_damaged", f"There is nothing in {file}. Take another backup.")
        store = own_store(new)
        with closing(sqlite3.connect(new / LOG_FILE)) as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (SETTINGS_KEY,)).fetchone()
            db.execute("DELETE FROM meta WHERE key = ?", (SETTINGS_KEY,))
            db.commit()
        if row is not None and not (folder / SETTINGS_FILE).exists():
            (folder / SETTINGS_FILE).write_text(row[0], "utf-8")
        with (new / LOG_FILE).open("r+b") as f:  # sales will be synced beside it, and stand on it
            os.fsync(f.fileno())
        (new / LOG_FILE).replace(folder / LOG_FILE)
        sync_folder(folder)
    except Refused as e:
        if e.code in ("log_damaged", "no_log"):
            raise Refused("backup_damaged", f"{file} is not a whole backup. Take another.") from None
        raise
    except sqlite3.Error as e:
        said = " ".join(str(e).split())  # of a damaged schema it quotes whole tables
        raise Refused("backup_damaged", f"{file} is not a whole backup ({said}). Take another.") from None
    except OSError as e:
        raise Refused("restore_failed", f"{folder} could not be filled ({e.strerror}). Check its disk.") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
        lock.release()
    return {"folder": str(folder), "store": store, "events": report.events, "streams": report.streams}
