"""What a command is answered when only its events came back from the neighbours, and the answer did not."""

from __future__ import annotations

from typing import Any

import msgspec

from server.event import Event
from server.services.kitchen import events as kitchen
from server.services.orders import events as orders
from server.services.payments import events as payments
from server.services.receipts import events as receipts
from server.services.shop import Services
from server.services.vouchers import events as vouchers

STATUS_AFTER: dict[str, orders.Status] = {
    orders.ACCEPTED: "accepted",
    orders.STARTED: "in_preparation",
    orders.READY: "ready",
    orders.COLLECTED: "collected",
}

ANSWERED: dict[str, tuple[str, ...]] = {
    orders.PLACED: ("number", "total_minor"),
    kitchen.BUMPED: ("line_ids", "done"),
    kitchen.RECALLED: ("line_ids",),
    payments.WRITTEN_OFF: ("amount_minor",),
    receipts.BEGUN: ("print_id", "copy"),
    receipts.PRINTED: ("print_id",),
    receipts.FAILED: ("print_id",),
}
"""What of an event about an order stands in the answer to who asked for it."""


def told(shop: Services, event: Event) -> dict[str, Any] | None:
    """The answer to who asked for this event, with the fields of the first one; None where asking again tells it. What
    is to be given back of a voided order, and what was left on a cancelled voucher, is as it stands now."""
    about, data = event.aggregate_id, event.data()
    if event.type in STATUS_AFTER:
        return {"order_id": about, "status": STATUS_AFTER[event.type]}
    if event.type in ANSWERED:
        return {"order_id": about} | {field: data[field] for field in ANSWERED[event.type] if field in data}
    if event.type == vouchers.CANCELLED:
        voucher = shop.vouchers.state(about)
        left = 0 if voucher is None else msgspec.structs.replace(voucher, cancelled=False).balance_minor
        return {"voucher_id": about, "balance_minor": left}
    if event.type not in (orders.VOIDED, orders.AMENDED):
        return None
    order = shop.order_book.state(about)
    if order is None or order.placed is None:
        return None
    if event.type == orders.VOIDED:
        return {"order_id": about, "status": "voided", "to_refund_minor": max(0, order.paid_minor)}
    return {"order_id": about, "number": order.placed.number, "total_minor": data["total_minor"]}
