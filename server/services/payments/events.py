"""Money taken and given back. Amounts are integer minor units."""

from __future__ import annotations

from typing import Literal

import msgspec

TOPIC = "payments"
ATTEMPTED = "payments.attempted/1"
CAPTURED = "payments.captured/1"
FAILED = "payments.failed/1"
REFUNDED = "payments.refunded/1"

TenderKind = Literal["cash", "card"]


class Attempted(msgspec.Struct, frozen=True):
    """Written before the card terminal is asked, so that a crash in between is known and can be asked about."""

    payment_id: str
    tender: TenderKind
    amount_minor: int
    by: str = ""
    command_id: str = ""  # the command that waits for the card terminal's answer


class Captured(msgspec.Struct, frozen=True):
    """Cash: `tendered_minor` was given and `change_minor` handed back. Card: `card` is what the receipt may show."""

    payment_id: str
    tender: TenderKind
    amount_minor: int
    tendered_minor: int | None = None
    change_minor: int | None = None
    card: str = ""
    authorization: str = ""
    by: str = ""


class Failed(msgspec.Struct, frozen=True):
    """`why`: `declined`, `timed_out` or `unreachable`."""

    payment_id: str
    tender: TenderKind
    amount_minor: int
    why: str
    by: str = ""


class Refunded(msgspec.Struct, frozen=True):
    refund_id: str
    payment_id: str
    tender: TenderKind
    amount_minor: int
    reason: str
    by: str = ""
