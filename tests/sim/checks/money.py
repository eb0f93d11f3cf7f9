"""Money: what was taken, what was given back, what the orders say of it, and what card terminals know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.event import Event
from server.services.orders import events as orders
from server.services.orders.events import Order
from server.services.payments import events as payments

if TYPE_CHECKING:
    from tests.sim.day import Day


def money(day: Day, events: list[Event]) -> list[str]:
    """Captured less refunded is what the orders say; what card terminals took is recorded; too much is flagged."""
    captured: dict[str, dict[str, payments.Captured]] = {}
    refunded: dict[str, dict[str, int]] = {}
    for event in events:
        if event.type == payments.CAPTURED:
            capture = event.data(payments.Captured)
            captured.setdefault(event.aggregate_id, {}).setdefault(capture.payment_id, capture)
        elif event.type == payments.REFUNDED:
            refund = event.data(payments.Refunded)
            of_order = refunded.setdefault(event.aggregate_id, {})
            of_order[refund.payment_id] = of_order.get(refund.payment_id, 0) + refund.amount_minor
    found = []
    for store in day.stores:
        terminal = next((t for t in day.of_store(store) if t.node is not None), None)
        if terminal is None or terminal.node is None:
            continue
        for order_id in [i for i, s in day.orders.items() if s == store]:
            order = terminal.node.order(order_id)
            if order is None:
                continue
            taken, back = captured.get(order_id, {}), refunded.get(order_id, {})
            paid = sum(c.amount_minor - back.get(i, 0) for i, c in taken.items())
            tendered = sum(t.amount_minor - t.refunded_minor for t in order.tenders)
            if not order.paid_minor == paid == tendered:
                found.append(f"order {order.number}: {paid} was taken, it says {order.paid_minor}, tenders {tendered}")
            found += sums(order)
            free = order.status != "placed" or not order_is_held(events, order_id) or 0 < order.total_minor <= paid
            if order.status != "voided" and free and not order.released:
                found.append(f"order {order.number} is paid or accepted, and the kitchen may not see it")
            owed = 0 if order.status == "voided" else order.total_minor
            if (paid > owed) != ("overpaid" in order.warnings):
                found.append(
                    f"order {order.number}: {paid} taken of {owed} owed, and its warnings are {order.warnings}"
                )
    return found + cards(day, events)


def sums(order: Order) -> list[str]:
    """An order's totals are the sum of its lines, and each line of what is on it."""
    found = []
    for line in order.lines:
        extras = sum(m.price_minor * m.quantity for m in line.modifiers)
        if line.total_minor != line.quantity * (line.unit_price_minor + extras):
            found.append(f"order {order.number}: {line.quantity} {line.name} cost {line.total_minor}")
    added = sum(t.amount_minor for t in order.taxes if not t.inclusive)
    if order.subtotal_minor != sum(line.total_minor for line in order.lines):
        found.append(f"order {order.number}: its lines are not {order.subtotal_minor}")
    if order.total_minor != order.subtotal_minor + added:
        found.append(f"order {order.number}: {order.subtotal_minor} and {added} of taxes are not {order.total_minor}")
    return found


def cards(day: Day, events: list[Event]) -> list[str]:
    """What card terminals took is recorded, and nothing else is."""
    found = []
    captures = [e.data(payments.Captured) for e in events if e.type == payments.CAPTURED]
    every = {c.payment_id: c for c in captures}
    charged = {i: amount for t in day.terminals for i, amount in t.cards.charged.items()}
    for terminal in day.terminals:
        for payment_id, amount in terminal.cards.charged.items():
            capture = every.get(payment_id)
            lost = terminal.cards.charged_at[payment_id] <= terminal.lost_at  # with the disk that was to remember it
            if (capture is None or capture.amount_minor != amount) and not lost:
                found.append(f"{terminal.name}'s card terminal took {amount} ({payment_id[:8]}), and no event says so")
    for payment_id, capture in every.items():
        if capture.tender == "card" and payment_id not in charged:
            found.append(f"a card payment ({payment_id[:8]}) is recorded that no card terminal took")
    return found


def order_is_held(events: list[Event], order_id: str) -> bool:
    """Whether the kitchen waits with it until it is paid."""
    placed = next((e for e in events if e.type == orders.PLACED and e.aggregate_id == order_id), None)
    return placed is not None and bool(placed.data(orders.Placed).hold_until_paid)
