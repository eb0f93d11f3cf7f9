"""Where a log lies, so that a copy of it knows that it is one.

A log continued in two places would tell two stories under one name. So the file remembers where it was made: the
file's number and birth on its disk, and the machine. A copied folder, a restored backup and a cloned disk in another
machine are found somewhere else, and begin a log of their own.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from server.log.schema import LOG_FILE, open_reader

MACHINE_FILES = (
    "/etc/machine-id",
    "/sys/class/dmi/id/product_uuid",
    "/sys/firmware/devicetree/base/serial-number",
)
"""What tells one machine from another and stays when cables and adapters change. A cloned disk brings the first along,
not the others."""


def place_of(file: Path) -> str:
    """A short text that is another one for every copy of the file. Raises `OSError` for a file that is not there."""
    facts = [str(file.stat().st_ino), born(file)]
    for name in MACHINE_FILES:
        try:
            facts.append(Path(name).read_bytes().hex())
        except OSError:
            facts.append("")
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:32]


def born(file: Path) -> str:
    """When the file was made, as its file system tells; `""` where it does not. Numbers of files are used again."""
    birth = getattr(file.stat(), "st_birthtime", None)
    if birth is not None:
        return str(birth)
    try:
        buffer = ctypes.create_string_buffer(256)
        if ctypes.CDLL(None).statx(_AT_FDCWD, os.fsencode(file.absolute()), 0, _STATX_BTIME, buffer) != 0:
            return ""
    except (AttributeError, OSError):  # another system, or an older C library
        return ""
    return buffer.raw[80:92].hex()  # struct statx: stx_btime


_AT_FDCWD = -100
_STATX_BTIME = 0x800


PlaceOf = Callable[[Path], str]
"""As `place_of`."""


def is_a_copy(folder: Path, place_of: PlaceOf = place_of) -> bool:
    """Whether the log in `folder` was begun somewhere else. False where there is none, or none that can be read."""
    try:
        with closing(open_reader(folder)) as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'place'").fetchone()
        return row is not None and row[0] != place_of(folder / LOG_FILE)
    except (OSError, sqlite3.Error):
        return False
