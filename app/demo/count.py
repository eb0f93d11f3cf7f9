"""What the demo reports, computed from traces and API answers. Pure, so that it can be tested without a shop."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec


class Summary(msgspec.Struct):
    """The demo's JSON summary. Times are milliseconds, measured on the screens themselves."""

    orders_placed: int
    orders_in_kitchen: int
    orders_at_office: int
    lost: int
    duplicated: int
    totals_equal: bool
    tap_to_kitchen_ms: dict[str, float | int | None]
    office_resume_ms: float | None
    shots: list[str]
    notes: list[str] = []

    @property
    def well(self) -> bool:
        return self.lost == 0 and self.duplicated == 0 and self.totals_equal


def percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile, or None for no values."""
    if not values:
        return None
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)], 1)


def tap_to_kitchen(kiosk: Iterable[Mapping[str, Any]], kitchen: Iterable[Mapping[str, Any]]) -> list[float]:
    """For each order: ms from the tap that paid for it to the kitchen's frame that first showed it."""
    taps = {row["order_id"]: row["t_ns"] for row in kiosk if row.get("what") == "tap" and row.get("order_id")}
    frames: dict[str, int] = {}
    for row in kitchen:
        if row.get("what") == "kitchen_frame":
            frames.setdefault(row["order_id"], row["t_ns"])
    return [(frames[order] - t) / 1e6 for order, t in taps.items() if order in frames]


def totals(orders: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """What must be equal everywhere, per order."""
    return {
        o["order_id"]: (o["number"], o["status"], o["total_minor"], o["tax_minor"], o["paid_minor"], len(o["lines"]))
        for o in orders
    }


def stands(order: Mapping[str, Any]) -> bool:
    """Not voided, and paid in full, once."""
    return bool(order["status"] != "voided" and order["paid_minor"] == order["total_minor"])


def doubled(placed: Sequence[str], books: Mapping[str, Sequence[Mapping[str, Any]]]) -> int:
    """Orders that exist more often than they were placed: on any machine, by id or by number on one business day."""
    extra = 0
    for orders in books.values():
        ids = Counter(o["order_id"] for o in orders)
        numbers = Counter((o["business_day"], o["number"]) for o in orders)
        extra = max(extra, sum(n - 1 for n in ids.values()), sum(n - 1 for n in numbers.values()))
        extra = max(extra, len(set(ids) - set(placed)))
    return extra


def summarize(
    placed: Sequence[str],
    books: Mapping[str, Sequence[Mapping[str, Any]]],
    kiosk_trace: Sequence[Mapping[str, Any]],
    kitchen_trace: Sequence[Mapping[str, Any]],
    office_resume_ms: float | None,
    *,
    shots: Sequence[str] = (),
    must_be_cooked: bool = True,
) -> Summary:
    """`placed`: ids that the kiosk's screen confirmed with a number. `books`: each machine's orders by its API.
    `must_be_cooked`: an order that the kitchen's screen never showed is lost, and so is one that was voided or not
    paid."""
    shown = {row["order_id"] for row in kitchen_trace if row.get("what") == "kitchen_frame"}
    at_office = {o["order_id"] for o in books.get("office", ())}
    everywhere = set(placed) & at_office & (shown if must_be_cooked else set(placed))
    if must_be_cooked:  # ordered by the demo itself, which neither owes nor cancels
        everywhere -= {o["order_id"] for orders in books.values() for o in orders if not stands(o)}
    for orders in books.values():
        everywhere &= {o["order_id"] for o in orders}
    seen = [totals(orders) for orders in books.values()]
    times = tap_to_kitchen(kiosk_trace, kitchen_trace)
    return Summary(
        orders_placed=len(placed),
        orders_in_kitchen=len(set(placed) & shown),
        orders_at_office=len(set(placed) & at_office),
        lost=len(set(placed) - everywhere),
        duplicated=doubled(placed, books),
        totals_equal=all(one == seen[0] for one in seen),
        tap_to_kitchen_ms={"p50": percentile(times, 0.5), "p99": percentile(times, 0.99), "n": len(times)},
        office_resume_ms=None if office_resume_ms is None else round(office_resume_ms, 1),
        shots=list(shots),
    )
