"""The table of what is out, counted and taken."""

from __future__ import annotations

from sqlalchemy import Index

from server.services.definition import AggregateRow


class StockRow(AggregateRow, table=True):
    """Subjects and orders. `is_order`: what an order took; there are many, and they stay on disk."""

    __tablename__ = "stock"
    __table_args__ = (Index("ix_stock_since", "is_order", "hlc"),)
    is_order: bool
