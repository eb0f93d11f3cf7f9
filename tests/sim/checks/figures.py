"""A day's figures, reckoned from events: what head office tells of each store."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from server.clock import MAX_AHEAD_MS
from server.event import Event
from server.services.orders import events as orders
from server.services.orders.events import Sales
from tests.sim.checks.answers import business_day
from tests.sim.checks.meaning import status_of
from tests.sim.checks.money import Book
from tests.sim.checks.prices import Change, as_sold
from tests.sim.checks.takes import by_order

if TYPE_CHECKING:
    from tests.sim.day import Day


def figures(day: Day, events: list[Event]) -> list[str]:
    """Orders, taxes, money by kind and tips of each store's days; on which day an order was sold; what it cost."""
    office = day.office.node
    if office is None or day.lying_logs:
        return []
    headers, book = office.log.headers(), Book(events)
    jumped = {log_id for t in day.all if t.clock_jumped for log_id in t.logs}
    sums: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    found: list[str] = []
    for order_id, of_order in by_order(events).items():
        first = next((e for e in of_order if e.type == orders.PLACED), None)
        if first is None:
            continue
        placed = first.data(orders.Placed)
        changes: list[Change] = [placed, *(e.data(orders.Amended) for e in of_order if e.type == orders.AMENDED)]
        if first.stream.log_id not in jumped and placed.business_day not in days_of(day, first):
            found.append(f"order {placed.number} of {first.wall_ms} was sold on {placed.business_day}")
        if first is of_order[0]:  # else it was lost with a disk, and asked for again after what was done to it
            found += [f"order {placed.number}: {text}" for text in as_sold(changes)]
        of_day = sums[headers[first.stream.log_id].store, placed.business_day]
        for name, minor in of_one(order_id, of_order, changes[-1], book).items():
            of_day[name] += minor
    for (store, when), of_day in sums.items():
        told = office.services.sales(when, store)
        wrong = {n: (getattr(told, n), of_day[n]) for n in NAMES if getattr(told, n) != of_day[n]}
        found += [f"{store}'s figures of {when} are others than their events say: {wrong}"] if wrong else []
    for when in sorted({when for _, when in sums}):
        told = office.services.sales(when)
        added = {n: sum(of_day[n] for (_, one), of_day in sums.items() if one == when) for n in NAMES}
        wrong = {n: (getattr(told, n), added[n]) for n in NAMES if getattr(told, n) != added[n]}
        found += [f"the figures of all stores of {when} are not those of each: {wrong}"] if wrong else []
    return found[:4]


LEAPT_MS = 5_000
"""A decision is dated so soon, however slow the machine is."""

NAMES = [n for n in Sales.__struct_fields__ if n not in ("business_day", "store", "currency", "open")]


def days_of(day: Day, event: Event) -> set[str]:
    """The business days that it may be of: events may be dated a little ahead of the clock on the wall, and the hours
    may have leapt between what was decided and its date."""
    skew_ms = next((t.skew_ms for t in day.all if event.stream.log_id in t.logs), 0)
    ms, moment = [event.wall_ms, event.wall_ms - MAX_AHEAD_MS - 1000], event.wall_ms - skew_ms
    for before, after in reversed(day.leaps):
        if 0 <= moment - after < LEAPT_MS:
            moment = before
            ms.append(before + skew_ms)
    return set(map(business_day, ms))


def of_one(order_id: str, events: list[Event], last: Change, book: Book) -> dict[str, int]:
    """What one order adds to its day."""
    captured = book.captured.get(order_id, {})
    voided = status_of(events) == "voided"
    total = 0 if voided else last.total_minor
    owed = max(0, total - sum(book.written_off.get(order_id, {}).values()))
    kept = {i: c for i, c in captured.items() if book.late.get(i, True)}
    by_tender: dict[str, int] = defaultdict(int)
    for payment_id, capture in kept.items():
        by_tender[capture.tender] += capture.amount_minor - book.back(order_id, payment_id)
    return {
        "orders": 0 if voided else 1,
        "voided": 1 if voided else 0,
        "total_minor": total,
        "tax_minor": 0 if voided else last.tax_minor,
        "paid_minor": sum(by_tender.values()),
        "refunded_minor": sum(book.back(order_id, i) for i in captured),
        "cash_minor": by_tender["cash"],
        "card_minor": by_tender["card"],
        "voucher_minor": by_tender["voucher"],
        "overpaid_minor": max(0, sum(by_tender.values()) - owed),
        "tips_minor": sum(c.tip_minor for c in kept.values()),
    }
