"""Payments: `decide` and what a card terminal's answer leads to; pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from server.event import Draft, Refused
from server.services.command import MAX_ID_CHARS, check_amount, check_shown
from server.services.orders.events import Order
from server.services.payments import events
from server.services.payments.card_terminal import CardDealing, CardOutcome, CardRefund, CardRequest, moves
from server.services.payments.commands import Capture
from server.services.payments.events import (
    Attempted,
    Captured,
    DeclinedLate,
    Failed,
    Forwarded,
)
from server.services.payments.state import Payment, PaymentsState

ATTEMPT_BLOCKS_MS = 180_000
"""How long an unanswered card attempt keeps others from charging the same order. Card terminals give up within two
minutes; a terminal that died in the middle must not block the order for the evening."""

Decided = tuple[list[Draft], dict[str, Any], CardRequest | None]


def _paid(order: Order, payment_id: str, amount: int, tender: str, change: int | None) -> dict[str, Any]:
    due = max(0, order.due_minor - amount)
    return {
        "order_id": order.order_id,
        "payment_id": payment_id,
        "tender": tender,
        "amount_minor": amount,
        "change_minor": change,
        "due_minor": due,
        "paid": due == 0,
    }


def capture(
    state: PaymentsState,
    order: Order,
    command: Capture,
    command_id: str,
    now_ms: int,
    label: str,
    is_ours: Callable[[str], bool],
) -> Decided:
    """Cash is captured at once; a card is first attempted, and captured when its terminal says so. Who asks its card
    terminal of what another log has attempted (`is_ours`: by the log) says so, too: it must ask again after a crash.

    The payment id defaults to the command's, so a command that is repeated after a crash asks for the same payment.
    """
    payment_id = command.payment_id if command.payment_id is not None else command_id
    if not 0 < len(payment_id) <= MAX_ID_CHARS:
        raise Refused("bad_field", f"“payment_id” has 1 to {MAX_ID_CHARS} characters.")
    check_shown(payment_id, "payment_id")
    known = state.payments.get(payment_id)
    if known is not None and known.how == "captured":
        change = next((t.change_minor for t in order.tenders if t.payment_id == payment_id), None)
        settled = _paid(order, payment_id, known.amount_minor, known.tender, change)
        return [], settled | {"due_minor": order.due_minor, "paid": order.due_minor == 0}, None
    if command.resume:
        return _resume(known, order, payment_id, command_id, label, is_ours)
    amount = _amount(order, command)
    if command.tender != "voucher" and command.code is not None:
        raise Refused("code_is_for_voucher", "“code” is for a voucher. Leave it out for cash and cards.")
    if command.tender == "cash":
        if command.tip_minor:
            raise Refused("tip_is_for_card", "“tip_minor” is for a card. Cash that is left as a tip is no payment.")
        if known is not None:
            raise Refused("payment_id_used", "This payment_id was used for a card. Use a new one for cash.")
        _check_none_under_way(state, order, payment_id, now_ms)
        return _cash(order, command, payment_id, amount, label)
    if not 0 <= command.tip_minor <= order.total_minor:
        raise Refused("bad_amount", "“tip_minor” is 0 or more, and no more than the order costs.")
    if command.tendered_minor is not None:
        raise Refused("tendered_is_for_cash", "“tendered_minor” is for cash. Leave it out for a card.")
    if known is not None and known.why in ENDED and not _waits_for_us(known, is_ours):
        raise Refused("payment_id_used", "The card was not taken for this payment_id. Use a new one to try again.")
    if known is not None and (known.amount_minor, known.tip_minor) != (amount, command.tip_minor):
        raise Refused("payment_id_used", "This payment_id was used for another amount. Use a new one.")
    _check_none_under_way(state, order, payment_id, now_ms)
    again = known is not None
    request = CardRequest(payment_id, order.order_id, amount, order.currency, command_id, label, again)
    request = msgspec.structs.replace(request, tip_minor=command.tip_minor)
    attempt = Attempted(payment_id, "card", amount, label, command_id, command.tip_minor)
    attempted = Draft(events.ATTEMPTED, order.order_id, attempt)
    already = known is not None and _waits_for_us(known, is_ours)
    return [] if already else [attempted], {}, request


def _waits_for_us(known: Payment, is_ours: Callable[[str], bool]) -> bool:
    return any(map(is_ours, known.logs))


def answered(asking: tuple[str, ...], is_ours: Callable[[str], bool]) -> tuple[str, ...] | msgspec.UnsetType:
    """Of those who ask, the logs that our card terminal's answer is for (`NotMoved.of`)."""
    ours = tuple(filter(is_ours, asking))
    return msgspec.UNSET if ours == asking else ours


