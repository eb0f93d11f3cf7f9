"""The `sales` view: today's figures by store and by hour, and the latest orders."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import msgspec

from server.api.port import NodePort
from server.services.orders.events import Order, Sales

LATEST_ORDERS = 25

MAX_KEPT_ORDERS = 5_000
"""Orders of a day that are kept to tell its hours; on a larger day the hours are not told rather than told wrong."""

MAX_READ_SINGLY = 200
"""More changed orders than this, and the day is read anew in one go."""

HOUR_CHARS = len("2026-03-01T12")


class Brief(msgspec.Struct, frozen=True):
    """An order in the list of the latest."""

    order_id: str
    number: str
    store: str
    status: str
    placed_at: str
    business_day: str
    total_minor: int
    paid_minor: int
    currency: str
    label: str
    items: int


class Hour(msgspec.Struct, frozen=True):
    """What was placed in the hour from `start` (RFC 3339 UTC); voided orders don't count. `totals` by currency."""

    start: str
    orders: int
    totals: dict[str, int]


class SalesView(msgspec.Struct, frozen=True):
    """Today's figures by store, its hours in order (None: too many orders to tell), the latest orders of all."""

    business_day: str
    stores: dict[str, Sales]
    hours: list[Hour] | None
    latest: list[Brief]


class Sold(NamedTuple):
    hour: str
    currency: str
    total_minor: int


def brief(order: Order) -> Brief:
    return Brief(
        order_id=order.order_id,
        number=order.number,
        store=order.store,
        status=order.status,
        placed_at=order.placed_at,
        business_day=order.business_day,
        total_minor=order.total_minor,
        paid_minor=order.paid_minor,
        currency=order.currency,
        label=order.taken_by.label,
        items=sum(line.quantity for line in order.lines),
    )


class SalesOfToday:
    """Keeps what each of today's orders came to, so that a change costs the reading of one order."""

    def __init__(self, node: NodePort) -> None:
        self._node = node
        self._day = ""
        self._sold: dict[str, Sold] = {}
        self._changed: set[str] = set()

    def forget(self) -> None:
        """Changes were missed: the day is read anew when it is next asked for."""
        self._day = ""

    def note(self, order_ids: Collection[str]) -> None:
        self._changed.update(order_ids)

    def view(self) -> SalesView:
        day = self._node.business_day()
        changed, self._changed = self._changed, set()
        if day != self._day or len(changed) > MAX_READ_SINGLY:
            self._day, self._sold = day, {}
            self._take(self._node.orders(business_day=day, limit=MAX_KEPT_ORDERS))
        else:
            self._take([order for one in changed if (order := self._node.order(one)) is not None])
        latest = [brief(order) for order in self._node.orders(limit=LATEST_ORDERS)]
        return SalesView(day, self._node.sales(day), self._hours(), latest)

    def _take(self, orders: list[Order]) -> None:
        for order in orders:
            if order.business_day != self._day or order.status == "voided":
                self._sold.pop(order.order_id, None)
            else:
                self._sold[order.order_id] = Sold(order.placed_at[:HOUR_CHARS], order.currency, order.total_minor)

    def _hours(self) -> list[Hour] | None:
        if len(self._sold) >= MAX_KEPT_ORDERS:
            return None
        counts: dict[str, int] = {}
        totals: dict[str, dict[str, int]] = {}
        for sold in self._sold.values():
            counts[sold.hour] = counts.get(sold.hour, 0) + 1
            by_currency = totals.setdefault(sold.hour, {})
            by_currency[sold.currency] = by_currency.get(sold.currency, 0) + sold.total_minor
        return [Hour(f"{hour}:00:00Z", counts[hour], totals[hour]) for hour in sorted(counts)]
