"""Orders as staff see them. Pure: JSON of an order and a clock in, rows and details for the screen out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ui.brought import place_of

Order = Mapping[str, Any]
Row = dict[str, Any]

FILTERS = ("open", "unpaid", "ready", "late", "done")
LATE_AFTER_S = 10 * 60
PHONE = "phone"
ENDED = frozenset({"collected", "voided"})

ROLES = (
    "number", "status", "paid", "ageMinutes", "late", "totalMinor", "dueMinor", "customerName", "channel", "dining",
    "placeKind", "placeName", "summary", "task", "takenBy", "byPhone", "selected",
)  # fmt: skip

STEPS = (
    ("orders.accept", "accepted"),
    ("orders.start", "in_preparation"),
    ("orders.ready", "ready"),
    ("orders.collect", "collected"),
)
STATUSES = ("placed", "accepted", "in_preparation", "ready", "collected")


def moment(text: str) -> datetime | None:
    """An RFC 3339 time, or None for what is none."""
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    except (ValueError, AttributeError):
        return None


def age_seconds(order: Order, now: datetime) -> int:
    placed = moment(order.get("placed_at", ""))
    return 0 if placed is None else max(0, int((now - placed).total_seconds()))


def due(order: Order) -> int:
    return int(order.get("due_minor") or 0)


def overpaid(order: Order) -> int:
    return int(order.get("overpaid_minor") or 0)


def paid_state(order: Order) -> str:
    """`overpaid`, `paid`, `part`, `unpaid`, or `""` where there is nothing to pay."""
    if overpaid(order):
        return "overpaid"
    if not due(order):
        return "paid" if order.get("paid_minor") else ""
    return "part" if order.get("paid_minor") else "unpaid"


def is_task(order: Order) -> bool:
    """There is money to give back, or money that a bank did not give."""
    return overpaid(order) > 0 or lost_money(order)


def is_open(order: Order) -> bool:
    """Somebody still has to do something about it."""
    return order["status"] not in ENDED or overpaid(order) > 0 or (order["status"] != "voided" and due(order) > 0)


def is_late(order: Order, now: datetime) -> bool:
    return order["status"] in ("placed", "accepted", "in_preparation") and age_seconds(order, now) >= LATE_AFTER_S


def fits(order: Order, wanted: str, now: datetime) -> bool:
    """Whether an order belongs under a filter of `FILTERS`."""
    if wanted == "unpaid":
        return order["status"] != "voided" and due(order) > 0
    if wanted == "ready":
        return bool(order["status"] == "ready")
    if wanted == "late":
        return is_late(order, now)
    if wanted == "done":
        return not is_open(order)
    return is_open(order)


def found(order: Order, text: str) -> bool:
    """By number (`47` finds A47), by the guest's name, or by where it is brought."""
    text = text.strip().casefold()
    named = (order["number"], *(order.get(name) or "" for name in ("customer_name", "table", "stand")))
    return any(text in name.casefold() for name in named)


def taken_by(order: Order) -> str:
    """The terminal at which it was taken; none if by phone: it only served the page."""
    return "" if order.get("channel") == PHONE else (order.get("taken_by") or {}).get("label") or ""


def list_row(order: Order, now: datetime, selected: str) -> Row:
    pieces = sum(line["quantity"] for line in order["lines"])
    return {
        "order_id": order["order_id"],
        "number": order["number"],
        "status": order["status"],
        "paid": paid_state(order),
        "ageMinutes": age_seconds(order, now) // 60,
        "late": is_late(order, now),
        "totalMinor": order["total_minor"],
        "dueMinor": due(order),
        "customerName": order.get("customer_name") or "",
        **place_of(order),
        "channel": order.get("channel") or "",
        "dining": order["dining"],
        "summary": pieces,
        "task": is_task(order),
        "takenBy": taken_by(order),
        "byPhone": order.get("channel") == PHONE,
        "selected": order["order_id"] == selected,
    }


def line_details(line: Mapping[str, Any]) -> list[str]:
    """What was chosen, one thing a line, as the kitchen is told it too."""
    details = [counted(x) for x in line.get("modifiers") or []]
    parts = line.get("components") or []
    for part in [part for n, part in enumerate(parts) if part not in parts[:n]]:
        name = f"{times} × " if (times := parts.count(part)) > 1 else ""
        name += part["name"] + (f" · {part['variation_name']}" if part.get("variation_name") else "")
        chosen = [counted(x) for x in part.get("modifiers") or []]
        details.append(f"{name} ({', '.join(chosen)})" if chosen else name)
    return details