def abort(state: PaymentsState, order: Order, payment_id: str) -> CardRequest:
    """The payment that is to be called off. `payment_id`: of which the card terminal is being asked now, if any."""
    known = state.payments.get(payment_id)
    if known is None or known.how != "attempted":
        raise Refused("not_under_way", f"No card payment for order {order.number} is under way at this terminal.")
    return CardRequest(payment_id, order.order_id, known.amount_minor, order.currency)


def payable(state: PaymentsState, order: Order, command: Capture, payment_id: str, now_ms: int) -> int:
    """What a voucher is asked to pay. Raises `Refused` as `capture` does."""
    if command.tip_minor or command.tendered_minor is not None:
        raise Refused("bad_field", "“tip_minor” and “tendered_minor” are not for a voucher. Leave them out.")
    if payment_id in state.payments:
        raise Refused("payment_id_used", "This payment_id was used for another payment. Use a new one.")
    amount = _amount(order, command)
    _check_none_under_way(state, order, payment_id, now_ms)
    return amount


def by_voucher(order: Order, payment_id: str, amount: int, voucher_id: str, label: str) -> Decided:
    captured = Captured(payment_id, "voucher", amount, by=label, voucher=voucher_id)
    drafts = [Draft(events.CAPTURED, order.order_id, captured)]
    return drafts, _paid(order, payment_id, amount, "voucher", None), None


def _resume(
    known: Payment | None, order: Order, payment_id: str, command_id: str, label: str, is_ours: Callable[[str], bool]
) -> Decided:
    if known is None or known.tender != "card":
        raise Refused("not_attempted", f"Nothing was taken for order {order.number} by this command.")
    ours = _waits_for_us(known, is_ours)
    if known.how == "failed" or (known.why and not ours):
        raise Refused(*_WHY.get(known.why, _WHY["unreachable"]))
    request = CardRequest(payment_id, order.order_id, known.amount_minor, order.currency, command_id, label)
    request = msgspec.structs.replace(request, again=True, ask_only=True, tip_minor=known.tip_minor)
    attempt = Attempted(payment_id, "card", known.amount_minor, label, command_id, known.tip_minor)
    drafts = [] if ours else [Draft(events.ATTEMPTED, order.order_id, attempt)]
    return drafts, {}, request


def _amount(order: Order, command: Capture) -> int:
    if order.status == "voided":
        raise Refused("order_voided", f"Order {order.number} was voided. Nothing is to be paid for it.")
    if order.due_minor == 0:
        raise Refused("nothing_due", f"Order {order.number} is paid in full. Nothing is due.")
    if command.amount_minor is None:
        return order.due_minor
    amount = check_amount(command.amount_minor, "amount_minor")
    if amount > order.due_minor:
        hint = " Give what was handed over as “tendered_minor”." if command.tender == "cash" else ""
        raise Refused("more_than_due", f"Only {order.due_minor} is due on order {order.number}.{hint}")
    return amount


def _check_none_under_way(state: PaymentsState, order: Order, payment_id: str, now_ms: int) -> None:
    for other_id, other in state.pending.items():
        if other_id != payment_id and not other.why and abs(now_ms - other.ms) < ATTEMPT_BLOCKS_MS:
            raise Refused(
                "payment_in_progress",
                f"A card payment for order {order.number} is already under way. Wait until it has ended.",
            )


def _cash(order: Order, command: Capture, payment_id: str, amount: int, label: str) -> Decided:
    tendered = amount if command.tendered_minor is None else check_amount(command.tendered_minor, "tendered_minor")
    if tendered < amount:
        raise Refused("too_little_tendered", f"{tendered} was handed over, but {amount} is to be paid. Take the rest.")
    change = tendered - amount
    captured = Captured(payment_id, "cash", amount, tendered, change, by=label)
    return (
        [Draft(events.CAPTURED, order.order_id, captured)],
        _paid(order, payment_id, amount, "cash", change),
        None,
    )


