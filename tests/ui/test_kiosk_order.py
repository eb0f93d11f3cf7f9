"""The basket of several people: the same dish again a little different, one suggestion at most, as much as fits."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import MENU
from tests.ui.large import demo_menu
from tests.ui.test_kiosk_focus import on_glass
from tests.ui.visit import TALL, WIDE, enter, line_key, order, set_up, settle
from ui.dish import selection as choosing
from ui.dish.menu import MenuIndex
from ui.dish.suggest import suggestion
from ui.kiosk.basket import MAX_LINES


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(size: tuple[int, int] = TALL, menu: dict[str, Any] | None = None) -> Hand:
        set_up(desk, menu)
        hand = show("kiosk", size, languages=["en", "de"])
        enter(hand)
        return hand

    return open_kiosk


def basket(index: MenuIndex, *item_ids: str) -> list[choosing.Selection]:
    made = [choosing.start(index, i) for i in item_ids]
    return [line for line in made if line is not None]


def test_a_drink_is_suggested_to_a_burger_and_nothing_to_a_burger_with_a_drink() -> None:
    index = MenuIndex(deepcopy(MENU))
    assert suggestion(index, basket(index, "burger")) == "cola"
    assert suggestion(index, basket(index, "burger", "cola")) == ""
    assert suggestion(index, basket(index, "burger", "coffee")) == "", "something like it is there"
    assert suggestion(index, basket(index, "cola")) == "", "a burger is no side of a drink"
    assert suggestion(index, basket(index, "menu")) == "", "a menu has everything"
    assert suggestion(index, []) == ""


def test_a_drink_in_a_menu_is_a_drink() -> None:
    index = MenuIndex(deepcopy(MENU))
    lines = basket(index, "menu", "burger")
    choosing.choose(index, lines[0], "drink", "cola")
    assert suggestion(index, lines) == ""


def test_what_is_out_or_was_taken_out_is_not_suggested() -> None:
    index = MenuIndex(deepcopy(MENU))
    index.availability = {"cola": {"state": "out"}}
    assert suggestion(index, basket(index, "burger")) == "coffee"
    assert suggestion(index, basket(index, "burger"), {"cola"}) == ""


def test_a_menu_without_combos_suggests_nothing_and_one_in_itself_breaks_nothing() -> None:
    index = MenuIndex(MENU | {"combos": []})
    assert suggestion(index, basket(index, "burger")) == ""
    menu = deepcopy(MENU)
    menu["combos"][0]["slots"][1]["options"] = [{"item_id": "menu"}, {"item_id": "nowhere"}]
    index = MenuIndex(menu)
    assert suggestion(index, basket(index, "burger")) in ("", "menu")
    menu["combos"][0]["slots"] = []
    index = MenuIndex(menu)
    assert suggestion(index, basket(index, "burger")) == ""


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_the_suggestion_is_one_touch_and_goes_when_it_is_followed_or_refused(kiosk, size) -> None:
    hand = kiosk(size)
    order(hand, "burgers", "burger")
    if size == TALL:
        hand.tap("kiosk.basket.open")
    hand.tap("kiosk.suggestion")
    hand.until(lambda: hand.vm.basket.pieces == 2)
    assert not hand.sees("kiosk.suggestion")
    settle(hand)
    hand.tap(f"kiosk.line.quantity.{line_key(hand, 1)}.less")
    hand.until(lambda: hand.vm.basket.pieces == 1)
    settle(hand)
    assert not hand.sees("kiosk.suggestion"), "who took it out is not asked again"
    hand.do(hand.vm.startOver)
    enter(hand)
    order(hand, "burgers", "burger")
    assert hand.vm.basket.suggestion["item_id"] == "cola", "the next customer is another one"


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_the_same_burger_again_a_little_different(kiosk, size) -> None:
    hand = kiosk(size)
    order(hand, "burgers", "burger")
    if size == TALL:
        hand.tap("kiosk.basket.open")
        settle(hand)
    hand.tap(f"kiosk.line.copy.{line_key(hand)}")
    hand.until(lambda: hand.vm.sheet.isOpen)
    assert not hand.vm.sheet.facts["editing"]
    settle(hand)
    hand.tap("kiosk.sheet.option.without.onion")
    hand.tap("kiosk.sheet.add")
    hand.until(lambda: hand.vm.basket.pieces == 2)
    assert [row["details"] for row in hand.vm.basket.rows.rows] == ["", "No onion"]


def test_the_same_burger_again_without_a_difference_is_two_of_it(kiosk) -> None:
    hand = kiosk()
    order(hand, "burgers", "burger")
    hand.do(lambda: hand.vm.sheet.copy(line_key(hand)))
    hand.do(hand.vm.sheet.take)
    (row,) = hand.vm.basket.rows.rows
    assert row["quantity"] == 2


def test_a_basket_that_is_full_says_so_and_loses_nothing(kiosk) -> None:
    menu = deepcopy(MENU)
    menu["items"] = [
        {"item_id": f"d{n}", "name": f"Dish {n}", "variations": [{"variation_id": "v", "name": "", "price_minor": 100}]}
        for n in range(200)
    ]
    menu["categories"] = [{"category_id": "all", "name": "All", "item_ids": [f"d{n}" for n in range(200)]}]
    menu["combos"] = []
    hand = kiosk(WIDE, menu)
    said: list[str] = []
    hand.vm.toast.connect(said.append)
    for n in range(200):
        hand.vm.tapDish(f"d{n}")
        hand.vm.sheet.take()
    assert len(hand.vm.basket.lines) == MAX_LINES
    assert hand.vm.basket.total == MAX_LINES * 100
    assert set(said) == {"Your order is as long as it can be here. Please pay it, and order the rest after."}
    hand.do(hand.vm.sheet.close)
    hand.do(lambda: hand.vm.basket.remove(line_key(hand, 50)))
    hand.do(hand.vm.basket.undo)
    assert len(hand.vm.basket.lines) == MAX_LINES
    settle(hand)
    hand.tap("kiosk.pay")
    hand.until(lambda: hand.vm.page == "pay")


@pytest.mark.parametrize("size", [WIDE, (1280, 800)])
def test_what_was_just_taken_is_seen_in_an_order_that_is_longer_than_its_place(desk, show, size) -> None:
    menu = deepcopy(MENU)
    for n in range(9):
        tea = {"item_id": f"tea-{n}", "name": f"Tea {n}"}
        menu["items"].append(tea | {"variations": [{"variation_id": f"tea-{n}", "name": "Cup", "price_minor": 250}]})
        menu["categories"][1]["item_ids"].append(f"tea-{n}")
    set_up(desk, menu)
    hand = show("kiosk", size, languages=["en"])
    enter(hand)

    def take(item_id: str) -> None:
        hand.do(lambda: hand.vm.tapDish(item_id))
        hand.do(hand.vm.sheet.take)

    def seen(row: int) -> bool:
        line = hand.screen.find(f"kiosk.line.{line_key(hand, row)}")
        return line is not None and on_glass(hand.item("kiosk.basket.lines")).contains(on_glass(line))

    for n in range(9):
        take(f"tea-{n}")
        hand.until(lambda n=n: seen(n), f"line {n}")
    assert not seen(0)
    take("tea-0")
    hand.until(lambda: seen(0), "one more of the first")


def test_a_line_that_grows_when_its_words_are_laid_out_is_seen_to_its_end(desk, show) -> None:
    """One with a long name was cut at its foot."""
    menu = deepcopy(MENU)
    long = "Outnumbered Marlborough Sauvignon Blanc from the Awatere valley"
    for n in range(4):
        wine = {"item_id": f"wine-{n}", "name": long if n == 3 else f"Wine {n}"}
        variation = {"variation_id": f"wine-{n}", "name": "Bottle", "price_minor": 2600}
        menu["items"].append(wine | {"variations": [variation]})
        menu["categories"][1]["item_ids"].append(f"wine-{n}")
    set_up(desk, menu)
    hand = show("kiosk", (1280, 800), languages=["en"])
    enter(hand)
    for n in range(4):
        hand.do(lambda n=n: hand.vm.tapDish(f"wine-{n}"))
        hand.do(hand.vm.sheet.take)
    settle(hand)
    lines = on_glass(hand.item("kiosk.basket.lines"))
    last = on_glass(hand.item(f"kiosk.line.{line_key(hand, 3)}"))
    assert lines.contains(last)
    assert last.bottom() < lines.bottom(), "it lies on the line above the sum"


def test_a_line_as_tall_as_its_place_is_seen_from_its_name_on(desk, show) -> None:
    set_up(desk, demo_menu())
    hand = show("kiosk", WIDE, languages=["en"])
    enter(hand)
    hand.do(lambda: hand.vm.comfort.setProperty("magnified", 2.0))
    for item_id in ("ember-burger", "classic-menu"):
        hand.do(lambda item_id=item_id: hand.vm.tapDish(item_id))
        settle(hand)
        for _ in range(9):
            asked = next((q for q in hand.vm.sheet.questions.rows if q["missing"]), None)
            if asked is not None:
                option = next(o["id"] for o in asked["options"] if not o["out"])
                hand.do(lambda asked=asked, option=option: hand.vm.sheet.answer(asked["key"], option))
        hand.do(hand.vm.sheet.take)
        settle(hand)
    assert hand.vm.basket.pieces == 2
    lines = on_glass(hand.item("kiosk.basket.lines"))
    assert lines.contains(on_glass(hand.item(f"kiosk.line.{line_key(hand, 1)}")))
