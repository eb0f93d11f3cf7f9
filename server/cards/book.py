"""The simulated card terminal's own memory: what it was asked, what it did, what it answered. It outlives its death.

One row for each payment and reversal, under the names that the other side gave it: the books that orders are
compared with.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Literal

import msgspec

State = Literal["started", "approved", "stored", "failed", "declined_late"]
"""`stored`: accepted without a line, not yet seen by the acquirer."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS dealing (
    number INTEGER PRIMARY KEY,
    sale_id TEXT NOT NULL,
    service_id TEXT NOT NULL,
    category TEXT NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount TEXT NOT NULL,
    at TEXT NOT NULL,
    original INTEGER,
    state TEXT NOT NULL,
    condition TEXT NOT NULL DEFAULT '',
    UNIQUE (sale_id, service_id)
)
"""


class Dealing(msgspec.Struct, frozen=True):
    """`name` is the other side's transaction id; `original` the number of the payment that a reversal gives back."""

    number: int
    sale_id: str
    service_id: str
    category: str
    name: str
    currency: str
    amount: str
    at: str
    original: int | None
    state: State
    condition: str

    @property
    def stands(self) -> bool:
        return self.state in ("approved", "stored")


COLUMNS = ", ".join(field.name for field in msgspec.structs.fields(Dealing))


class Book:
    """Durable when a method returns."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute(SCHEMA)
        self._db.execute("UPDATE dealing SET state='failed', condition='Aborted' WHERE state='started'")

    def close(self) -> None:
        self._db.close()

    def begin(
        self, sale_id: str, service_id: str, category: str, name: str, currency: str, amount: str, at: str,
        original: int | None = None,
    ) -> Dealing:  # fmt: skip
        row = (sale_id, service_id, category, name, currency, amount, at, original)
        self._db.execute(
            "INSERT INTO dealing (sale_id, service_id, category, name, currency, amount, at, original, state) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'started')",
            row,
        )
        found = self.find(sale_id, service_id)
        assert found is not None
        return found

    def end(self, number: int, state: State, condition: str = "") -> Dealing:
        self._db.execute("UPDATE dealing SET state=?, condition=? WHERE number=?", (state, condition, number))
        (found,) = self._all("WHERE number=?", number)
        return found

    def find(self, sale_id: str, service_id: str) -> Dealing | None:
        return next(iter(self._all("WHERE sale_id=? AND service_id=?", sale_id, service_id)), None)

    def payment(self, number: int) -> Dealing | None:
        return next(iter(self._all("WHERE number=? AND category='Payment'", number)), None)

    def reversals(self, number: int) -> list[Dealing]:
        return [one for one in self._all("WHERE original=?", number) if one.stands or one.state == "started"]

    def stored(self) -> list[Dealing]:
        return self._all("WHERE state='stored'")

    def all(self) -> list[Dealing]:
        return self._all("")

    def _all(self, where: str, *values: object) -> list[Dealing]:
        rows = self._db.execute(f"SELECT {COLUMNS} FROM dealing {where} ORDER BY number", values)
        return [Dealing(*row) for row in rows]
