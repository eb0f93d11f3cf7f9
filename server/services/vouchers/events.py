"""A voucher's life. The aggregate is the voucher's id, which tells nobody its code. Amounts are minor units."""

from __future__ import annotations

import hashlib

import msgspec

from server.services.asked import FromCommand

TOPIC = "vouchers"
ISSUED = "vouchers.issued/1"
REDEEMED = "vouchers.redeemed/1"
RETURNED = "vouchers.returned/1"
CANCELLED = "vouchers.cancelled/1"

CODE_DIGITS = 12
"""The last one tells a slip of the finger (Luhn, ISO/IEC 7812-1 annex B). Of the others, a shop with a thousand
vouchers has one among a hundred million: nobody finds one by trying."""


APART_MINOR = 5000
"""What one voucher may pay at a terminal that is in touch with none of the shop's others: so much may be lost where it
is redeemed at two of them at once. A setting (`voucher_apart_minor`)."""


class Issued(FromCommand, frozen=True):
    """`single`: for one order, and what it does not take of it is gone; else what is left stays. `until`: the last
    business day it is good for, `""` for ever."""

    amount_minor: int
    currency: str
    single: bool = False
    until: str = ""
    note: str = ""
    by: str = ""


class Redeemed(FromCommand, frozen=True):
    """The payment of the order says the same."""

    payment_id: str
    order_id: str
    amount_minor: int
    by: str = ""


class Returned(FromCommand, frozen=True):
    """A payment was given back to the voucher."""

    refund_id: str
    payment_id: str
    amount_minor: int
    by: str = ""


class Cancelled(FromCommand, frozen=True):
    reason: str
    by: str = ""


class VoucherUse(msgspec.Struct, frozen=True):
    """What an order took of it, less what was given back. `double`: it was not there any more."""

    order_id: str
    payment_id: str
    amount_minor: int
    double: bool = False


class Voucher(msgspec.Struct, frozen=True):
    """The shape of `GET /v1/vouchers/{code}`. `overdrawn_minor`: what was redeemed beyond its amount.
    `again_minor`: what was issued under the same code a second time, at a terminal that was apart; it is not on it."""

    amount_minor: int
    balance_minor: int
    currency: str
    single: bool
    until: str
    note: str
    cancelled: bool
    overdrawn_minor: int
    uses: list[VoucherUse] = []
    again_minor: int = 0


def normal(code: str) -> str:
    """The digits of a code as somebody typed or scanned it."""
    return "".join(c for c in code if c in "0123456789")


def check_digit(digits: str) -> str:
    """For digits without one."""
    doubled = [int(d) * (2 if n % 2 == 0 else 1) for n, d in enumerate(reversed(digits))]
    return str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)


def is_code(digits: str) -> bool:
    return len(digits) == CODE_DIGITS and check_digit(digits[:-1]) == digits[-1]


def voucher_id_of(code: str) -> str:
    return hashlib.sha256(b"pilotlight voucher 1" + normal(code).encode()).hexdigest()[:24]
