"""What leaves the terminals with age: nothing that is open, and nothing that head office does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.event import Event
from server.services.orders.events import Order
from tests.sim.checks.holding import nodes
from tests.sim.checks.promises import on_disk

if TYPE_CHECKING:
    from tests.sim.day import Day


def is_open(order: Order) -> bool:
    """In our own words: too much was paid, or not all that was ever due, of what the kitchen could see."""
    taken = sum(t.amount_minor for t in order.tenders if not t.declined_late)
    owed = 0 if order.status == "voided" else max(0, order.total_minor - order.written_off_minor)
    return order.paid_minor > owed or (taken < owed and (bool(order.tenders) or order.released))


def open_orders(day: Day, events: list[Event]) -> list[str]:
    """What is open is on every terminal of its store, however old it is, unless what keeps it open came after the rest
    was archived."""
    office = day.office.node
    if office is None or not day.plan.nights or day.lying_logs or changed_disks(day):
        return []
    of_order: dict[str, list[Event]] = {}
    for event in events:
        of_order.setdefault(event.aggregate_id, []).append(event)
    found = []
    for order_id, store in day.orders.items():
        order = office.order(order_id)
        if order is None or not is_open(order):
            continue
        found += [
            f"{terminal.name} has forgotten order {order.number}, which is open"
            for terminal, node in nodes(day)
            if terminal.spec.store == store
            and node.order(order_id) is None
            and all(e.seq <= node.services.archive.floors.get(e.stream, 0) for e in of_order.get(order_id, ()))
        ]
    return found[:4]


def changed_disks(day: Day) -> bool:
    """A disk was lost or a log begun anew: streams are others then than they were."""
    return any(len(t.logs) > 1 or t.damaged or t.lost_logs for t in day.all)


def beyond_office(day: Day) -> list[str]:
    """What a store says is archived, head office has on its disk; looked at while the day goes on."""
    if not day.plan.nights or changed_disks(day):
        return []
    return [
        f"{terminal.name} says that {stream} is archived up to {seq}, and head office does not hold that"
        for terminal, node in nodes(day)
        for stream, seq in node.services.archive.floors.items()
        if terminal.spec.store and on_disk(day.office, stream) < seq
    ][:4]
