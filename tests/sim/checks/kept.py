"""What leaves the terminals with age: nothing that is open, and nothing that head office does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.event import Event, Frontier, Stream
from server.services.orders.events import PLACED, Order
from server.services.retention.events import ARCHIVED, Archived
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
    marks = [e for e in events if e.type == ARCHIVED]
    for order_id, store in day.orders.items():
        order = office.order(order_id)
        if order is None or not is_open(order):
            continue
        found += [
            f"{terminal.name} has forgotten order {order.number}, which is open"
            for terminal, node in nodes(day)
            if terminal.spec.store == store
            and node.order(order_id) is None
            and went_whole(of_order.get(order_id, []), marks)
        ]
    return found[:4]


def went_whole(of_order: list[Event], marks: list[Event]) -> bool:
    """Whether all that is known of an order today was below the line when the order itself was archived, or is, and
    nobody has archived it."""
    floors: Frontier = {}
    for mark in marks:
        said = mark.data(Archived)
        for log_id, topics in said.floors.items():
            for topic, seq in topics.items():
                stream = Stream(log_id, topic)
                floors[stream] = max(floors.get(stream, 0), seq)
        placed = [e for e in of_order if e.type == PLACED and e.seq <= floors.get(e.stream, 0)]
        if any(e.seq not in said.kept.get(e.stream.log_id, {}).get(e.stream.topic, ()) for e in placed):
            break
    return all(e.seq <= floors.get(e.stream, 0) for e in of_order)


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
