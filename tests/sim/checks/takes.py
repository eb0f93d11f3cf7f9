"""What orders take of the stock, reckoned from their events."""

from __future__ import annotations

from collections import Counter, defaultdict

from server.event import Event
from server.services.orders import events as orders


def taken(events: list[Event]) -> Counter[str]:
    """How many of each item the orders take after these events."""
    total: Counter[str] = Counter()
    for of_order in by_order(events).values():
        lines: list[orders.Line] = []
        placed = amended = collected = False
        for event in of_order:
            if event.type == orders.PLACED and not placed and not amended:
                lines = event.data(orders.Placed).lines
            elif event.type == orders.AMENDED:
                lines = event.data(orders.Amended).lines
            elif event.type == orders.VOIDED and not collected:
                lines = []
                break
            placed, amended = placed or event.type == orders.PLACED, amended or event.type == orders.AMENDED
            collected = collected or event.type == orders.COLLECTED
        for line in lines:
            for item_id in (line.item_id, *(part.item_id for part in line.components)):
                total[item_id] += line.quantity
    return total


def by_order(events: list[Event]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.stream.name in ("orders", "payments", "kitchen"):
            found[event.aggregate_id].append(event)
    return found
