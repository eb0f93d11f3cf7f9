"""Room for the write-ahead log, made before anybody waits for it.

A commit that makes its file longer must also write down where the new part lies, and waits until the file system has
done so for everybody: some milliseconds, and now and then a tenth of a second. One that writes over what is there
waits for its own bytes only. SQLite takes zeros for the end of what was committed.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

from server.log.schema import LOG_FILE

logger = logging.getLogger("pilotlight.log")

SPARE = 64
"""The disk must have so many times the room free: one that is nearly full has better uses for it."""


def make_room(folder: Path, size: int) -> None:
    """Lengthens the write-ahead log to `size` bytes of zeros. To be called while nobody writes to it. A comfort: when
    it can't be done, all is as it was."""
    path = folder / f"{LOG_FILE}-wal"
    try:
        if shutil.disk_usage(folder).free < SPARE * size:
            return
        fd = os.open(path, os.O_WRONLY | getattr(os, "O_BINARY", 0))
    except OSError:
        return
    try:
        used = os.fstat(fd).st_size
        if used >= size:
            return
        try:
            os.lseek(fd, used, os.SEEK_SET)
            left = size - used
            while left > 0:
                left -= os.write(fd, bytes(left))
            os.fsync(fd)
        except OSError as e:
            logger.info("no room could be made for the write-ahead log: %s", e)
            os.ftruncate(fd, used)
    except OSError as e:
        logger.warning("the write-ahead log could not be looked at: %s", e)
    finally:
        os.close(fd)
