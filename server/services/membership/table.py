"""The table of devices."""

from __future__ import annotations

from server.services.definition import AggregateRow


class MemberRow(AggregateRow, table=True):
    __tablename__ = "member"
