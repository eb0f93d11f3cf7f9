"""Payments: money given back, and money that is asked of nobody any more; pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from server.event import Draft, Refused
from server.services.asked import check_same
from server.services.command import check_amount, check_reason
from server.services.fact import NEVER
from server.services.orders.events import Order, Tender
from server.services.payments import events
from server.services.payments.card_terminal import CardOutcome, CardRefund
from server.services.payments.commands import Refund, WriteOff
from server.services.payments.decider import ATTEMPT_BLOCKS_MS, answered
from server.services.payments.events import RefundAttempted, Refunded, RefundFailed, WrittenOff
from server.services.payments.state import Payment, PaymentsState, Refunding


def refund(
    state: PaymentsState,
    order: Order,
    command: Refund,
    command_id: str,
    now_ms: int,
    label: str,
    body: str = "",
    is_ours: Callable[[str], bool] = lambda log_id: False,
) -> tuple[list[Draft], dict[str, Any], CardRefund | None]:
    """Gives back from one payment at most what it still holds: cash at once, to a card when its terminal says so.
    Asked again, also at another terminal, it is answered as it was; `body` is the body's fingerprint. What our card
    terminal was asked for (`is_ours`: by the log that asked) and has not answered counts as given until it has."""
    given = state.given.get(command_id)
    if given is not None:
        check_same(given.asked, body)
        amount = state.refunds[command_id]
        return [], given_back(order.order_id, given.payment_id, command_id, given.tender, amount), None
    asked = state.refunding.get(command_id)
    if asked is not None:
        check_same(asked.asked, body)
        paid = state.payments.get(asked.payment_id)
        again = _card_refund(order, command_id, asked, paid, command_id, label, again=True)
        if any(map(is_ours, asked.logs)):
            return [], {}, again
        attempt = RefundAttempted(command_id, asked.payment_id, asked.amount_minor, asked.reason, label, command_id)
        return [Draft(events.REFUND_ATTEMPTED, order.order_id, attempt)], {}, again
    reason = check_reason(command.reason)
    wanted = command.amount_minor
    if wanted is not None:
        check_amount(wanted, "amount_minor")
    tender = _to_refund(order, command.payment_id, wanted or order.overpaid_minor)
    rest = tender.amount_minor - tender.refunded_minor
    amount = wanted if wanted is not None else min(rest, order.overpaid_minor or rest)
    if amount > rest:
        raise Refused("more_than_captured", f"This payment still holds {rest}; no more than that can be given back.")
    result = given_back(order.order_id, tender.payment_id, command_id, tender.tender, amount)
    for other in state.refunding.values():
        asked_now = other.payment_id == tender.payment_id and not other.why
        if asked_now and abs(now_ms - other.ms) < ATTEMPT_BLOCKS_MS:
            raise Refused("refund_in_progress", "The card terminal is still giving this payment back. Wait for it.")
    ours = (r for r in state.refunding.values() if r.payment_id == tender.payment_id and any(map(is_ours, r.logs)))
    if amount > rest - sum(r.amount_minor for r in ours):
        raise Refused(
            "refund_in_progress",
            "The card terminal has not said whether it gave this payment back already. It is being asked; look at its "
            "screen, and try again in a moment.",
        )
    kind = _kind(tender)
    if kind != "card":
        refunded = Refunded(command_id, tender.payment_id, kind, amount, reason, label)
        return [Draft(events.REFUNDED, order.order_id, refunded)], result, None
    attempt = RefundAttempted(command_id, tender.payment_id, amount, reason, label, command_id)
    asked = Refunding(tender.payment_id, amount, reason, NEVER)
    request = _card_refund(order, command_id, asked, state.payments.get(tender.payment_id), command_id, label)
    return [Draft(events.REFUND_ATTEMPTED, order.order_id, attempt)], {}, request


def by_voucher(
    order: Order, payment_id: str, amount: int, command: Refund, command_id: str, label: str
) -> tuple[list[Draft], dict[str, Any]]:
    """The order's half of what a voucher is known to have got back: whoever asked lost its terminal in the middle."""
    refunded = Refunded(command_id, payment_id, "voucher", amount, check_reason(command.reason), label)
    result = given_back(order.order_id, payment_id, command_id, "voucher", amount)
    return [Draft(events.REFUNDED, order.order_id, refunded)], result


