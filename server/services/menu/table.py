"""The table of menus, one row an audience."""

from __future__ import annotations

from server.services.definition import AggregateRow


class MenuRow(AggregateRow, table=True):
    __tablename__ = "menu"
