"""What is shown: the same everywhere, the same as from nothing, and never an order that goes back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from server.node import Node
from server.services.orders.read_model import Orders
from server.services.orders.state import COLLECTED, OrderState
from server.services.shop import Services
from tests.sim.checks.holding import nodes
from tests.sim.terminal import ZONE, Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

A_DAY_MS = 24 * 3_600_000


def tables(services: Services) -> dict[str, list[Any]]:
    """Every read model's rows, in order."""
    found = {}
    for model in services._models:
        with model.reading() as db:
            found[model.name] = db.execute(f"SELECT * FROM {model._table} ORDER BY aggregate_id").fetchall()
    return found


def same_tables(one: dict[str, list[Any]], other: dict[str, list[Any]], what: str) -> list[str]:
    found = []
    for name, rows in one.items():
        if rows != other[name]:
            first = next((a[0] for a, b in zip(rows, other[name], strict=False) if a != b), "their number")
            found.append(f"{what}: {name} differs ({len(rows)} and {len(other[name])} rows, first {first})")
    return found


def read_models(day: Day) -> list[str]:
    """Byte-equal between the terminals of a store; head office's sales are those of its stores."""
    found = []
    for terminal, node in nodes(day):
        if node.services.cursor != node.log.position:
            found.append(f"{terminal.name} shows {node.services.cursor} of {node.log.position} events")
    for store in day.stores:
        ready = [(t, n) for t, n in nodes(day) if t.spec.store == store]
        if not ready:
            continue
        first, of_first = ready[0][0], tables(ready[0][1].services)
        for terminal, node in ready[1:]:
            found += same_tables(of_first, tables(node.services), f"{first.name} and {terminal.name}")
        if day.office.node is not None:
            ours = ready[0][1].services.order_book
            theirs = day.office.node.services.order_book
            upto = ready[0][1].services.archive.upto  # of days before, a store has given some orders over
            moved = days_of_placed_again(ours, theirs, upto)
            for when in business_days(of_first["orders"], (upto >> 16) + A_DAY_MS):
                if when not in moved and ours.sales(when, store) != theirs.sales(when, store):
                    found.append(f"{store}'s sales of {when} are not the same at head office")
    return found


def days_of_placed_again(ours: Orders, theirs: Orders, upto: int) -> set[str]:
    """The days of orders that a terminal took again days later, as its disk was set back and it was asked once more:
    head office shows one on the first day, and a store that has let go of the first on the second."""
    moved = set()
    for order_id, shown in theirs.all_states().items():
        here = ours.state(order_id)
        if here is not None and here.placed and shown.placed and shown.placed_at[0] <= upto and was_placed_again(shown):
            moved |= {here.placed.business_day, shown.placed.business_day}
    return moved


def was_placed_again(state: OrderState) -> bool:
    return any(one.what.startswith("placed again") for one in state.history)


def business_days(rows: Iterable[Any], since_ms: int) -> list[str]:
    since = datetime.fromtimestamp(since_ms / 1000, UTC).date().isoformat() if since_ms > A_DAY_MS else ""
    days = {value for row in rows for value in row if isinstance(value, str) and is_day(value)}
    return sorted(day for day in days if day >= since)


def is_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-"


async def rebuild(terminal: Terminal, folder: Any) -> list[str]:
    """Tables made from nothing are the same as those that grew."""

    async def anew(node: Node) -> list[str]:
        headers = node.log.headers()
        services = Services(
            folder,
            device_id=node.log.device_id,
            store=terminal.spec.store,
            label=terminal.spec.name,
            role=terminal.spec.role,
            timezone=ZONE,
            store_of=lambda log_id: headers[log_id].store,
            device_of=lambda log_id: headers[log_id].device_id,
            as_first=node.log.as_first,
            log_id=node.log.log_id,
            now_ms=terminal.wall_ms(),
        )
        try:
            await services.catch_up(node.log.events, node.log.position)
            return same_tables(tables(node.services), tables(services), f"{terminal.name} and its rebuild")
        finally:
            services.close()

    found: list[str] = await terminal.ask(anew)
    return found


class StatusWatch:
    """Sits before one machine's screen: an order's status never goes back.

    From ready it may, when a line turns up that nobody has made; voided gives way only to a collection before it.
    """

    def __init__(self, day: Day, terminal: Terminal) -> None:
        self.day, self.terminal = day, terminal
        self._seen: dict[str, OrderState] = {}

    def forget(self) -> None:
        """Its disk is gone: the screen begins anew, with what the others send."""
        self._seen.clear()

    def look(self, order_ids: Iterable[str]) -> None:
        node = self.terminal.node
        if node is None:
            return
        for order_id in sorted(order_ids):
            state = node.services.order_book.state(order_id)
            if state is None:
                continue
            before = self._seen.get(order_id)
            self._seen[order_id] = state
            if before is None or before.placed is None:
                continue
            if state.placed is None and node.services.archive.marks:
                continue  # given over to head office; what came too late for that stands there
            if before.voided and not state.voided and state.rank != COLLECTED:
                self.day.problems.append(f"order {order_id} was voided at {self.terminal.name}, and is {state.status}")
            # An amendment that becomes known late sends an order back to the kitchen, whatever came of the lines since.
            amended = [sum(h.what == "amended" for h in s.history) for s in (before, state)]
            same_lines = amended[0] == amended[1]
            if not state.voided and not before.voided and state.rank < before.rank and same_lines:
                self.day.problems.append(
                    f"order {order_id} went back from {before.status} to {state.status} at {self.terminal.name}"
                )
