"""The table of tickets."""

from __future__ import annotations

from sqlalchemy import Index

from server.services.definition import AggregateRow


class TicketRow(AggregateRow, table=True):
    """`shown`: on the screen now."""

    __tablename__ = "ticket"
    __table_args__ = (Index("ix_ticket_shown", "shown", "released_ms"), Index("ix_ticket_done", "done_ms"))
    shown: bool
    released_ms: int
    done_ms: int
