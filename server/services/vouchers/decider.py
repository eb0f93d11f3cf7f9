"""Vouchers: `decide` for each command, pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from server.event import Draft, Refused
from server.services.asked import check_same
from server.services.command import check_amount, check_reason, check_text
from server.services.vouchers import events
from server.services.vouchers.commands import Cancel, Issue
from server.services.vouchers.events import Cancelled, Issued, Redeemed, Returned, is_code, normal, voucher_id_of
from server.services.vouchers.state import VoucherState

DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
APART_MS = 24 * 3600 * 1000
"""Since when what it paid there counts."""

Decided = tuple[list[Draft], dict[str, Any]]


class Limits(msgspec.Struct, frozen=True):
    """What holds now: the business day, whether this terminal is apart from all others, what a voucher may pay then,
    and which logs are our own."""

    business_day: str
    now_ms: int
    apart: bool
    apart_minor: int
    is_ours: Callable[[str], bool]


def issue(
    state: VoucherState | None, command: Issue, command_id: str, currency: str, label: str, asked: str = ""
) -> Decided:
    """Asked again, also at another terminal, it is answered as it was. Raises `Refused`: `bad_code`, `voucher_exists`,
    `bad_amount`, `bad_field`."""
    voucher_id = _id_of(command.code)
    amount = check_amount(command.amount_minor, "amount_minor")
    until = command.until or ""
    if until and not DAY.fullmatch(until):
        raise Refused("bad_field", "“until” is a day like 2027-12-31. Correct it, or leave it out.")
    note = check_text(command.note, "note", "The note")
    issued = Issued(amount, currency, command.single, until, note, label)
    if state is not None and state.issued is not None:
        if state.issued_by == command_id:
            check_same(state.issued.asked, asked)
            return [], {"voucher_id": voucher_id, "amount_minor": state.issued.amount_minor}
        raise Refused("voucher_exists", "There is a voucher with this code already. Make another code.")
    return [Draft(events.ISSUED, voucher_id, issued)], {"voucher_id": voucher_id, "amount_minor": amount}


def redeem(
    state: VoucherState | None,
    code: str,
    payment_id: str,
    order_id: str,
    wanted: int,
    currency: str,
    now: Limits,
    by: str,
) -> tuple[Draft, int]:
    """What it pays of an order: all that is wanted, or all that it has. Raises `Refused`: `bad_code`,
    `voucher_unknown`, `voucher_cancelled`, `voucher_expired`, `voucher_used`, `voucher_currency`, `voucher_apart`."""
    voucher_id = _id_of(code)
    issued = state.issued if state is not None else None
    if state is None or issued is None:
        raise Refused("voucher_unknown", "No voucher has this code here. Look at it once more, or pay otherwise.")
    if state.cancelled:
        raise Refused("voucher_cancelled", "This voucher was cancelled. Pay otherwise.")
    if issued.until and now.business_day > issued.until:
        raise Refused("voucher_expired", f"This voucher was good until {issued.until}. Pay otherwise.")
    if issued.currency != currency:
        raise Refused("voucher_currency", f"This voucher is in {issued.currency}, the order in {currency}.")
    amount = min(wanted, state.balance_minor)
    if not amount:
        raise Refused("voucher_used", "Nothing is left on this voucher. Pay otherwise.")
    if now.apart and amount + _paid_here(state, now) > now.apart_minor:
        raise Refused(
            "voucher_apart",
            "This terminal can't reach the others just now, so that it can't know what is left on this voucher. Try at "
            "another terminal, or pay otherwise.",
        )
    return Draft(events.REDEEMED, voucher_id, Redeemed(payment_id, order_id, amount, by)), amount


def _paid_here(state: VoucherState, now: Limits) -> int:
    return sum(u.net_minor for u in state.uses.values() if now.is_ours(u.at[1]) and now.now_ms - u.ms < APART_MS)


def give_back(voucher_id: str, refund_id: str, payment_id: str, amount_minor: int, by: str) -> Draft:
    return Draft(events.RETURNED, voucher_id, Returned(refund_id, payment_id, amount_minor, by))


def cancel(state: VoucherState | None, command: Cancel, label: str) -> Decided:
    voucher_id = _id_of(command.code)
    if state is None or state.issued is None:
        raise Refused("voucher_unknown", "No voucher has this code here. Look at it once more.")
    if state.cancelled:
        raise Refused("voucher_cancelled", "This voucher was cancelled already. Nothing is left to do.")
    draft = Draft(events.CANCELLED, voucher_id, Cancelled(check_reason(command.reason), label))
    return [draft], {"voucher_id": voucher_id, "balance_minor": state.balance_minor}


def _id_of(code: str) -> str:
    if not is_code(normal(code)):
        raise Refused("bad_code", f"A voucher's code has {events.CODE_DIGITS} digits. Look at it once more.")
    return voucher_id_of(code)
