"""Payments by order, and which of them wait for a card terminal's answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from server.services.fact import Fact
from server.services.payments.state import TYPES, PaymentsState, evolve
from server.services.read_model import ReadModel


class Payments(ReadModel[PaymentsState]):
    name, version, types = "payments", 8, TYPES

    def __init__(self, folder: Path, log_id: str = "") -> None:
        super().__init__(folder, log_id, PaymentsState)

    def evolve(self, key: str, state: PaymentsState | None, fact: Fact) -> PaymentsState:
        return evolve(state or PaymentsState(), fact)

    def columns(self, key: str, state: PaymentsState) -> dict[str, Any]:
        return {"pending": state.unanswered, "stored": len(state.stored)}

    def pending(self) -> dict[str, PaymentsState]:
        """By order id, those with an attempt to take or give back money that is not answered."""
        return self._states("SELECT aggregate_id, state FROM payment WHERE pending > 0")

    def stored(self) -> dict[str, PaymentsState]:
        """By order id, those with a card taken without a line, of which the bank has not been heard."""
        return self._states("SELECT aggregate_id, state FROM payment WHERE stored > 0")
