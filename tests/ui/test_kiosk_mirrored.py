"""From right to left: every view of the kiosk is its own mirror image, but for digits and pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtQuick import QQuickItem

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.visit import TALL, WIDE, Till, enter, open_dish, order, set_up, settle

OFF = 2.0
"""Pixels by which rounding may set a mirrored item off."""
ROUND = "HeroDishes"
"""Dishes on a circle: the circle is its own mirror image, the dishes keep their order on it."""


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[[tuple[int, int]], Hand]:
    def open_kiosk(size: tuple[int, int]) -> Hand:
        set_up(desk)
        Till(desk)
        return show("kiosk", size, languages=["en", "de", "ar"])

    return open_kiosk


def shown(item: QQuickItem) -> Iterator[QQuickItem]:
    if not item.isVisible() or item.opacity() == 0 or item.metaObject().className().startswith(ROUND):
        return
    if item.width() > 0 and item.height() > 0 and (item.objectName() or not item.childItems()):
        yield item
    for child in item.childItems():
        yield from shown(child)


def places(hand: Hand) -> dict[QQuickItem, tuple[float, float]]:
    """Where each visible item begins and ends, from left to right."""
    found = {}
    for item in shown(hand.screen.view.rootObject()):
        left = item.mapToScene(QPointF(0, 0)).x()
        right = item.mapToScene(QPointF(item.width(), 0)).x()
        found[item] = (min(left, right), max(left, right))
    return found


def mirrors(hand: Hand, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """Turns English around, looks, and turns it back."""
    settle(hand)
    inside = [*hand.item("kiosk.visit").childItems(), *hand.item("kiosk.lower").childItems()]
    pages = [hand.item("kiosk.attract.page"), *inside]
    hand.until(lambda: all(page.opacity() in (0, 1) for page in pages), "the page is there")
    before = places(hand)
    monkeypatch.setattr("ui.context.runs_left", lambda language: True)
    hand.do(hand.screen.shell.languageChanged.emit)
    hand.until(lambda: hand.screen.shell.mirrored)
    settle(hand)
    after = places(hand)
    monkeypatch.undo()
    hand.do(hand.screen.shell.languageChanged.emit)
    settle(hand)
    width = hand.screen.view.width()
    wrong = [
        f"{where}: {describe(item)} {before[item]} → {after[item]}"
        for item in before
        if item in after and abs(before[item][0] + after[item][1] - width) > OFF
    ]
    assert len(before.keys() & after.keys()) > 10, where
    assert wrong == []


def describe(item: QQuickItem) -> str:
    line: Any = item
    names = []
    while line is not None and len(names) < 4:
        names.append(line.objectName() or line.property("text") or line.metaObject().className().partition("_")[0])
        line = line.parentItem()
    return " in ".join(str(n) for n in names)


@pytest.mark.parametrize("size", [TALL, WIDE], ids=["tall", "wide"])
def test_every_view_is_mirrored(kiosk, size, monkeypatch) -> None:
    hand = kiosk(size)
    hand.until(lambda: hand.vm.ready)
    mirrors(hand, monkeypatch, "attract")
    hand.do(hand.vm.touch)
    mirrors(hand, monkeypatch, "start")
    hand.do(lambda: hand.vm.begin("here"))
    mirrors(hand, monkeypatch, "menu")
    order(hand, "burgers", "burger")
    open_dish(hand, "burgers", "bacon-burger")
    mirrors(hand, monkeypatch, "sheet")
    hand.do(hand.vm.sheet.close)
    if size is TALL:
        hand.tap("kiosk.basket.open")
    mirrors(hand, monkeypatch, "basket")
    hand.do(hand.vm.checkOut)
    hand.until(lambda: hand.vm.page == "pay")
    mirrors(hand, monkeypatch, "pay")
    hand.do(lambda: hand.vm.pay("counter"))
    hand.until(lambda: hand.vm.page == "done")
    mirrors(hand, monkeypatch, "done")


def test_where_the_food_is_brought_is_asked_from_the_right_too(desk, show) -> None:
    set_up(desk)
    Till(desk)
    hand = show("kiosk", WIDE, languages=["en", "ar"], dine_in="table")
    enter(hand)
    order(hand, "burgers", "burger")
    hand.do(hand.vm.checkOut)
    hand.until(lambda: hand.vm.page == "table")
    settle(hand)
    names = ("kiosk.table.text", "kiosk.table.typed", "kiosk.table.go", "kiosk.table.none", "kiosk.table.back")
    before = {name: hand.where(name).x() for name in names}
    assert before["kiosk.table.text"] < before["kiosk.table.typed"]
    hand.do(lambda: hand.vm.speak("ar"))
    settle(hand)
    assert hand.where("kiosk.table.text").x() > hand.where("kiosk.table.typed").x()
    assert abs(hand.where("kiosk.table.go").x() + before["kiosk.table.go"] - WIDE[0]) <= OFF


def test_the_basket_outlives_a_change_of_language_in_the_middle(kiosk) -> None:
    hand = kiosk(TALL)
    enter(hand)
    order(hand, "burgers", "burger")
    open_dish(hand, "burgers", "bacon-burger")
    hand.do(lambda: hand.vm.sheet.answer("group:extras", "extra-cheese"))
    price = hand.vm.basket.total
    for language in ("ar", "de", "ar", "en"):
        hand.do(lambda language=language: hand.vm.speak(language))
        assert hand.vm.sheet.isOpen
        assert [row["quantity"] for row in hand.vm.basket.rows.rows] == [1]
        assert hand.vm.basket.total == price
        chosen = [o["id"] for q in hand.vm.sheet.questions.rows for o in q["options"] if o["selected"]]
        assert "extra-cheese" in chosen
    assert hand.screen.shell.mirrored is False


def test_the_next_customer_finds_the_shops_own_language(kiosk) -> None:
    hand = kiosk(TALL)
    enter(hand)
    hand.do(lambda: hand.vm.speak("ar"))
    assert hand.screen.shell.mirrored
    hand.do(hand.vm.startOver)
    hand.until(lambda: hand.vm.page == "attract")
    assert hand.screen.shell.language == "en"
    assert not hand.screen.shell.mirrored


def test_an_empty_search_begins_at_the_right_where_the_page_does(kiosk) -> None:
    hand = kiosk(TALL)
    enter(hand)
    hand.do(lambda: hand.vm.speak("ar"))
    hand.do(lambda: hand.vm.browse.search(True))
    field = hand.screen.find("kiosk.search.input")
    assert field.property("text") == ""
    rectangle = field.property("cursorRectangle")
    assert rectangle.x() > field.width() / 2
