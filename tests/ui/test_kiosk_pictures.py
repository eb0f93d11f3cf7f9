"""A dish with several pictures shows them all, and the pay page shows those that there are."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtQml import QQmlExpression, qmlContext
from PySide6.QtTest import QTest

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import MENU
from tests.ui.visit import TALL, WIDE, Till, enter, open_dish, order, set_up, settle

SHOWN = ["cheeseburger.webp", "fries.webp", "cola.webp"]


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(size: tuple[int, int] = TALL, **pictures: list[str]) -> Hand:
        menu = deepcopy(MENU)
        for item in menu["items"]:
            images = pictures.get(item["item_id"].replace("-", "_"), [])
            item |= {"image": images[0] if images else None, "more_images": images[1:]}
        set_up(desk, menu)
        Till(desk)
        hand = show("kiosk", size, languages=["en", "ar"])
        hand.do(lambda: hand.vm.comfort.setProperty("still", True))
        enter(hand)
        return hand

    return open_kiosk


def which(hand: Hand) -> str:
    pictures: Any = hand.item("kiosk.sheet.pictures")
    return f"{pictures.property('at') + 1}/{pictures.property('many')}"


def swipe(hand: Hand, pixels: int) -> None:
    at, view = hand.where("kiosk.sheet.pictures"), hand.screen.view
    left, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    hand.do(lambda: QTest.mousePress(view, left, keys, at))
    for part in range(1, 9):
        hand.do(lambda part=part: QTest.mouseMove(view, at + QPoint(pixels * part // 8, 0)))
        hand.rest(0.02)
    hand.do(lambda: QTest.mouseRelease(view, left, keys, at + QPoint(pixels, 0)))
    settle(hand)


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_a_dish_with_several_pictures_shows_each_by_touch_and_by_swipe(kiosk, size) -> None:
    hand = kiosk(size, burger=[*SHOWN, "there-is-none.webp", "cola.webp"])
    open_dish(hand, "burgers", "burger")
    hand.until(lambda: which(hand) == "1/3", "what is not there and what is there twice is left out")
    hand.tap("kiosk.sheet.pictures")
    hand.until(lambda: which(hand) == "2/3")
    settle(hand)
    swipe(hand, -300)
    hand.until(lambda: which(hand) == "3/3")
    swipe(hand, 300)
    hand.until(lambda: which(hand) == "2/3")
    hand.tap("kiosk.sheet.pictures")
    hand.until(lambda: which(hand) == "3/3")
    settle(hand)
    hand.tap("kiosk.sheet.pictures")
    hand.until(lambda: which(hand) == "1/3", "the first follows the last")


def test_by_keys_another_picture_is_shown_and_told(kiosk) -> None:
    hand = kiosk(burger=SHOWN)
    open_dish(hand, "burgers", "burger")
    pictures: Any = hand.item("kiosk.sheet.pictures")
    hand.do(pictures.forceActiveFocus)
    said = []
    for _ in range(3):
        said.append(spoken(pictures))
        hand.key("\r")
        settle(hand)
    assert said == ["Picture 1 of 3", "Picture 2 of 3", "Picture 3 of 3"]


def spoken(item: Any) -> str:
    asked = QQmlExpression(qmlContext(item), item, "Accessible.name").evaluate()
    return str(asked[0] if isinstance(asked, tuple) else asked)


def test_the_next_dish_begins_with_its_first_picture_and_one_with_a_single_picture_has_no_dots(kiosk) -> None:
    hand = kiosk(burger=SHOWN, bacon_burger=SHOWN[:2], salad=SHOWN[:1])
    open_dish(hand, "burgers", "burger")
    hand.tap("kiosk.sheet.pictures")
    hand.until(lambda: which(hand) == "2/3")
    hand.do(lambda: hand.vm.tapDish("bacon-burger"))
    hand.until(lambda: which(hand) == "1/2")
    hand.do(lambda: hand.vm.tapDish("salad"))
    hand.until(lambda: not hand.sees("kiosk.sheet.pictures"))


def test_an_answer_does_not_take_the_picture_away_that_is_looked_at(kiosk) -> None:
    hand = kiosk(burger=SHOWN)
    open_dish(hand, "burgers", "burger")
    hand.tap("kiosk.sheet.pictures")
    hand.until(lambda: which(hand) == "2/3")
    hand.do(lambda: hand.vm.sheet.setQuantity(2))
    settle(hand)
    assert which(hand) == "2/3"


@pytest.mark.parametrize(("pictured", "plates"), [(True, 1), (False, 0)])
def test_before_paying_each_picture_of_the_order_is_shown_once_and_no_letter_in_place_of_one(
    kiosk, pictured: bool, plates: int
) -> None:
    hand = kiosk(burger=SHOWN[:1] if pictured else [], coffee=[], salad=SHOWN[:1])
    order(hand, "burgers", "burger")
    hand.do(lambda: hand.vm.tapDish("burger"))
    hand.do(lambda: hand.vm.sheet.setGuest("Ann"))
    hand.do(hand.vm.sheet.take)
    hand.do(lambda: hand.vm.tapDish("coffee"))
    hand.do(hand.vm.sheet.take)
    hand.do(hand.vm.checkOut)
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    assert len(hand.vm.basket.lines) == 3
    assert hand.item("kiosk.pay.plates").property("many") == plates
    assert hand.item("kiosk.pay.plates").isVisible() == bool(plates)
