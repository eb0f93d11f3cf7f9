"""The engine of read models: a service's disposable tables, derived from events, with the cursor they stand at.

One SQLite file a service. An aggregate's row holds the fold of its facts so far and the place (`Fact.at`) of the last
of them. Facts that come later in that order evolve the row; one that comes late folds that aggregate anew, from the
facts kept in the row. Rows and cursor change in one transaction, so a crash loses time but never truth.
A file that is missing, broken, of another version or of another log is made anew, with cursor 0.

Facts that the store has archived (`retention`) count no longer: what comes of them is passed over, and when they are
archived their aggregates are folded anew without them, or go. So the rows are those that a rebuild would make from what
is left of the log.

WAL with `synchronous=NORMAL`: nothing here needs to survive a power cut that the log does not replay.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, Table, create_engine, event, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import Field, SQLModel

from server.services.fact import At, Fact, fact_from
from server.services.retention.archive import Archive, Mark, mark, told, told_places
from server.services.retention.events import ARCHIVED, Archived
from server.services.rows import SUMMED, Damaged, checked, pack, summed, unpack

S = TypeVar("S")

logger = logging.getLogger(__name__)

CURSOR_EVERY = 5_000
"""Events that may pass without anything for a service before its cursor is written down anyway."""

BUSY_MS = 10_000

DISK_ERRORS = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_BUSY", "SQLITE_PERM")
"""What the disk does, not the file. The tables are worth keeping: without them nothing could be shown meanwhile."""

MAX_RECENT = 256
"""Aggregates whose rows stay in memory as well: those that are being dealt with are asked for again and again."""

FREE_PAGES = 512
"""What may lie idle in a file of tables, 2 MiB; more is given back to the disk, bit by bit."""

PRAGMAS = (
    "auto_vacuum=INCREMENTAL",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "cache_size=-2000",  # KiB a connection; more only makes a day's memory grow, and the system keeps the file at hand
    "wal_autocheckpoint=1000",  # 4 MB a file at most: seven of them must not fill a small disk
    "journal_size_limit=4194304",
)


Group = dict[tuple[At, bytes], Fact]
"""The facts of one aggregate, each once. Two logs' clones can have written different facts at one place: both count, in
the order of their bytes, the same everywhere."""


def in_order(group: Group) -> list[Fact]:
    return [group[place] for place in sorted(group)]


class ReadModelLost(Exception):
    """A read model's file failed while in use; it must be mended and catch up before it is believed again."""


class CursorRow(SQLModel, table=True):
    """Where the read model stands, and what it was made by."""

    __tablename__ = "cursor"
    id: int = Field(primary_key=True)
    version: int
    log_id: str
    position: int


class MarkRow(SQLModel, table=True):
    """What is archived, by the log of who said so (`retention.archive.Mark`)."""

    __tablename__ = "archived"
    log_id: str = Field(primary_key=True)
    mark: bytes


class AggregateRow(SQLModel):
    """The columns that every service's table of aggregates has: the place of the last fact folded in, the fold, the
    facts it was folded from (`pack`), and the place in time of the first of them."""

    aggregate_id: str = Field(primary_key=True)
    hlc: int
    log_id: str
    seq: int
    topic: str
    state: bytes
    facts: bytes
    oldest: int = Field(index=True)


class Changed(NamedTuple):
    """One aggregate after a batch. `late`: it was folded anew, from all its facts."""

    before: Any
    after: Any
    late: bool


class _Known(NamedTuple):
    """An aggregate as its row tells."""

    at: At
    state: Any
    facts: bytes
    oldest: int


