"""The monkey, and what is looked at after each of its touches. One seed decides everything it does."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtQuick import QQuickItem

from tests.process.shop import Server
from ui.kiosk.driver import Touch, sellable
from ui.shell import Screen

PATIENCE_S = 30.0
"""Only a screen that stands still needs it all."""

STUCK_AFTER = 60
"""Touches after which it is asked whether there is still a way out."""

TWICE, IDLE, STAFF, SCROLL, GOAL = 0.15, 0.005, 0.02, 0.1, 0.02
"""How often a touch is a double one, the customer walks off, staff sell out, a list is pushed, somebody orders."""

WAYS_OUT = (
    "kiosk.help.done", "kiosk.language.close", "kiosk.phone.over.decline", "kiosk.phone.over.accept",
    "kiosk.phone.number.decline", "kiosk.still.accept", "kiosk.over.sure.decline", "kiosk.filter.done",
    "kiosk.sheet.close", "kiosk.basket.close", "kiosk.search.close", "kiosk.done.finish", "kiosk.pay.back",
    "kiosk.pay.again", "kiosk.again.number.decline", "kiosk.again.almost.accept", "kiosk.table.back",
    "kiosk.start.back", "kiosk.over",
)  # fmt: skip
"""What a person presses to get away, from the topmost sheet down."""


@dataclass
class Report:
    """`wrong`: what must not be, in words; each ends the run."""

    seed: int
    touches: int = 0
    orders: int = 0
    ways_out: int = 0
    minor: int = 0
    wrong: list[str] = field(default_factory=list)
    last: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = f"{self.touches} touches, {self.orders} orders of {self.minor} cents, {self.ways_out} ways out"
        return f"seed {self.seed}: {counts}" + "".join(f"\n  WRONG: {w}" for w in self.wrong)


class Monkey:
    def __init__(self, screen: Screen, server: Server, seed: int) -> None:
        self.screen, self.server = screen, server
        self.vm: Any = screen.vm
        self.finger = Touch(screen)
        self.chance = random.Random(seed)
        self.report = Report(seed)
        self._shown = 0
        self._out: list[str] = []
        self.vm._payment.changed.connect(self._watch)
        self.vm._payment.placed.connect(self._placed)
        self._checks: set[asyncio.Task[None]] = set()

    # -- what must hold -------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """The sum on the glass when the customer says yes to it."""
        if self.vm._payment.state == "placing" and self.vm.basket.lines:
            self._shown = self.vm.basket.total

    def _placed(self, order_id: str, tap_ns: int) -> None:
        self._checks.add(asyncio.ensure_future(self._compare(order_id, self._shown)))

    async def _compare(self, order_id: str, shown: int) -> None:
        order = await asyncio.to_thread(self.server.get, f"/v1/orders/{order_id}")
        self.report.orders += 1
        self.report.minor += order["total_minor"]
        if order["total_minor"] != shown:
            self.report.wrong.append(f"{order['number']}: the glass said {shown}, the shop {order['total_minor']}")

    def _look(self) -> None:
        self.report.wrong += self.screen.shell.warnings
        self.screen.shell.warnings.clear()
        for task in [t for t in self._checks if t.done()]:
            self._checks.discard(task)
            if task.exception() is not None:
                self.report.wrong.append(repr(task.exception()))

    # -- what it does ---------------------------------------------------------------------------------------------

    def reachable(self) -> list[tuple[str, QPoint]]:
        """Everything that can be touched now, by name, in the order of the tree."""
        found: list[tuple[str, QPoint]] = []

        def walk(item: QQuickItem) -> None:
            if not item.isVisible() or not item.isEnabled():
                return
            name = item.objectName()
            if name.startswith("kiosk.") and item.property("activeFocusOnTab"):
                point = self.finger.reachable(item)
                if point is not None:
                    found.append((name, point))
            for child in item.childItems():
                walk(child)

        walk(self.screen.view.rootObject())
        return found

    async def press(self, name: str, point: QPoint) -> None:
        self.report.touches += 1
        self.report.last = [*self.report.last[-19:], name]
        await self.finger.press(point)
        if self.chance.random() < TWICE:
            await self.finger.press(point)

    async def touch(self) -> None:
        """One touch, or one of the other things that happen before a screen."""
        dice = self.chance.random()
        if dice < IDLE:
            self.screen.shell._set_idle(True)
        elif dice < IDLE + STAFF:
            await self.staff()
        elif dice < IDLE + STAFF + SCROLL:
            self.scroll()
        else:
            choices = self.reachable()
            if choices:
                await self.press(*self.chance.choice(choices))
        await asyncio.sleep(0)
        if self.chance.random() < 0.2:
            await asyncio.sleep(self.chance.choice((0.01, 0.05, 0.25)))

    def scroll(self) -> None:
        name = self.chance.choice(
            ("kiosk.dishes.grid", "kiosk.categories", "kiosk.sheet.scroll", "kiosk.basket.lines", "kiosk.receipt.lines")
        )
        view = self.finger.find(name)
        if view is not None and view.isVisible():
            low = view.property("originY") or 0.0
            high = max(low, low + view.property("contentHeight") - view.height())
            view.setProperty("contentY", self.chance.uniform(low, high))

    async def staff(self) -> None:
        """Something runs out, or is there again."""
        menu = self.vm._index.menu
        if self._out and self.chance.random() < 0.5:
            await self.command("stock.back", ingredient_id=self._out.pop())
        elif self.chance.random() < 0.3:
            item = self.chance.choice(menu["items"])["item_id"]
            await self.command("stock.count", item_id=item, left=self.chance.choice((0, 1, 3, 99)))
        elif menu.get("ingredients"):
            gone = self.chance.choice(menu["ingredients"])["ingredient_id"]
            self._out.append(gone)
            await self.command("stock.out", ingredient_id=gone)

    async def command(self, name: str, **fields: Any) -> None:
        await asyncio.to_thread(self.server.post, name, {"command_id": str(uuid.uuid4()), **fields})

    # -- whether it can still get anywhere ------------------------------------------------------------------------

    async def out(self) -> None:
        """Presses what leads away until the screen is as the next customer finds it. Raises `TimeoutError`."""
        end = time.monotonic() + PATIENCE_S
        while "kiosk.attract" not in (choices := dict(self.reachable())):
            if time.monotonic() > end:
                raise TimeoutError(
                    f"no way out of {self.vm.page}; last touched {self.report.last}; {list(choices)[:30]}"
                )
            name = next((way for way in WAYS_OUT if way in choices), None)
            if name is not None:
                await self.press(name, choices[name])
            await asyncio.sleep(0.05)
        self.report.ways_out += 1

    async def order(self) -> None:
        """A visit as it is meant, from wherever the screen is: it must end with a number."""
        await self.out()
        await self.finger.enter(self.chance.choice(("here", "takeaway")))
        for _ in range(self.chance.choice((1, 2, 4))):
            dishes = sellable(self.vm)
            if not dishes:
                return
            self.vm.tapDish(self.chance.choice(dishes)[1])
            try:
                await self.finger.answer()
            except LookupError:  # what it asks for has run out since
                self.vm.sheet.close()
                continue
            self.vm.sheet.take()
            self.vm.sheet.close()
            await asyncio.sleep(0.3)
        if not self.vm.basket.lines or self.vm.basket.troubled:
            return
        self.vm.checkOut()
        await self.finger.until(lambda: self.vm.page in ("pay", "menu"), "the ways to pay")
        if self.vm.page == "pay":
            way = self.chance.choice(("card", "counter"))
            await self.finger.tap("kiosk.pay.free" if self.vm.payment["free"] else f"kiosk.pay.{way}")
            await self.finger.until(lambda: self.vm.page != "pay" or self.finger.answered(), "an answer")

    async def run(self, seconds: float) -> Report:
        end = time.monotonic() + seconds
        await self.finger.until(lambda: self.vm.ready, "a menu")
        quiet = 0
        try:
            await self.order()
            while time.monotonic() < end and not self.report.wrong:
                await self.touch()
                quiet += 1
                if quiet >= STUCK_AFTER or self.chance.random() < GOAL:
                    quiet = 0
                    await (self.out() if self.chance.random() < 0.5 else self.order())
                self._look()
            await self.out()
        except TimeoutError as e:
            self.report.wrong.append(f"a dead end: {e}")
        await asyncio.gather(*self._checks, return_exceptions=True)
        self._look()
        return self.report
