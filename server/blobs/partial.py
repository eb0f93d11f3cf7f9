"""A blob that is not whole yet: a file that grows, and a mark beside it that says how much of it can be relied on.

Bytes are appended; now and then they are synced and the mark is renamed into place, with the length and the SHA-256 up
to there. After a kill or a power cut the file is cut to the mark's length and hashed once: what does not match is
thrown away. Only a file whose whole hash is its name gets that name. Everything here blocks.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

import msgspec

READ_BYTES = 256 * 1024


class Mark(msgspec.Struct, frozen=True):
    """`length` bytes of `total` hash to `sha256` and came from `sources`."""

    length: int
    total: int
    sha256: bytes
    sources: list[str] = []


class Partial:
    """`take_up` one, `write`, `mark`, and `finish` or `discard` it; `close` leaves it for later. Raises `OSError`."""

    def __init__(self, folder: Path, digest: str) -> None:
        self.length = self.total = 0
        self.sources: list[str] = []
        self._folder, self._digest = folder, digest
        self._file = folder / f"{digest}.part"
        self._mark = folder / f"{digest}.mark"
        self._hash = hashlib.sha256()
        self._fd = -1

    @classmethod
    def take_up(cls, folder: Path, digest: str) -> Partial:
        """Goes on where it was, or begins."""
        one = cls(folder, digest)
        one._fd = os.open(one._file, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            mark = one._read_mark()
            if mark is not None and one._hashes_to(mark):
                one.length, one.total, one.sources = mark.length, mark.total, list(mark.sources)
            else:
                one._hash = hashlib.sha256()
            os.ftruncate(one._fd, one.length)
            os.lseek(one._fd, one.length, os.SEEK_SET)
        except BaseException:
            one.close()
            raise
        return one

    def _read_mark(self) -> Mark | None:
        try:
            mark = msgspec.msgpack.decode(self._mark.read_bytes(), type=Mark)
        except (OSError, msgspec.MsgspecError):
            return None
        return mark if 0 <= mark.length <= os.fstat(self._fd).st_size else None

    def _hashes_to(self, mark: Mark) -> bool:
        left = mark.length
        while left > 0:
            data = os.read(self._fd, min(left, READ_BYTES))
            if not data:
                return False
            self._hash.update(data)
            left -= len(data)
        return self._hash.digest() == mark.sha256

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]
        self._hash.update(data)
        self.length += len(data)

    def mark(self, total: int, sources: list[str]) -> None:
        """What was written is there after a power cut, too."""
        self.total, self.sources = total, sources
        os.fsync(self._fd)
        mark = Mark(self.length, total, self._hash.digest(), sources)
        new = self._mark.with_suffix(".mark.new")
        fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        try:
            os.write(fd, msgspec.msgpack.encode(mark))
            os.fsync(fd)
        finally:
            os.close(fd)
        new.replace(self._mark)
        sync_folder(self._folder)

    @property
    def closed(self) -> bool:
        return self._fd < 0

    @property
    def right(self) -> bool:
        """Whether what is here is the blob."""
        return self._hash.hexdigest() == self._digest

    def finish(self) -> Path:
        """The blob gets its name, durably. Ask `right` before."""
        assert self.right, "a blob has the hash that is its name"
        os.fsync(self._fd)
        self.close()
        path = self._folder / self._digest
        self._file.replace(path)
        sync_folder(self._folder)
        self._mark.unlink(missing_ok=True)
        return path

    def restart(self) -> None:
        """Begins again: nothing of it is right."""
        self._mark.unlink(missing_ok=True)
        os.ftruncate(self._fd, 0)
        os.lseek(self._fd, 0, os.SEEK_SET)
        self._hash = hashlib.sha256()
        self.length = self.total = 0
        self.sources = []

    def discard(self) -> None:
        self.close()
        self._mark.unlink(missing_ok=True)
        self._file.unlink(missing_ok=True)

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def sync_folder(folder: Path) -> None:
    """A new name in it is durable. Windows has no such thing, and needs none."""
    with contextlib.suppress(OSError, AttributeError):
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
