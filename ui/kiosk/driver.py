"""Plays scripts on the real kiosk: `orders:20` orders twenty times by touch; used by the demo, tests and pictures.

It knows only what a customer sees: it looks for an item by its objectName, waits until it can be touched, and presses
the mouse in its middle.
"""

from __future__ import annotations

import asyncio
import random
from typing import Any

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from ui.shell import Screen, find_item

STEP_S = 0.01
WAIT_S = 30.0
SETTLE_S = 0.35  # a page or sheet has slid in by then
PAUSE_S = 0.1


class Touch:
    """A customer's finger on one screen."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.vm: Any = screen.vm

    def find(self, name: str) -> QQuickItem | None:
        found = find_item(self.screen.view.rootObject(), name)
        return found if isinstance(found, QQuickItem) else None

    def reachable(self, item: QQuickItem) -> QPoint | None:
        """The item's middle in the window, if it can be touched there."""
        if not (item.isVisible() and item.isEnabled() and item.opacity() > 0.01 and item.width() > 0):
            return None
        point = item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint()
        view = self.screen.view
        inside = 0 <= point.x() < view.width() and 0 <= point.y() < view.height()
        return point if inside else None

    async def tap(self, name: str, wait_s: float = WAIT_S) -> None:
        """Waits until the item is where a finger reaches it and is still, then presses. Raises `TimeoutError`."""
        until = asyncio.get_running_loop().time() + wait_s
        before: QPoint | None = None
        while asyncio.get_running_loop().time() < until:
            item = self.find(name)
            if item is not None:
                self.reveal(item)
                point = self.reachable(item)
                if point is not None and point == before:
                    await self.press(point)
                    return
                before = point
            await asyncio.sleep(STEP_S * 3)
        raise TimeoutError(f"{name} could not be touched within {wait_s:.0f} s")

    async def press(self, point: QPoint) -> None:
        """Down and up again. From a callback, not from this task: pressing turns Qt's event loop, and asyncio lets no
        task run inside another."""
        loop = asyncio.get_running_loop()
        pressed: asyncio.Future[None] = loop.create_future()

        def down_and_up() -> None:
            QTest.mouseClick(self.screen.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
            if not pressed.done():
                pressed.set_result(None)

        loop.call_soon(down_and_up)
        await pressed

    def reveal(self, item: QQuickItem) -> None:
        """Scrolls the list or page around an item so that it is in sight, as a finger would."""
        around = item.parentItem()
        while around is not None:
            if around.inherits("QQuickFlickable") and around.property("contentHeight") > around.height() + 1:
                y = item.mapToItem(around, QPointF(0, 0)).y()
                if y < 0 or y + item.height() > around.height():
                    low, high = around.property("originY"), around.property("contentHeight") - around.height()
                    wanted = around.property("contentY") + y - (around.height() - item.height()) / 2
                    around.setProperty("contentY", max(low, min(high + low, wanted)))
            around = around.parentItem()

    async def until(self, question: Any, wait_s: float = WAIT_S, what: str = "it") -> None:
        end = asyncio.get_running_loop().time() + wait_s
        while not question():
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError(f"{what} did not happen within {wait_s:.0f} s")
            await asyncio.sleep(STEP_S)

    # -- what a customer does -----------------------------------------------------------------------------------------

    async def enter(self, dining: str = "here") -> None:
        await self.until(lambda: self.vm.ready, what="a menu")
        await self.tap("kiosk.attract")
        await self.tap(f"kiosk.dining.{dining}")
        await self.until(lambda: self.vm.page == "menu", what="the menu page")

    async def choose(self, category_id: str, item_id: str) -> None:
        """Opens a dish and answers what it asks with the first thing that can be had."""
        await self.tap(f"kiosk.category.{category_id}")
        await self.tap(f"kiosk.item.{item_id}")
        await self.until(lambda: self.vm.sheet.isOpen, what="the sheet")
        for _ in range(12):
            question = next((q for q in self.vm.sheet.questions.rows if q["missing"]), None)
            if question is None:
                break
            option = next(o["id"] for o in question["options"] if not o["out"] and not o["selected"])
            await self.tap(f"kiosk.sheet.option.{question['key']}.{option}")
        await self.tap("kiosk.sheet.add")
        await self.until(lambda: not self.vm.sheet.isOpen, what="the closed sheet")
        await asyncio.sleep(SETTLE_S)

    async def pay(self, kind: str = "card") -> None:
        await self.tap("kiosk.pay")
        await self.tap(f"kiosk.pay.{kind}")
        await self.until(lambda: self.vm.page == "done", what="the number")

    async def leave(self) -> None:
        await asyncio.sleep(PAUSE_S)
        await self.tap("kiosk.done.finish")
        await self.until(lambda: self.vm.page == "attract", what="the attract page")


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
    finger, choice = Touch(screen), random.Random(seed)
    for n in range(times):
        await finger.enter("here" if n % 2 else "takeaway")
        for category_id, item_id in choice.sample(sellable(finger.vm), k=1 + n % 2):
            await finger.choose(category_id, item_id)
        if n == 0:
            screen.shell.shoot("menu")
        await finger.pay()
        if n == 0:
            await asyncio.sleep(SETTLE_S)
            screen.shell.shoot("done")
        await finger.leave()


async def drive(screen: Screen, script: str) -> None:
    """`orders:N`. The screen stays afterwards."""
    name, _, argument = script.partition(":")
    if name != "orders" or not argument.isdigit():
        raise ValueError(f"the kiosk knows no script {script!r}; it knows orders:N")
    await order_times(screen, int(argument))
