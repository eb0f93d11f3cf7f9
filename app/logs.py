"""`pilotlight log ls · tail · verify`: look into a data folder's streams, whether its server runs or not. `salvage`
puts a damaged log aside and keeps what is whole, with the server stopped."""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from app.folder import open_to_us
from app.settings import default_data_folder
from server.event import Refused
from server.keys import DeviceKey
from server.log import FolderLock, is_unfinished, ls, own_store, salvage, tail, verify
from server.node import KEY_FILE

PROGRESS_EVENTS = 20_000
"""Below it a check is done before anybody wonders."""


def when(ms: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(ms / 1000)) + f".{ms % 1000:03d}"


def print_json(value: Any) -> None:
    print(json.dumps(msgspec.to_builtins(value)))


def run_ls(folder: Path, arguments: argparse.Namespace) -> int:
    streams = ls(folder)
    if arguments.json:
        print_json(streams)
        return 0
    print(f"{'stream':<34} {'store':<14} {'events':>9} {'from':>9}  newest")
    for s in streams:
        mark = "*" if s.own else " "
        name, store = f"{s.log_id}/{s.topic:<16}", s.store or "head office"
        print(f"{mark} {name} {store:<14} {s.events:>9,} {s.first_seq:>9,}  {when(s.last_ms)}")
    print(f"{len(streams)} streams; * written by this device")
    dropped = sum(s.first_seq - 1 for s in streams)
    if dropped:
        where = "not here: no store held them any more" if own_store(folder) == "" else "at head office only"
        print(f"{dropped:,} older events are {where} (below “from”)")
    return 0


def run_tail(folder: Path, arguments: argparse.Namespace) -> int:
    topics = [t.strip() for t in arguments.topics.split(",") if t.strip()] if arguments.topics else None
    events, _ = tail(folder, arguments.n, topics=topics)
    for event in events:
        if arguments.json:
            facts = {
                "id": f"{event.stream}/{event.seq}",
                "at_ms": event.wall_ms,
                "type": event.type,
                "aggregate_id": event.aggregate_id,
                "command_id": event.command_id,
                "data": event.data(),
            }
            print(json.dumps(facts, default=str))
        else:
            again = f", first written in another log as number {event.origin[1]}" if event.origin else ""
            print(f"{when(event.wall_ms)}  {event.type:<20} {event.aggregate_id}  ({event.stream}/{event.seq}{again})")
    return 0


def run_verify(folder: Path, arguments: argparse.Namespace) -> int:
    def progress(done: int, of: int) -> None:
        if of > PROGRESS_EVENTS and sys.stderr.isatty():
            print(f"\r{done:,} of {of:,} events", end="", file=sys.stderr, flush=True)

    report = verify(folder, progress)
    if arguments.json:
        print_json({**msgspec.to_builtins(report), "text": report.text})
    elif report.ok:
        print(report.text)
    if not report.ok:
        print(report.text, file=sys.stderr)
    return 0 if report.ok else 1


def sound(folder: Path) -> bool:
    try:
        return verify(folder).ok
    except Refused:
        return False  # it can't be read to its end


def run_salvage(folder: Path, arguments: argparse.Namespace) -> int:
    if not is_unfinished(folder):
        if not (folder / "log.db").is_file():
            raise Refused("no_log", f"There is no log in {folder}. Name the data folder with --data.")
        if not os.access(folder / "log.db", os.R_OK | os.W_OK):
            raise Refused(
                "data_folder", f"{folder / 'log.db'} can't be read and written. Change its owner or its rights."
            )
    lock = FolderLock(folder)
    try:
        if not is_unfinished(folder) and sound(folder):
            raise Refused("not_damaged", f"The log in {folder} is as it was written. There is nothing to salvage.")
        done = salvage(folder, DeviceKey.public_key_in(folder / KEY_FILE))
    except (OSError, sqlite3.Error) as e:
        raise Refused(
            "not_salvaged",
            f"The log could not be salvaged ({e}). Nothing is lost: what there was lies whole in a folder damaged-…. "
            "Free some space or mend the disk, then run this again.",
        ) from None
    finally:
        lock.release()
    if arguments.json:
        print_json({**msgspec.to_builtins(done), "text": done.text})
    else:
        print(done.text)
    return 0


def run_log(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.data or default_data_folder()
    run = {"ls": run_ls, "tail": run_tail, "verify": run_verify, "salvage": run_salvage}[arguments.action]
    with open_to_us(folder):
        return run(folder, arguments)
