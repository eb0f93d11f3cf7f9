"""The engine of read models: a service's disposable tables, derived from events, with the cursor they stand at.

One SQLite file a service. An aggregate's row holds the fold of its facts so far and the place (`Fact.at`) of the last
of them. Facts that come later in that order evolve the row; one that comes late folds that aggregate anew, from the
facts kept in the row. Rows and cursor change in one transaction, so a crash loses time but never truth.

Facts that the store has archived (`retention`) count no longer: what comes of them is passed over, and when they are
archived their aggregates are folded anew without them, or go. So the rows are those that a rebuild would make from what
is left of the log.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from itertools import compress
from operator import ne
from pathlib import Path
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import msgspec

from server.services.compiled import STATEMENTS
from server.services.fact import At, Fact, fact_from
from server.services.retention.archive import Archive
from server.services.retention.events import ARCHIVED
from server.services.rows import Damaged, checked, pack, summed, unpack
from server.services.table_file import TableFile, disk_failed

S = TypeVar("S")

logger = logging.getLogger(__name__)

_encode = msgspec.msgpack.Encoder().encode

TIDY_AFTER = 100
"""Writes after which the file is tidied up in a quiet moment. SQLite does it by itself after some two hundred, and who
waits for that write then waits for the disk."""

CURSOR_EVERY = 5_000
"""Events that may pass without anything for a service before its cursor is written down anyway."""

MAX_RECENT = 64
"""Aggregates whose rows stay in memory as well: those that are being dealt with are asked for again and again."""

COMMON = ("aggregate_id", "hlc", "log_id", "seq", "topic", "state", "facts", "oldest")
"""The columns with which every table begins (`definition.AggregateRow`)."""

Group = dict[tuple[At, bytes], Fact]
"""The facts of one aggregate, each once. Two logs' clones can have written different facts at one place: both count, in
the order of their bytes, the same everywhere."""


def in_order(group: Group) -> list[Fact]:
    return [group[place] for place in sorted(group)]


class ReadModelLost(Exception):
    """A read model's file failed while in use; it must be mended and catch up before it is believed again."""


class Changed(NamedTuple):
    """One aggregate after a batch. `late`: it was folded anew, from all its facts."""

    before: Any
    after: Any
    late: bool


class _Known(NamedTuple):
    """An aggregate as its row tells, and the row, in the order of the table's columns."""

    at: At
    state: Any
    facts: bytes
    oldest: int
    row: tuple[Any, ...]


