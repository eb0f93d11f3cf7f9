"""What staff must hear of and can't be taken back by a restart: it stays until somebody says that he has seen it.

It lies in a file beside the log, so that it outlives the log that it speaks of.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

import msgspec

logger = logging.getLogger("pilotlight.node")

NOTES_FILE = "notes.json"

MAX_NOTES = 20
"""With more, the oldest goes: a disk that fails every hour has said it by then."""

MAX_ORDERS = 200
"""Orders that one note remembers; nobody looks up more by hand."""

MAX_NAMED = 20
MISSING = " Orders that are missing: {}."
MORE = "{} and {} more"


Kind = Literal["damage", "voucher_twice", "sales_missing"]
"""What a screen says it by: entries that could not be read; a code under which two vouchers were issued; at head
office, sales that no store holds any more."""


class Note(msgspec.Struct, frozen=True):
    """`orders`: by id, the numbers of those that screens showed before and do not show since. `amount_minor`: the money
    that it is about."""

    note_id: str
    text: str
    since_ms: int
    orders: dict[str, str] = {}
    kind: Kind = "damage"
    amount_minor: int = 0
    currency: str = ""

    def told(self, missing: list[str]) -> str:
        """The text, with the numbers of those orders that have not come back."""
        if not missing:
            return self.text
        named = ", ".join(missing[:MAX_NAMED])
        more = len(missing) - MAX_NAMED
        return self.text + MISSING.format(MORE.format(named, more) if more > 0 else named)


class Notes:
    def __init__(self, folder: Path) -> None:
        self._path = folder / NOTES_FILE
        self.all: list[Note] = []
        with contextlib.suppress(OSError, ValueError, msgspec.MsgspecError):
            self.all = msgspec.json.decode(self._path.read_bytes(), type=list[Note])[-MAX_NOTES:]

    def add(self, text: str, now_ms: int, orders: dict[str, str], **more: Any) -> None:
        """One more, with `more` of its fields. The same text is the same note."""
        note_id = hashlib.sha256(text.encode()).hexdigest()[:12]
        if all(note.note_id != note_id for note in self.all):
            some = dict(list(orders.items())[:MAX_ORDERS])
            self.all = [*self.all, Note(note_id, text, now_ms, some, **more)][-MAX_NOTES:]
            self._save()

    def seen(self, note_id: str) -> bool:
        """Somebody has seen it; False when there is none of this id."""
        left = [note for note in self.all if note.note_id != note_id]
        known = len(left) < len(self.all)
        self.all = left
        if known:
            self._save()
        return known

    def _save(self) -> None:
        new = self._path.with_name(f"{NOTES_FILE}.new")
        try:
            with new.open("wb") as file:
                file.write(msgspec.json.encode(self.all))
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
        except OSError as e:  # it is said until this process ends
            logger.warning("what staff must hear of can't be written down: %s", e)


def shown_before(folder: Path) -> dict[str, str]:
    """Orders, as number by id, that the tables in `folder` knew before they are made anew; none where they can't be
    read."""
    path = folder / "orders.db"
    query = "SELECT aggregate_id, number FROM customer_order WHERE known AND number > '' ORDER BY hlc"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return {str(order_id): str(number) for order_id, number in db.execute(query)}
    except (sqlite3.Error, OSError, ValueError):
        return {}
