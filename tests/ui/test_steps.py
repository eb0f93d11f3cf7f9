"""Keys and a navigation pad: nothing is out of their reach, they come in order, and never lose their place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.large import large_menu
from tests.ui.visit import TALL, WIDE, enter, set_up, settle

DOWN, UP, RIGHT, LEFT = Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Left


def focused(hand: Hand) -> str:
    item = hand.screen.view.activeFocusItem()
    return "" if item is None else str(item.objectName())


def press(hand: Hand, key: Qt.Key) -> str:
    """Returns what has the focus then."""
    hand.do(lambda: QTest.keyClick(hand.screen.view, key))
    return focused(hand)


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(size: tuple[int, int], menu: dict[str, Any] | None = None, language: str = "en") -> Hand:
        set_up(desk, menu)
        hand = show("kiosk", size, languages=["en", "ar"], language=language)
        hand.screen.view.requestActivate()
        enter(hand)
        return hand

    return open_kiosk


def to_the_first_dish(hand: Hand) -> str:
    for _ in range(30):
        name = press(hand, RIGHT)
        if name.startswith("kiosk.item."):
            return name
    raise AssertionError("no dish is reached")


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_every_dish_of_a_long_menu_is_passed_in_its_order_there_and_back(kiosk: Any, size: tuple[int, int]) -> None:
    menu = large_menu()
    menu["categories"] = menu["categories"][:3]
    hand = kiosk(size, menu)
    dishes = [f"kiosk.item.{i}" for c in menu["categories"] for i in c["item_ids"]]
    assert len(dishes) > 40
    assert to_the_first_dish(hand) == dishes[0]
    assert [press(hand, DOWN) for _ in dishes[1:]] == dishes[1:]
    assert [press(hand, UP) for _ in dishes[1:]] == dishes[-2::-1]


def test_right_and_left_go_from_category_to_category(kiosk: Any) -> None:
    menu = large_menu()
    hand = kiosk(TALL, menu)
    firsts = [f"kiosk.item.{c['item_ids'][0]}" for c in menu["categories"]][:5]
    assert to_the_first_dish(hand) == firsts[0]
    assert [press(hand, RIGHT) for _ in firsts[1:]] == firsts[1:]
    assert [press(hand, LEFT) for _ in firsts[1:]] == firsts[-2::-1]


def test_a_list_that_keys_leave_stays_as_it_was_seen(kiosk: Any) -> None:
    hand = kiosk(TALL, large_menu())
    rail = hand.item("kiosk.categories")
    begin = rail.property("contentY")
    assert to_the_first_dish(hand) == "kiosk.item.dish-0"
    assert rail.property("contentY") == begin
    assert press(hand, LEFT) == "kiosk.category.category-0"


def test_where_the_language_runs_left_left_is_onward(kiosk: Any) -> None:
    hand = kiosk(TALL, language="ar")
    first = press(hand, LEFT)
    assert press(hand, LEFT).startswith("kiosk.category.")
    assert press(hand, RIGHT) == first


def test_what_has_the_focus_is_seen(kiosk: Any) -> None:
    menu = large_menu()
    menu["categories"] = menu["categories"][:2]
    hand = kiosk(TALL, menu)
    to_the_first_dish(hand)
    window = hand.screen.view
    for _ in range(25):
        press(hand, DOWN)
        hand.rest()
        item = window.activeFocusItem()
        top = item.mapToScene(item.boundingRect().topLeft()).y()
        assert 0 <= top <= window.height() - item.height(), focused(hand)


def test_a_line_taken_out_offers_to_put_it_back_and_keys_go_on_from_there(kiosk: Any) -> None:
    hand = kiosk(WIDE)
    hand.vm.tapDish("cola")
    hand.vm.sheet.take()
    settle(hand)
    to_the_first_dish(hand)
    while not focused(hand).startswith("kiosk.line.quantity"):
        press(hand, RIGHT)
    press(hand, Qt.Key.Key_Return)
    hand.until(lambda: hand.vm.basket.pieces == 0)
    hand.until(lambda: focused(hand) == "kiosk.toast.action", "what puts it back has the focus")
    press(hand, Qt.Key.Key_Return)
    assert hand.vm.basket.pieces == 1
    hand.until(lambda: focused(hand).startswith("kiosk."), "the focus is somewhere")


def test_a_question_gives_the_focus_back_to_where_it_was(kiosk: Any) -> None:
    hand = kiosk(TALL)
    hand.vm.tapDish("cola")
    hand.vm.sheet.take()
    settle(hand)
    while press(hand, DOWN) != "kiosk.over":
        pass
    press(hand, Qt.Key.Key_Return)
    settle(hand)
    assert press(hand, DOWN) == "kiosk.over.sure.accept"
    press(hand, Qt.Key.Key_Escape)
    hand.until(lambda: focused(hand) == "kiosk.over", "back at the button")
    assert hand.vm.basket.pieces == 1


def test_keys_that_come_before_a_page_can_be_touched_are_taken_when_it_can(kiosk: Any) -> None:
    hand = kiosk(TALL)
    hand.vm.tapDish("burger")
    press(hand, DOWN)
    press(hand, DOWN)
    hand.until(lambda: focused(hand).startswith("kiosk.sheet."), "both steps were taken in the sheet")


def test_a_leap_onto_the_rail_arrives_at_the_category_that_is_shown(kiosk: Any) -> None:
    hand = kiosk(TALL, large_menu())
    hand.do(lambda: hand.vm.setCategory("category-2"))
    hand.do(lambda: hand.item("kiosk.search.open").forceActiveFocus())
    assert press(hand, RIGHT) == "kiosk.category.category-2"