class ReadModel(Generic[S]):
    """Subclasses say what their facts are and how they fold. `apply` runs in one thread at a time; reading may happen
    in any thread meanwhile."""

    name: ClassVar[str]
    version: ClassVar[int]
    types: ClassVar[dict[str, type[Any]]]
    keeps_facts: ClassVar[bool] = True
    archives: bool = True  # whether what is archived goes; head office keeps it

    def __init__(self, folder: Path, log_id: str = "", state_type: Any = Any) -> None:
        self._state = msgspec.msgpack.Decoder(state_type)
        statements = STATEMENTS[self.name]
        self._table, self._columns, self._upsert = statements.table, statements.columns, statements.upsert
        own = statements.columns[len(COMMON) :]  # the others are in all tables, in this order
        self._own, self._places = own, range(len(statements.columns))
        self._updates: dict[tuple[int, ...], str] = {}  # by the columns that they change
        self._file = TableFile(folder / f"{self.name}.db", statements, self.version, log_id)
        self._take_up()

    # -- what a service says ----------------------------------------------------------------------------------------

    def key(self, fact: Fact) -> str:
        """The aggregate that a fact belongs to."""
        return fact.aggregate_id

    def aggregate_id(self, key: str) -> str:
        """What the events of an aggregate name it by."""
        return key

    def own(self, fact: Fact) -> Fact:
        """The fact in the form in which this service folds and keeps it."""
        return fact

    def restore(self, at: At, raw: bytes) -> Fact | None:
        """The fact from what `own` kept of it."""
        return fact_from(at, raw, self.types)

    def evolve(self, key: str, state: S | None, fact: Fact) -> S:
        raise NotImplementedError

    def columns(self, key: str, state: S) -> dict[str, Any]:
        """The table's own columns for an aggregate."""
        return {}

    def opened(self) -> None:
        """Called once the file stands, to load what is kept in memory."""

    def applied(self, db: sqlite3.Connection, changed: dict[str, Changed]) -> None:
        """Called inside the transaction, to read what memory needs."""

    def committed(self, changed: dict[str, Changed]) -> None:
        """Called after it, for what is kept in memory."""

    def gone(self, db: sqlite3.Connection, keys: list[str]) -> None:
        """Called inside the transaction that archives these aggregates, for what is kept in memory."""

    # -- the file ---------------------------------------------------------------------------------------------------

    def start_over(self) -> None:
        """Throws the file away and starts from cursor 0."""
        self._file.start_over()
        self._begin()
        self.opened()

    def reopen(self) -> None:
        """Opens the file again, as it is; anew if it turns out to be none."""
        self._file.reopen()
        self._take_up()

    def _take_up(self) -> None:
        """Loads what is kept in memory. Rows that are not as they were written are a file to be made anew."""
        self._begin()
        try:
            self.opened()
        except (sqlite3.Error, msgspec.MsgspecError) as e:
            if disk_failed(e):
                raise
            logger.warning("the %s tables are not as they were written (%s); they are made anew", self.name, e)
            self.start_over()

    def sound(self) -> bool:
        """Whether the file is whole, row by row. Takes its time."""
        try:
            with self.reading() as db:
                if db.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                    return False
                for state, facts in db.execute(f"SELECT state, facts FROM {self._table}"):
                    self._state_of(state)
                    for _ in unpack(facts):
                        pass
        except (sqlite3.DatabaseError, msgspec.MsgspecError):
            return False
        return True

    def close(self) -> None:
        """A second time it does nothing."""
        if self._file.closed:
            return
        if self._written != self.cursor:
            # A cursor that is not written down only means that the next start reads a few events twice.
            with contextlib.suppress(sqlite3.Error), self._file.db:
                self._file.write_cursor(self.cursor)
        self._file.close()

    @property
    def path(self) -> Path:
        return self._file.path

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection to read with, in any thread."""
        return self._file.reading()

    def _begin(self) -> None:
        """From where the file stands."""
        self.archive = Archive(self._file.marks)
        self.cursor = self._written = self._file.found
        self._recent: dict[str, _Known] = {}
        self._writes = 0  # since it was tidied up

    # -- events in --------------------------------------------------------------------------------------------------

    def apply(self, facts: Sequence[tuple[int, Fact]], position: int | None) -> dict[str, Changed]:
        """Folds facts (with their positions) and moves the cursor to `position`; what is at or below the cursor is
        passed over. With `position` None the facts are ahead of others that have yet to come: they are folded, the
        cursor stays, and it does no harm that they come once more.

        Raises `sqlite3.Error` when the file does not work."""
        if position is not None and position <= self.cursor:
            return {}
        if not facts:
            self.pass_over(position)
            return {}
        archive = self._archive_after(facts)
        groups: dict[str, Group] = {}
        for at, fact in facts:
            if at > self.cursor and fact.type in self.types and not archive.covers(fact.at):
                own = self.own(fact)
                groups.setdefault(self.key(fact), {})[own.at, own.raw] = own
        if not groups and archive is self.archive:
            self.pass_over(position)
            return {}
        db = self._file.db
        with db:
            changed, known = self._let_go_of(db, archive) if archive is not self.archive else ({}, {})
            folded, seen = self._fold(db, groups, known)
            changed, known = changed | folded, known | seen
            self.applied(db, changed)
            if position is not None:
                self._file.write_cursor(position)
        self._writes += 1
        self._remember(known)
        if position is not None:
            self.cursor = self._written = position
        self.committed(changed)
        if archive is not self.archive:
            self.archive = archive
        return changed

    def _archive_after(self, facts: Sequence[tuple[int, Fact]]) -> Archive:
        """What is archived once these facts are known. What another has said before may come a second time."""
        archive = self.archive
        if self.archives and self.keeps_facts:
            for _, fact in facts:
                if fact.type == ARCHIVED:
                    archive = archive.with_(fact)
        return archive

    def _let_go_of(self, db: sqlite3.Connection, archive: Archive) -> tuple[dict[str, Changed], dict[str, _Known]]:
        """Folds anew, or deletes, the aggregates with facts that are archived now. Returns what changed and their rows;
        `gone` hears of those that were deleted."""
        for log_id, one in archive.marks.items():
            if self.archive.marks.get(log_id) is not one:
                self._file.write_mark(log_id, one)
        changed: dict[str, Changed] = {}
        now: dict[str, _Known] = {}
        gone: list[str] = []
        query = f"SELECT aggregate_id, state, facts FROM {self._table} WHERE oldest <= ?"
        for key, state, packed in db.execute(query, (archive.upto,)).fetchall():
            facts = list(unpack(packed))
            left = [(at, raw) for at, raw in facts if not archive.covers(at)]
            if len(left) == len(facts):
                continue
            group: Group = {(at, raw): fact for at, raw in left if (fact := self.restore(at, raw)) is not None}
            if not group:
                gone.append(key)
                continue
            anew, _ = self._fold_one(key, None, group)
            if anew is None:
                gone.append(key)
                continue
            changed[key] = Changed(self._state_of(state), anew.state, True)
            now[key] = anew
        self._insert(db, now.values())
        db.executemany(f"DELETE FROM {self._table} WHERE aggregate_id = ?", [(key,) for key in gone])
        for key in gone:
            self._recent.pop(key, None)
        if gone:
            self.gone(db, gone)
        return changed, now

    def tidy(self) -> None:
        """To be called when nobody waits; does nothing while there is little to do."""
        if self._writes >= TIDY_AFTER:
            self._writes = 0
            self._file.tidy()

    def shrink(self, pages: int) -> int:
        """Gives up to so many free pages back to the disk; returns how many."""
        return self._file.shrink(pages)

    def aged(self, upto: int) -> Iterable[tuple[str, S, list[tuple[At, bytes]]]]:
        """Aggregates with a fact whose place in time is at or before `upto`: what they are called by events, their
        state, and the facts they were folded from."""
        with self.reading() as db:
            query = f"SELECT aggregate_id, state, facts FROM {self._table} WHERE oldest <= ?"
            rows = db.execute(query, (upto,)).fetchall()
        for key, state, facts in rows:
            yield self.aggregate_id(key), self._state_of(state), list(unpack(facts))

    def pass_over(self, position: int | None) -> None:
        """There is nothing for this service up to here; that is worth a write only now and then."""
        if position is None or position <= self.cursor:
            return
        if position - self._written >= CURSOR_EVERY:
            with self._file.db:
                self._file.write_cursor(position)
            self._written = position
        self.cursor = position

    def _remember(self, known: dict[str, _Known]) -> None:
        for key, one in known.items():
            self._recent.pop(key, None)
            self._recent[key] = one
        while len(self._recent) > MAX_RECENT:
            del self._recent[next(iter(self._recent))]

    def _fold(
        self, db: sqlite3.Connection, groups: dict[str, Group], fresh: dict[str, _Known]
    ) -> tuple[dict[str, Changed], dict[str, _Known]]:
        """What changed, and the rows as they now are. `fresh` are rows written just now."""
        recent = self._recent | fresh if fresh else self._recent
        known = {key: recent[key] for key in groups if key in recent}
        known |= self._load_rows(db, [key for key in groups if key not in known])
        changed: dict[str, Changed] = {}
        now: dict[str, _Known] = {}
        for key, group in groups.items():
            one, change = self._fold_one(key, known.get(key), group)
            if one is None:
                continue
            changed[key] = change
            now[key] = one
        self._insert(db, [one for key, one in now.items() if key not in known])
        for key, one in now.items():
            if key in known:
                self._update(db, key, known[key], one)
        return changed, now

    def _insert(self, db: sqlite3.Connection, new: Collection[_Known]) -> None:
        if new:
            db.executemany(self._upsert, [one.row for one in new])

    def _update(self, db: sqlite3.Connection, key: str, before: _Known, after: _Known) -> None:
        """Writes the columns of a row that are other than they were: an index in which nothing moves need not be
        written. Raises `Damaged` when the row is not there as we left it."""
        differs = [*map(ne, before.row, after.row)]
        moved = tuple(compress(self._places, differs))
        if not moved:
            return
        update = self._updates.get(moved)
        if update is None:
            named = ", ".join(f"{self._columns[i]} = ?" for i in moved)
            update = f"UPDATE {self._table} SET {named} WHERE aggregate_id = ? AND hlc = ?"
            self._updates[moved] = update
        if db.execute(update, (*compress(after.row, differs), key, before.at[0])).rowcount != 1:
            raise Damaged(f"the row of {key} is not as it was left")

    def _fold_one(self, key: str, known: _Known | None, group: Group) -> tuple[_Known | None, Changed]:
        """One aggregate's row and change: evolved if its facts follow on those before, else folded anew. No row where
        nothing comes of the facts."""
        facts = in_order(group) if len(group) > 1 else [*group.values()]
        before = state = known.state if known else None
        end = max(known.at, facts[-1].at) if known else facts[-1].at
        late = known is not None and facts[0].at <= known.at
        kept = known.facts if known else b""
        if known is not None and late and self.keeps_facts:
            for at, raw in unpack(known.facts):
                old = self.restore(at, raw)
                if old is not None:
                    group.setdefault((at, raw), old)
            facts, state, kept = in_order(group), None, b""
        if self.keeps_facts:
            kept += b"".join(map(pack, facts))
        for fact in facts:
            state = self._evolved(key, state, fact)
        if state is None:
            return None, Changed(before, state, late)
        oldest = min(known.oldest, facts[0].at[0]) if known else facts[0].at[0]
        own = map(self.columns(key, state).__getitem__, self._own)
        row = (key, *end, summed(_encode(state)), kept, oldest, *own)
        return _Known(end, state, kept, oldest, row), Changed(before, state, late)

    def _evolved(self, key: str, state: S | None, fact: Fact) -> S | None:
        """The state after the fact; as it was, if the fact is one that our rules trip over. One bad event (of a faulty
        or hostile writer) must not keep the shop from seeing all the others, on this or any machine."""
        try:
            return self.evolve(key, state, fact)
        except Exception:
            logger.exception("%s of %s (%s) is passed over: it cannot be folded", fact.type, key, fact.at)
            return state

    # -- reading ----------------------------------------------------------------------------------------------------

    def _load_rows(self, db: sqlite3.Connection, keys: list[str]) -> dict[str, _Known]:
        found = {}
        for row in self._rows(db, ", ".join(self._columns), keys):
            of = dict(zip(self._columns, row, strict=True))
            at = (of["hlc"], of["log_id"], of["seq"], of["topic"])
            found[of["aggregate_id"]] = _Known(at, self._state_of(of["state"]), of["facts"], of["oldest"], row)
        return found

    def _rows(self, db: sqlite3.Connection, columns: str, keys: list[str]) -> Iterable[tuple[Any, ...]]:
        """These columns of the rows of these aggregates that there are."""
        if not keys:
            return ()
        query = f"SELECT {columns} FROM {self._table} WHERE aggregate_id"
        if len(keys) == 1:  # mostly; it takes a third of the time
            return db.execute(f"{query} = ?", keys)
        return db.execute(f"{query} IN (SELECT value FROM json_each(?))", (msgspec.json.encode(keys).decode(),))

    def states(self, keys: Iterable[str]) -> dict[str, S]:
        recent = self._recent
        found: dict[str, S] = {}
        missing: list[str] = []
        for key in keys:
            known = recent.get(key)
            if known is None:
                missing.append(key)
            else:
                found[key] = known.state
        if missing:
            with self.reading() as db:
                rows = self._rows(db, "aggregate_id, state", missing)
                found |= {key: self._state_of(state) for key, state in rows}
        return found

    def state(self, key: str) -> S | None:
        return self.states([key]).get(key)

    def newest(self, key: str) -> int:
        """The place in time of the latest fact folded into an aggregate; 0 when there is none."""
        known = self._recent.get(key)
        if known is not None:
            return known.at[0]
        with self.reading() as db:
            row = db.execute(f"SELECT hlc FROM {self._table} WHERE aggregate_id = ?", (key,)).fetchone()
        return row[0] if row else 0

    def all_states(self) -> dict[str, S]:
        return self._states(f"SELECT aggregate_id, state FROM {self._table}")

    def _states(self, query: str, *asked: Any) -> dict[str, S]:
        """By aggregate, in the order of a query for its id and its state."""
        with self.reading() as db:
            return {key: self._state_of(state) for key, state in db.execute(query, asked)}

    def _state_of(self, packed: bytes) -> S:
        """A state as kept in its row. Raises `Damaged`."""
        state: S = self._state.decode(checked(packed))
        return state
