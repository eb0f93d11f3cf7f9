"""A finger that plays a real screen: it finds items by their objectName and presses the mouse in their middle.

The demo orders with it, tests and pictures are made with it. It knows no more than a person sees: an item that is
hidden, disabled, off the edge or still moving is waited for; what lies outside a list's window is scrolled in.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtQuick import QQuickItem

from ui.shell import Screen, find_item, find_seen

STEP_S = 0.03
STILL_S = 0.15
STILL_WAIT_S = 6.0
WAIT_S = 30.0
"""How long an item or an event is waited for; a loaded machine needs a part of it, a broken screen all."""


def loading(item: QQuickItem) -> bool:
    """Whether a picture that is shown is still being read."""
    if not item.isVisible():
        return False
    if item.inherits("QQuickImageBase") and not item.property("source").isEmpty() and item.property("progress") < 1:
        return True
    return any(loading(child) for child in item.childItems())


class Finger:
    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.vm: Any = screen.vm

    def find(self, name: str) -> QQuickItem | None:
        return find_item(self.screen.view.rootObject(), name)

    def sees(self, name: str) -> bool:
        item = find_seen(self.screen.view.rootObject(), name)
        return item is not None and self.reachable(item) is not None

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
        loop = asyncio.get_running_loop()
        until = loop.time() + wait_s
        before: QPoint | None = None
        while loop.time() < until:
            item = self.find(name)
            point = None
            if item is not None:
                self.reveal(item)
                point = self.reachable(item)
                if point is not None and point == before:
                    await self.press(point)
                    return
            before = point
            await asyncio.sleep(STEP_S)
        raise TimeoutError(f"{name} could not be touched within {wait_s:.0f} s")

    async def still(self, wait_s: float = STILL_WAIT_S) -> None:
        """Waits until pictures are there and the window looks the same twice; what never rests is left as it is."""
        loop = asyncio.get_running_loop()
        until = loop.time() + wait_s
        before = None
        while loop.time() < until:
            await asyncio.sleep(STILL_S)
            now = None if loading(self.screen.view.contentItem()) else self.screen.view.grabWindow()
            if now is not None and now == before:
                return
            before = now

    async def press(self, point: QPoint) -> None:
        """Presses and lets go, as a touch comes from the system: queued, so that whatever it starts runs in nobody's
        task, and Python's other threads run while the screen draws it."""
        button, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        self._post(QEvent.Type.MouseButtonPress, point, button)
        self._post(QEvent.Type.MouseButtonRelease, point, none)
        done = asyncio.get_running_loop().create_future()
        QTimer.singleShot(0, lambda: done.done() or done.set_result(None))
        await done

    def _post(self, kind: QEvent.Type, point: QPoint, buttons: Qt.MouseButton) -> None:
        view = self.screen.view
        at, on_screen = QPointF(point), QPointF(view.mapToGlobal(point))
        event = QMouseEvent(kind, at, at, on_screen, Qt.MouseButton.LeftButton, buttons, Qt.KeyboardModifier.NoModifier)
        event.setTimestamp(time.monotonic_ns() // 1_000_000)
        QCoreApplication.postEvent(view, event)

    def reveal(self, item: QQuickItem) -> None:
        """Scrolls the lists and pages around an item so that it is in sight."""
        around = item.parentItem()
        while around is not None:
            if around.inherits("QQuickFlickable") and around.property("contentHeight") > around.height() + 1:
                y = item.mapToItem(around, QPointF(0, 0)).y()
                if y < 0 or y + item.height() > around.height():
                    low = around.property("originY")
                    high = low + around.property("contentHeight") - around.height()
                    wanted = around.property("contentY") + y - (around.height() - item.height()) / 2
                    around.setProperty("contentY", max(low, min(high, wanted)))
            around = around.parentItem()

    async def until(self, question: Callable[[], Any], what: str = "it", wait_s: float = WAIT_S) -> None:
        """Waits until the answer is true. Raises `TimeoutError`."""
        loop = asyncio.get_running_loop()
        end = loop.time() + wait_s
        while not question():
            if loop.time() > end:
                raise TimeoutError(f"{what} did not happen within {wait_s:.0f} s")
            await asyncio.sleep(STEP_S / 3)
