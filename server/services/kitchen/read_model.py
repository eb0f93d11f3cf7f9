"""The tickets, by whether they are on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Index, select
from sqlmodel import Field

from server.services.fact import Fact
from server.services.kitchen.state import EMPTY, TYPES, TicketState, evolve
from server.services.read_model import AggregateRow, ReadModel, table_of


class TicketRow(AggregateRow, table=True):
    """`shown`: on the screen now."""

    __tablename__ = "ticket"
    __table_args__ = (Index("ix_ticket_shown", "shown", "released_ms"), Index("ix_ticket_done", "done_ms"))
    shown: bool
    released_ms: int
    done_ms: int = Field()


_ROWS = table_of(TicketRow)


class Tickets(ReadModel[TicketState]):
    name, version, types, row = "kitchen", 1, TYPES, TicketRow

    def __init__(self, folder: Path, log_id: str = "") -> None:
        super().__init__(folder, log_id, TicketState)

    def evolve(self, key: str, state: TicketState | None, fact: Fact) -> TicketState:
        return evolve(state or EMPTY, fact)

    def columns(self, key: str, state: TicketState) -> dict[str, Any]:
        shown = bool(state.released_ms) and not state.done_ms
        return {"shown": shown, "released_ms": state.released_ms, "done_ms": state.done_ms}

    def shown(self) -> dict[str, TicketState]:
        """On the screen, by order id, oldest first."""
        query = select(_ROWS.c.aggregate_id, _ROWS.c.state).where(_ROWS.c.shown.is_(True))
        return self._read(query.order_by(_ROWS.c.released_ms, _ROWS.c.aggregate_id))

    def done(self, since_ms: int, limit: int) -> dict[str, TicketState]:
        """Done at or after a time, by order id, newest first."""
        query = select(_ROWS.c.aggregate_id, _ROWS.c.state)
        query = query.where(_ROWS.c.done_ms >= max(1, since_ms), _ROWS.c.released_ms > 0)
        return self._read(query.order_by(_ROWS.c.done_ms.desc(), _ROWS.c.aggregate_id).limit(limit))

    def _read(self, query: Any) -> dict[str, TicketState]:
        with self.engine.connect() as connection:
            return {key: self._state_of(state) for key, state in connection.execute(query)}
