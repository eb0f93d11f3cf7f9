"""What a day's events come to, in our own words: the rules read once more, naively and from the beginning each time, so
that a mistake in the folds, which all machines share, is not made here too. Only what is easily said is asked.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from server.event import Event
from server.node import Node
from server.services.carte import Carte
from server.services.kitchen import events as kitchen
from server.services.menu import events as menu
from server.services.menu.events import Menu, Modifier
from server.services.orders import events as orders
from server.services.payments import events as payments
from server.services.stock import events as stock
from server.services.stock.availability import availability
from tests.sim.checks.answers import clock
from tests.sim.checks.holding import nodes
from tests.sim.checks.sold_out import Sold
from tests.sim.checks.takes import by_order, taken
from tests.sim.checks.tickets import MOVES, made, released, removed

if TYPE_CHECKING:
    from tests.sim.day import Day


def meaning(day: Day, events: list[Event]) -> list[str]:
    """The terminals of a store, which all say the same, say this. Not where a machine lies: what it says counts for
    some and not for others; nor of orders of a store that has let go of some."""
    if day.lying_logs:
        return []
    found: list[str] = []
    for store in day.stores:
        terminal, node = next(((t, n) for t, n in nodes(day) if t.spec.store == store), (None, None))
        if terminal is None or node is None:
            continue
        headers = node.log.headers()
        mine = [e for e in events if (h := headers.get(e.stream.log_id)) is not None and h.store == store]
        sells = what_sells(node, mine, events, store, clock(terminal.wall_ms()))
        lived = [] if node.services.archive.marks else lives(node, mine)
        found += [f"{terminal.name}: {text}" for text in (*sells, *lived)]
    return found[:4]


# -- what sells ------------------------------------------------------------------------------------------------------


def what_sells(node: Node, mine: list[Event], events: list[Event], store: str, now: datetime) -> list[str]:
    """The newest menu for all or for this store sells, less what the last word on it says is out, and what is not
    served at this hour."""
    headers, topics = node.log.headers(), (menu.TOPIC, f"{menu.TOPIC}/{store}")
    by_office = {log_id for log_id, header in headers.items() if not header.store}
    published = [
        e for e in events if e.type == menu.PUBLISHED and e.stream.log_id in by_office and e.stream.topic in topics
    ]
    if not published:
        return []
    newest = published[-1].data(menu.MenuPublished)
    if node.services.menu_version() != newest.version:
        return [f"sells menu {node.services.menu_version()!r}, and the newest is {newest.version!r}"]
    out: set[str] = set()
    counted: dict[str, tuple[int, int]] = {}  # by item: left, and at which event
    for i, event in enumerate(mine):
        if event.type == stock.COUNTED:
            count = event.data(stock.Counted)
            counted[count.item_id] = (count.left, i)
            out.discard(stock.stock_key("item", count.item_id))
        elif event.type == stock.OUT:
            word = event.data(stock.WentOut)
            out.add(stock.stock_key(word.kind, word.subject_id))
        elif event.type == stock.BACK:
            back = event.data(stock.CameBack)
            out.discard(stock.stock_key(back.kind, back.subject_id))
            if back.kind == "item":
                counted.pop(back.subject_id, None)
    left = {item: n + taken(mine[:at])[item] - taken(mine)[item] for item, (n, at) in counted.items()}
    wanted = availability(newest.menu, stock.Stock(frozenset(out), left), now, Carte(newest.menu))
    shown = node.services.availability()
    just_now = any(is_near(now, text) for part in newest.menu.dayparts for text in (part.start, part.end))
    items = [item.item_id for item in newest.menu.items if not (item.daypart_ids and just_now)]
    found = [f"{i} is {shown.get(i)}, and should be {wanted[i]}" for i in items if shown.get(i) != wanted[i]]
    lacks = Lacks(newest.menu, out, left, now)
    return found + [
        f"{i} is {shown[i].state}, and is {'not ' if lacks.dish(i) else ''}to be had"
        for i in items
        if i in shown and (shown[i].state == "out") != lacks.dish(i)
    ]


class Lacks(NamedTuple):
    """What is not to be had of a menu, by what is out (by kind and id), what is left, and the hour."""

    menu: Menu
    out: set[str]
    left: dict[str, int]
    now: datetime

    def dish(self, item_id: str) -> bool:
        item = next(i for i in self.menu.items if i.item_id == item_id)
        missing = {i for i in item.ingredient_ids if f"ingredient:{i}" in self.out}
        kept = {i.ingredient_id for i in self.menu.ingredients if item_id in i.removable_from}
        asked = [g for g in self.menu.modifier_groups if g.modifier_group_id in item.modifier_group_ids]
        needed = [g for g in asked if item.group_limits.get(g.modifier_group_id, g).min > 0]
        slots = [slot for c in self.menu.combos if c.item_id == item_id for slot in c.slots if slot.min > 0]
        return (
            f"item:{item_id}" in self.out
            or self.left.get(item_id, 1) <= 0
            or bool(missing - kept)
            or (bool(item.daypart_ids) and not any(self.served(part) for part in item.daypart_ids))
            or any(g.modifiers and all(map(self.choice, g.modifiers)) for g in needed)
            or any(all(self.dish(option.item_id) for option in slot.options) for slot in slots)
        )

    def choice(self, modifier: Modifier) -> bool:
        return f"modifier:{modifier.modifier_id}" in self.out or any(
            f"ingredient:{i}" in self.out for i in modifier.ingredient_ids
        )

    def served(self, daypart_id: str) -> bool:
        """All of the simulated menus' are within one day, on every day."""
        part = next(p for p in self.menu.dayparts if p.daypart_id == daypart_id)
        return part.start <= f"{self.now:%H:%M}" < part.end


