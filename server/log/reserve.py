"""Space that a terminal keeps for the day on which its disk is full: a file that is made shorter when nothing else
fits. What fills a shop's disks is mostly another program, and mostly all of them alike, at noon.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import threading
from pathlib import Path

logger = logging.getLogger("pilotlight.log")

RESERVE_FILE = "reserve"

SLICE_BYTES = 8 * 1024 * 1024
"""Given at once: some hundred orders. Not all of it, or whatever filled the disk might take it, too."""

LOW_BYTES = 4 * 1024 * 1024
"""With less free space a slice is given before anything fails: a table that could not be written is not shown for a
second, and where the file system has no block for a page of shared memory SQLite's process is ended."""

NEARLY_FULL_BYTES = 64 * 1024 * 1024
"""With more space free nobody needs to hear of it."""

SPARE = 4
"""The disk must have so many times the reserve free for it to be made, so that it is never what fills a disk."""


class Reserve:
    """`size`: of the whole, in bytes; 0 for none, and what is there already is used up all the same. May be asked in
    any thread."""

    def __init__(self, folder: Path, size: int = 0) -> None:
        self._path = folder / RESERVE_FILE
        self._size = size
        self._turn = threading.Lock()

    @property
    def left(self) -> int:
        """Bytes that are still kept."""
        with contextlib.suppress(OSError):
            return self._path.stat().st_size
        return 0

    @property
    def is_used(self) -> bool:
        """The disk was full, and has hardly any room yet."""
        with contextlib.suppress(OSError):
            return self._path.stat().st_size < self._size and self._free < NEARLY_FULL_BYTES
        return False

    @property
    def _free(self) -> int:
        return shutil.disk_usage(self._path.parent).free

    def give(self) -> bool:
        """Frees a slice; False when nothing is left."""
        with self._turn:
            left = self.left
            if not left:
                return False
            try:
                os.truncate(self._path, max(0, left - SLICE_BYTES))
            except OSError as e:
                logger.warning("the reserve could not be used: %s", e)
                return False
            logger.warning("the disk is full; %d MB of the reserve are left", max(0, left - SLICE_BYTES) >> 20)
            return True

    def give_when_low(self) -> None:
        """Frees what is needed for there to be some space."""
        with contextlib.suppress(OSError):
            while self._free < LOW_BYTES and self.give():
                pass

    def fill(self) -> None:
        """Makes it whole where there is space enough. A comfort: when it can't be done, all is as it was."""
        with self._turn, contextlib.suppress(OSError):
            left = self.left
            if left >= self._size or self._free < SPARE * self._size:
                return
            with self._path.open("ab") as file:
                try:
                    lengthen(file.fileno(), left, self._size)
                except OSError as e:
                    logger.info("no reserve could be made: %s", e)
                    os.ftruncate(file.fileno(), left)
            if not self.left:
                self._path.unlink()


def lengthen(fd: int, size: int, wanted: int) -> None:
    """With blocks that are this file's from now on. Where the system has no call for that, zeros are written."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(fd, size, wanted - size)
        return
    while size < wanted:
        size += os.write(fd, bytes(min(1 << 20, wanted - size)))
