"""The data folder: room and rights, key, log, and what is kept how long."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import time
from pathlib import Path

from app.checks.finding import Finding
from app.folder import LOG_FILE, allowed, open_to_us
from app.settings import Settings
from server.event import Refused
from server.keys import DeviceKey
from server.log import RESERVE_FILE, Reserve, ls, own_store, tail
from server.node import KEY_FILE
from server.node.folder import bad_key

LOW_DISK_BYTES = 1 << 30
"""Months of a busy shop's orders; below it an installer should make room before leaving."""

RIGHTS = "Give this user the right to read and write it (chown, chmod), or run this as the user who owns it."


PAGE_BYTES = 4096
"""What SQLite makes sure of in the memory that its connections share, by one byte of it. Where a file system gives a
part of that only, and is full, whoever uses it is ended by a signal (SIGBUS)."""


def block_bytes(folder: Path) -> int:
    return os.statvfs(folder).f_bsize if hasattr(os, "statvfs") else PAGE_BYTES


def check_disk(folder: Path, settings: Settings) -> list[Finding]:
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as f:
            f.write(b"pilotlight")
            f.flush()
            started = time.perf_counter()
            os.fsync(f.fileno())
            sync_ms = (time.perf_counter() - started) * 1000
    except OSError as e:
        return [
            Finding(
                "disk",
                "bad",
                f"The data folder {folder} can't be written: {e.strerror}.",
                "Make room on this disk."
                if e.errno == errno.ENOSPC
                else "Give this user the right to write there, or choose another folder with --data.",
            )
        ]
    free = shutil.disk_usage(folder).free
    text = f"{folder}: {free / 1e9:.1f} GB free, a durable write takes {sync_ms:.1f} ms"
    reserve = Reserve(folder, settings.reserve_mb << 20)
    if reserve.is_used:
        text += f"; full, and {reserve.left >> 20} MB are left of what is kept to sell on then"
        return [Finding("disk", "bad", text, "Free at least 1 GB on this disk today.")]
    if free < LOW_DISK_BYTES:
        return [Finding("disk", "warn", text, "Free at least 1 GB on this disk.")]
    if block_bytes(folder) < PAGE_BYTES:
        do = f"Make the file system anew with blocks of {PAGE_BYTES} bytes (mkfs.ext4 -b {PAGE_BYTES})."
        return [Finding("disk", "warn", f"{text}. Its blocks are small: once full, it can end a server at once.", do)]
    return [Finding("disk", "ok", text)]


def check_files(folder: Path, settings: Settings) -> list[Finding]:
    """What a server would refuse to start with."""
    key = folder / KEY_FILE
    try:
        there = key.exists()
    except OSError:
        there = True
    if there and not allowed(key, os.R_OK):
        return [Finding("files", "bad", f"{key} can't be read by this user.", RIGHTS)]
    if there and DeviceKey.public_key_in(key) is None:
        return [Finding("files", "bad", *bad_key(key))]
    for path in sorted(folder.glob(f"{LOG_FILE}*")):
        if not allowed(path, os.R_OK | os.W_OK):
            return [Finding("files", "bad", f"{path} can't be written by this user: the server can't start.", RIGHTS)]
    return []


def check_log(folder: Path, settings: Settings) -> list[Finding]:
    if not (folder / "log.db").exists():
        return [Finding("log", "ok", "none yet; it is made at the first start")]
    try:
        with open_to_us(folder):
            streams = ls(folder)
    except Refused as refused:
        if refused.code == "data_folder":
            return [Finding("log", "bad", refused.text, RIGHTS)]
        return [Finding("log", "bad", refused.text, "Keep the folder, and start with a new one: neighbours refill it.")]
    return [Finding("log", "ok", f"{sum(s.events for s in streams):,} events in {len(streams)} streams")]


def check_retention(folder: Path, settings: Settings) -> list[Finding]:
    """What is used, since when there are sales here, and what will become of that."""
    if not (folder / "log.db").exists():
        return []
    try:
        streams = ls(folder)
        oldest, _ = tail(folder, 1, topics={"orders"}, after=0)
        store = own_store(folder)
    except Refused:
        return []  # `check_log` has said it
    if store == "":
        return [Finding("kept", "ok", f"{used(folder)} used; head office keeps everything. Back it up.")]
    text = f"{used(folder)} used"
    if oldest:
        text += time.strftime("; sales since %Y-%m-%d are here", time.localtime(oldest[0].wall_ms / 1000))
    dropped = sum(s.first_seq - 1 for s in streams)
    if dropped:
        text += f", {dropped:,} older events are at head office only"
    days = settings.keep_sales_days
    if not days or not settings.retention_every_s:
        return [Finding("kept", "ok", f"{text}. Everything is kept for ever, as set.")]
    if settings.office:
        return [Finding("kept", "ok", f"{text}. Kept for {days} days with sales, once head office holds them.")]
    if settings.drop_without_office:
        do = "Set --office, or keep_sales_days = 0, if anybody will ask for older sales."
        return [
            Finding("kept", "warn", f"{text}. After {days} days with sales they are gone: nobody else has them.", do)
        ]
    return [
        Finding("kept", "ok", f"{text}. There is no head office set here, so this terminal decides to drop nothing.")
    ]


def used(folder: Path) -> str:
    """The log, the tables made from it, and damaged logs that were put aside."""
    size = 0
    for f in folder.rglob("*"):
        with contextlib.suppress(OSError):  # a running server removes files, too
            size += f.stat().st_size if f.is_file() and f.name != RESERVE_FILE else 0
    return f"{size / 1e6:,.0f} MB"