def is_near(now: datetime, text: str) -> bool:
    """Whether it is about such a time of day: terminals look now and then."""
    hour, minute = map(int, text.split(":"))
    return abs(60 * now.hour + now.minute - 60 * hour - minute) <= 2


# -- orders ----------------------------------------------------------------------------------------------------------


def lives(node: Node, mine: list[Event]) -> list[str]:
    """What became of each order, and whether and how the kitchen shows it."""
    found = []
    menu_sold = node.services.menu()
    sold = Sold(mine, menu_sold) if menu_sold is not None else None
    for order_id, events in by_order(mine).items():
        first = next((e.data(orders.Placed) for e in events if e.type == orders.PLACED), None)
        order, ticket = node.order(order_id), node.services.ticket(order_id)
        if first is None:
            continue
        if order is None:
            found.append(f"order {first.number} is not there")
            continue
        amendments = [e.data(orders.Amended) for e in events if e.type == orders.AMENDED]
        last: orders.Placed | orders.Amended = amendments[-1] if amendments else first
        if (order.number, order.lines, order.total_minor) != (first.number, last.lines, last.total_minor):
            found.append(f"order {order.number} has other lines than its last amendment says")
        if (status := status_of(events)) != order.status:
            found.append(f"order {order.number} is {order.status}, and should be {status}")
        told = {w for w in order.warnings if w in TOLD}
        if told != warned(events):
            found.append(
                f"order {order.number} warns of {told or 'nothing'}, and should of {warned(events) or 'nothing'}"
            )
        short = {w.partition(":")[2] for w in order.warnings if w.startswith("sold_while_out")}
        if sold is not None and short != (wanted := sold.of(events, last)):
            found.append(f"order {order.number} warns that {short or 'nothing'} was out, and {wanted or 'nothing'} was")
        if order.released != (ticket is not None):
            found.append(
                f"order {order.number} says {order.released} of whether the kitchen may see it, and it is not so"
            )
        if released(events) != (ticket is not None):
            found.append(f"the kitchen {'shows' if ticket else 'does not show'} order {order.number}")
        elif ticket is not None and ticket.voided != (order.status == "voided"):
            found.append(f"order {order.number} is {order.status}, and its ticket says {ticket.voided} of voided")
        elif ticket is not None and order.status != "voided":
            done, lines_made = made(events)
            if done != bool(ticket.done_ms):
                found.append(f"order {order.number} is {'' if ticket.done_ms else 'not '}made, by its ticket")
            if (shown := {line.line_id for line in ticket.lines if line.bumped}) != lines_made:
                found.append(f"order {order.number} has {shown} made by its ticket, and should have {lines_made}")
            if {line.line_id for line in ticket.removed} != removed(events):
                found.append(f"order {order.number} has other lines taken off, by its ticket, than by its amendments")
    return found


TOLD = ("paid_after_void", "voided_after_collected", "collected_after_void")


def warned(events: list[Event]) -> set[str]:
    """What staff must know of an order that was voided."""
    found: set[str] = set()
    paid: set[str] = set()
    voided = collected = False
    for event in events:
        if event.type == payments.CAPTURED:
            payment_id = event.data(payments.Captured).payment_id
            found |= {"paid_after_void"} if voided and payment_id not in paid else set()
            paid.add(payment_id)
        elif event.type == orders.VOIDED:
            found |= {"voided_after_collected"} if collected else set()
            voided = voided or not collected
        elif event.type == orders.COLLECTED:
            found |= {"collected_after_void"} if voided else set()
            collected = collected or not voided
    return found


def status_of(events: list[Event]) -> str:
    """The furthest that was reached; voided is the end, unless it was collected before. A line that an amendment
    alters is to be made once more."""
    rank = 0
    lines: dict[str, orders.Line] = {}
    bumped: set[str] = set()
    for event in events:
        reached = MOVES.get(event.type, 0)
        if event.type == orders.PLACED and not lines:
            lines = {line.line_id: line for line in event.data(orders.Placed).lines}
        elif event.type == orders.AMENDED:
            before, lines = lines, {line.line_id: line for line in event.data(orders.Amended).lines}
            bumped = {i for i in bumped if i in lines and before.get(i, lines[i]) == lines[i]}
            reached = MOVES[orders.READY] if bumped and lines.keys() <= bumped else 0
        elif event.type == kitchen.BUMPED:
            bump = event.data(kitchen.Bumped)
            bumped |= set(bump.line_ids)
            made = lines.keys() <= bumped if lines else bump.done
            reached = MOVES[orders.READY] if made else MOVES[orders.STARTED]
        elif event.type == orders.VOIDED and rank < MOVES[orders.COLLECTED]:
            return "voided"
        rank = max(rank, reached)
    return orders.STATUSES[rank]
