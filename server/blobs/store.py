"""The folder `blobs`: one file for each blob, named by its SHA-256. Everything here blocks: call it in threads.

What nobody refers to any more is kept for a while (a menu may come back, and another one is being put together), and
goes first when room is needed. What is referred to is never dropped.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import threading
import time
from collections.abc import Collection
from pathlib import Path

from server.blobs.digest import is_digest
from server.blobs.frames import MAX_BLOB_BYTES
from server.blobs.partial import READ_BYTES, Partial, sync_folder
from server.event import Refused

FOLDER = "blobs"
VARIANTS = "variants"

MIN_FREE_BYTES = 256 * 1024 * 1024
"""Free on the disk after a blob was taken in: orders need room more than pictures do."""

GRACE_S = 7 * 24 * 3600.0
"""A blob that nobody refers to is kept so long: last week's menu comes back with all its pictures."""

SHORT_GRACE_S = 3600.0
"""And so long even when room is needed: it was put in for a menu that is about to be published."""

SEEN_EVERY_S = 6 * 3600.0
"""How exactly it is known when a blob was last referred to: the time of its file."""


class BlobStore:
    """`space_bytes`: what all blobs together may take."""

    def __init__(self, data: Path, space_bytes: int, min_free_bytes: int = MIN_FREE_BYTES) -> None:
        self.folder = data / FOLDER
        self.variants = self.folder / VARIANTS
        self.space_bytes = space_bytes
        self._min_free_bytes = min_free_bytes
        self._sizes: dict[str, int] = {}
        self._lock = threading.Lock()
        self._referred: Collection[str] = ()

    def open(self) -> None:
        """Makes the folder and looks what is there. Files that a kill left behind go."""
        self.variants.mkdir(parents=True, exist_ok=True)
        sizes = {}
        for entry in os.scandir(self.folder):
            if is_digest(entry.name):
                sizes[entry.name] = entry.stat().st_size
            elif ".new" in entry.name:
                _clear(entry.path)
        for entry in os.scandir(self.variants):
            if ".new" in entry.name:
                _clear(entry.path)
        self._sizes = sizes

    # -- what is here (from memory) -----------------------------------------------------------------------------------

    def has(self, digest: str) -> bool:
        return digest in self._sizes

    def size(self, digest: str) -> int:
        """0 when it is not here."""
        return self._sizes.get(digest, 0)

    def used_bytes(self) -> int:
        return sum(self._sizes.copy().values())

    def count(self) -> int:
        return len(self._sizes)

    def path(self, digest: str) -> Path:
        return self.folder / digest

    def read(self, digest: str, offset: int, length: int) -> bytes:
        with self.path(digest).open("rb") as f:
            f.seek(offset)
            return f.read(length)

    # -- taking in ----------------------------------------------------------------------------------------------------

    def check_room(self, size: int) -> None:
        """Raises `Refused` when so much more can't be taken in, after what nobody needs was dropped."""
        if size > MAX_BLOB_BYTES:
            raise Refused("too_large", f"It has {size / 1e6:.0f} MB; up to {MAX_BLOB_BYTES / 1e6:.0f} MB are taken.")
        with self._lock:
            self._make_room(size)
        if self.used_bytes() + size > self.space_bytes:
            raise Refused(
                "blobs_full",
                f"Pictures take {self.used_bytes() / 1e6:.0f} MB already and may take {self.space_bytes / 1e6:.0f} MB. "
                "Use fewer or smaller ones, or raise blob_space_mb in settings.toml.",
            )
        if shutil.disk_usage(self.folder).free - size < self._min_free_bytes:
            raise Refused(
                "disk_full",
                f"The disk has no room for a picture of {size / 1e6:.1f} MB: {self._min_free_bytes / 1e6:.0f} MB are "
                "kept free for orders. Make room on the disk.",
            )

    def incoming(self) -> Incoming:
        """For bytes that come in one go."""
        return Incoming(self)

    def partial(self, digest: str) -> Partial:
        """For bytes that come in pieces, over days if need be."""
        return Partial.take_up(self.folder, digest)

    def came(self, digest: str, size: int) -> None:
        """A blob is here now, whole and right."""
        self._sizes[digest] = size

    # -- dropping -----------------------------------------------------------------------------------------------------

    def sweep(self, referred: Collection[str], now_s: float | None = None) -> list[str]:
        """Drops what nobody has referred to for long enough; names it."""
        now_s = time.time() if now_s is None else now_s
        with self._lock:
            self._referred = referred
            dropped = []
            for digest, seen_s in self._seen().items():
                if digest in referred:
                    if not now_s - SEEN_EVERY_S <= seen_s <= now_s:
                        with contextlib.suppress(OSError):
                            os.utime(self.path(digest), (now_s, now_s))
                elif now_s - seen_s > GRACE_S:
                    self._drop(digest)
                    dropped.append(digest)
            self._sweep_rest(now_s)
        return dropped

    def _sweep_rest(self, now_s: float) -> None:
        """Beginnings that nobody wants any more, and variants of what has gone."""
        for entry in [*os.scandir(self.folder), *os.scandir(self.variants)]:
            digest = entry.name[:64]
            if entry.is_dir() or entry.name == digest or digest in self._referred or digest in self._sizes:
                continue
            with contextlib.suppress(FileNotFoundError):
                if now_s - entry.stat().st_mtime > GRACE_S:
                    _clear(entry.path)

    def _seen(self) -> dict[str, float]:
        found = {}
        for digest in list(self._sizes):
            try:
                found[digest] = self.path(digest).stat().st_mtime
            except FileNotFoundError:  # somebody took it away
                self._sizes.pop(digest, None)
        return found

    def _make_room(self, size: int) -> None:
        over = self.used_bytes() + size - self.space_bytes
        over = max(over, self._min_free_bytes + size - shutil.disk_usage(self.folder).free)
        if over <= 0:
            return
        now_s = time.time()
        for digest, seen_s in sorted(self._seen().items(), key=lambda one: one[1]):
            if over <= 0:
                return
            if digest not in self._referred and now_s - seen_s > SHORT_GRACE_S:
                over -= self.size(digest)
                self._drop(digest)

    def _drop(self, digest: str) -> None:
        self._sizes.pop(digest, None)
        self.path(digest).unlink(missing_ok=True)
        for variant in self.variants.glob(f"{digest}-*"):
            variant.unlink(missing_ok=True)


def _clear(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


class Incoming:
    """A blob that is put in. Its name is known when it is whole: `write`, then `finish`; or `discard`."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store
        self._path = store.folder / f"{secrets.token_hex(8)}.new"
        self._file = self._path.open("xb")
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> None:
        """Raises `Refused` where there is no room."""
        if self._size // READ_BYTES != (self._size + len(data)) // READ_BYTES or not self._size:
            self._store.check_room(self._size + len(data))
        self._file.write(data)
        self._hash.update(data)
        self._size += len(data)

    def finish(self, digest: str | None = None) -> str:
        """Durable; returns its name. Raises `Refused` when that is not `digest`, or it is empty."""
        found = self._hash.hexdigest()
        if not self._size:
            raise Refused("bad_blob", "The body is empty. Send the file as it is.")
        if digest is not None and found != digest:
            raise Refused(
                "wrong_hash", f"The bytes that came have the SHA-256 {found}. Send the file again, or correct its name."
            )
        self._store.check_room(self._size)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._path.replace(self._store.path(found))
        sync_folder(self._store.folder)
        self._store.came(found, self._size)
        return found

    def discard(self) -> None:
        """Safe after `finish`, too."""
        self._file.close()
        self._path.unlink(missing_ok=True)
