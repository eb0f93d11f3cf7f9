"""Payments by order, and which of them wait for a card terminal's answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import Field

from server.services.fact import Fact
from server.services.payments.state import TYPES, PaymentsState, evolve
from server.services.read_model import AggregateRow, ReadModel, table_of


class PaymentRow(AggregateRow, table=True):
    """`pending`: how many attempts nobody has answered."""

    __tablename__ = "payment"
    pending: int = Field(index=True)


_ROWS = table_of(PaymentRow)


class Payments(ReadModel[PaymentsState]):
    name, version, types, row = "payments", 2, TYPES, PaymentRow

    def __init__(self, folder: Path, log_id: str = "") -> None:
        super().__init__(folder, log_id, PaymentsState)

    def evolve(self, key: str, state: PaymentsState | None, fact: Fact) -> PaymentsState:
        return evolve(state or PaymentsState(), fact)

    def columns(self, key: str, state: PaymentsState) -> dict[str, Any]:
        return {"pending": len(state.pending)}

    def pending(self) -> dict[str, PaymentsState]:
        """By order id, those with an unanswered attempt."""
        query = select(_ROWS.c.aggregate_id, _ROWS.c.state).where(_ROWS.c.pending > 0)
        with self.engine.connect() as connection:
            return {key: self._state_of(state) for key, state in connection.execute(query)}
