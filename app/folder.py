"""A data folder as the command line meets it: there or not, with rights or without."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from server.event import Refused

LOG_FILE = "log.db"
LOCK_FILE = "lock"


@contextmanager
def open_to_us(folder: Path) -> Iterator[None]:
    """What the system refuses inside becomes one sentence. Raises `Refused("data_folder")`."""
    try:
        may_read(folder / LOG_FILE)
        yield
    except BrokenPipeError:
        raise  # the reader of our output has left; that is no matter of the folder's
    except OSError as e:
        raise refusal(folder, e) from None


@contextmanager
def made_in_vain(folder: Path) -> Iterator[None]:
    """A folder that is made for what is refused then goes again, if nothing but the lock has come into it."""
    made = [path for path in (folder, *folder.parents) if not os.path.exists(path)]
    try:
        yield
    except Refused:
        if made:
            remove_empty(made)
        raise


def remove_empty(folders: list[Path]) -> None:
    """The data folder, first of `folders`, when only its lock is in it and nobody else has that; then its parents."""
    from server.log import FolderLock  # what reads settings does without

    with suppress(OSError, Refused):
        if {path.name for path in folders[0].iterdir()} <= {LOCK_FILE}:
            lock = FolderLock(folders[0])
            try:
                (folders[0] / LOCK_FILE).unlink()
            finally:
                lock.release()
            for path in folders:
                path.rmdir()


def may_read(path: Path) -> None:
    """Raises `PermissionError` for a file that is there, or may be, and is kept from us. It is not opened: to close a
    log's file would drop the locks that SQLite holds on it in this process."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    if not allowed(path, os.R_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def allowed(path: Path, how: int) -> bool:
    """Whether we have the right to `how` (`os.R_OK`, `os.W_OK`, `os.X_OK`)."""
    return os.access(path, how, effective_ids=os.access in os.supports_effective_ids)


def is_folder(path: Path) -> bool:
    """False, too, where we may not even look."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_office(folder: Path) -> bool:
    """Whether head office's log is in it; False, too, for one that can't be read."""
    from server.log import own_store  # what reads settings does without

    try:
        return own_store(folder) == ""
    except (OSError, Refused):
        return False


def refusal(folder: Path, e: OSError) -> Refused:
    return Refused("data_folder", " ".join(complaint(folder, e)))


def complaint(folder: Path, e: OSError) -> tuple[str, str]:
    """`e` in words, and what to do."""
    do = (
        "Run this as the user who owns it, or change its owner."
        if isinstance(e, PermissionError)
        else "Check its rights and its disk."
    )
    what = f"{folder}" if not e.filename or Path(os.fsdecode(e.filename)) == folder else f"{os.fsdecode(e.filename)}"
    return f"The data folder {folder} can't be used ({what}: {e.strerror or e}).", do
