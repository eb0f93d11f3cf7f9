"""Type at 200 %: what is read is really twice as large, and what a finger is given is not less (WCAG 1.4.4)."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtQml import QQmlExpression, qmlContext
from PySide6.QtQuick import QQuickItem

from tests.ui.diner import MENU
from tests.ui.fit import is_text
from tests.ui.test_kiosk_comfort import LEAST_TARGET, touchables
from tests.ui.test_kiosk_fit import LANGUAGES, kiosk, views  # noqa: F401
from tests.ui.visit import TALL, WIDE, enter, set_up, settle

NEARLY = 0.93
"""A label that would need a third line for it is a little smaller."""

ON_A_KEY = 0.5
"""Eleven keys stand in a row: a letter is as large as its key has room for, and never smaller than at 100 %."""

LOW = (1024, 600)  # seven inches, lying: smaller than a kiosk is meant to be
LEAST_LETTER = 36
"""Of a letter's key there, where twelve of them stand beside the order. 24 is what WCAG 2.2 asks (2.5.8)."""

SIZES = [
    pytest.param(TALL, id="tall"),
    pytest.param(WIDE, id="wide", marks=pytest.mark.slow),
    pytest.param(LOW, id="low", marks=pytest.mark.slow),
]


def texts(item: QQuickItem) -> Iterator[QQuickItem]:
    if not item.isVisible() or item.opacity() < 0.5:
        return
    if is_text(item) and item.property("text") and item.width() > 0:
        yield item
    for child in item.childItems():
        yield from texts(child)


def drawn(item: QQuickItem) -> tuple[int, float]:
    """The size that a text asks for and the one it is drawn with, in pixels of the window."""
    asked = QQmlExpression(qmlContext(item), item, "font.pixelSize * 10000 + fontInfo.pixelSize").evaluate()
    size, fitted = divmod(int(asked[0] if isinstance(asked, tuple) else asked), 10000)
    scale = item.mapRectToScene(QRectF(0, 0, 100, 100)).height() / 100
    return size, fitted * scale


def is_on_a_key(item: QQuickItem | None) -> bool:
    while item is not None and not item.objectName():
        item = item.parentItem()
    return item is not None and item.objectName().rpartition(".")[0].endswith("key")


def shrunk(root: QQuickItem, window: QRectF) -> list[str]:
    found = []
    for item in texts(root):
        box = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
        size, is_drawn = drawn(item)
        if box.intersects(window) and is_drawn < size * (ON_A_KEY if is_on_a_key(item) else NEARLY):
            found.append(f"{item.property('text')!r} {is_drawn:.0f} of {size}")
    return found


def narrow(root: QQuickItem, window: QRectF) -> list[str]:
    """What can be touched and is smaller than a finger."""
    found = []
    small = (window.width(), window.height()) == LOW
    for item in touchables(root):
        if window.contains(item.mapToScene(QPointF(item.width() / 2, item.height() / 2))):
            box = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
            is_letter = ".key." in item.objectName()
            if min(box.width(), box.height()) < (LEAST_LETTER if small and is_letter else LEAST_TARGET):
                found.append(f"{item.objectName()} {box.width():.0f} × {box.height():.0f}")
    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize("size", SIZES)
def test_every_label_is_twice_as_large_and_nothing_that_is_touched_is_small(kiosk, size) -> None:  # noqa: F811
    hand = kiosk(size, 2.0, False)
    window = QRectF(0, 0, *size)
    found = []
    for name, item in views(hand):
        for language in LANGUAGES:
            hand.do(lambda language=language: hand.vm.speak(language))
            hand.rest(0.05)
            found += [f"{name}, {language}: {fault}" for fault in shrunk(item, window) + narrow(item, window)]
        hand.do(lambda: hand.vm.speak("en"))
    assert not found, "\n" + "\n".join(found)


def parts(item: QQuickItem, name: str) -> Iterator[QQuickItem]:
    """What is seen below an item and has a property of that name that says something."""
    for child in item.childItems():
        if child.isVisible() and child.property(name):
            yield child
        if child.isVisible():
            yield from parts(child, name)


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_what_a_dish_is_stands_beside_its_name_in_every_language(desk, show, size) -> None:
    """Where pictures are small beside large words, a mark stands among these."""
    menu = deepcopy(MENU)
    for item in menu["items"]:
        item |= {"diets": ["vegetarian"], "image": "apple-slices.webp"}
    set_up(desk, menu)
    hand = show("kiosk", size, languages=[*LANGUAGES])
    enter(hand)
    hand.do(lambda: hand.vm.comfort.setProperty("magnified", 2.0))
    for language in LANGUAGES:
        hand.do(lambda language=language: hand.vm.speak(language))
        settle(hand)
        tile = hand.item("kiosk.item.burger")
        (mark,) = parts(tile, "mark")
        label = mark.mapRectToScene(QRectF(0, 0, mark.width(), mark.height()))
        assert tile.mapRectToScene(QRectF(0, 0, tile.width(), tile.height())).contains(label), language
        (name,) = (item for item in texts(tile) if item.property("text") == hand.vm.dishes.row("burger")["name"])
        assert not label.intersects(name.mapRectToScene(QRectF(0, 0, name.width(), name.height()))), language