def given_back(order_id: str, payment_id: str, refund_id: str, tender: str, amount: int) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "payment_id": payment_id,
        "refund_id": refund_id,
        "tender": tender,
        "amount_minor": amount,
    }


def _card_refund(
    order: Order, refund_id: str, asked: Refunding, paid: Payment | None, command_id: str, by: str, again: bool = False
) -> CardRefund:
    return CardRefund(
        refund_id,
        asked.payment_id,
        order.order_id,
        asked.amount_minor,
        order.currency,
        paid.transaction_id if paid else "",
        paid.transaction_at if paid else "",
        asked.reason,
        command_id,
        by,
        again,
    )


_WHY_NOT_BACK = {
    "unreachable": ("refund_unreachable", "The card terminal cannot be reached. Check that it is on, then try again."),
    "timed_out": ("refund_timed_out", "The card terminal did not answer. Try again."),
    "busy": ("refund_busy", "The card terminal is busy. Wait until it is done, then try again."),
    "no_line": ("refund_no_line", "The card terminal has no line to the bank just now. Try again when there is one."),
}
_NOT_BACK = (
    "refund_declined",
    "The card terminal does not give this payment back. Try the terminal that took it, or give the money in cash.",
)


def settle_refund(
    state: PaymentsState, order: Order | None, refund: CardRefund, outcome: CardOutcome, is_ours: Callable[[str], bool]
) -> tuple[list[Draft], dict[str, Any], tuple[str, str] | None]:
    """As `settle`, for money given back."""
    if outcome.answer == "approved":
        amount = refund.amount_minor if outcome.amount_minor is None else outcome.amount_minor
        refunded = Refunded(refund.refund_id, refund.payment_id, "card", amount, refund.reason, refund.by)
        result = given_back(refund.order_id, refund.payment_id, refund.refund_id, "card", amount)
        return [Draft(events.REFUNDED, refund.order_id, refunded)], result, None
    asked = state.refunding.get(refund.refund_id)
    of = answered(asked.logs, is_ours) if asked is not None else UNSET
    failed = RefundFailed(refund.refund_id, refund.payment_id, refund.amount_minor, outcome.answer, refund.by, of=of)
    code, text = _WHY_NOT_BACK.get(outcome.answer, _NOT_BACK)
    return [Draft(events.REFUND_FAILED, refund.order_id, failed)], {}, (code, f"Nothing was given back. {text}")


def _kind(tender: Tender) -> events.TenderKind:
    return "cash" if tender.tender == "cash" else "voucher" if tender.tender == "voucher" else "card"


def _to_refund(order: Order, payment_id: str | None, amount: int) -> Tender:
    """The payment named, or else the latest that holds enough."""
    if payment_id is not None:
        for tender in order.tenders:
            if tender.payment_id == payment_id:
                if tender.declined_late:
                    raise Refused("declined_late", "The bank declined this card: there is nothing to give back.")
                if tender.refunded_minor >= tender.amount_minor:
                    raise Refused("already_refunded", "All of this payment was given back already.")
                return tender
        raise Refused("unknown_payment", f"Order {order.number} has no such payment. Look at its tenders.")
    holding = [t for t in order.tenders if t.amount_minor > t.refunded_minor and not t.declined_late]
    if not holding:
        raise Refused("nothing_to_refund", f"Nothing was paid on order {order.number} that is not given back already.")
    enough = [t for t in holding if t.amount_minor - t.refunded_minor >= amount]
    if not enough and amount > sum(t.amount_minor - t.refunded_minor for t in holding):
        raise Refused(
            "more_than_captured", f"Not that much is left to give back on order {order.number}. Ask for less."
        )
    if not enough and len(holding) > 1 and amount > order.overpaid_minor:
        raise Refused("choose_payment", "No single payment holds that much. Give back from each, by payment_id.")
    return (enough or holding)[-1]


def write_off(order: Order, command: WriteOff, command_id: str, label: str) -> tuple[list[Draft], dict[str, Any]]:
    reason = check_reason(command.reason)
    if not any(tender.declined_late for tender in order.tenders):
        raise Refused("nothing_to_write_off", f"No card was declined afterwards on order {order.number}.")
    if order.due_minor == 0:
        raise Refused("nothing_due", f"Nothing is due on order {order.number}.")
    written_off = WrittenOff(command_id, order.due_minor, reason, label)
    result = {"order_id": order.order_id, "amount_minor": order.due_minor}
    return [Draft(events.WRITTEN_OFF, order.order_id, written_off)], result
