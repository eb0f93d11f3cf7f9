"""An order's payments as the fold of `payments` events: what was attempted, and how each attempt ended."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from server.services.fact import NEVER, At, Fact
from server.services.payments import events
from server.services.payments.events import (
    Attempted,
    Captured,
    DeclinedLate,
    Failed,
    Forwarded,
    NotMoved,
    RefundAttempted,
    Refunded,
    RefundFailed,
)

TYPES: dict[str, type[Any]] = {
    events.ATTEMPTED: Attempted,
    events.CAPTURED: Captured,
    events.FAILED: Failed,
    events.REFUNDED: Refunded,
    events.REFUND_ATTEMPTED: RefundAttempted,
    events.REFUND_FAILED: RefundFailed,
    events.FORWARDED: Forwarded,
    events.DECLINED_LATE: DeclinedLate,
}

How = Literal["attempted", "captured", "failed"]

Offline = Literal["", "stored", "forwarded", "declined"]
"""A card taken without a line, and what became of it."""


class Payment(msgspec.Struct, frozen=True, array_like=True):
    """`logs`: whose card terminals were asked and have not answered; `why`: what the last one said that took nothing.
    `transaction_id` and `transaction_at`: the terminal's name for it."""

    how: How
    tender: str
    amount_minor: int
    at: At = NEVER
    why: str = ""
    command_id: str = ""
    ms: int = 0  # by the clock of whoever asked
    transaction_id: str = ""
    transaction_at: str = ""
    offline: Offline = ""
    tip_minor: int = 0
    asked: str = ""
    logs: tuple[str, ...] = ()

    @property
    def log_id(self) -> str:
        return self.at[1]


class Refunding(msgspec.Struct, frozen=True, array_like=True):
    """A refund that the card terminal was asked for and has not answered. `logs` and `why` as in `Payment`."""

    payment_id: str
    amount_minor: int
    reason: str
    at: At
    command_id: str = ""
    ms: int = 0
    asked: str = ""
    logs: tuple[str, ...] = ()
    why: str = ""


class Given(msgspec.Struct, frozen=True, array_like=True):
    """A refund that was given: of which payment, how, and by which body of a command."""

    payment_id: str
    tender: str
    asked: str = ""


class PaymentsState(msgspec.Struct, frozen=True, array_like=True):
    """`refunds`: the amount of each that was given, by its id; `given`: what else is known of it."""

    payments: dict[str, Payment] = {}
    refunds: dict[str, int] = {}
    refunding: dict[str, Refunding] = {}
    ends: dict[str, Offline] = {}  # how the bank decided about cards taken without a line, by payment id
    given: dict[str, Given] = {}

    @property
    def stored(self) -> dict[str, Payment]:
        """Cards taken without a line, of which the bank has not been heard."""
        return {i: p for i, p in self.payments.items() if p.offline == "stored" and i not in self.ends}

    @property
    def pending(self) -> dict[str, Payment]:
        """Attempts that nobody has answered."""
        return {i: p for i, p in self.payments.items() if p.how == "attempted"}

    @property
    def unanswered(self) -> int:
        """How much a card terminal still has to say about the order."""
        return len(self.pending) + len(self.refunding)


def evolve(state: PaymentsState, fact: Fact) -> PaymentsState:
    """A capture stands, whatever sorts after it; an attempt after a failure is a new question to the terminal."""
    data = fact.data
    if isinstance(data, Refunded | RefundAttempted | RefundFailed):
        return _refund(state, fact, data)
    if isinstance(data, Forwarded | DeclinedLate):
        if state.ends.get(data.payment_id) == "forwarded":
            return state
        end: Offline = "forwarded" if isinstance(data, Forwarded) else "declined"
        return msgspec.structs.replace(state, ends={**state.ends, data.payment_id: end})
    before = state.payments.get(data.payment_id)
    if before is not None and before.how == "captured":
        return state
    asking = before.logs if before is not None and before.how == "attempted" else ()
    if isinstance(data, Failed) and before is not None and (left := _left(asking, data)):
        still = msgspec.structs.replace(before, logs=left, why=data.why)
        return msgspec.structs.replace(state, payments={**state.payments, data.payment_id: still})
    how: How = "captured" if fact.type == events.CAPTURED else "failed" if fact.type == events.FAILED else "attempted"
    payment = Payment(
        how,
        data.tender,
        data.amount_minor,
        fact.at,
        getattr(data, "why", ""),
        getattr(data, "command_id", ""),
        fact.wall_ms,
        getattr(data, "transaction_id", ""),
        getattr(data, "transaction_at", ""),
        "stored" if getattr(data, "offline", False) else "",
        getattr(data, "tip_minor", 0),
        data.asked or (before.asked if before is not None else ""),
        _and(asking, fact) if how == "attempted" else (),
    )
    return msgspec.structs.replace(state, payments={**state.payments, data.payment_id: payment})


def _and(asking: tuple[str, ...], fact: Fact) -> tuple[str, ...]:
    """One more log asks."""
    return tuple(sorted({*asking, fact.at[1]}))


def _left(asking: tuple[str, ...], answer: NotMoved) -> tuple[str, ...]:
    """The logs whose card terminals have still to say something after an answer."""
    return () if answer.of is msgspec.UNSET else tuple(log_id for log_id in asking if log_id not in answer.of)


def _refund(state: PaymentsState, fact: Fact, data: Refunded | RefundAttempted | RefundFailed) -> PaymentsState:
    """A refund that was given stands, too."""
    others = {i: r for i, r in state.refunding.items() if i != data.refund_id}
    if isinstance(data, Refunded):
        if data.refund_id in state.refunds:
            return msgspec.structs.replace(state, refunding=others)
        refunds = {**state.refunds, data.refund_id: data.amount_minor}
        given = {**state.given, data.refund_id: Given(data.payment_id, data.tender, data.asked or "")}
        return msgspec.structs.replace(state, refunds=refunds, refunding=others, given=given)
    known = state.refunding.get(data.refund_id)
    if isinstance(data, RefundFailed) and known is not None and (left := _left(known.logs, data)):
        still = msgspec.structs.replace(known, logs=left, why=data.why)
        return msgspec.structs.replace(state, refunding={**others, data.refund_id: still})
    if isinstance(data, RefundFailed) or data.refund_id in state.refunds:
        return msgspec.structs.replace(state, refunding=others)
    asked = Refunding(
        data.payment_id,
        data.amount_minor,
        data.reason,
        fact.at,
        data.command_id,
        fact.wall_ms,
        data.asked or "",
        _and(known.logs if known is not None else (), fact),
    )
    return msgspec.structs.replace(state, refunding={**others, data.refund_id: asked})
