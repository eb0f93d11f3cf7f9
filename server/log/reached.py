"""How far a log has come, in a file beside it.

A log whose file is put back to an older state (an image of the disk, a copy of the file, a write-ahead log that was
thrown away) looks whole, and would give its numbers a second time. This file is not part of it: where it says that the
log had come further, the log ends, and another one begins with numbers of its own.

It is written after each commit and never synced, so it may be behind the log after a power cut, but never ahead. A
check sum stands in it: a flipped bit would speak of entries that never were, and end a log that is whole.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

REACHED_FILE = "log.reached"
DIGITS = 20

logger = logging.getLogger("pilotlight.log")


class Reached:
    """Written by the log's writer."""

    def __init__(self, folder: Path, log_id: str) -> None:
        self._path = folder / REACHED_FILE
        self._log_id = log_id
        self._file: BinaryIO | None = None
        self._failed = False

    def note(self, position: int) -> None:
        """The log is durable up to here. What the disk says against it is no reason not to sell."""
        if self._failed:
            return
        try:
            if self._file is None:
                self._path.touch(mode=0o600)
                self._file = self._path.open("r+b", buffering=0)
            self._file.seek(0)
            self._file.write(_line(self._log_id, position))
        except OSError as e:
            self._failed = True
            logger.warning("how far the log has come can't be written down (%s)", e)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def reached(folder: Path, log_id: str) -> int:
    """The last position that this log is known to have had; 0 when nothing is known."""
    known, position = last_reached(folder)
    return position if known == log_id else 0


def last_reached(folder: Path) -> tuple[str, int]:
    """The log of which something is known, `""` for none, and its last position."""
    try:
        written = (folder / REACHED_FILE).read_bytes()
        log_id, position, _ = written.decode().split()
        return (log_id, int(position)) if written == _line(log_id, int(position)) else ("", 0)
    except (OSError, ValueError):
        return "", 0


def _line(log_id: str, position: int) -> bytes:
    said = f"{log_id} {position:0{DIGITS}}"
    return f"{said} {crc32(said.encode()):08x}\n".encode()
