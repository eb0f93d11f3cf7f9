"""The engine of read models: a service's disposable tables, derived from events, with the cursor they stand at.

One SQLite file a service. An aggregate's row holds the fold of its facts so far and the place (`Fact.at`) of the last
of them. Facts that come later in that order evolve the row; one that comes late folds that aggregate anew, from the
facts kept beside it. Rows, facts and cursor change in one transaction, so a crash loses time but never truth.
A file that is missing, broken, of another version or of another log is made anew, with cursor 0.

WAL with `synchronous=NORMAL`: nothing here needs to survive a power cut that the log does not replay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, Table, create_engine, event, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlmodel import Field, SQLModel

from server.services.fact import At, Fact, fact_from

S = TypeVar("S")

CHUNK = 500
"""Keys asked for in one statement: below SQLite's oldest limit of 999 parameters."""

CURSOR_EVERY = 5_000
"""Events that may pass without anything for a service before its cursor is written down anyway."""

BUSY_MS = 10_000


class ReadModelLost(Exception):
    """A read model's file broke while in use; it was set up anew and must catch up from the start of the log."""


class CursorRow(SQLModel, table=True):
    """Where the read model stands, and what it was made by."""

    __tablename__ = "cursor"
    id: int = Field(primary_key=True)
    version: int
    log_id: str
    position: int


class FactRow(SQLModel, table=True):
    """An aggregate's facts, in the order in which they are folded."""

    __tablename__ = "fact"
    __table_args__ = {"sqlite_with_rowid": False}
    aggregate_id: str = Field(primary_key=True)
    hlc: int = Field(primary_key=True)
    log_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    raw: bytes


class AggregateRow(SQLModel):
    """The columns that every service's table of aggregates has: the last fact folded in, and the fold."""

    aggregate_id: str = Field(primary_key=True)
    hlc: int
    log_id: str
    seq: int
    topic: str
    state: bytes


class Changed(NamedTuple):
    """One aggregate after a batch. `late`: it was folded anew, from all its facts."""

    before: Any
    after: Any
    late: bool


