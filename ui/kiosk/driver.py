"""Plays scripts on the real kiosk: `orders:20` orders twenty times by touch, `tour` goes through every view.

Used by the demo, tests and pictures.
"""

from __future__ import annotations

import asyncio
import random
from typing import Any

from ui.autopilot import Finger
from ui.shell import Screen

PICTURE_S = 0.3
"""What moves has begun to; then it is waited for until it rests."""

PAUSE_S = 0.1
"""For so long a customer looks at the number."""

SEARCH_S = 0.03
TRIES = 10
MAX_ANSWERS = 40
"""More choices than any dish asks for; a sheet that wants more is broken."""


class Touch(Finger):
    """What a customer does, step by step."""

    async def send_away(self) -> None:
        """The customer whom a screen before this one left standing here has gone."""
        await self.until(lambda: self.vm.ready, what="a menu")
        while self.vm.page != "attract":
            self.vm.startOver()  # not while a card is being charged: that is seen to its end
            await asyncio.sleep(SEARCH_S)

    async def enter(self, dining: str = "here") -> None:
        await self.until(lambda: self.vm.ready, what="a menu")
        await self.tap("kiosk.attract")
        await self.tap(f"kiosk.dining.{dining}")
        await self.until(lambda: self.vm.page == "menu", what="the menu page")

    async def look_for(self, name: str, in_list: str) -> None:
        """Scrolls through a long list until the item is there; what is far from sight does not exist yet."""
        view = self.find(in_list)
        if view is None or self.find(name) is not None:
            return
        low = view.property("originY")
        for start in (view.property("contentY"), low):  # from here on, and else from the top
            y, end = start, low + view.property("contentHeight")
            while self.find(name) is None and y < end:
                view.setProperty("contentY", y)
                y += max(1.0, view.height() * 0.8)
                await asyncio.sleep(SEARCH_S)

    async def open(self, category_id: str, item_id: str) -> None:
        await self.look_for(f"kiosk.category.{category_id}", "kiosk.categories")
        await self.tap(f"kiosk.category.{category_id}")
        await self.until(lambda: self.vm.category == category_id, what="the category")
        await self.look_for(f"kiosk.item.{item_id}", "kiosk.dishes.grid")
        await self.tap(f"kiosk.item.{item_id}")
        await self.until(lambda: self.vm.sheet.isOpen, what="the sheet")

    async def answer(self) -> None:
        """Answers what the open dish asks with the first thing that can be had, until nothing is missing."""
        for _ in range(MAX_ANSWERS):
            question = next((q for q in self.vm.sheet.questions.rows if q["missing"]), None)
            if question is None:
                return
            option = next((o["id"] for o in question["options"] if not o["out"] and not o["selected"]), None)
            if option is None:
                raise LookupError(f"{question['title']}: nothing is left to choose")
            await self.tap(f"kiosk.sheet.option.{question['key']}.{option}")
        raise LookupError("the dish asks without end")

    async def choose(self, category_id: str, item_id: str) -> None:
        """Opens a dish, answers what it asks and takes it."""
        await self.open(category_id, item_id)
        await self.answer()
        await self.tap("kiosk.sheet.add")
        await self.until(lambda: not self.vm.sheet.isOpen, what="the closed sheet")

    async def check_out(self) -> None:
        await self.tap("kiosk.pay")
        await self.until(lambda: self.vm.page in ("table", "pay"), what="the ways to pay")
        if self.vm.page == "table":
            await self.tap("kiosk.table.key.7")
            await self.tap("kiosk.table.go")
            await self.until(lambda: self.vm.page == "pay", what="the ways to pay")

    async def pay(self, kind: str = "card") -> None:
        """Presses again when it did not work, as people do."""
        await self.check_out()
        await self.tap("kiosk.pay.free" if self.vm.payment["free"] else f"kiosk.pay.{kind}")
        for _ in range(TRIES):
            await self.until(self.answered, what="the number")
            if self.vm.page == "done":
                return
            await self.tap("kiosk.pay.again")
        raise TimeoutError(f"paying failed {TRIES} times")

    def answered(self) -> bool:
        return self.vm.page == "done" or self.sees("kiosk.pay.again")

    async def leave(self) -> None:
        await asyncio.sleep(PAUSE_S)
        await self.tap("kiosk.done.finish")
        await self.until(lambda: self.vm.page == "attract", what="the attract page")

    async def picture(self, name: str) -> None:
        await asyncio.sleep(PICTURE_S)
        await self.still()
        self.screen.shell.shoot(name)


