"""Type of twice the size and everything in the lower half: what little room that leaves goes to what is looked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QRectF

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.fit import faults, written
from tests.ui.large import demo_menu
from tests.ui.test_kiosk_focus import on_glass, searchable
from tests.ui.visit import TALL, WIDE, enter, set_up, settle

SIZES = [TALL, WIDE]


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(size: tuple[int, int]) -> Hand:
        set_up(desk, searchable())
        desk.views["menu"]["name"] = "The Diner"
        hand = show("kiosk", size, languages=["en", "de"])
        enter(hand)
        for what, value in {"magnified": 2.0, "reach": True, "still": True}.items():
            hand.do(lambda what=what, value=value: hand.vm.comfort.setProperty(what, value))
        settle(hand)
        return hand

    return open_kiosk


def search(hand: Hand, words: str) -> None:
    hand.tap("kiosk.search.open")
    for letter in words:
        hand.tap(f"kiosk.key.{letter}")
    settle(hand)


def seen(hand: Hand, name: str, inside: str) -> float:
    """How much of an item's height lies within another."""
    item = hand.screen.find(name)
    if item is None or not item.isVisible():
        return 0.0
    return float(on_glass(item).intersected(on_glass(hand.item(inside))).height() / on_glass(item).height())


def nothing_overlaps(hand: Hand, size: tuple[int, int]) -> None:
    root: Any = hand.screen.view.rootObject()
    assert not [fault for fault in faults(root, QRectF(0, 0, *size), set()) if "lie on each other" in fault]


@pytest.mark.parametrize("size", SIZES)
def test_the_keyboard_makes_room_for_what_was_found_and_comes_back(kiosk: Any, size: tuple[int, int]) -> None:
    hand = kiosk(size)
    search(hand, "cheeseb")
    hand.tap("kiosk.search.done")
    hand.until(lambda: seen(hand, "kiosk.item.burger", "kiosk.dishes") > 0.9, "a dish that was found is seen")
    assert not hand.sees("kiosk.key.a")
    hand.tap("kiosk.search.input")
    hand.until(lambda: hand.sees("kiosk.key.a"), "and typed on")
    assert hand.vm.browse.query == "cheeseb"
    hand.tap("kiosk.search.close")
    hand.until(lambda: not hand.vm.browse.searching)
    hand.tap("kiosk.search.open")
    hand.until(lambda: hand.sees("kiosk.key.a"))


@pytest.mark.parametrize("size", SIZES)
def test_that_nothing_was_found_is_said_beside_the_keyboard_and_not_on_it(kiosk: Any, size: tuple[int, int]) -> None:
    hand = kiosk(size)
    search(hand, "xqzw")
    nothing_overlaps(hand, size)
    hand.tap("kiosk.search.done")
    hand.until(lambda: not hand.vm.browse.searching)
    for wish in ("diet:vegan", "spicy:yes", "avoid:gluten", "under:400"):
        hand.do(lambda wish=wish: hand.vm.browse.wish(wish))
    settle(hand)
    nothing_overlaps(hand, size)
    assert seen(hand, "kiosk.nothing.clear", "kiosk.dishes") > 0.99


@pytest.mark.parametrize("size", [TALL, WIDE, (1366, 768)])
def test_the_rail_shows_more_than_one_category(desk: Desk, show: Callable[..., Hand], size: tuple[int, int]) -> None:
    set_up(desk, demo_menu())
    hand = show("kiosk", size, languages=["en"])
    enter(hand)
    for what, value in {"magnified": 2.0, "reach": True, "still": True}.items():
        hand.do(lambda what=what, value=value: hand.vm.comfort.setProperty(what, value))
    settle(hand)
    names = [f"kiosk.category.{row['category_id']}" for row in hand.vm.categories.rows]
    assert sum(seen(hand, name, "kiosk.categories") > 0.99 for name in names) >= 2
    nothing_overlaps(hand, size)


@pytest.mark.parametrize("size", SIZES)
def test_the_lines_of_the_order_have_room(kiosk: Any, size: tuple[int, int]) -> None:
    hand = kiosk(size)
    for item in ("cola", "fries"):
        hand.vm.tapDish(item)
        hand.vm.sheet.take()
    settle(hand)
    if hand.sees("kiosk.basket.open"):
        hand.tap("kiosk.basket.open")
        settle(hand)
    lines = hand.item("kiosk.basket.lines")
    assert lines.height() > 0.45 * size[1] / 2
    assert hand.sees("kiosk.pay") or hand.sees("kiosk.basket.pay")


@pytest.mark.parametrize("size", SIZES)
def test_a_sheet_shows_more_than_its_foot(kiosk: Any, size: tuple[int, int]) -> None:
    hand = kiosk(size)
    hand.vm.tapDish("bacon-burger")
    settle(hand)
    assert hand.item("kiosk.sheet.scroll").height() > 0.5 * size[1] / 2
    hand.do(hand.vm.sheet.close)
    settle(hand)
    hand.tap("kiosk.filters.open")
    settle(hand)
    assert hand.item("kiosk.filters.scroll").height() > 0.3 * size[1] / 2


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_sum_of_six_figures_does_not_lie_on_its_word(desk: Desk, show: Callable[..., Hand], language: str) -> None:
    menu = searchable()
    menu["items"][0]["variations"][0]["price_minor"] = 9_999_999
    size = (768, 1366)
    set_up(desk, menu)
    hand = show("kiosk", size, languages=["en", "de"], language=language)
    enter(hand)
    hand.do(lambda: hand.vm.comfort.setProperty("reach", True))
    hand.vm.tapDish("burger")
    hand.vm.sheet.take()
    hand.do(hand.vm.checkOut)
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    nothing_overlaps(hand, size)


@pytest.mark.parametrize("size", SIZES)
def test_digits_on_the_keys_leave_every_letter_within_its_key(desk, show, size) -> None:
    set_up(desk, searchable())
    desk.views["menu"]["items"][0]["name"] = "1. Cheeseburger"
    hand = show("kiosk", size, languages=["en"])
    enter(hand)
    for what, value in {"magnified": 2.0, "reach": True, "still": True}.items():
        hand.do(lambda what=what, value=value: hand.vm.comfort.setProperty(what, value))
    settle(hand)
    search(hand, "1")
    assert hand.vm.browse.query == "1"
    for key in "1q":
        (letter,) = written(hand.item(f"kiosk.key.{key}"))
        assert letter.ink.height() <= hand.item(f"kiosk.key.{key}").height()
