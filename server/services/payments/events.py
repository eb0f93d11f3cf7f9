"""Money taken and given back. Amounts are integer minor units."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.services.asked import FromCommand

TOPIC = "payments"
ATTEMPTED = "payments.attempted/1"
CAPTURED = "payments.captured/1"
FAILED = "payments.failed/1"
REFUNDED = "payments.refunded/1"
REFUND_ATTEMPTED = "payments.refund_attempted/1"
REFUND_FAILED = "payments.refund_failed/1"
FORWARDED = "payments.forwarded/1"
DECLINED_LATE = "payments.declined_late/1"
WRITTEN_OFF = "payments.written_off/1"

TenderKind = Literal["cash", "card", "voucher"]


class Attempted(FromCommand, frozen=True):
    """Written before the card terminal is asked, so that a crash in between is known and can be asked about."""

    payment_id: str
    tender: TenderKind
    amount_minor: int
    by: str = ""
    command_id: str = ""  # the command that waits for the card terminal's answer
    tip_minor: int = 0


class Captured(FromCommand, frozen=True):
    """Cash: `tendered_minor` was given and `change_minor` handed back. Card: `card` is what the receipt may show,
    `receipt` what must be printed, `transaction_id` with `transaction_at` how its terminal names it; `offline`: taken
    without a line, which the bank may still decline; `tip_minor` came on top of `amount_minor`. `voucher`: the id
    of the one that paid."""

    payment_id: str
    tender: TenderKind
    amount_minor: int
    tendered_minor: int | None = None
    change_minor: int | None = None
    card: str = ""
    authorization: str = ""
    by: str = ""
    offline: bool = False
    transaction_id: str = ""
    transaction_at: str = ""
    receipt: str = ""
    tip_minor: int = 0
    voucher: str = ""


class NotMoved(FromCommand, frozen=True, kw_only=True):
    """A card terminal's answer that no money moved. `of` are the logs that had asked it: others, which asked card
    terminals of their own under the same name, are still to be answered. Left out where nobody else had asked."""

    of: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


class Failed(NotMoved, frozen=True):
    """`why` as in `card_terminal.Answer`: `declined`, `cancelled`, `timed_out`, …"""

    payment_id: str
    tender: TenderKind
    amount_minor: int
    why: str
    by: str = ""


class Refunded(FromCommand, frozen=True):
    refund_id: str
    payment_id: str
    tender: TenderKind
    amount_minor: int
    reason: str
    by: str = ""


class RefundAttempted(FromCommand, frozen=True):
    """Written before the card terminal is asked to give money back."""

    refund_id: str
    payment_id: str
    amount_minor: int
    reason: str
    by: str = ""
    command_id: str = ""


class RefundFailed(NotMoved, frozen=True):
    """Nothing was given back; `why` as in `Failed`."""

    refund_id: str
    payment_id: str
    amount_minor: int
    why: str
    by: str = ""


class Forwarded(msgspec.Struct, frozen=True):
    """A card that was taken without a line: the bank has said yes."""

    payment_id: str
    amount_minor: int


class DeclinedLate(msgspec.Struct, frozen=True):
    """A card that was taken without a line: the bank has said no, and the shop has no money. `why` as in `Failed`."""

    payment_id: str
    amount_minor: int
    why: str


class WrittenOff(FromCommand, frozen=True):
    """The shop bears it: nobody is asked for it any more."""

    write_off_id: str
    amount_minor: int
    reason: str
    by: str = ""
