"""What is out, what is counted and what is left of it, from the subjects' own events and the orders' moves."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from server.services.fact import At, Fact, fits
from server.services.orders import events as orders
from server.services.read_model import Changed, ReadModel
from server.services.rows import checked
from server.services.stock.events import Stock, stock_key
from server.services.stock.state import (
    ORDER,
    TYPES,
    SubjectState,
    TakenState,
    evolve_subject,
    evolve_taken,
    subject_of,
    taken_by,
)

ITEM = stock_key("item", "")

STORE_END = "\x1f"
"""Ends the store id before the keys of another store's stock, which only head office holds."""

State = SubjectState | TakenState

Moves = dict[tuple[At, str], int]
"""What was taken of one item, by when and by which order."""

_encode = msgspec.msgpack.Encoder().encode
_kept = msgspec.msgpack.Decoder(tuple[str, str, dict[str, int]])


class Stocks(ReadModel[State]):
    """`subjects` (all that ever ran out or were counted) and `stock` are held in memory: every order asks for them.

    `stock` is our own store's. Other stores' keys and item ids begin with `prefix_of(store)`.
    """

    name, version, types = "stock", 1, TYPES

    def __init__(self, folder: Path, log_id: str, store: str, store_of: Callable[[str], str]) -> None:
        self._store, self._store_of = store, store_of
        self.subjects: dict[str, SubjectState] = {}
        self.stock = Stock()
        self._lefts: dict[str, int] = {}
        self._stale = False  # orders have gone: the moves are read anew
        self._moves: dict[str, Moves] = {}  # by counted item: what orders took of it after it was counted
        super().__init__(folder, log_id, State)

    def prefix_of(self, store: str) -> str:
        return "" if store == self._store else store + STORE_END

    def key(self, fact: Fact) -> str:
        return self.prefix_of(self._store_of(fact.at[1])) + subject_of(fact)

    def aggregate_id(self, key: str) -> str:
        return _split(key)[1].removeprefix(ORDER)

    def own(self, fact: Fact) -> Fact:
        """Of an order only what it takes is kept."""
        if not fact.type.startswith("orders."):
            return fact
        taken = taken_by(fact.data.lines) if fact.type in (orders.PLACED, orders.AMENDED) else {}
        return fact._replace(data=taken, raw=_encode((fact.type, fact.aggregate_id, taken)))

    def restore(self, at: At, raw: bytes) -> Fact | None:
        if at[3].partition("/")[0] == orders.TOPIC:
            event_type, order_id, taken = _kept.decode(raw)
            return Fact(at, event_type, order_id, taken, raw)
        return super().restore(at, raw)

    def evolve(self, key: str, state: State | None, fact: Fact) -> State:
        if _split(key)[1].startswith(ORDER):
            return evolve_taken(state if isinstance(state, TakenState) else TakenState(), fact)
        return evolve_subject(state if isinstance(state, SubjectState) else SubjectState(), fact)

    def subject_from(self, key: str, raws: Mapping[At, bytes], ats: list[At]) -> SubjectState:
        """A subject's state by some of its facts only."""
        state = SubjectState()
        for at in sorted(ats):
            fact = self.restore(at, raws[at])
            state = evolve_subject(state, fact) if fact is not None else state
        return state

    def columns(self, key: str, state: State) -> dict[str, Any]:
        return {"is_order": isinstance(state, TakenState)}

    def opened(self) -> None:
        found = self._states("SELECT aggregate_id, state FROM stock WHERE is_order = 0")
        self.subjects = {key: s for key, s in found.items() if isinstance(s, SubjectState)}
        self._moves, self._stale = self._read_moves(self._file.db, self.subjects), False
        self._publish()

    def applied(self, db: sqlite3.Connection, changed: dict[str, Changed]) -> None:
        """Keeps the moves of counted items in step: those of an item whose own events changed are read again, of the
        others only those of the orders that changed."""
        subjects = {k: c.after for k, c in changed.items() if isinstance(c.after, SubjectState)}
        if self._stale:
            self._moves, self._stale = self._read_moves(db, self.subjects | subjects), False
            return
        kept = {i: moves for i, moves in self._moves.items() if _subject_key(i) not in subjects}
        if kept:
            kept = {i: dict(moves) for i, moves in kept.items()}
            for key, change in changed.items():
                if isinstance(change.after, TakenState):
                    self._move(kept, key, change)
        self._moves = kept | self._read_moves(db, subjects)

    def gone(self, db: sqlite3.Connection, keys: list[str]) -> None:
        lost = set(keys)
        self.subjects = {k: s for k, s in self.subjects.items() if k not in lost}
        self._stale = True

    def _move(self, moves: dict[str, Moves], key: str, change: Changed) -> None:
        prefix, order_key = _split(key)
        for move in change.before.moves if change.before else []:
            if (item_id := prefix + move.item_id) in moves:
                moves[item_id].pop((move.at, order_key), None)
        for move in change.after.moves:
            item_id = prefix + move.item_id
            if item_id in moves and move.at > self.subjects[_subject_key(item_id)].counted_at:
                moves[item_id][move.at, order_key] = move.taken

    def _read_moves(self, db: sqlite3.Connection, subjects: Mapping[str, SubjectState]) -> dict[str, Moves]:
        """Of each counted item among the subjects, what orders took after it was counted."""
        since = dict(_counted(subjects.items()))
        moves: dict[str, Moves] = {item_id: {} for item_id in since}
        if not since:
            return moves
        query = "SELECT aggregate_id, state FROM stock WHERE is_order = 1 AND hlc >= ?"
        for key, raw in db.execute(query, (min(since.values())[0],)):
            prefix, order_key = _split(key)
            for move in self._state.decode(checked(raw)).moves:
                item_id = prefix + move.item_id
                if item_id in since and move.at > since[item_id]:
                    moves[item_id][move.at, order_key] = move.taken
        return moves

    def committed(self, changed: dict[str, Changed]) -> None:
        subjects = {k: c.after for k, c in changed.items() if isinstance(c.after, SubjectState)}
        if subjects:
            self.subjects = self.subjects | subjects
        self._publish()

    def _publish(self) -> None:
        out = frozenset(k for k, subject in self.subjects.items() if subject.out and STORE_END not in k)
        self._lefts = {i: self._left(i, moves) for i, moves in self._moves.items()}
        left = {i: n for i, n in self._lefts.items() if STORE_END not in i}
        if out != self.stock.out or left != self.stock.left:
            self.stock = Stock(out, left)

    def newest_order(self) -> int:
        """The place in time of the latest that is known of any order; 0 when there is none."""
        with self.reading() as db:
            return db.execute("SELECT max(hlc) FROM stock WHERE is_order = 1").fetchone()[0] or 0

    @property
    def oversold(self) -> bool:
        """Whether more of a counted item was sold than was left, by terminals that were apart."""
        return any(n < 0 for n in self._lefts.values())

    @property
    def oversold_since(self) -> dict[str, int]:
        """By item of which more was sold than was left, the place in time of its count."""
        return {i: self.subjects[_subject_key(i)].counted_at[0] for i, n in self._lefts.items() if n < 0}

    def _left(self, item_id: str, moves: Moves) -> int:
        return fits((self.subjects[_subject_key(item_id)].counted or 0) - sum(moves.values()))

    def was_out(self, key: str, at: At) -> bool:
        """Whether a subject was out when something was sold at `at`; of a counted item, whether that took more than
        was left."""
        subject = self.subjects.get(key)
        if subject is None:
            return False
        if subject.was_out(at):
            return True
        if subject.counted is None or at <= subject.counted_at:
            return False
        prefix, subject_key = _split(key)
        item_id = prefix + subject_key.removeprefix(ITEM)
        if self._lefts.get(item_id, 0) >= 0:
            return False
        moves = self._moves.get(item_id, {})
        return sum(taken for (moved_at, _), taken in moves.items() if moved_at <= at) > subject.counted


def _split(key: str) -> tuple[str, str]:
    """The store's prefix and the key behind it."""
    store, end, rest = key.partition(STORE_END)
    return (store + end, rest) if end else ("", key)


def _subject_key(item_id: str) -> str:
    prefix, plain = _split(item_id)
    return prefix + ITEM + plain


def _counted(subjects: Iterable[tuple[str, SubjectState]]) -> Iterable[tuple[str, At]]:
    """Items that are counted, with when."""
    for key, subject in subjects:
        prefix, subject_key = _split(key)
        if subject_key.startswith(ITEM) and subject.counted is not None:
            yield prefix + subject_key.removeprefix(ITEM), subject.counted_at
