"""What a read model must know of its table to work with it in plain SQL."""

from __future__ import annotations

from typing import NamedTuple


class Statements(NamedTuple):
    """`upsert` takes a tuple of values in the order of `columns`; `create` makes the file's tables and indexes."""

    table: str
    columns: tuple[str, ...]
    upsert: str
    create: tuple[str, ...]
