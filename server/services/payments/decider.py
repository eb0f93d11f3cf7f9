"""Payments: `decide` and what a card terminal's answer leads to; pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.event import Draft, Refused
from server.services.command import MAX_ID_CHARS, check_amount, check_reason, check_shown
from server.services.orders.events import Order, Tender
from server.services.payments import events
from server.services.payments.card_terminal import CardOutcome, CardRequest
from server.services.payments.commands import Capture, Refund
from server.services.payments.events import Attempted, Captured, Failed, Refunded
from server.services.payments.state import PaymentsState

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


def capture(state: PaymentsState, order: Order, command: Capture, command_id: str, now_ms: int, label: str) -> Decided:
    """Cash is captured at once; a card is first attempted, and captured when its terminal says so.

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
    amount = _amount(order, command)
    if command.tender == "cash":
        if known is not None:
            raise Refused("payment_id_used", "This payment_id was used for a card. Use a new one for cash.")
        _check_none_under_way(state, order, payment_id, now_ms)
        return _cash(order, command, payment_id, amount, label)
    if command.tendered_minor is not None:
        raise Refused("tendered_is_for_cash", "“tendered_minor” is for cash. Leave it out for a card.")
    if known is not None and known.why == "declined":
        raise Refused("payment_id_used", "The card was declined for this payment_id. Use a new one to try again.")
    if known is not None and known.amount_minor != amount:
        raise Refused("payment_id_used", "This payment_id was used for another amount. Use a new one.")
    _check_none_under_way(state, order, payment_id, now_ms)
    request = CardRequest(payment_id, order.order_id, amount, order.currency, command_id, label)
    attempted = Draft(events.ATTEMPTED, order.order_id, Attempted(payment_id, "card", amount, label, command_id))
    already = known is not None and known.how == "attempted"
    return [] if already else [attempted], {}, request


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
        if other_id != payment_id and abs(now_ms - other.ms) < ATTEMPT_BLOCKS_MS:
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


_WHY = {
    "declined": ("card_declined", "The card was declined. Nothing was charged. Try another card, or pay in cash."),
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
    order: Order | None, request: CardRequest, outcome: CardOutcome
) -> tuple[list[Draft], dict[str, Any], tuple[str, str] | None]:
    """Drafts, result, and the refusal (code, text) when no money was taken."""
    if outcome.answer == "approved":
        captured = Captured(
            request.payment_id,
            "card",
            request.amount_minor,
            card=outcome.card,
            authorization=outcome.authorization,
            by=request.by,
        )
        draft = Draft(events.CAPTURED, request.order_id, captured)
        if order is None:
            return [draft], {"order_id": request.order_id, "payment_id": request.payment_id}, None
        return [draft], _paid(order, request.payment_id, request.amount_minor, "card", None), None
    failed = Failed(request.payment_id, "card", request.amount_minor, outcome.answer, request.by)
    return [Draft(events.FAILED, request.order_id, failed)], {}, _WHY[outcome.answer]


def refund(order: Order, command: Refund, command_id: str, label: str) -> tuple[list[Draft], dict[str, Any]]:
    """Gives back from one payment at most what it still holds."""
    reason = check_reason(command.reason)
    wanted = command.amount_minor
    if wanted is not None:
        check_amount(wanted, "amount_minor")
    tender = _to_refund(order, command.payment_id, wanted or order.overpaid_minor)
    rest = tender.amount_minor - tender.refunded_minor
    amount = wanted if wanted is not None else min(rest, order.overpaid_minor or rest)
    if amount > rest:
        raise Refused("more_than_captured", f"This payment still holds {rest}; no more than that can be given back.")
    refunded = Refunded(command_id, tender.payment_id, _kind(tender), amount, reason, label)
    result = {
        "order_id": order.order_id,
        "payment_id": tender.payment_id,
        "refund_id": command_id,
        "tender": tender.tender,
        "amount_minor": amount,
    }
    return [Draft(events.REFUNDED, order.order_id, refunded)], result


def _kind(tender: Tender) -> events.TenderKind:
    return "cash" if tender.tender == "cash" else "card"


def _to_refund(order: Order, payment_id: str | None, amount: int) -> Tender:
    """The payment named, or else the latest that holds enough."""
    if payment_id is not None:
        for tender in order.tenders:
            if tender.payment_id == payment_id:
                if tender.refunded_minor >= tender.amount_minor:
                    raise Refused("already_refunded", "All of this payment was given back already.")
                return tender
        raise Refused("unknown_payment", f"Order {order.number} has no such payment. Look at its tenders.")
    holding = [t for t in order.tenders if t.amount_minor > t.refunded_minor]
    if not holding:
        raise Refused("nothing_to_refund", f"Nothing was paid on order {order.number} that is not given back already.")
    enough = [t for t in holding if t.amount_minor - t.refunded_minor >= amount]
    if not enough and amount > sum(t.amount_minor - t.refunded_minor for t in holding):
        raise Refused("more_than_captured", f"Less than {amount} was paid on order {order.number}.")
    if not enough and len(holding) > 1 and amount > order.overpaid_minor:
        raise Refused("choose_payment", "No single payment holds that much. Give back from each, by payment_id.")
    return (enough or holding)[-1]


def unanswered(order_id: str, state: PaymentsState, is_ours: Callable[[str], bool], currency: str) -> list[CardRequest]:
    """Attempts of our logs (by `is_ours`) that the card terminal never answered."""
    return [
        CardRequest(payment_id, order_id, p.amount_minor, currency, p.command_id)
        for payment_id, p in state.pending.items()
        if is_ours(p.log_id)
    ]
