"""The table of devices' health."""

from __future__ import annotations

from server.services.definition import AggregateRow


class HealthRow(AggregateRow, table=True):
    __tablename__ = "health"