def counted(modifier: Mapping[str, Any]) -> str:
    return str(modifier["name"]) + (f" ×{modifier['quantity']}" if modifier["quantity"] > 1 else "")


def left_out(line: Mapping[str, Any]) -> list[str]:
    """What is left out of the dish, and of each dish in it."""
    inside = [
        f"{name} ({part['name']})" for part in line.get("components") or [] for name in part.get("without_names") or []
    ]
    return [*(line.get("without_names") or []), *dict.fromkeys(inside)]


def line_row(line: Mapping[str, Any]) -> Row:
    name = line["name"]
    variation = line.get("variation_name") or ""
    return {
        "line_id": line["line_id"],
        "name": f"{name} · {variation}" if variation and variation not in name else name,
        "quantity": line["quantity"],
        "details": line_details(line),
        "without": left_out(line),
        "note": " · ".join(t for t in (line.get("guest") and f"→ {line['guest']}", line.get("note")) if t),
        "totalMinor": line["total_minor"],
    }


def steps(order: Order) -> list[str]:
    """Commands that move the order on, the nearest first."""
    if order["status"] not in STATUSES:
        return []
    at = STATUSES.index(order["status"])
    return [command for command, status in STEPS if STATUSES.index(status) > at and command != "orders.start"]


def detail(order: Order) -> Row:
    """Everything the order's page shows; texts are left to the page, amounts are minor units."""
    voided = order["status"] == "voided"
    return {
        "order_id": order["order_id"],
        "number": order["number"],
        "status": order["status"],
        "dining": order["dining"],
        "customerName": order.get("customer_name") or "",
        **place_of(order),
        "takenBy": taken_by(order),
        "byPhone": order.get("channel") == PHONE,
        "paid": paid_state(order),
        "subtotalMinor": order["subtotal_minor"],
        "taxes": [
            {
                "name": t["name"],
                "percentage": t["percentage"],
                "inclusive": t["inclusive"],
                "amountMinor": t["amount_minor"],
            }
            for t in order.get("taxes") or []
        ],
        "totalMinor": order["total_minor"],
        "paidMinor": order["paid_minor"],
        "dueMinor": 0 if voided else due(order),
        "overpaidMinor": overpaid(order),
        "tenders": [tender_row(t) for t in order.get("tenders") or []],
        "history": [history_row(h) for h in reversed(order.get("history") or [])],
        "voidReason": order.get("void_reason") or "",
        "warnings": [w.partition(":")[0] for w in order.get("warnings") or []],
        "steps": steps(order),
        "canPay": not voided and due(order) > 0,
        "canVoid": order["status"] not in ENDED,
        "canAmend": order["status"] not in ENDED,
        "canRefund": overpaid(order) > 0,
        "lostMoney": lost_money(order),
    }


def lost_money(order: Mapping[str, Any]) -> bool:
    """The bank declined a card afterwards, and that is not made good."""
    return "declined_late" in (order.get("warnings") or [])


def tender_row(tender: Mapping[str, Any]) -> Row:
    return {
        "payment_id": tender["payment_id"],
        "tender": tender["tender"],
        "amountMinor": tender["amount_minor"],
        "refundedMinor": tender.get("refunded_minor") or 0,
        "tenderedMinor": tender.get("tendered_minor"),
        "changeMinor": tender.get("change_minor"),
        "card": tender.get("card") or "",
        "tipMinor": tender.get("tip_minor") or 0,
        "declined": bool(tender.get("declined_late")),
    }


def history_row(entry: Mapping[str, Any]) -> Row:
    at = moment(entry.get("at", ""))
    what, _, why = entry["what"].partition(": ")
    return {
        "at": at.astimezone().strftime("%H:%M:%S") if at else "",
        "what": what,
        "why": why,
        "by": entry.get("by") or "",
        "amountMinor": entry.get("amount_minor"),
        "detail": list(entry.get("detail") or []),
    }


def refund_plan(order: Order) -> list[Row]:
    """How an overpayment goes back, newest payment first: `[{payment_id, tender, card, amountMinor}]`."""
    left = overpaid(order)
    plan = []
    for tender in reversed(order.get("tenders") or []):
        held = 0 if tender.get("declined_late") else tender["amount_minor"]
        back = min(left, held - (tender.get("refunded_minor") or 0))
        if back > 0:
            plan.append(
                {
                    "payment_id": tender["payment_id"],
                    "tender": tender["tender"],
                    "card": tender.get("card") or "",
                    "amountMinor": back,
                }
            )
            left -= back
    return plan
