"""What is still open, however old it is; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from server.event import Stream
from server.services.fact import At
from server.services.orders.state import READY, OrderState
from server.services.payments.state import PaymentsState
from server.services.retention.rule import NO_TOPS, below
from server.services.stock.state import SubjectState


def order_is_open(order: OrderState, newest_ms: int, forgotten_ms: int) -> bool:
    """Whether somebody may still have to do something about an order.

    Money: never paid in full, or too much paid; what was given back of what had been paid is settled. Work: not made
    yet, unless nobody touched it since `forgotten_ms` though it was paid: a shop without a kitchen screen says of no
    order that it is ready. An order that was begun at a kiosk and never paid, so that no kitchen ever saw it, was given
    up.
    """
    if order.placed is None:
        return False
    if order.paid_minor > order.owed_minor:
        return True
    if sum(p.amount_minor for i, p in order.captured.items() if order.holds(i)) < order.owed_minor:
        return bool(order.captured or order.released_ms)
    return not order.voided and order.rank < READY and newest_ms >= forgotten_ms


def payment_is_open(payments: PaymentsState, newest_ms: int, forgotten_ms: int) -> bool:
    """Whether a card terminal still has something to say about an order's payments: an answer that it owes, or what the
    bank says of a card that was taken without a line. Some only ever repeat that they took it; that is waited for until
    `forgotten_ms`."""
    return bool(payments.unanswered) or (bool(payments.stored) and newest_ms >= forgotten_ms)


def subject_is_needed(
    state: SubjectState,
    facts: list[At],
    floors: Mapping[Stream, int],
    fold: Callable[[list[At]], SubjectState],
    tops: Mapping[Stream, int] = NO_TOPS,
) -> bool:
    """Whether a subject's stock would be another without what lies below the line. `fold` makes its state from some of
    its facts."""
    left = [at for at in facts if not below(at, floors, tops)]
    other = fold(left) if left else SubjectState()
    return (other.out, other.counted, other.counted_at) != (state.out, state.counted, state.counted_at)
