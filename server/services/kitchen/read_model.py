"""The tickets, by whether they are on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from server.services.fact import Fact
from server.services.kitchen.state import EMPTY, TYPES, TicketState, evolve
from server.services.read_model import ReadModel


class Tickets(ReadModel[TicketState]):
    name, version, types = "kitchen", 5, TYPES

    def __init__(self, folder: Path, log_id: str = "") -> None:
        super().__init__(folder, log_id, TicketState)

    def evolve(self, key: str, state: TicketState | None, fact: Fact) -> TicketState:
        return evolve(state or EMPTY, fact)

    def columns(self, key: str, state: TicketState) -> dict[str, Any]:
        shown = bool(state.released_ms) and not state.done_ms
        return {"shown": shown, "released_ms": state.released_ms, "done_ms": state.done_ms}

    def shown(self) -> dict[str, TicketState]:
        """On the screen, by order id, oldest first."""
        return self._states("SELECT aggregate_id, state FROM ticket WHERE shown = 1 ORDER BY released_ms, aggregate_id")

    def done(self, since_ms: int, limit: int) -> dict[str, TicketState]:
        """Done at or after a time, by order id, newest first."""
        query = (
            "SELECT aggregate_id, state FROM ticket WHERE done_ms >= ? AND released_ms > 0 "
            "ORDER BY done_ms DESC, aggregate_id LIMIT ?"
        )
        return self._states(query, max(1, since_ms), limit)
