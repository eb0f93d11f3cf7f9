"""The kitchen's queue as the kiosk hears of it, and how long an order will take behind it (`server.wait` tells how)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.wait import Done, Range, expected

MAX_KEPT = 60
"""Done tickets that are remembered."""


class Queue:
    """The kitchen's tickets as the feed tells them, open ones and the last that were done."""

    def __init__(self) -> None:
        self._open: dict[str, bool] = {}
        self._done: dict[str, Done] = {}

    def take_all(self, tickets: Iterable[Mapping[str, Any]]) -> None:
        self._open, self._done = {}, {}
        for ticket in tickets:
            self.take(str(ticket["order_id"]), ticket)

    def take(self, order_id: str, ticket: Mapping[str, Any] | None) -> None:
        """A ticket as it is now; None: it is gone."""
        self._open.pop(order_id, None)
        self._done.pop(order_id, None)
        if ticket is None or ticket.get("voided") or not ticket.get("released_ms"):
            return
        if ticket.get("done_ms") is None:
            self._open[order_id] = True
        elif not ticket.get("recalled"):
            self._done[order_id] = Done(int(ticket["released_ms"]), int(ticket["done_ms"]))
            while len(self._done) > MAX_KEPT:
                del self._done[min(self._done, key=lambda i: self._done[i].done_ms)]

    def expected(self, order_id: str, now_ms: int) -> Range | None:
        """For an order that is just placed; its own ticket may be there already."""
        ahead = sum(other != order_id for other in self._open)
        return expected(self._done.values(), ahead, now_ms)