def table_of(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for n in range(0, len(keys), CHUNK):
        yield keys[n : n + CHUNK]


_encode = msgspec.msgpack.Encoder().encode
_FACT = table_of(FactRow)
_CURSOR = table_of(CursorRow)


class ReadModel(Generic[S]):
    """Subclasses say what their facts are and how they fold. `apply` runs in one thread at a time; reading may happen
    in any thread meanwhile."""

    name: ClassVar[str]
    version: ClassVar[int]
    types: ClassVar[dict[str, type[Any]]]
    row: ClassVar[type[AggregateRow]]
    more_tables: ClassVar[tuple[type[SQLModel], ...]] = ()
    keeps_facts: ClassVar[bool] = True

    def __init__(self, folder: Path, log_id: str = "", state_type: Any = Any) -> None:
        self.path = folder / f"{self.name}.db"
        self._log_id = log_id
        self._state = msgspec.msgpack.Decoder(state_type)
        self._rows = table_of(self.row)
        self._written = 0
        self.cursor = 0
        upsert = insert(self._rows)
        columns = [c.name for c in self._rows.columns if c.name != "aggregate_id"]
        self._upsert = upsert.on_conflict_do_update(
            index_elements=["aggregate_id"], set_={c: upsert.excluded[c] for c in columns}
        )
        self._add_fact = insert(_FACT).on_conflict_do_nothing()
        self._load = select(*(self._rows.c[c] for c in ("aggregate_id", "hlc", "log_id", "seq", "topic", "state")))
        folder.mkdir(parents=True, exist_ok=True)
        self.engine = self._open()
        self.opened()

    # -- what a service says ----------------------------------------------------------------------------------------

    def key(self, fact: Fact) -> str:
        return fact.aggregate_id

    def evolve(self, key: str, state: S | None, fact: Fact) -> S:
        raise NotImplementedError

    def columns(self, key: str, state: S) -> dict[str, Any]:
        """The table's own columns for an aggregate."""
        return {}

    def opened(self) -> None:
        """Called once the file stands, to load what is kept in memory."""

    def applied(self, connection: Connection, changed: dict[str, Changed]) -> None:
        """Called inside the transaction, for further tables."""

    def committed(self, changed: dict[str, Changed]) -> None:
        """Called after it, for what is kept in memory."""

    # -- the file ---------------------------------------------------------------------------------------------------

    def _open(self) -> Engine:
        engine = self._connect()
        try:
            with engine.begin() as connection:
                found = self._cursor_of(connection)
                if found is not None:
                    connection.execute(select(self._rows).limit(1)).all()
        except DatabaseError:
            found = None
        if found is None:
            engine.dispose()
            self._remove()
            engine = self._connect()
            self._create(engine)
            found = 0
        self.cursor = self._written = found
        return engine

    def _connect(self) -> Engine:
        engine = create_engine(f"sqlite:///{self.path}", connect_args={"timeout": BUSY_MS / 1000})

        @event.listens_for(engine, "connect")
        def settle(connection: Any, _: Any) -> None:
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-16000", "temp_store=MEMORY"):
                connection.execute(f"PRAGMA {pragma}").fetchall()

        return engine

    def _cursor_of(self, connection: Connection) -> int | None:
        """The file's cursor, or None when it was not made by this version for this log."""
        row = connection.execute(select(_CURSOR)).first()
        if row is None or row.version != self.version or (self._log_id and row.log_id != self._log_id):
            return None
        return int(row.position)

    def _create(self, engine: Engine) -> None:
        tables = [_CURSOR, _FACT, self._rows, *(table_of(t) for t in self.more_tables)]
        SQLModel.metadata.create_all(engine, tables=tables)
        with engine.begin() as connection:
            connection.execute(insert(_CURSOR).values(id=1, version=self.version, log_id=self._log_id, position=0))

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def start_over(self) -> None:
        """Throws the file away and starts from cursor 0."""
        self.engine.dispose()
        self._remove()
        self.engine = self._open()
        self.opened()

    def close(self) -> None:
        if self._written != self.cursor:
            try:
                with self.engine.begin() as connection:
                    self._write_cursor(connection, self.cursor)
            except SQLAlchemyError:
                pass  # the next start reads a few events twice
        self.engine.dispose()

    # -- events in --------------------------------------------------------------------------------------------------

    def apply(self, facts: Sequence[tuple[int, Fact]], position: int) -> dict[str, Changed]:
        """Folds facts (with their positions, in arrival order) and moves the cursor to `position`; what is at or
        below the cursor is passed over. Raises SQLAlchemy's `DatabaseError` when the file does not work."""
        if position <= self.cursor:
            return {}
        groups: dict[str, dict[At, Fact]] = {}
        for at, fact in facts:
            if at > self.cursor and fact.type in self.types:
                groups.setdefault(self.key(fact), {})[fact.at] = fact
        if not groups:
            if position - self._written >= CURSOR_EVERY:
                with self.engine.begin() as connection:
                    self._write_cursor(connection, position)
                self._written = position
            self.cursor = position
            return {}
        with self.engine.begin() as connection:
            changed = self._fold(connection, groups)
            self.applied(connection, changed)
            self._write_cursor(connection, position)
        self.cursor = self._written = position
        self.committed(changed)
        return changed

    def _write_cursor(self, connection: Connection, position: int) -> None:
        connection.execute(_CURSOR.update().values(position=position))

    def _fold(self, connection: Connection, groups: dict[str, dict[At, Fact]]) -> dict[str, Changed]:
        known = self._load_rows(connection, list(groups))
        rows: list[dict[str, Any]] = []
        kept: list[dict[str, Any]] = []
        changed: dict[str, Changed] = {}
        for key, group in groups.items():
            facts = sorted(group.values(), key=attrgetter("at"))
            last, state = known.get(key, (None, None))
            before, late = state, last is not None and facts[0].at <= last
            if late:
                facts = self._all_facts(connection, key, group) if self.keeps_facts else facts
                state = None if self.keeps_facts else state
            for fact in facts:
                state = self.evolve(key, state, fact)
            assert state is not None
            end = facts[-1].at if last is None else max(last, facts[-1].at)
            rows.append(
                {
                    "aggregate_id": key,
                    "hlc": end[0],
                    "log_id": end[1],
                    "seq": end[2],
                    "topic": end[3],
                    "state": _encode(state),
                    **self.columns(key, state),
                }
            )
            if self.keeps_facts:
                kept.extend(_fact_row(key, fact) for fact in group.values())
            changed[key] = Changed(before, state, late)
        connection.execute(self._upsert, rows)
        if kept:
            connection.execute(self._add_fact, kept)
        return changed

    def _load_rows(self, connection: Connection, keys: Sequence[str]) -> dict[str, tuple[At, S]]:
        known: dict[str, tuple[At, S]] = {}
        for some in chunks(keys):
            for r in connection.execute(self._load.where(self._rows.c.aggregate_id.in_(some))):
                known[r[0]] = ((r[1], r[2], r[3], r[4]), self._state.decode(r[5]))
        return known

    def _all_facts(self, connection: Connection, key: str, new: dict[At, Fact]) -> list[Fact]:
        query = select(_FACT.c.hlc, _FACT.c.log_id, _FACT.c.seq, _FACT.c.topic, _FACT.c.raw)
        facts = dict(new)
        for hlc, log_id, seq, topic, raw in connection.execute(query.where(_FACT.c.aggregate_id == key)):
            at = (hlc, log_id, seq, topic)
            fact = fact_from(at, raw, self.types)
            if fact is not None:
                facts.setdefault(at, fact)
        return sorted(facts.values(), key=attrgetter("at"))

    # -- reading ----------------------------------------------------------------------------------------------------

    def states(self, keys: Iterable[str]) -> dict[str, S]:
        with self.engine.connect() as connection:
            return {key: state for key, (_, state) in self._load_rows(connection, list(keys)).items()}

    def state(self, key: str) -> S | None:
        return self.states([key]).get(key)

    def all_states(self) -> dict[str, S]:
        with self.engine.connect() as connection:
            rows = connection.execute(select(self._rows.c.aggregate_id, self._rows.c.state)).all()
        return {key: self._state.decode(state) for key, state in rows}


def _fact_row(key: str, fact: Fact) -> dict[str, Any]:
    hlc, log_id, seq, topic = fact.at
    return {"aggregate_id": key, "hlc": hlc, "log_id": log_id, "seq": seq, "topic": topic, "raw": fact.raw}
