"""The kiosk by keys alone: every step is reached, seen where it is, and never left for what lies underneath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
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
