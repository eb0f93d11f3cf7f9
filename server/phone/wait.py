"""How long a guest will still wait, from the kitchen's own queue (`server.wait` tells how). Pure."""

from __future__ import annotations

from collections.abc import Iterable

from server.services.kitchen.events import Ticket
from server.wait import MINUTE_MS, Done, Range, expected

DONE_TICKETS = 60
"""So many of the last that were done are looked at."""


def of_order(order_id: str, tickets: Iterable[Ticket], now_ms: int) -> Range | None:
    """For an order whose ticket is open, behind those that were released before it."""
    shown = [t for t in tickets if t.released_ms and not t.voided]
    mine = next((t for t in shown if t.order_id == order_id and t.done_ms is None), None)
    if mine is None:
        return None
    ahead = sum(t.done_ms is None and t.released_ms < mine.released_ms for t in shown)
    done = [Done(t.released_ms, t.done_ms) for t in shown if t.done_ms is not None and not t.recalled]
    found = expected(done, ahead, now_ms)
    if found is None:
        return None
    waited = (now_ms - mine.released_ms) // MINUTE_MS  # the guess was for a new order; this one waits already
    return Range(max(1, found.low - waited), max(1, found.high - waited))
