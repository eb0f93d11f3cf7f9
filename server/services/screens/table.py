"""The table of screens."""

from __future__ import annotations

from server.services.definition import AggregateRow


class ScreenRow(AggregateRow, table=True):
    __tablename__ = "screen"
