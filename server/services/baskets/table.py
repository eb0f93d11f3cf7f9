"""The table of baskets."""

from __future__ import annotations

from server.services.definition import AggregateRow


class BasketRow(AggregateRow, table=True):
    __tablename__ = "basket"
