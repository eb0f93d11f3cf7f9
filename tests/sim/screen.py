"""A screen at one terminal that shows what `WS /v1/watch` tells it, and looks at nothing else: when a day is over it
shows what there is. So whatever changes a view is told, also what is no event of that view: a dish that had run out
elsewhere, a voucher that had paid twice, the end of breakfast.
"""

from __future__ import annotations

import json
import random
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from server.api.views import View, Views
from server.log import LogFailed
from server.node import Node
from server.services.decision import Changes
from server.services.tables import READ_ERRORS
from tests.sim.checks.answers import clock
from tests.sim.checks.meaning import is_near
from tests.sim.terminal import Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

SHOWN: tuple[View, ...] = ("screens", "menu", "availability", "orders", "tickets")

OPEN_ORDERS = 50
LOOKED_AT = 5
"""Of so many, the newest, so many are looked at in one go."""

TOLD_WITHIN_S = 2.0

WHILE_OUT = "sold_while_out"
"""Of an order that is over nobody is told any more that something had run out; nor is it known of any order, where what
was said of the stock in those days has left the terminals."""


class Screen:
    """From the terminal's first change after each start on."""

    def __init__(self, day: Day, terminal: Terminal) -> None:
        self.day, self.terminal = day, terminal
        self._views: Views | None = None
        self._shown: dict[View, Any] = {}
        self._chance = random.Random(f"{day.plan.seed}/screen looked at")
        self._doubted: dict[str, tuple[float, Any, Any]] = {}
        terminal.on_start.append(self._connect)

    def _connect(self, terminal: Terminal, node: Node) -> None:
        self._views = None
        node.on_changes.append(lambda changes: self._changed(node, changes))

    def _changed(self, node: Node, changes: Changes) -> None:
        try:
            if self._views is None:
                self._join(node)
            else:
                for view, text in self._views.of_changes(changes, SHOWN):
                    self._hear(view, json.loads(text))
        except (LogFailed, *READ_ERRORS):  # as the hub: its watchers lose their place, and connect again
            self._views = None

    def _join(self, node: Node) -> None:
        views = Views(node)
        views.begin("availability")
        for view in SHOWN:
            self._hear(view, json.loads(views.whole(view)))
        self._views = views

    def _hear(self, view: View, told: dict[str, Any]) -> None:
        if "changed" in told:
            self._shown[view] |= told["changed"]
        elif "id" in told:
            self._shown[view][told["id"]] = told["value"]
        elif view in ("orders", "tickets"):
            self._shown[view] = {one["order_id"]: one for one in told["all"]}
        else:
            self._shown[view] = told["all"]

    def look(self) -> list[str]:
        """While the day goes on, at some of the orders: what one of them is, is shown in a moment."""
        node, views, now = self.terminal.node, self._views, self.day.now
        if node is None or views is None or not self.terminal.ready or not node.services.tables.whole:
            self._doubted = {}
            return []
        if node.services.archive.marks:
            return []
        ids = [one.order_id for one in node.orders(open_only=True, limit=OPEN_ORDERS)]
        chosen = dict.fromkeys([*self._doubted, *self._chance.sample(ids, min(LOOKED_AT, len(ids)))])
        doubted, self._doubted = self._doubted, {}
        for order_id in [i for i in chosen if i in ids]:
            shown, order = self._shown["orders"].get(order_id), _plain(node.order(order_id))
            if shown != order:
                since, *before = doubted.get(order_id, (now, shown, order))
                self._doubted[order_id] = (since if before == [shown, order] else now, shown, order)
        return [
            f"{self.terminal.name}'s screen was not told of order {order_id}: {_differs(shown, order)}"
            for order_id, (since, shown, order) in self._doubted.items()
            if now - since > TOLD_WITHIN_S
        ]

    def stale(self) -> list[str]:
        """What it shows otherwise than it is."""
        node, name = self.terminal.node, self.terminal.name
        if node is None or self._views is None:
            return []
        found = [f"{name}'s screen was not told of the menu"] if self._shown["menu"] != _plain(node.menu()) else []
        if [*map(_sign, self._shown["screens"])] != [*map(_sign, _plain(node.screens()))]:
            found.append(f"{name}'s screen was not told of a sign: {self._shown['screens']}")
        found += self._dishes(node, clock(self.terminal.wall_ms()))
        going = {one.order_id for one in node.orders(open_only=True, limit=len(self.day.orders))}
        gone = bool(node.services.archive.marks)
        for order_id in sorted(self._shown["orders"].keys() | going):
            shown, order = self._shown["orders"].get(order_id), _plain(node.order(order_id))
            if order is None and gone:
                continue
            if order_id not in going or gone:
                shown, order = _over(shown), _over(order)
            if shown != order:
                found.append(f"{name}'s screen was not told of order {order_id}: {_differs(shown, order)}")
            card, ticket = self._shown["tickets"].get(order_id), _plain(node.services.ticket(order_id))
            not_shown = card is None and ticket is not None and ticket["done_ms"]  # of those that are done some are
            if order_id in going and not gone and card != ticket and not not_shown:
                found.append(f"{name}'s screen was not told of the ticket of {order_id}: {_differs(card, ticket)}")
        return found[:4]

    def _dishes(self, node: Node, now: datetime) -> list[str]:
        menu, sells = node.menu(), _plain(node.availability())
        if menu is None:
            return []
        just_now = any(is_near(now, text) for part in menu.dayparts for text in (part.start, part.end))
        items = [item.item_id for item in menu.items if not (item.daypart_ids and just_now)]
        shown = self._shown["availability"]
        return [
            f"{self.terminal.name}'s screen shows {i} as {shown.get(i)}, and was not told that it is {sells[i]}"
            for i in items
            if shown.get(i) != sells[i]
        ]


def _plain(value: Any) -> Any:
    return json.loads(msgspec.json.encode(value))


def _sign(line: dict[str, Any]) -> dict[str, Any]:
    """How often a screen failed is told of the last day, which goes on without anything happening."""
    return {name: value for name, value in line.items() if name != "failures"}


def _over(order: dict[str, Any] | None) -> dict[str, Any] | None:
    if order is None:
        return None
    return order | {"warnings": [w for w in order["warnings"] if not w.startswith(WHILE_OUT)]}


def _differs(shown: dict[str, Any] | None, there: dict[str, Any] | None) -> str:
    if not shown or not there:
        return f"{shown} for {there}"
    return ", ".join(f"{k} is {v}, shown as {shown.get(k)}" for k, v in there.items() if shown.get(k) != v)
