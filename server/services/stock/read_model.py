"""What is out, what is counted and what is left of it, from the subjects' own events and the orders' moves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Index, delete, func, select, tuple_
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Field, SQLModel

from server.services.fact import At, Fact, fits
from server.services.read_model import AggregateRow, Changed, ReadModel, chunks, table_of
from server.services.stock.events import Stock, stock_key
from server.services.stock.state import (
    ORDER,
    TYPES,
    SubjectState,
    TakenState,
    evolve_subject,
    evolve_taken,
    subject_of,
)

ITEM = stock_key("item", "")

STORE_END = "\x1f"
"""Ends the store id before the keys of another store's stock, which only head office holds."""


class StockRow(AggregateRow, table=True):
    """Subjects and orders. `is_order`: what an order took; there are many, and they stay on disk."""

    __tablename__ = "stock"
    is_order: bool = Field(index=True)


class MoveRow(SQLModel, table=True):
    """What one order took of one item at one time."""

    __tablename__ = "move"
    __table_args__ = (Index("ix_move_item", "item_id", "hlc"), {"sqlite_with_rowid": False})
    order_id: str = Field(primary_key=True)
    hlc: int = Field(primary_key=True)
    log_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    taken: int


_ROWS = table_of(StockRow)
_MOVES = table_of(MoveRow)
_AT = tuple_(_MOVES.c.hlc, _MOVES.c.log_id, _MOVES.c.seq, _MOVES.c.topic)

State = SubjectState | TakenState


class Stocks(ReadModel[State]):
    """`subjects` (all that ever ran out or were counted) and `stock` are held in memory: every order asks for them.

    `stock` is our own store's. Other stores' keys, order ids and item ids begin with `prefix_of(store)`.
    """

    name, version, types, row, more_tables = "stock", 1, TYPES, StockRow, (MoveRow,)

    def __init__(self, folder: Path, log_id: str, store: str, store_of: Callable[[str], str]) -> None:
        self._store, self._store_of = store, store_of
        self.subjects: dict[str, SubjectState] = {}
        self.stock = Stock()
        self._left: dict[str, int] = {}
        super().__init__(folder, log_id, State)

    def prefix_of(self, store: str) -> str:
        return "" if store == self._store else store + STORE_END

    def key(self, fact: Fact) -> str:
        return self.prefix_of(self._store_of(fact.at[1])) + subject_of(fact)

    def evolve(self, key: str, state: State | None, fact: Fact) -> State:
        if _split(key)[1].startswith(ORDER):
            return evolve_taken(state if isinstance(state, TakenState) else TakenState(), fact)
        return evolve_subject(state if isinstance(state, SubjectState) else SubjectState(), fact)

    def columns(self, key: str, state: State) -> dict[str, Any]:
        return {"is_order": isinstance(state, TakenState)}

    def opened(self) -> None:
        query = select(_ROWS.c.aggregate_id, _ROWS.c.state).where(_ROWS.c.is_order.is_(False))
        with self.engine.connect() as connection:
            found = {key: self._state.decode(state) for key, state in connection.execute(query)}
            self.subjects = {key: s for key, s in found.items() if isinstance(s, SubjectState)}
            self._left = {}
            self._count(connection, [key for key, s in self.subjects.items() if s.counted is not None], self.subjects)
        self._publish()

    def applied(self, connection: Connection, changed: dict[str, Changed]) -> None:
        moves: list[dict[str, Any]] = []
        redone: list[str] = []
        touched: set[str] = set()
        subjects = self.subjects | {k: c.after for k, c in changed.items() if isinstance(c.after, SubjectState)}
        for key, change in changed.items():
            if not isinstance(change.after, TakenState):
                touched.add(key)
                continue
            before = change.before.moves if isinstance(change.before, TakenState) else []
            new = change.after.moves if change.late else change.after.moves[len(before) :]
            if change.late:
                redone.append(_order_id(key))
                touched.update(_split(key)[0] + ITEM + m.item_id for m in before)
            touched.update(_split(key)[0] + ITEM + m.item_id for m in new)
            moves.extend(_move_row(key, m.at, m.item_id, m.taken) for m in new)
        for some in chunks(redone):
            connection.execute(delete(_MOVES).where(_MOVES.c.order_id.in_(some)))
        if moves:
            connection.execute(insert(_MOVES), moves)
        self._count(connection, [k for k in touched if k in subjects], subjects)

    def _count(self, connection: Connection, keys: list[str], subjects: dict[str, SubjectState]) -> None:
        """What is left of counted items: the count less what orders took after it."""
        left = dict(self._left)
        for key in keys:
            prefix, subject_key = _split(key)
            item_id, subject = prefix + subject_key.removeprefix(ITEM), subjects[key]
            left.pop(item_id, None)
            if subject_key.startswith(ITEM) and subject.counted is not None:
                left[item_id] = subject.counted - self._taken(connection, item_id, subject.counted_at)
        self._left = left

    @staticmethod
    def _taken(connection: Connection, item_id: str, after: At, until: At | None = None) -> int:
        query = select(func.coalesce(func.sum(_MOVES.c.taken), 0)).where(
            _MOVES.c.item_id == item_id, _MOVES.c.hlc >= after[0], after < _AT
        )
        if until is not None:
            query = query.where(until >= _AT)
        return int(connection.execute(query).scalar() or 0)

    def committed(self, changed: dict[str, Changed]) -> None:
        new = {k: c.after for k, c in changed.items() if isinstance(c.after, SubjectState)}
        if new:
            self.subjects = self.subjects | new
        self._publish()

    def _publish(self) -> None:
        out = frozenset(k for k, subject in self.subjects.items() if subject.out and STORE_END not in k)
        left = {item_id: n for item_id, n in self._left.items() if STORE_END not in item_id}
        if out != self.stock.out or left != self.stock.left:
            self.stock = Stock(out, left)

    def was_out(self, key: str, at: At) -> bool:
        """Whether a subject was out when something was sold at `at`; of a counted item, whether that took more than
        was left."""
        subject = self.subjects.get(key)
        if subject is None:
            return False
        if subject.was_out(at):
            return True
        prefix, subject_key = _split(key)
        item_id = prefix + subject_key.removeprefix(ITEM)
        if subject.counted is None or at <= subject.counted_at or self._left.get(item_id, 0) >= 0:
            return False
        with self.engine.connect() as connection:
            taken = self._taken(connection, item_id, subject.counted_at, at)
        return subject.counted - taken < 0


def _split(key: str) -> tuple[str, str]:
    """The store's prefix and the key behind it."""
    store, end, rest = key.partition(STORE_END)
    return (store + end, rest) if end else ("", key)


def _order_id(key: str) -> str:
    prefix, rest = _split(key)
    return prefix + rest.removeprefix(ORDER)


def _move_row(key: str, at: At, item_id: str, taken: int) -> dict[str, Any]:
    hlc, log_id, seq, topic = at
    return {
        "order_id": _order_id(key),
        "hlc": hlc,
        "log_id": log_id,
        "seq": seq,
        "topic": topic,
        "item_id": _split(key)[0] + item_id,
        "taken": fits(taken),
    }
