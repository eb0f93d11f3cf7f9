"""The staff's PIN on one terminal: kept as a slow salted hash, tried a few times, then waited for. No Qt here.

Nobody writes a PIN into a log, an exception or a file: it is an argument, and it is gone. Whoever has the disk can try
all PINs of four digits in an hour, whatever the hash; against them only a longer one helps.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

logger = logging.getLogger("pilotlight.staff")

FILE = "staff.json"
TRIES_FILE = "staff.tries"
LEAST, MOST = 4, 12
"""Digits."""

COST, BLOCK, PARALLEL = 2**15, 8, 1
"""scrypt's (RFC 7914): 32 MiB and about a tenth of a second for each try."""

MEMORY = 2 * 128 * COST * BLOCK
SALT_BYTES, HASH_BYTES = 16, 32

FREE_TRIES = 3
"""Slips; from the next wrong one on it is waited for, twice as long each time."""

FIRST_WAIT_S, LONGEST_WAIT_S = 30.0, 3600.0
EASY = ("0123456789", "9876543210")


def complaint(pin: str) -> str:
    """Why this can't be a PIN, in one sentence; `""` when it can."""
    if not (pin.isascii() and pin.isdigit() and LEAST <= len(pin) <= MOST):
        return f"A PIN is {LEAST} to {MOST} digits."
    if len(set(pin)) == 1 or any(pin in row for row in EASY):
        return "This PIN is guessed at the first try. Take another one."
    return ""


def wait_after(wrong: int) -> float:
    """Seconds to wait after so many wrong tries in a row."""
    if wrong < FREE_TRIES:
        return 0.0
    return min(FIRST_WAIT_S * 2.0 ** min(wrong - FREE_TRIES, 16), LONGEST_WAIT_S)


class Pin:
    """The PIN of a data folder. Everything is read anew each time: `pilotlight pin` may have changed it."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._file = folder / FILE
        self._tries = folder / TRIES_FILE
        self._clock = clock
        self._here = (0, 0.0)  # wrong tries and when, where the disk takes none

    @property
    def is_set(self) -> bool:
        return self._read(self._file).get("hash") is not None

    def set(self, pin: str) -> None:
        """Raises `ValueError` with a sentence for what can't be a PIN, and `OSError`."""
        if wrong := complaint(pin):
            raise ValueError(wrong)
        salt = secrets.token_bytes(SALT_BYTES)
        kept = {
            "n": COST,
            "r": BLOCK,
            "p": PARALLEL,
            "salt": salt.hex(),
            "hash": _hash(pin, salt, COST, BLOCK, PARALLEL).hex(),
        }
        write(self._file, kept)
        self._tries.unlink(missing_ok=True)

    def clear(self) -> None:
        """The door stays shut until one is set."""
        self._file.unlink(missing_ok=True)
        self._tries.unlink(missing_ok=True)

    def waits_s(self) -> float:
        """How long no try is taken. A clock that was set back makes it no shorter, and no longer than it ever was."""
        wrong, at = self._wrong()
        wait = wait_after(wrong)
        return min(wait, max(0.0, at + wait - self._clock()))

    def check(self, pin: str) -> bool:
        """Whether this is it. A try is counted before it is looked at, so that pulling the plug saves none. Takes a
        tenth of a second: not for a thread that draws. False while it is to be waited."""
        kept = self._read(self._file)
        if self.waits_s() > 0:
            return False
        self._count(self._wrong()[0] + 1)
        try:
            salt, wanted = bytes.fromhex(kept["salt"]), bytes.fromhex(kept["hash"])
            found = _hash(pin, salt, int(kept["n"]), int(kept["r"]), int(kept["p"]))
        except (KeyError, ValueError, TypeError):
            return False  # none set, or a file that is none of ours
        if not hmac.compare_digest(found, wanted):
            return False
        self._count(0)
        return True

    def _wrong(self) -> tuple[int, float]:
        kept = self._read(self._tries)
        try:
            there = (int(kept.get("wrong", 0)), float(kept.get("at_s", 0.0)))
        except (TypeError, ValueError):
            there = (FREE_TRIES, self._clock())
        return max(there, self._here)

    def _count(self, wrong: int) -> None:
        now = self._clock()
        self._here = (wrong, now)
        try:
            if wrong:
                write(self._tries, {"wrong": wrong, "at_s": now})
            else:
                self._tries.unlink(missing_ok=True)
        except OSError as e:  # staff must get in on a full disk, too; tries are counted until the next start
            logger.warning("tries at the staff door are not written down: %s", e)

    @staticmethod
    def _read(file: Path) -> dict[str, Any]:
        try:
            kept = json.loads(file.read_bytes())
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}


def _hash(pin: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=n, r=r, p=p, maxmem=max(MEMORY, 256 * n * r), dklen=HASH_BYTES)


def write(file: Path, kept: dict[str, Any]) -> None:
    """Whole or not at all, readable by this user alone."""
    new = file.with_name(file.name + ".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        json.dump(kept, f)
        f.flush()
        os.fsync(f.fileno())
    new.replace(file)
