"""An order's payments as the fold of `payments` events: what was attempted, and how each attempt ended."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from server.services.fact import NEVER, At, Fact
from server.services.payments import events
from server.services.payments.events import Attempted, Captured, Failed, Refunded

TYPES: dict[str, type[Any]] = {
    events.ATTEMPTED: Attempted,
    events.CAPTURED: Captured,
    events.FAILED: Failed,
    events.REFUNDED: Refunded,
}

How = Literal["attempted", "captured", "failed"]


class Payment(msgspec.Struct, frozen=True, array_like=True):
    """`log_id`: whose card terminal was asked last."""

    how: How
    tender: str
    amount_minor: int
    at: At = NEVER
    why: str = ""
    command_id: str = ""
    ms: int = 0  # by the clock of whoever asked

    @property
    def log_id(self) -> str:
        return self.at[1]


class PaymentsState(msgspec.Struct, frozen=True, array_like=True):
    payments: dict[str, Payment] = {}
    refunds: list[str] = []

    @property
    def pending(self) -> dict[str, Payment]:
        """Attempts that nobody has answered."""
        return {i: p for i, p in self.payments.items() if p.how == "attempted"}


def evolve(state: PaymentsState, fact: Fact) -> PaymentsState:
    """A capture stands, whatever sorts after it; an attempt after a failure is a new question to the terminal."""
    data = fact.data
    if fact.type == events.REFUNDED:
        return PaymentsState(state.payments, [*state.refunds, data.refund_id])
    before = state.payments.get(data.payment_id)
    if before is not None and before.how == "captured":
        return state
    how: How = "captured" if fact.type == events.CAPTURED else "failed" if fact.type == events.FAILED else "attempted"
    payment = Payment(
        how,
        data.tender,
        data.amount_minor,
        fact.at,
        getattr(data, "why", ""),
        getattr(data, "command_id", ""),
        fact.wall_ms,
    )
    return PaymentsState({**state.payments, data.payment_id: payment}, state.refunds)
