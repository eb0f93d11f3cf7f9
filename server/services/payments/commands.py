"""What may be asked of the payments service. Amounts are integer minor units of the order's currency."""

from __future__ import annotations

from server.services.command import Command
from server.services.payments.events import TenderKind


class Capture(Command, frozen=True):
    """`amount_minor` defaults to what is due; `tendered_minor` is the cash handed over. A card payment asked again
    with the same `payment_id` never charges twice. `resume`: only tell what became of it; nothing is charged now.
    `tip_minor` is what a card gives on top. `code` is a voucher's; it pays all that is due, or all that it has."""

    order_id: str
    tender: TenderKind
    amount_minor: int | None = None
    tendered_minor: int | None = None
    payment_id: str | None = None
    resume: bool = False
    tip_minor: int = 0
    code: str | None = None


class Abort(Command, frozen=True):
    """The card terminal is asked not to wait for a card any longer. What became of the payment is what `Capture` is
    answered."""

    order_id: str


class Refund(Command, frozen=True):
    """`amount_minor` defaults to what was taken too much, or else to all that is left of the payment."""

    order_id: str
    reason: str
    payment_id: str | None = None
    amount_minor: int | None = None


class WriteOff(Command, frozen=True):
    """What is due because the bank declined a card that was taken without a line, and nobody can be asked for it."""

    order_id: str
    reason: str
