"""The views that `/v1/watch` can show: how each is read whole, and what of it is told when something changed.

Pure of sockets. All of it reads the node's models, so it runs in a thread; only the hub calls it, one call after the
other, so no client ever sees an older value after a newer one. `status`, `pictures`, `peers` and `stores` beat: they
may change without an event, so they are looked at once a second and told when different.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

import msgspec

from server.api.port import NodePort, Peer, Status, StoreLine
from server.api.sales_view import SalesOfToday
from server.services.decision import Changes
from server.services.orders.events import Order
from server.services.stock.events import Availability

View = Literal["status", "screens", "pictures", "menu", "availability", "orders", "tickets", "peers", "stores", "sales"]
VIEWS: tuple[View, ...] = (
    "status",
    "screens",
    "pictures",
    "menu",
    "availability",
    "orders",
    "tickets",
    "peers",
    "stores",
    "sales",
)
"""In the order in which a new client is told: a screen can draw its menu before it has all orders."""

MAX_SINGLE_CHANGES = 200
"""More changed orders than this (a terminal comes back after days) are told as the whole view, which is bounded."""

MAX_FINISHED = 1_000
"""Finished orders of today in the `orders` view."""

DONE_TICKETS = 20

_encode = msgspec.json.Encoder().encode


def message(view: View, **fields: Any) -> str:
    """One text frame."""
    return _encode({"view": view, **fields}).decode()


class Views:
    """Remembers what was told last, to tell only what differs."""

    def __init__(self, node: NodePort) -> None:
        self._node = node
        self._availability: dict[str, Availability] = {}
        self._day = ""
        self._essence: dict[View, bytes] = {}
        self._told: dict[View, str] = {}
        self._sales = SalesOfToday(node)

    def whole(self, view: View) -> str:
        """The message that tells all of a view; of a beating one, the last that was told: call `beat` before."""
        match view:
            case "availability":
                return message(view, all=self._node.availability())
            case "menu":
                return message(view, all=self._node.menu())
            case "screens":
                return message(view, all=self._node.screens())
            case "orders":
                return message(view, all=self._orders())
            case "tickets":
                return message(view, all=self._node.tickets(done=DONE_TICKETS))
            case "sales":
                return message(view, all=self._sales.view())
            case _:
                return self._told[view]

    def of_changes(self, changes: Changes, wanted: Collection[View]) -> list[tuple[View, str]]:
        """What to tell of a batch, in the order in which it is to be told."""
        told: list[tuple[View, str]] = []
        if changes.menu and "menu" in wanted:
            told.append(("menu", self.whole("menu")))
        if changes.screens and "screens" in wanted:
            told.append(("screens", self.whole("screens")))
        if (changes.availability or changes.menu) and "availability" in wanted:
            told += self._availability_changes(changes.menu)
        if changes.orders and "orders" in wanted:
            told += self._changed("orders", changes.orders)
        if changes.tickets and "tickets" in wanted:
            told += self._changed("tickets", changes.tickets)
        if "sales" in wanted:
            self._sales.note(changes.orders)
        return told

    def _changed(self, view: View, ids: Collection[str]) -> list[tuple[View, str]]:
        if len(ids) > MAX_SINGLE_CHANGES:
            return [(view, self.whole(view))]
        read = self._node.order if view == "orders" else self._node.ticket
        return [(view, message(view, id=one, value=read(one))) for one in sorted(ids)]

    def _availability_changes(self, menu_changed: bool) -> list[tuple[View, str]]:
        before, after = self._availability, self._node.availability()
        self._availability = after
        if menu_changed or before.keys() != after.keys():
            return [("availability", message("availability", all=after))]
        changed = {item_id: value for item_id, value in after.items() if before[item_id] != value}
        return [("availability", message("availability", changed=changed))] if changed else []

    def begin(self, view: View) -> None:
        """Before the first watcher of a view is told all: what it is told later is told against that."""
        if view == "availability":
            self._availability = self._node.availability()
        elif view == "sales":
            self._sales.forget()

    def beat(self, wanted: Collection[View], status: Status, peers: list[Peer]) -> list[tuple[View, str]]:
        """Called every second or so: what changed without an event, and a new day's orders."""
        told: list[tuple[View, str]] = []
        if "status" in wanted:
            told += self._if_new("status", status, status)
        if "peers" in wanted:
            told += self._if_new("peers", peers, [calm_peer(peer) for peer in peers])
        if "pictures" in wanted:
            pictures = self._node.blobs.pictures()
            told += self._if_new("pictures", pictures, pictures)
        if "stores" in wanted:
            stores = self._node.stores()
            told += self._if_new("stores", stores, [calm_store(store) for store in stores])
        before, self._day = self._day, self._node.business_day()
        if before and before != self._day:
            daily: tuple[View, ...] = ("orders", "sales")
            told += [(view, self.whole(view)) for view in daily if view in wanted]
        return told

    def _if_new(self, view: View, value: Any, essence: Any) -> list[tuple[View, str]]:
        encoded = _encode(essence)
        if self._essence.get(view) == encoded:
            return []
        self._essence[view] = encoded
        self._told[view] = message(view, all=value)
        return [(view, self._told[view])]

    def _orders(self) -> list[Order]:
        """Open ones of any day, and today's finished ones; newest first."""
        found = {order.order_id: order for order in self._node.orders(open_only=True, limit=MAX_FINISHED)}
        for order in self._node.orders(business_day=self._node.business_day(), limit=MAX_FINISHED):
            found.setdefault(order.order_id, order)
        return sorted(found.values(), key=lambda o: (o.placed_at, o.order_id), reverse=True)


def calm_peer(peer: Peer) -> Peer:
    """Without what changes every second while all is well."""
    return msgspec.structs.replace(peer, last_seen="") if peer.state == "connected" else peer


def calm_store(store: StoreLine) -> StoreLine:
    return msgspec.structs.replace(store, last_heard="") if store.line == "connected" else store
