"""The table of keys: one row."""

from __future__ import annotations

from server.services.definition import AggregateRow


class KeysRow(AggregateRow, table=True):
    __tablename__ = "phone_keys"
