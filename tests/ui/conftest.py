"""Real windows, drawn offscreen by Qt's software renderer, on an event loop that is Qt's and asyncio's at once."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")
os.environ.setdefault("QT_API", "pyside6")

from PySide6.QtCore import QCoreApplication, QObject, QPoint, QPointF, Qt, QThread, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickView
from PySide6.QtTest import QTest

from tests.ui.desk import Desk
from ui.host import Loop
from ui.shell import Screen, find_seen

PATIENCE_S = 20.0
"""How long a test waits for what must happen; only a broken program needs it all."""


RESTS = 4
"""Looks, ten milliseconds apart, for which something must not have moved to be at rest."""

LEFT = Qt.MouseButton.LeftButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


@pytest.fixture(autouse=True)
def _garbage_goes_here() -> Iterator[None]:
    """Garbage is collected by this thread only, and here, as in a screen's process (`ui.tidy`): the thread of a test's
    server that happens to collect would destroy a screen's timers, which go on in this one and bring it down. What a
    screen's objects connected, no collector sees: they would live, their timers ticking, to the end of the run."""
    before = {id(thing) for thing in shiboken6.getAllValidWrappers()}
    gc.disable()
    yield
    for thing in shiboken6.getAllValidWrappers():
        mine = id(thing) not in before and isinstance(thing, QObject) and shiboken6.isValid(thing)
        if mine and shiboken6.ownedByPython(thing) and not isinstance(thing, QCoreApplication | QThread):
            shiboken6.delete(thing)
    gc.collect()
    gc.enable()


def with_own_metaobject() -> list[str]:
    """Objects with a connected method that is no `Slot`. PySide gives each of them a metaobject of its own; when one
    dies, QML still takes what it knew of that address for the next one's properties, and reads `undefined`."""
    return [
        f"{type(thing).__name__}: {bytes(meta.method(i).methodSignature().data()).decode()}"
        for thing in shiboken6.getAllValidWrappers()
        if isinstance(thing, QObject) and "__METAOBJECT__" in getattr(thing, "__dict__", {})
        for meta in [thing.metaObject()]
        for i in range(meta.methodOffset(), meta.methodCount())
    ]


@pytest.fixture(scope="session")
def qapp_cls() -> type[QGuiApplication]:
    return QGuiApplication


class TestLoop(Loop):
    """Counts as running all the time, as in a screen's process: pytest-qt turns Qt's loop between steps too."""

    __test__ = False

    def run_forever(self) -> Any:
        try:
            return super().run_forever()
        finally:
            asyncio._set_running_loop(self)


@pytest.fixture
def loop(qapp: QGuiApplication) -> Iterator[asyncio.AbstractEventLoop]:
    """asyncio on Qt's event loop, as in a screen's process."""
    loop = TestLoop(qapp)
    asyncio.set_event_loop(loop)
    asyncio._set_running_loop(loop)
    yield loop
    loop.run_until_complete(asyncio.sleep(0))
    asyncio._set_running_loop(None)
    loop.close()
    asyncio.set_event_loop(None)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "data").start()
    yield desk
    desk.stop()


class Hand:
    """A screen under test and the finger on it. Every promise it keeps ends without a QML warning."""

    def __init__(self, screen: Screen, loop: asyncio.AbstractEventLoop) -> None:
        self.screen = screen
        self.loop = loop

    @property
    def vm(self) -> Any:
        return self.screen.vm

    def rest(self, seconds: float = 0.0) -> None:
        """Lets time pass."""
        self.loop.run_until_complete(asyncio.sleep(seconds))

    def until(self, condition: Callable[[], Any], what: str = "") -> Any:
        """Waits until it is so, and returns it."""
        end = time.monotonic() + PATIENCE_S
        while not (found := condition()):
            if time.monotonic() > end:
                raise AssertionError(f"never happened: {what or condition}")
            self.rest(0.01)
        return found

    def sees(self, name: str) -> bool:
        return find_seen(self.screen.view.rootObject(), name) is not None

    def item(self, name: str) -> Any:
        return self.until(lambda: self.screen.find(name), f"an item named {name}")

    def where(self, name: str) -> QPoint:
        return self.middle(self.item(name))

    def middle(self, item: Any) -> QPoint:
        return item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint()

    def still(self, name: str) -> QPoint:
        """Waits until an item can be tapped and has come to rest, as a person does; returns its middle."""
        places: list[QPoint] = []

        def rests() -> bool:
            item = find_seen(self.screen.view.rootObject(), name)
            if item is None or not item.isEnabled():
                places.clear()
                return False
            at = self.middle(item)
            places.append(at)
            inside = self.screen.view.geometry().translated(-self.screen.view.position()).contains(at)
            return inside and len(places) > RESTS and all(p == at for p in places[-RESTS:])

        self.until(rests, f"{name} can be tapped")
        return places[-1]

    def tap(self, name: str) -> None:
        """Taps the middle of an item."""
        self.tap_at(self.still(name))

    def do(self, act: Callable[[], None]) -> None:
        """Acts as the event loop would: inside it, but in nobody's task."""
        done = self.loop.create_future()

        def now() -> None:
            try:
                act()
            except BaseException as e:
                done.set_exception(e)
            else:
                done.set_result(None)

        QTimer.singleShot(0, now)
        self.loop.run_until_complete(done)
        self.rest()

    def tap_at(self, at: QPoint) -> None:
        self.do(lambda: QTest.mouseClick(self.screen.view, LEFT, NO_KEYS, at))

    def key(self, key: str) -> None:
        self.do(lambda: QTest.keyClick(self.screen.view, key))

    def type(self, name: str, text: str) -> None:
        """Types into a field."""
        self.tap(name)
        for letter in text:
            self.key(letter)

    def hold(self, name: str, seconds: float) -> None:
        at = self.still(name)
        self.do(lambda: QTest.mousePress(self.screen.view, LEFT, NO_KEYS, at))
        self.rest(seconds)
        self.do(lambda: QTest.mouseRelease(self.screen.view, LEFT, NO_KEYS, at))

    def picture(self, path: Path) -> None:
        self.screen.view.grabWindow().save(str(path))


@pytest.fixture
def show(loop: asyncio.AbstractEventLoop, desk: Desk) -> Iterator[Callable[..., Hand]]:
    """`show("kitchen", size)` opens a screen on the desk's data folder."""
    hands: list[Hand] = []

    def open_screen(role: str, size: tuple[int, int], **options: Any) -> Hand:
        screen = Screen(role, desk.folder, **options)
        assert screen.view.status() == QQuickView.Status.Ready, screen.shell.warnings
        hand = Hand(screen, loop)
        hands.append(hand)

        async def begin() -> None:
            screen.view.resize(*size)
            screen.view.show()
            screen.client.start()

        loop.run_until_complete(begin())
        hand.until(lambda: screen.client.connected, "the screen found its server")
        if role == "kiosk":
            hand.until(lambda: hand.sees("kiosk.visit"), "the pages after the first are made")
        return hand

    yield open_screen
    for hand in hands:
        loop.run_until_complete(hand.screen.client.close())
        warnings = list(hand.screen.shell.warnings) + with_own_metaobject()
        hand.screen.dismantle()
        hand.rest()
        assert warnings == []
