"""The kiosk by keys alone: every step is reached, seen where it is, and never left for what lies underneath."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import MENU
from tests.ui.large import large_menu
from tests.ui.visit import TALL, WIDE, Till, set_up, settle

MOST_STEPS = 80


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(size: tuple[int, int]) -> Hand:
        set_up(desk)
        hand = show("kiosk", size, languages=["en", "de"])
        hand.screen.view.requestActivate()
        hand.until(lambda: hand.vm.ready)
        return hand

    return open_kiosk


def press(hand: Hand, key: Qt.Key) -> None:
    hand.do(lambda: QTest.keyClick(hand.screen.view, key))


def focused(hand: Hand) -> str:
    item = hand.screen.view.activeFocusItem()
    return "" if item is None else str(item.objectName())


def go_to(hand: Hand, name: str) -> list[str]:
    """Tab by tab; returns what was passed."""
    settle(hand)
    passed: list[str] = []
    for _ in range(MOST_STEPS):
        if focused(hand) == name:
            return passed
        press(hand, Qt.Key.Key_Tab)
        passed.append(focused(hand))
    raise AssertionError(f"{name} is not reached by keys; {passed}")


def choose(hand: Hand, name: str) -> list[str]:
    passed = go_to(hand, name)
    press(hand, Qt.Key.Key_Return)
    return passed


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_a_meal_is_ordered_and_paid_by_keys_alone(desk: Desk, kiosk: Any, size: tuple[int, int]) -> None:
    till = Till(desk)
    hand = kiosk(size)
    choose(hand, "kiosk.attract")
    choose(hand, "kiosk.dining.takeaway")
    choose(hand, "kiosk.item.bacon-burger")
    hand.until(lambda: hand.vm.sheet.isOpen)
    passed = choose(hand, "kiosk.sheet.option.group:doneness.well")
    passed += choose(hand, "kiosk.sheet.add")
    assert all(n.startswith(("kiosk.sheet.", "kiosk.whom.")) for n in passed), "nothing under the sheet is reached"
    hand.until(lambda: hand.vm.basket.pieces == 1)
    hand.until(lambda: focused(hand) == "kiosk.item.bacon-burger", "one goes on from where one was")
    choose(hand, "kiosk.pay")
    choose(hand, "kiosk.pay.card")
    hand.until(lambda: hand.vm.page == "done")
    assert len(till.asked("payments.capture")) == 1
    choose(hand, "kiosk.done.finish")
    hand.until(lambda: hand.vm.page == "attract")


def test_under_a_question_nothing_else_is_reached(desk: Desk, kiosk: Any) -> None:
    hand = kiosk(TALL)
    choose(hand, "kiosk.attract")
    choose(hand, "kiosk.dining.here")
    hand.vm.tapDish("cola")
    hand.vm.sheet.take()
    choose(hand, "kiosk.over")
    settle(hand)
    names = set()
    for _ in range(6):
        press(hand, Qt.Key.Key_Tab)
        names.add(focused(hand))
    assert names == {"kiosk.over.sure.accept", "kiosk.over.sure.decline"}
    choose(hand, "kiosk.over.sure.accept")
    assert hand.vm.basket.pieces == 1


def test_escape_closes_a_dish(desk: Desk, kiosk: Any) -> None:
    hand = kiosk(TALL)
    choose(hand, "kiosk.attract")
    choose(hand, "kiosk.dining.here")
    choose(hand, "kiosk.item.burger")
    hand.until(lambda: hand.vm.sheet.isOpen)
    press(hand, Qt.Key.Key_Escape)
    hand.until(lambda: not hand.vm.sheet.isOpen)
    hand.until(lambda: focused(hand) == "kiosk.item.burger")


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_from_the_middle_of_the_menu_paying_is_one_key_away(desk: Desk, show: Any, size: tuple[int, int]) -> None:
    set_up(desk, large_menu())
    hand = show("kiosk", size, languages=["en", "de"])
    hand.screen.view.requestActivate()
    hand.until(lambda: hand.vm.ready)
    choose(hand, "kiosk.attract")
    choose(hand, "kiosk.dining.here")
    settle(hand)
    press(hand, Qt.Key.Key_Down)
    here = focused(hand)
    press(hand, Qt.Key.Key_End)
    assert focused(hand) == here, "nothing is to be paid yet"
    hand.do(lambda: hand.vm.setCategory("category-12"))
    hand.until(lambda: focused(hand) == "kiosk.item.dish-240", "the category's first dish has the focus")
    press(hand, Qt.Key.Key_Return)
    hand.until(lambda: hand.vm.sheet.isOpen)
    settle(hand)
    for row in hand.vm.sheet.questions.rows:
        if row["missing"]:
            hand.do(lambda row=row: hand.vm.sheet.answer(row["key"], row["options"][0]["id"]))
    press(hand, Qt.Key.Key_End)
    assert focused(hand) == "kiosk.sheet.add"
    press(hand, Qt.Key.Key_Return)
    hand.until(lambda: focused(hand) == "kiosk.item.dish-240", "one is back at the dish")
    press(hand, Qt.Key.Key_End)
    assert focused(hand) == "kiosk.pay"
    press(hand, Qt.Key.Key_Home)
    assert focused(hand) == "kiosk.search.open"
    press(hand, Qt.Key.Key_End)
    press(hand, Qt.Key.Key_Return)
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    press(hand, Qt.Key.Key_End)
    assert focused(hand) == "kiosk.pay.card"


def listening(hand: Hand) -> list[str]:
    heard: list[str] = []
    hand.screen.shell.voice.spoken.connect(heard.append)
    return heard


def test_every_page_has_what_finishes_it_one_key_away(desk: Desk, kiosk: Any) -> None:
    Till(desk)
    hand = kiosk(TALL)
    choose(hand, "kiosk.attract")
    press(hand, Qt.Key.Key_F1)
    hand.until(lambda: hand.sees("kiosk.help.done"))
    settle(hand)
    press(hand, Qt.Key.Key_End)
    assert focused(hand) == "kiosk.help.done"
    press(hand, Qt.Key.Key_Return)
    settle(hand)
    choose(hand, "kiosk.dining.takeaway")
    choose(hand, "kiosk.item.burger")
    hand.until(lambda: hand.vm.sheet.isOpen)
    settle(hand)
    for _ in range(2):  # the dish, then paying
        press(hand, Qt.Key.Key_End)
        press(hand, Qt.Key.Key_Return)
        settle(hand)
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    press(hand, Qt.Key.Key_End)
    press(hand, Qt.Key.Key_Return)
    hand.until(lambda: hand.vm.page == "done")
    settle(hand)
    press(hand, Qt.Key.Key_End)
    assert focused(hand) == "kiosk.done.finish"


def test_what_a_dish_still_wants_is_said_once(desk: Desk, kiosk: Any) -> None:
    """By the question that takes the focus; who touches has no focus that moves, and hears which question it is."""
    hand = kiosk(TALL)
    choose(hand, "kiosk.attract")
    choose(hand, "kiosk.dining.here")
    choose(hand, "kiosk.item.bacon-burger")
    hand.until(lambda: hand.vm.sheet.isOpen)
    settle(hand)
    heard = listening(hand)
    press(hand, Qt.Key.Key_End)
    press(hand, Qt.Key.Key_Return)
    hand.until(lambda: focused(hand).startswith("kiosk.sheet.option.group:doneness"))
    hand.rest(0.6)
    assert heard == []
    hand.tap("kiosk.sheet.add")
    hand.until(lambda: heard)
    assert heard == ["How done? Please choose 1."]


def test_no_sentence_has_two_full_stops_and_no_question_its_name_twice(desk: Desk, show: Any) -> None:
    menu = deepcopy(MENU)
    menu["items"][0] |= {"description": "Beef, cheddar, pickles.", "diets": ["spicy"]}
    set_up(desk, menu)
    hand = show("kiosk", TALL, languages=["en"])
    hand.screen.view.requestActivate()
    hand.until(lambda: hand.vm.ready)
    choose(hand, "kiosk.attract")
    choose(hand, "kiosk.dining.here")
    hand.until(lambda: hand.sees("kiosk.item.burger"))
    assert hand.item("kiosk.item.burger").property("hint") == "Beef, cheddar, pickles. Spicy"
    choose(hand, "kiosk.item.burger")
    hand.until(lambda: hand.vm.sheet.isOpen)
    settle(hand)
    names = QAccessible.queryAccessibleInterface(hand.item("kiosk.whom.open"))
    around = names.parent().text(QAccessible.Text.Name)
    assert names.text(QAccessible.Text.Name) != around


def test_a_line_of_the_order_is_said_without_the_dots_between_its_words(desk: Desk, kiosk: Any) -> None:
    hand = kiosk(TALL)
    choose(hand, "kiosk.attract")
    choose(hand, "kiosk.dining.here")
    settle(hand)
    press(hand, Qt.Key.Key_Down)
    hand.do(lambda: hand.vm.setCategory("drinks"))
    hand.until(lambda: focused(hand) == "kiosk.item.coffee")
    press(hand, Qt.Key.Key_Return)
    hand.until(lambda: hand.vm.sheet.isOpen)
    settle(hand)
    heard = listening(hand)
    press(hand, Qt.Key.Key_End)
    press(hand, Qt.Key.Key_Return)
    hand.until(lambda: heard)
    assert heard == ["1 × Coffee, Small, €2.50. Your order: 1 item, €2.50."]
