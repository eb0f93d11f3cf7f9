"""What a kiosk must know again when its process dies: the basket, and from "pay" to "thank you" the order and its ids.

Nothing in it says how the payment stands: that is asked of the server. No card data; it goes when the visit ends.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from ui.dish.selection import Selection

logger = logging.getLogger("pilotlight.kiosk")

FILE = "visit.json"
SHOWN_AGAIN_S = 150.0
"""A screen is back within seconds, a whole terminal within two minutes. Later there is another customer before it."""


class Visit(msgspec.Struct):
    """Where the customer is. `basket` is what they chose, `comfort` what helps them to see and reach."""

    dining: str = "here"
    language: str = ""
    basket: list[Selection] = []
    comfort: dict[str, float] = {}


class Record(msgspec.Struct):
    """`place` and `capture` are the bodies of the commands, ids and all; both are empty while dishes are still being
    chosen. `sent`: the order may be placed already."""

    at_s: float
    visit: Visit
    place: dict[str, Any] = {}
    capture: dict[str, Any] = {}
    kind: str = "card"
    sent: bool = False
    vouchers: list[str] = []  # ids of payments by vouchers that paid a part

    @property
    def fresh(self) -> bool:
        return 0 <= time.time() - self.at_s <= SHOWN_AGAIN_S


class Memory:
    """Writes in a thread of its own, in order; a disk that takes nothing costs the memory and not the order."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="visit")

    def take(self) -> Record | None:
        """What was kept by the process before, or None."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Record)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None

    def keep(self, record: Record) -> None:
        self._writing.submit(self._write, msgspec.json.encode(record))

    def forget(self) -> None:
        self._writing.submit(self._remove)

    def close(self) -> None:
        self._writing.shutdown(wait=True)

    def _write(self, content: bytes) -> None:
        new = self._file.with_suffix(".new")
        try:
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
                f.write(content)
                f.flush()
                os.fsync(f.fileno())
            new.replace(self._file)
        except OSError as e:
            logger.warning("the visit is not remembered: %s", e)

    def _remove(self) -> None:
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)