def table_of(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


_CURSOR = table_of(CursorRow)


class Texts(NamedTuple):
    """Statements about a table as the driver takes them: `upsert` with a tuple of `names`; `create` makes it."""

    upsert: str
    names: list[str]
    create: list[str]
    first: str


@cache
def texts_of(rows: Table) -> Texts:
    """Compiled once in a process. For many rows most of the time is saved, and a start opens seven files."""
    dialect = sqlite.dialect()
    columns = [c.name for c in rows.columns]
    upsert = insert(rows)
    compiled = upsert.on_conflict_do_update(
        index_elements=["aggregate_id"], set_={c: upsert.excluded[c] for c in columns if c != "aggregate_id"}
    ).compile(dialect=dialect)
    create = [str(CreateTable(table).compile(dialect=dialect)) for table in (_CURSOR, _MARKS, rows)]
    create += [str(CreateIndex(i).compile(dialect=dialect)) for i in sorted(rows.indexes, key=lambda i: str(i.name))]
    return Texts(
        str(compiled), list(compiled.positiontup or []), create, f"SELECT {', '.join(columns)} FROM {rows.name} LIMIT 1"
    )


_MARKS = table_of(MarkRow)
_encode = msgspec.msgpack.Encoder().encode
_mark = msgspec.msgpack.Decoder(tuple[int, Archived])


class ReadModel(Generic[S]):
    """Subclasses say what their facts are and how they fold. `apply` runs in one thread at a time; reading may happen
    in any thread meanwhile."""

    name: ClassVar[str]
    version: ClassVar[int]
    types: ClassVar[dict[str, type[Any]]]
    row: ClassVar[type[AggregateRow]]
    keeps_facts: ClassVar[bool] = True
    archives: bool = True  # whether what is archived goes; head office keeps it

    def __init__(self, folder: Path, log_id: str = "", state_type: Any = Any) -> None:
        self.path = folder / f"{self.name}.db"
        self._log_id = log_id
        self._state = msgspec.msgpack.Decoder(state_type)
        self._rows = table_of(self.row)
        self._written = 0
        self._recent: dict[str, _Known] = {}
        self.archive = Archive()
        self.cursor = 0
        self._form = self.version + 1000 * SUMMED
        self._texts = texts_of(self._rows)
        self._load = (
            f"SELECT aggregate_id, hlc, log_id, seq, topic, state, facts, oldest FROM {self._rows.name}"
            " WHERE aggregate_id IN (SELECT value FROM json_each(?))"
        )
        folder.mkdir(parents=True, exist_ok=True)
        self.engine = self._open()
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

    def _open(self) -> Engine:
        engine = self._connect()
        marks: dict[str, Mark] = {}
        try:
            with engine.begin() as connection:
                found = self._cursor_of(connection)
                if found is not None:
                    connection.exec_driver_sql(self._texts.first).all()
                    found_marks = connection.exec_driver_sql("SELECT log_id, mark FROM archived")
                    marks = {log_id: _unpacked(packed) for log_id, packed in found_marks}
        except (DatabaseError, Damaged, msgspec.MsgspecError) as e:
            if disk_failed(e):
                engine.dispose()
                raise
            found = None
        if found is None:
            engine.dispose()
            self._remove()
            engine = self._connect()
            self._create(engine)
            found, marks = 0, {}
        self.archive = Archive(marks)
        self.cursor = self._written = found
        self._recent = {}
        # The connection that `apply` writes with, as the driver's own: SQLAlchemy's costs more than SQLite does here.
        self._writing = engine.raw_connection()
        return engine

    def _connect(self) -> Engine:
        engine = create_engine(f"sqlite:///{self.path}", connect_args={"timeout": BUSY_MS / 1000})

        @event.listens_for(engine, "connect")
        def settle(connection: Any, _: Any) -> None:
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}").fetchall()

        return engine

    def _cursor_of(self, connection: Connection) -> int | None:
        """The file's cursor, or None when it was not made by this version for this log."""
        row = connection.exec_driver_sql("SELECT version, log_id, position FROM cursor").first()
        if row is None or row.version != self._form or (self._log_id and row.log_id != self._log_id):
            return None
        return int(row.position)

    def _create(self, engine: Engine) -> None:
        with engine.begin() as connection:
            for statement in self._texts.create:
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql("INSERT INTO cursor VALUES (1, ?, ?, 0)", (self._form, self._log_id))

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def start_over(self) -> None:
        """Throws the file away and starts from cursor 0."""
        self._let_go()
        self._remove()
        self.engine = self._open()
        self.opened()

    def reopen(self) -> None:
        """Opens the file again, as it is; anew if it turns out to be none."""
        self._let_go()
        self.engine = self._open()
        self._take_up()

    def _take_up(self) -> None:
        """Loads what is kept in memory. Rows that are not as they were written are a file to be made anew."""
        try:
            self.opened()
        except (sqlite3.Error, SQLAlchemyError, msgspec.MsgspecError) as e:
            if disk_failed(e):
                raise
            logger.warning("the %s tables are not as they were written (%s); they are made anew", self.name, e)
            self.start_over()

    def sound(self) -> bool:
        """Whether the file is whole, row by row. Takes its time."""
        try:
            with self.engine.connect() as connection:
                if connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() != "ok":
                    return False
                for state, facts in connection.execute(select(self._rows.c.state, self._rows.c.facts)):
                    self._state_of(state)
                    for _ in unpack(facts):
                        pass
        except (DatabaseError, Damaged, msgspec.MsgspecError):
            return False
        return True

    def close(self) -> None:
        """A second time it does nothing."""
        if self._writing.driver_connection is None:
            return
        if self._written != self.cursor:
            # A cursor that is not written down only means that the next start reads a few events twice.
            with contextlib.suppress(sqlite3.Error), self._db:
                self._write_cursor(self.cursor)
        self._let_go()

    def _let_go(self) -> None:
        with contextlib.suppress(sqlite3.Error, SQLAlchemyError):
            self._writing.close()
        self.engine.dispose()

    @property
    def _db(self) -> sqlite3.Connection:
        db = self._writing.driver_connection
        if not isinstance(db, sqlite3.Connection):
            raise sqlite3.OperationalError(f"{self.path.name} is not open")
        return db

    # -- events in --------------------------------------------------------------------------------------------------

    def apply(self, facts: Sequence[tuple[int, Fact]], position: int | None) -> dict[str, Changed]:
        """Folds facts (with their positions) and moves the cursor to `position`; what is at or below the cursor is
        passed over. With `position` None the facts are ahead of others that have yet to come: they are folded, the
        cursor stays, and it does no harm that they come once more.

        Raises `sqlite3.Error` when the file does not work."""
        if position is not None and position <= self.cursor:
            return {}
        archive = self._archive_after(facts)
        groups: dict[str, Group] = {}
        for at, fact in facts:
            if at > self.cursor and fact.type in self.types and not archive.covers(fact.at):
                own = self.own(fact)
                groups.setdefault(self.key(fact), {})[own.at, own.raw] = own
        if not groups and archive is self.archive:
            self._pass(position)
            return {}
        db = self._db
        with db:
            changed, known = self._let_go_of(db, archive) if archive is not self.archive else ({}, {})
            folded, seen = self._fold(db, groups, known)
            changed, known = changed | folded, known | seen
            self.applied(db, changed)
            if position is not None:
                self._write_cursor(position)
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
                db.execute("INSERT OR REPLACE INTO archived (log_id, mark) VALUES (?,?)", (log_id, _packed(one)))
        rows: list[tuple[Any, ...]] = []
        changed: dict[str, Changed] = {}
        now: dict[str, _Known] = {}
        gone: list[str] = []
        query = f"SELECT aggregate_id, state, facts FROM {self._rows.name} WHERE oldest <= ?"
        for key, state, packed in db.execute(query, (archive.upto,)).fetchall():
            facts = list(unpack(packed))
            left = [(at, raw) for at, raw in facts if not archive.covers(at)]
            if len(left) == len(facts):
                continue
            group: Group = {(at, raw): fact for at, raw in left if (fact := self.restore(at, raw)) is not None}
            if not group:
                gone.append(key)
                continue
            row, change = self._fold_one(key, None, group)
            changed[key] = Changed(self._state_of(state), change.after, True)
            self._keep(key, row, change.after, rows, now)
        if rows:
            db.executemany(self._texts.upsert, rows)
        db.executemany(f"DELETE FROM {self._rows.name} WHERE aggregate_id = ?", [(key,) for key in gone])
        for key in gone:
            self._recent.pop(key, None)
        if gone:
            self.gone(db, gone)
        return changed, now

    def shrink(self, pages: int) -> int:
        """Gives up to so many free pages back to the disk; returns how many."""
        (free,) = self._db.execute("PRAGMA freelist_count").fetchone()
        count = min(pages, int(free) - FREE_PAGES)
        if count <= 0:
            return 0
        self._db.executescript(f"PRAGMA incremental_vacuum({count})")  # `execute` would stop after one page
        return count

    def aged(self, upto: int) -> Iterable[tuple[str, S, list[tuple[At, bytes]]]]:
        """Aggregates with a fact whose place in time is at or before `upto`: what they are called by events, their
        state, and the facts they were folded from."""
        with self.engine.connect() as connection:
            query = select(self._rows.c.aggregate_id, self._rows.c.state, self._rows.c.facts)
            for key, state, facts in connection.execute(query.where(self._rows.c.oldest <= upto)).all():
                yield self.aggregate_id(key), self._state_of(state), list(unpack(facts))

    def _pass(self, position: int | None) -> None:
        """Nothing for us up to here; worth a write only now and then."""
        if position is None:
            return
        if position - self._written >= CURSOR_EVERY:
            with self._db:
                self._write_cursor(position)
            self._written = position
        self.cursor = position

    def _write_cursor(self, position: int) -> None:
        self._db.execute("UPDATE cursor SET position = ?", (position,))

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
        rows: list[tuple[Any, ...]] = []
        changed: dict[str, Changed] = {}
        now: dict[str, _Known] = {}
        for key, group in groups.items():
            row, change = self._fold_one(key, known.get(key), group)
            if change.after is None:
                continue
            changed[key] = change
            self._keep(key, row, change.after, rows, now)
        if rows:
            db.executemany(self._texts.upsert, rows)
        return changed, now

    def _keep(
        self, key: str, row: dict[str, Any], state: Any, rows: list[tuple[Any, ...]], now: dict[str, _Known]
    ) -> None:
        """Adds an aggregate to the rows to be written, and to those that are known."""
        at = (row["hlc"], row["log_id"], row["seq"], row["topic"])
        now[key] = _Known(at, state, row["facts"], row["oldest"])
        row.update(self.columns(key, state))
        rows.append(tuple([row[name] for name in self._texts.names]))

    def _fold_one(self, key: str, known: _Known | None, group: Group) -> tuple[dict[str, Any], Changed]:
        """One aggregate's row and change: evolved if its facts follow on those before, else folded anew."""
        facts = in_order(group)
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
        oldest = min(known.oldest, facts[0].at[0]) if known else facts[0].at[0]
        row = {"aggregate_id": key, "hlc": end[0], "log_id": end[1], "seq": end[2], "topic": end[3], "oldest": oldest}
        return row | {"state": summed(_encode(state)), "facts": kept}, Changed(before, state, late)

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
        if not keys:
            return {}
        wanted = msgspec.json.encode(keys).decode()
        return {
            r[0]: _Known((r[1], r[2], r[3], r[4]), self._state_of(r[5]), r[6], r[7])
            for r in db.execute(self._load, (wanted,))
        }

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
            with contextlib.closing(self.engine.raw_connection()) as connection:
                db = connection.driver_connection
                assert isinstance(db, sqlite3.Connection)
                found |= {key: known.state for key, known in self._load_rows(db, missing).items()}
        return found

    def state(self, key: str) -> S | None:
        return self.states([key]).get(key)

    def newest(self, key: str) -> int:
        """The place in time of the latest fact folded into an aggregate; 0 when there is none."""
        known = self._recent.get(key)
        if known is not None:
            return known.at[0]
        with self.engine.connect() as connection:
            query = select(self._rows.c.hlc).where(self._rows.c.aggregate_id == key)
            return int(connection.execute(query).scalar() or 0)

    def all_states(self) -> dict[str, S]:
        with self.engine.connect() as connection:
            rows = connection.execute(select(self._rows.c.aggregate_id, self._rows.c.state)).all()
        return {key: self._state_of(state) for key, state in rows}

    def _state_of(self, packed: bytes) -> S:
        """A state as kept in its row. Raises `Damaged`."""
        state: S = self._state.decode(checked(packed))
        return state


def disk_failed(error: Exception) -> bool:
    """Whether it is the disk that failed, not the file that is wrong."""
    inner = getattr(error, "orig", None) or error
    return str(getattr(inner, "sqlite_errorname", "")).startswith(DISK_ERRORS)


def _packed(mark: Mark) -> bytes:
    said = Archived(told(mark.floors), told_places(mark.kept), mark.upto, list(mark.carried))
    return summed(_encode((mark.seq, said)))


def _unpacked(packed: bytes) -> Mark:
    seq, said = _mark.decode(checked(packed))
    return mark(seq, said, checked=True)
