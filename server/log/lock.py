"""The lock on a data folder: one process at a time. The system drops it when the process ends, however it ends."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import BinaryIO

from server.event import Refused

LOCK_FILE = "lock"

if sys.platform == "win32":
    import msvcrt

    LOCKED_BYTE = 1 << 30
    """Windows locks keep others from reading, so the locked byte lies far behind the process id."""

    def _lock(file: BinaryIO) -> None:
        file.seek(LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)
else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """Held from construction to `release`. Raises `Refused`: `data_folder_in_use` or `data_folder`."""

    def __init__(self, folder: Path) -> None:
        path = folder / LOCK_FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+b", buffering=0)
        except OSError as e:
            if os.path.lexists(path) and not path.is_file():
                what = f"{path} is not a file ({e.strerror}). Move it away, then start again."
                raise Refused("data_folder", what) from None
            do = (
                "Make room on its disk"
                if e.errno == errno.ENOSPC
                else "Choose another with --data, or change its owner"
            )
            raise Refused("data_folder", f"The data folder {folder} is not writable ({e.strerror}). {do}.") from None
        try:
            _lock(self._file)
        except OSError:
            pid = self._file.read(32).decode("ascii", "replace").strip() or "unknown"
            self._file.close()
            raise Refused(
                "data_folder_in_use",
                f"The data folder {folder} is already in use by process {pid}. Stop that one first, "
                "or choose another folder with --data.",
            ) from None
        try:
            self._file.truncate(0)
            self._file.write(f"{os.getpid()}\n".encode())
        except OSError:
            pass  # a full disk: the lock holds all the same, only its owner's number is missing

    def release(self) -> None:
        self._file.close()
