"""Tickets as a cook sees them. Pure: API shapes and a clock in, rows for the screen out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ui.brought import place_of
from ui.kitchen.choices import Usual, told

Ticket = Mapping[str, Any]
Row = dict[str, Any]
NOTHING: Usual = {}

SLOW_AFTER_S = 5 * 60
LATE_AFTER_S = 10 * 60
"""A guest waits ten minutes without asking; the colours warn the cook at half of it."""

ROLES = (
    "number", "dining", "customerName", "takenBy", "elapsed", "lateness", "lines", "voided", "recalled", "fresh",
    "leaving", "openLines", "totalLines", "placeKind", "placeName",
)  # fmt: skip


def elapsed_text(seconds: int) -> str:
    """`4:05`, `1:02:09`."""
    hours, rest = divmod(max(0, seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def lateness(seconds: int) -> str:
    """`""`, `slow` or `late`."""
    return "late" if seconds >= LATE_AFTER_S else "slow" if seconds >= SLOW_AFTER_S else ""


def line_row(line: Mapping[str, Any], comes_with: Usual, *, bumped: bool, removed: bool = False) -> Row:
    return {
        "lineId": line["line_id"],
        "name": line["name"],
        "quantity": line["quantity"],
        "choices": told(line["name"], line.get("details") or [], comes_with),
        "note": line.get("note") or "",
        "guest": line.get("guest") or "",
        "station": line.get("station") or "",
        "bumped": bumped,
        "changed": bool(line.get("changed")),
        "warning": line.get("warning") or "",
        "removed": removed,
    }


def at_station(line: Mapping[str, Any], station: str) -> bool:
    """A line without a station is everybody's."""
    return not station or (line.get("station") or station) == station


def ticket_row(
    ticket: Ticket,
    now_ms: int,
    *,
    station: str = "",
    tapped: Mapping[str, bool] | None = None,
    fresh: bool = False,
    leaving: bool = False,
    comes_with: Usual = NOTHING,
) -> Row | None:
    """The row of one ticket at one station, or None when nothing of it concerns that station.

    `tapped` are lines whose bump (True) or recall (False) is on its way to the server.
    """
    tapped = tapped or {}
    lines = [
        line_row(line, comes_with, bumped=tapped.get(line["line_id"], bool(line.get("bumped"))))
        for line in ticket["lines"]
        if at_station(line, station)
    ]
    removed = [
        line_row(line, comes_with, bumped=False, removed=True)
        for line in ticket.get("removed") or []
        if at_station(line, station)
    ]
    still = sum(1 for line in lines if not line["bumped"])
    if station and not leaving and (still == 0 or not lines) and not (ticket.get("voided") and lines):
        return None
    seconds = (now_ms - ticket["released_ms"]) // 1000
    return {
        "order_id": ticket["order_id"],
        "number": ticket["number"],
        "dining": ticket["dining"],
        "customerName": ticket.get("customer_name") or "",
        "takenBy": ticket.get("taken_by") or "",
        "elapsed": elapsed_text(seconds),
        "lateness": lateness(seconds),
        "lines": lines + removed,
        "voided": bool(ticket.get("voided")),
        "recalled": bool(ticket.get("recalled")),
        "fresh": fresh,
        "leaving": leaving,
        "openLines": still,
        "totalLines": len(lines),
        **place_of(ticket),
    }


def due_order(ticket: Ticket) -> tuple[int, str]:
    return (ticket["released_ms"], ticket["order_id"])


def all_day(tickets: Iterable[Ticket], station: str = "") -> list[Row]:
    """How many of each dish are still to be made over all tickets, most first."""
    counts: Counter[str] = Counter()
    for ticket in tickets:
        if ticket.get("done_ms") is None and not ticket.get("voided"):
            for line in ticket["lines"]:
                if not line.get("bumped") and at_station(line, station):
                    counts[line["name"]] += line["quantity"]
    return [{"name": name, "quantity": n} for name, n in sorted(counts.items(), key=lambda c: (-c[1], c[0]))]
