"""An order's state as the world sees it: `orders.events.Order`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from server.services.orders.events import History, Order, TakenBy, Tender
from server.services.orders.state import Happened, OrderState


def rfc3339(ms: int) -> str:
    """`2026-03-01T12:00:00.250Z`. A time outside of the calendar (a forged one) is shown as the calendar's end."""
    try:
        text = datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError, OSError):
        return "9999-12-31T23:59:59.999Z"
    return text.replace("+00:00", "Z")


def view(
    order_id: str,
    state: OrderState,
    *,
    store: str = "",
    device_of: Callable[[str], str] = lambda log_id: "",
    warnings: list[str] | None = None,
) -> Order | None:
    """The order, or None while only later events of it are known. `warnings` are those that other services' events
    add."""
    placed = state.placed
    if placed is None:
        return None
    totals = state.amended or placed
    paid, owed = state.paid_minor, state.owed_minor
    overpaid = max(0, paid - owed)
    standing = [w for w in state.warnings if w != "declined_late" or owed > paid]  # until it is made good
    if state.refunded_double:
        standing.append("refunded_double")
    return Order(
        order_id=order_id,
        number=placed.number,
        status=state.status,
        dining=placed.dining,
        business_day=placed.business_day,
        placed_at=rfc3339(state.placed_ms),
        currency=placed.currency,
        lines=state.lines,
        subtotal_minor=totals.subtotal_minor,
        tax_minor=totals.tax_minor,
        total_minor=totals.total_minor,
        paid_minor=paid,
        taken_by=TakenBy(placed.taken_by, placed.taken_by_label),
        taxes=totals.taxes,
        tenders=tenders(state),
        history=[_history(entry, device_of) for entry in state.history],
        due_minor=max(0, owed - paid),
        overpaid_minor=overpaid,
        written_off_minor=sum(state.written_off.values()),
        released=bool(state.released_ms),
        released_at=rfc3339(state.released_ms) if state.released_ms else "",
        customer_name=placed.customer_name,
        channel=placed.channel,
        void_reason=state.void_reason,
        warnings=[*standing, *(["overpaid"] if overpaid else []), *(warnings or [])],
        store=store,
        menu_version=placed.menu_version,
        table=placed.table,
        stand=placed.stand,
    )


def tenders(state: OrderState) -> list[Tender]:
    return [
        Tender(
            payment_id=payment_id,
            tender=c.tender,
            amount_minor=c.amount_minor,
            refunded_minor=state.refunded_minor(payment_id),
            tendered_minor=c.tendered_minor,
            change_minor=c.change_minor,
            card=c.card,
            offline=c.offline,
            declined_late=not state.holds(payment_id),
            receipt=c.receipt,
            tip_minor=c.tip_minor,
            voucher=c.voucher,
        )
        for payment_id, c in state.captured.items()
    ]


def _history(entry: Happened, device_of: Callable[[str], str]) -> History:
    _, log_id, seq, topic = entry.at
    return History(
        at=rfc3339(entry.ms),
        what=entry.what,
        by=entry.by,
        device_id=device_of(log_id),
        event=f"{log_id}/{topic}/{seq}",
        amount_minor=entry.amount_minor,
        detail=entry.detail,
    )
