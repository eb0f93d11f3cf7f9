"""What may be asked of the vouchers service."""

from __future__ import annotations

from server.services.command import Command


class Issue(Command, frozen=True):
    """A voucher, by a code that you make: eleven random digits and a check digit. `single`: for one order only.
    `until`: the last day it is good for, YYYY-MM-DD."""

    code: str
    amount_minor: int
    single: bool = False
    until: str | None = None
    note: str | None = None


class Cancel(Command, frozen=True):
    """It is lost, or was a mistake: nothing more is taken of it."""

    code: str
    reason: str
