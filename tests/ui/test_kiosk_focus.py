"""The kiosk by keys: where the focus is after what it was on has changed, gone, or been covered."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import MENU
from tests.ui.test_kiosk_keys import choose, focused, go_to, press
from tests.ui.visit import TALL, line_key, set_up, settle

CHEESE = "kiosk.sheet.option.group:extras.extra-cheese"
ENTER, ESCAPE, RIGHT = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Right


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(menu: dict[str, Any] | None = None) -> Hand:
        set_up(desk, menu)
        hand = show("kiosk", TALL, languages=["en", "de"])
        hand.screen.view.requestActivate()
        hand.until(lambda: hand.vm.ready)
        choose(hand, "kiosk.attract")
        choose(hand, "kiosk.dining.here")
        return hand

    return open_kiosk


def portions(hand: Hand, option_id: str) -> int:
    options = hand.vm.sheet.questions.row("group:extras")["options"]
    return next(int(o["count"]) for o in options if o["id"] == option_id)


def chosen(hand: Hand) -> list[str]:
    return [o["id"] for o in hand.vm.sheet.questions.row("group:extras")["options"] if o["selected"]]


def open_dish(hand: Hand, item_id: str) -> None:
    choose(hand, f"kiosk.item.{item_id}")
    hand.until(lambda: hand.vm.sheet.isOpen)


def test_plus_pressed_too_often_chooses_nothing_else(kiosk: Any) -> None:
    hand = kiosk()
    open_dish(hand, "burger")
    choose(hand, CHEESE)
    go_to(hand, f"{CHEESE}.count.more")
    for _ in range(4):
        press(hand, ENTER)
        settle(hand)
    assert focused(hand) == f"{CHEESE}.count.more"
    assert (portions(hand, "extra-cheese"), chosen(hand)) == (2, ["extra-cheese"])


def test_who_takes_the_last_portion_out_stands_on_the_choice_itself(kiosk: Any) -> None:
    hand = kiosk()
    open_dish(hand, "burger")
    choose(hand, CHEESE)
    choose(hand, f"{CHEESE}.count.less")
    hand.until(lambda: focused(hand) == CHEESE, "the choice has the focus again")
    assert chosen(hand) == []


def test_choices_that_are_unfolded_are_come_to(kiosk: Any) -> None:
    hand = kiosk()
    open_dish(hand, "menu")
    choose(hand, "kiosk.sheet.option.slot:main.burger")
    choose(hand, "kiosk.question.unfold.in:main:burger:extras")
    settle(hand)
    assert focused(hand) == "kiosk.sheet.option.in:main:burger:extras.extra-cheese"


def test_who_puts_a_line_back_stands_on_it(kiosk: Any) -> None:
    """And not on the line beside it, which one more press would take out."""
    hand = kiosk()
    for item in ("cola", "fries"):
        hand.vm.tapDish(item)
        hand.vm.sheet.take()
    choose(hand, "kiosk.basket.open")
    for n in (0, 1):
        less = f"kiosk.line.quantity.{line_key(hand, n)}.less"
        choose(hand, less)
        hand.until(lambda: focused(hand) == "kiosk.toast.action")
        press(hand, ENTER)
        hand.until(lambda: hand.vm.basket.pieces == 2)
        settle(hand)
        hand.until(lambda: focused(hand) == less, f"line {n} has the focus again")  # noqa: B023


def test_from_what_may_be_put_back_keys_go_on_where_one_was(kiosk: Any) -> None:
    hand = kiosk()
    for item in ("cola", "fries", "salad"):
        hand.vm.tapDish(item)
        hand.vm.sheet.take()
    choose(hand, "kiosk.basket.open")
    choose(hand, f"kiosk.line.quantity.{line_key(hand, 1)}.less")
    hand.until(lambda: focused(hand) == "kiosk.toast.action")
    press(hand, Qt.Key.Key_Down)
    assert focused(hand) == f"kiosk.line.quantity.{line_key(hand, 1)}.less", "the line that stands there now"


def test_escape_goes_back_page_by_page(kiosk: Any) -> None:
    hand = kiosk(searchable())
    hand.vm.tapDish("cola")
    hand.vm.sheet.take()
    choose(hand, "kiosk.pay")
    assert hand.vm.page == "pay"
    settle(hand)
    press(hand, ESCAPE)
    hand.until(lambda: hand.vm.page == "menu")
    settle(hand)
    press(hand, ESCAPE)
    hand.until(lambda: focused(hand) == "kiosk.over.sure", "nothing is thrown away unasked")
    press(hand, ESCAPE)
    settle(hand)
    assert (hand.vm.page, hand.vm.basket.pieces) == ("menu", 1)
    choose(hand, "kiosk.search.open")
    go_to(hand, "kiosk.item.cola")
    press(hand, ESCAPE)
    hand.until(lambda: not hand.vm.browse.searching)
    choose(hand, "kiosk.item.cola")
    hand.until(lambda: hand.vm.sheet.isOpen)
    go_to(hand, "kiosk.help")
    press(hand, ESCAPE)
    hand.until(lambda: not hand.vm.sheet.isOpen)
    assert hand.vm.page == "menu"
    hand.vm.startOver()
    choose(hand, "kiosk.attract")
    hand.until(lambda: hand.vm.page == "start")
    settle(hand)
    press(hand, ESCAPE)
    hand.until(lambda: hand.vm.page == "attract")


def test_the_keyboard_comes_right_after_what_is_typed_and_is_left_row_by_row(kiosk: Any) -> None:
    hand = kiosk(searchable())
    choose(hand, "kiosk.search.open")
    hand.until(lambda: focused(hand) == "kiosk.search.input")
    passed = go_to(hand, "kiosk.key.q")
    assert not [name for name in passed if name.startswith(("kiosk.item.", "kiosk.category."))]
    rows = []
    for _ in range(3):
        press(hand, RIGHT)
        rows.append(focused(hand))
    assert rows == ["kiosk.key.a", "kiosk.key.z", "kiosk.key.space"]


def test_who_shows_everything_again_stands_on_the_first_dish(kiosk: Any) -> None:
    hand = kiosk()
    hand.vm.browse.wish("diet:vegan")
    hand.vm.browse.wish("spicy:yes")
    choose(hand, "kiosk.nothing.clear")
    hand.until(lambda: focused(hand) == "kiosk.item.burger")


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, ENTER])
def test_the_key_that_says_that_one_is_still_there_says_nothing_else(kiosk: Any, key: Qt.Key) -> None:
    hand = kiosk()
    go_to(hand, "kiosk.item.coffee")
    hand.do(lambda: hand.screen.shell._set_idle(True))
    hand.until(lambda: focused(hand) == "kiosk.still")
    press(hand, key)
    hand.until(lambda: focused(hand) == "kiosk.item.coffee", "one stands where one stood")
    assert not hand.vm.sheet.isOpen


def test_what_passes_is_not_said_over_what_has_the_focus(kiosk: Any) -> None:
    """Extras enough that the last of them lies at the foot of the sheet, where such sentences are said."""
    menu = deepcopy(MENU)
    extras = menu["modifier_groups"][0]
    extras["modifiers"] += [{"modifier_id": f"more-{n}", "name": f"More {n}", "price_minor": 10} for n in range(24)]
    hand = kiosk(menu)
    open_dish(hand, "burger")
    for name in ("extra-cheese", "extra-bacon", "more-23"):  # one too many
        choose(hand, f"kiosk.sheet.option.group:extras.{name}")
    toast = hand.item("kiosk.toast")
    hand.until(lambda: toast.isVisible())
    hand.rest(0.2)
    assert not on_glass(toast).intersects(on_glass(hand.screen.view.activeFocusItem()))


def on_glass(item: Any) -> QRectF:
    return QRectF(item.mapToScene(QPointF(0, 0)), item.mapToScene(QPointF(item.width(), item.height())))


def searchable() -> dict[str, Any]:
    menu = deepcopy(MENU)
    for n in range(12):
        drink = {"item_id": f"tea-{n}", "name": f"Tea {n}"}
        drink["variations"] = [{"variation_id": f"tea-{n}", "name": "Cup", "price_minor": 250}]
        menu["items"].append(drink)
        menu["categories"][1]["item_ids"].append(drink["item_id"])
    return menu
