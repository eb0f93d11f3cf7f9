"""A customer's way to the places where tests begin, by touch; and a shop's till that answers as the server does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from copy import deepcopy
from typing import Any

from tests.ui.conftest import Hand
from tests.ui.desk import Desk, Said
from tests.ui.diner import MENU

TALL, WIDE = (1080, 1920), (1920, 1080)


def available(**more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {name: [] for name in ("without", "because", "out_modifiers", "out_options")}
    return {"state": "available", "left": None, **empty, **more}


def everything() -> dict[str, Any]:
    return {item["item_id"]: available() for item in MENU["items"]}


def set_up(desk: Desk, menu: dict[str, Any] | None = None) -> None:
    desk.views |= {
        "status": {"label": "Kiosk 1", "store": "riverside"},
        "menu": deepcopy(menu or MENU),
        "availability": everything() if menu is None else {},
    }


class Till:
    """Answers `orders.place`, `payments.capture` and `orders.void`; `card` is what the next cards do. `waits`: the card
    terminal waits for a card, until it is set back."""

    def __init__(self, desk: Desk, number: str = "A47", total: int = 890) -> None:
        self.desk = desk
        self.number = number
        self.total = total
        self.card: list[str] = []  # refusals still to come, then approved
        self.waits = False
        self.refuse: tuple[str, str] | None = None
        desk.answer = self.answer

    def answer(self, name: str, body: dict[str, Any]) -> Said | Awaitable[Said]:
        return self._later(name, body) if name == "payments.capture" and self.waits else self._now(name, body)

    async def _later(self, name: str, body: dict[str, Any]) -> Said:
        while self.waits:
            await asyncio.sleep(0.01)
        return self._now(name, body)

    def _now(self, name: str, body: dict[str, Any]) -> Said:
        if name == "orders.place":
            if self.refuse is not None:
                return 409, {"code": self.refuse[0], "text": self.refuse[1]}
            result = {"order_id": body["order_id"], "number": self.number, "total_minor": self.total}
            return 200, {"events": [], "result": result}
        if name == "payments.capture" and self.card:
            return 409, {"code": self.card.pop(0), "text": "no"}
        return 200, {"events": [], "result": {}}

    def asked(self, name: str) -> list[dict[str, Any]]:
        return [body for n, body in self.desk.commands if n == name]


def enter(hand: Hand, dining: str = "here") -> None:
    """Touches the sleeping screen and says where to eat."""
    hand.until(lambda: hand.vm.ready, "the menu is there")
    hand.tap("kiosk.attract")
    hand.until(lambda: hand.vm.page == "start")
    settle(hand)
    hand.tap(f"kiosk.dining.{dining}")
    hand.until(lambda: hand.vm.page == "menu")
    settle(hand)


def settle(hand: Hand) -> None:
    """Pages and sheets have slid in."""
    hand.rest(0.3)


def open_dish(hand: Hand, category_id: str, item_id: str) -> None:
    hand.tap(f"kiosk.category.{category_id}")
    hand.tap(f"kiosk.item.{item_id}")
    hand.until(lambda: hand.vm.sheet.isOpen)
    settle(hand)


def order(hand: Hand, category_id: str, item_id: str) -> None:
    """A dish that asks nothing, into the basket."""
    open_dish(hand, category_id, item_id)
    hand.tap("kiosk.sheet.add")
    hand.until(lambda: not hand.vm.sheet.isOpen)
    settle(hand)


def pay(hand: Hand, kind: str = "card") -> None:
    hand.tap("kiosk.pay")
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    hand.tap(f"kiosk.pay.{kind}")


def line_key(hand: Hand, n: int = 0) -> str:
    return str(hand.vm.basket.rows.rows[n]["key"])
