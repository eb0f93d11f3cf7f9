"""A small shop to test with: a menu, writers of events, and services that are told of them."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from server.clock import Clock
from server.event import Draft, Event, Stream, decode, encode
from server.services.decision import Changes, Decision
from server.services.desk import Desk
from server.services.menu.decider import read_menu
from server.services.menu.events import Menu
from server.services.shop import Services

NOW_MS = 1_772_366_400_000  # 2026-03-01 12:00 UTC, a Sunday


def item(item_id: str, name: str, price: int | None, **more: Any) -> dict[str, Any]:
    variation = {"variation_id": f"{item_id}-1", "name": "Regular", "price_minor": price}
    return {"item_id": item_id, "name": name, "variations": [variation], **more}


def menu_body() -> dict[str, Any]:
    """As design §7 has it: bacon is essential to the burger, removable from the salad, and an option of both."""
    return {
        "currency": "EUR",
        "name": "Test Kitchen",
        "categories": [{"category_id": "all", "name": "All", "item_ids": ["burger", "salad"]}],
        "items": [
            item("burger", "Bacon Burger", 990, ingredient_ids=["bacon", "bun"], modifier_group_ids=["extras"],
                 tax_ids=["vat"], station="grill"),
            item("veggie", "Veggie Burger", 890, ingredient_ids=["bun"], modifier_group_ids=["extras"],
                 tax_ids=["vat"], group_limits={"extras": {"min": 0, "max": 1}}, station="grill"),
            item("salad", "Salad", 790, ingredient_ids=["bacon", "leaves"], modifier_group_ids=["extras"],
                 tax_ids=["vat"], station="cold"),
            item("steak", "Steak", 1990, modifier_group_ids=["doneness"], tax_ids=["vat"]),
            item("cola", "Cola", 290, tax_ids=["vat", "levy"]),
            item("water", "Water", 190, tax_ids=["levy"]),
            item("catch", "Catch of the Day", None),
            item("meal", "Burger Meal", 1290, tax_ids=["vat"]),
            item("pancakes", "Pancakes", 590, daypart_ids=["morning"]),
            {
                "item_id": "coffee",
                "name": "Coffee",
                "variations": [
                    {"variation_id": "small", "name": "Small", "price_minor": 250},
                    {"variation_id": "large", "name": "Large", "price_minor": 350},
                ],
                "tax_ids": ["vat"],
            },
        ],
        "modifier_groups": [
            {
                "modifier_group_id": "extras",
                "name": "Extras",
                "min": 0,
                "max": 3,
                "modifiers": [
                    {"modifier_id": "x-bacon", "name": "Bacon", "price_minor": 150, "ingredient_ids": ["bacon"]},
                    {"modifier_id": "x-cheese", "name": "Extra cheese", "price_minor": 90},
                ],
            },
            {
                "modifier_group_id": "doneness",
                "name": "Doneness",
                "min": 1,
                "max": 1,
                "modifiers": [
                    {"modifier_id": "rare", "name": "Rare", "price_minor": 0},
                    {"modifier_id": "done", "name": "Well done", "price_minor": 0},
                ],
            },
        ],
        "ingredients": [
            {"ingredient_id": "bacon", "name": "Bacon", "removable_from": ["salad"]},
            {"ingredient_id": "bun", "name": "Bun"},
            {"ingredient_id": "leaves", "name": "Leaves"},
        ],
        "combos": [
            {
                "combo_id": "meal-combo",
                "item_id": "meal",
                "name": "Burger Meal",
                "slots": [
                    {"slot_id": "main", "name": "Main", "options": [{"item_id": "burger"}, {"item_id": "veggie"}]},
                    {"slot_id": "side", "name": "Side", "options": [{"item_id": "salad", "price_minor": 100}]},
                    {
                        "slot_id": "drink",
                        "name": "Drink",
                        "min": 0,
                        "options": [
                            {"item_id": "cola"},
                            {"item_id": "coffee", "variation_id": "large", "price_minor": 60},
                        ],
                    },
                ],
            }
        ],
        "taxes": [
            {"tax_id": "vat", "name": "VAT", "percentage": "19", "inclusive": True},
            {"tax_id": "levy", "name": "Sugar levy", "percentage": "2.5", "inclusive": False},
        ],
        "dayparts": [{"daypart_id": "morning", "name": "Breakfast", "start": "06:00", "end": "11:00"}],
    }  # fmt: skip


def menu() -> Menu:
    return read_menu(menu_body())


class Writer:
    """One log's pen: real events with real bytes, numbered and timed like a terminal's."""

    def __init__(self, log_id: str = "log-1", wall_ms: int = NOW_MS) -> None:
        self.log_id = log_id
        self.wall_ms = wall_ms
        self._clock = Clock(lambda: self.wall_ms)
        self._seqs: dict[Stream, int] = {}

    def write(self, draft: Draft, hlc: int | None = None, command_id: str | None = None) -> Event:
        stream = Stream(self.log_id, draft.stream_topic)
        seq = self._seqs[stream] = self._seqs.get(stream, 0) + 1
        hlc = hlc or self._clock.tick()
        return decode(stream, encode(seq, hlc, draft, command_id, draft.follows if draft.follows >= hlc else 0))

    def observe(self, event: Event) -> None:
        self._clock.observe(event.hlc)


def numbered(events: Sequence[Event], start: int = 1) -> list[Event]:
    """The events as they arrive at one machine, in this order."""
    return [decode(e.stream, e.raw, position) for position, e in enumerate(events, start)]


class Terminal:
    """One terminal: it decides, writes and applies; others' events reach it by `hear`."""

    def __init__(self, folder: Path, device_id: str = "device-1", store: str = "riverside", **more: Any) -> None:
        self.folder = folder
        self.writer = Writer(f"log-{device_id}")
        self.options: dict[str, Any] = {
            "device_id": device_id,
            "store": store,
            "label": f"Kiosk {device_id}",
            "role": "kiosk",
            "log_id": self.writer.log_id,
            **more,
        }
        self.services = Services(folder / "read", **self.options)
        self.desk = Desk(self.services)
        self.events: list[Event] = []
        self.now_ms = NOW_MS
        self.changes = Changes()

    def __del__(self) -> None:
        """Its tables' files are closed when nobody has it any more, and not when somebody collects garbage."""
        with contextlib.suppress(AttributeError):  # it never came to have any
            self.services.close()

    def restart(self) -> None:
        self.services.close()
        self.services = Services(self.folder / "read", **self.options)
        self.desk = Desk(self.services)

    def hear(self, events: Sequence[Event]) -> Changes:
        new = numbered(events, len(self.events) + 1)
        self.events += new
        for event in new:
            self.writer.observe(event)
        self.changes = self.services.apply(new)
        return self.changes

    def say(self, drafts: Sequence[Draft], command_id: str | None = None) -> list[Event]:
        self.hear([self.writer.write(d, command_id=command_id) for d in drafts])
        return self.events[len(self.events) - len(drafts) :]

    def decide(self, command: str, **body: Any) -> Decision:
        command_id = body.get("command_id") or str(uuid.uuid4())
        decision = self.desk.decide(command, body | {"command_id": command_id}, command_id, self.now_ms)
        if decision.payment is not None:
            self.desk.begin(decision.payment, self.now_ms)
        return decision

    def do(self, command: str, **body: Any) -> Any:
        """The command's result, its events written and applied."""
        body = {"command_id": str(uuid.uuid4())} | body
        decision = self.decide(command, **body)
        assert decision.payment is None
        self.say(decision.drafts, body["command_id"])
        return decision.result

    def publish(self) -> None:
        self.do("menu.publish", menu=menu_body())

    def place(self, *item_ids: str, **more: Any) -> str:
        lines = [{"item_id": i, "quantity": 1} for i in item_ids]
        order_id: str = self.do("orders.place", **({"lines": lines, "dining": "here"} | more))["order_id"]
        return order_id


def views(services: Services) -> dict[str, Any]:
    """Everything that a node shows, for comparison."""
    return {
        "menu": services.menu_version(),
        "availability": services.availability(NOW_MS),
        "stock": services.stocks.stock,
        "orders": services.orders(limit=5000),
        "tickets": services.tickets(include_done_since_ms=0),
        "members": services.members(),
        "sales": services.stores_sales("2026-03-01"),
        "payments": services.payments.all_states(),
        "keys": list(services.phone.all.items()),
        "baskets": services.baskets.all_states(),
        "vouchers": services.vouchers.all_states(),
        "screens": services.screens.all_states(),
    }