ENDED = frozenset({"declined", "cancelled"})
"""The card terminal dealt with such a payment to its end: under its name there will be no other answer."""

UNKNOWN = (
    "card_unknown",
    "The card terminal has not said whether the money was taken. It is being asked; do not charge the card again. Look "
    "at its screen, and ask again in a moment.",
)
"""No refusal: what the payment came to is not known, and it is asked about until it is."""

_WHY = {
    "declined": ("card_declined", "The card was declined. Nothing was charged. Try another card, or pay in cash."),
    "cancelled": (
        "card_cancelled",
        "The payment was stopped at the card terminal. Nothing was charged. Try again, or pay in cash.",
    ),
    "busy": (
        "card_busy",
        "The card terminal is busy with another payment. Nothing was charged. Wait until it is done, then try again.",
    ),
    "no_line": (
        "card_no_line",
        "The card terminal has no line to the bank just now. Nothing was charged. Try again, or pay in cash.",
    ),
    "out_of_order": (
        "card_out_of_order",
        "The card terminal is not ready. Nothing was charged. Look at its screen, or pay in cash.",
    ),
    "timed_out": (
        "card_timed_out",
        "The card terminal did not answer. Nothing was charged. Try again, or pay in cash.",
    ),
    "unreachable": (
        "card_unreachable",
        "The card terminal cannot be reached. Nothing was charged. Check that it is on, or pay in cash.",
    ),
}


def settle(
    state: PaymentsState,
    order: Order | None,
    request: CardRequest,
    outcome: CardOutcome,
    is_ours: Callable[[str], bool],
) -> tuple[list[Draft], dict[str, Any], tuple[str, str] | None]:
    """Drafts, result, and the refusal (code, text) when no money was taken."""
    if outcome.answer == "approved":
        given = moves(request) if outcome.amount_minor is None else outcome.amount_minor
        amount = min(given, request.amount_minor)  # what a card holds pays the order first
        captured = Captured(
            request.payment_id,
            "card",
            amount,
            card=outcome.card,
            authorization=outcome.authorization,
            by=request.by,
            offline=outcome.offline,
            transaction_id=outcome.transaction_id,
            transaction_at=outcome.transaction_at,
            receipt=outcome.receipt,
            tip_minor=given - amount,
        )
        draft = Draft(events.CAPTURED, request.order_id, captured)
        if order is None:
            return [draft], {"order_id": request.order_id, "payment_id": request.payment_id}, None
        return [draft], _paid(order, request.payment_id, amount, "card", None), None
    known = state.payments.get(request.payment_id)
    of = answered(known.logs, is_ours) if known is not None else msgspec.UNSET
    failed = Failed(request.payment_id, "card", request.amount_minor, outcome.answer, request.by, of=of)
    return [Draft(events.FAILED, request.order_id, failed)], {}, _WHY[outcome.answer]


def settle_stored(
    state: PaymentsState, request: CardRequest, outcome: CardOutcome
) -> tuple[list[Draft], dict[str, Any]]:
    """What the bank said about a card that was taken without a line; nothing while it has not been asked."""
    if request.payment_id not in state.stored or outcome.answer in ("unknown", "unreachable", "timed_out", "busy"):
        return [], {}
    if outcome.answer == "approved":
        if outcome.offline:
            return [], {}
        forwarded = Forwarded(request.payment_id, request.amount_minor)
        return [Draft(events.FORWARDED, request.order_id, forwarded)], {}
    declined = DeclinedLate(request.payment_id, request.amount_minor, outcome.answer)
    return [Draft(events.DECLINED_LATE, request.order_id, declined)], {}


def unanswered(order_id: str, state: PaymentsState, is_ours: Callable[[str], bool], currency: str) -> list[CardDealing]:
    """Attempts of our logs (by `is_ours`) that the card terminal never answered."""
    payments: list[CardDealing] = [
        CardRequest(payment_id, order_id, p.amount_minor, currency, p.command_id, tip_minor=p.tip_minor, asked=p.asked)
        for payment_id, p in state.pending.items()
        if _waits_for_us(p, is_ours)
    ]
    return payments + [
        CardRefund(i, r.payment_id, order_id, r.amount_minor, currency, "", "", r.reason, r.command_id, asked=r.asked)
        for i, r in state.refunding.items()
        if any(map(is_ours, r.logs))
    ]