def sellable(vm: Any) -> list[tuple[str, str]]:
    """(category, item) of what can be ordered now."""
    index = vm._index
    return [
        (c["category_id"], i)
        for c in index.menu.get("categories", [])
        for i in c["item_ids"]
        if i in index.items and index.state(i) != "out" and index.price_from(index.items[i]) is not None
    ]


async def order_times(screen: Screen, times: int, seed: int = 7) -> None:
    """Orders one or two dishes at a time, always the same ones for one seed."""
    customer, choice = Touch(screen), random.Random(seed)
    await customer.send_away()
    for n in range(times):
        await customer.enter("here" if n % 2 else "takeaway")
        for category_id, item_id in choice.sample(sellable(customer.vm), k=1 + n % 2):
            await customer.choose(category_id, item_id)
        if n == 0:
            screen.shell.shoot("menu")
        await customer.pay()
        if n == 0:
            await customer.picture("done")
        await customer.leave()


async def tour(screen: Screen, prefix: str = "") -> None:
    """One order with a picture of every view on the way: a dish with questions, a combo if there is one, the basket,
    paying, the number."""
    customer = Touch(screen)
    vm = customer.vm
    await customer.until(lambda: vm.ready, what="a menu")
    await customer.picture(prefix + "attract")
    await customer.tap("kiosk.attract")
    await customer.picture(prefix + "start")
    await customer.tap("kiosk.dining.here")
    dishes = sellable(vm)
    asking = next((d for d in dishes if d[1] not in vm._index.combos and not plain(vm, d[1])), dishes[0])
    await customer.tap(f"kiosk.category.{asking[0]}")
    await customer.picture(prefix + "menu")
    await customer.open(*asking)
    await customer.picture(prefix + "dish")
    await customer.tap("kiosk.sheet.add")
    if vm.sheet.isOpen:
        await customer.picture(prefix + "dish-missing")
        await customer.tap("kiosk.sheet.close")
    await customer.choose(*asking)
    combo = next((d for d in dishes if d[1] in vm._index.combos), None)
    if combo is not None:
        await customer.open(*combo)
        await customer.picture(prefix + "combo")
        await customer.tap("kiosk.sheet.close")
        await customer.choose(*combo)
    # For a moment after a sheet nothing takes a touch, lest its second one lands on what lay underneath.
    await customer.until(lambda: customer.sees("kiosk.pay"), what="the menu's turn")
    if customer.sees("kiosk.basket.open"):
        await customer.tap("kiosk.basket.open")
        await customer.picture(prefix + "basket")
        await customer.tap("kiosk.basket.pay")
    else:
        await customer.picture(prefix + "basket")
        await customer.check_out()
    await customer.picture(prefix + "pay")
    await customer.tap("kiosk.pay.card")
    await customer.until(lambda: vm.payment["state"] in ("card", "done"), what="the card terminal's turn")
    await asyncio.sleep(PICTURE_S)  # a card terminal that is slower than that is seen at work
    screen.shell.shoot(prefix + "card")
    await customer.until(lambda: vm.page == "done", what="the number")
    await customer.picture(prefix + "done")
    await customer.leave()


def plain(vm: Any, item_id: str) -> bool:
    return bool(vm._index.plain(vm._index.items[item_id]))


async def drive(screen: Screen, script: str) -> None:
    """`orders:N`; the screen stays afterwards. `tour` or `tour:PREFIX`; the screen closes afterwards."""
    name, _, argument = script.partition(":")
    if name == "orders" and argument.isdigit():
        await order_times(screen, int(argument))
    elif name == "tour":
        await tour(screen, argument)
        raise SystemExit(0)
    else:
        raise ValueError(f"the kiosk knows no script {script!r}; it knows orders:N and tour")
