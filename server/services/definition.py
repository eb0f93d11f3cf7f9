"""What all tables of read models have in common, in SQLModel; each service's own are in its `table.py`.

A server does not load these: `compiled.py` has what it needs of them, made by `make tables`. SQLModel and what stands
behind it would take more memory in each terminal than all of the server's own code.
"""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import Field, SQLModel

from server.services.statements import Statements


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


def table_of(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def compiled(model: type[AggregateRow]) -> Statements:
    """The statements about a service's table, as SQLite takes them."""
    rows, dialect = table_of(model), sqlite.dialect()
    columns = [c.name for c in rows.columns]
    upsert = insert(rows)
    text = upsert.on_conflict_do_update(
        index_elements=["aggregate_id"], set_={c: upsert.excluded[c] for c in columns if c != "aggregate_id"}
    ).compile(dialect=dialect)
    tables = (table_of(CursorRow), table_of(MarkRow), rows)
    create = [str(CreateTable(table).compile(dialect=dialect)).strip() for table in tables]
    create += [str(CreateIndex(i).compile(dialect=dialect)) for i in sorted(rows.indexes, key=lambda i: str(i.name))]
    return Statements(rows.name, tuple(text.positiontup or ()), str(text), tuple(create))
