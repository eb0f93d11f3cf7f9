"""Where terminals of the store were met, or are by what others tell: kept in a small file, for the next start."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from server.replication.actions import PeerState
from server.replication.greeting import MAX_DEVICE_ID, is_address

MAX_KNOWN = 64
"""More terminals than a shop has. One that is met takes the place of the one not met for longest."""

MAX_ADDRESSES = 4
"""Of one terminal, where several tell different ones."""

FORGET_AFTER_MS = 7 * 24 * 3600 * 1000
"""Neither met nor told of for this long: it is not called any more."""

SAVE_EVERY_MS = 3600 * 1000
"""How often the file is written only because time has passed."""

MAX_FILE_BYTES = 256 * 1024

logger = logging.getLogger("pilotlight.mesh")


class Known(msgspec.Struct):
    """`addresses` are HOST:PORT, the likeliest first."""

    addresses: list[str]
    seen_ms: int


class _File(msgspec.Struct):
    store: str
    terminals: dict[str, Known]


class Acquaintances:
    """Bookkeeping and its file. `path` None: nothing is kept."""

    def __init__(self, store: str, path: Path | None) -> None:
        self.known: dict[str, Known] = {}
        self._store = store
        self._path = path
        self._saved: dict[str, list[str]] = {}
        self._saved_ms = 0

    def load(self, now_ms: int) -> None:
        """Reads the file; one that is missing, broken or another store's is no file."""
        if self._path is None:
            return
        try:
            if self._path.stat().st_size > MAX_FILE_BYTES:
                return
            file = msgspec.json.decode(self._path.read_bytes(), type=_File)
        except (OSError, ValueError, RecursionError):
            return
        if file.store != self._store:
            return
        for device_id, known in list(file.terminals.items())[:MAX_KNOWN]:
            addresses = [a for a in known.addresses if is_address(a)][:MAX_ADDRESSES]
            if addresses and len(device_id) <= MAX_DEVICE_ID:
                self.known[device_id] = Known(addresses, min(known.seen_ms, now_ms))
        self._forget(now_ms)

    def update(self, peers: Iterable[PeerState], now_ms: int) -> None:
        """Takes in who is connected, and whom they reach."""
        met: dict[str, str] = {}
        told: dict[str, set[str]] = {}
        for peer in peers:
            if peer.store != self._store:
                continue
            if is_address(peer.address):
                met[peer.device_id] = peer.address
            for device_id, address in peer.addresses.items():
                told.setdefault(device_id, set()).add(address)
        for device_id in met | told:
            first = [met[device_id]] if device_id in met else []
            others = sorted(told.get(device_id, set()) - set(first))
            self._note(device_id, [*first, *others][:MAX_ADDRESSES], bool(first), now_ms)
        self._forget(now_ms)

    def _note(self, device_id: str, addresses: Sequence[str], met: bool, now_ms: int) -> None:
        known = self.known.get(device_id)
        if known is None:
            if len(self.known) >= MAX_KNOWN:
                oldest = min(self.known, key=lambda d: self.known[d].seen_ms)
                if not met or self.known[oldest].seen_ms >= now_ms:
                    return
                del self.known[oldest]
            known = self.known[device_id] = Known([], now_ms)
        known.addresses, known.seen_ms = list(addresses), now_ms

    def _forget(self, now_ms: int) -> None:
        for device_id, known in list(self.known.items()):
            if now_ms - known.seen_ms > FORGET_AFTER_MS:
                del self.known[device_id]

    def save(self, now_ms: int) -> None:
        """Writes the file if it would say something else."""
        facts = {device_id: known.addresses for device_id, known in self.known.items()}
        if self._path is None or (facts == self._saved and 0 <= now_ms - self._saved_ms < SAVE_EVERY_MS):
            return
        self._saved, self._saved_ms = facts, now_ms
        new = self._path.with_name(self._path.name + ".new")
        try:  # a comfort, not a promise: no fsync, and a full disk is somebody else's to report
            new.write_bytes(msgspec.json.encode(_File(self._store, self.known)))
            os.replace(new, self._path)
        except OSError as e:
            logger.info("where the others are can't be kept: %s", e)
