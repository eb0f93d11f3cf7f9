"""What has gone from under a customer's fingers: dishes that left the menu, dishes that ran out, on each page."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from PySide6.QtCore import QRectF, Qt

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import MENU
from tests.ui.test_kiosk_keys import choose, focused, go_to, press
from tests.ui.visit import TALL, WIDE, Till, available, enter, line_key, order, set_up, settle

FRAME = 4
"""Pixels by which the frame of the focus is larger than what it is around."""

COLA_OUT = {"cola": available(state="out", because=["cola"])}
COLA_BACK = {"cola": available()}


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(size: tuple[int, int] = TALL) -> Hand:
        set_up(desk)
        return show("kiosk", size, languages=["en", "de"])

    return open_kiosk


def without(*item_ids: str) -> dict[str, Any]:
    """The menu that has these no more."""
    menu = deepcopy(MENU)
    menu["items"] = [i for i in menu["items"] if i["item_id"] not in item_ids]
    for category in menu["categories"]:
        category["item_ids"] = [i for i in category["item_ids"] if i not in item_ids]
    for combo in menu["combos"]:
        for slot in combo["slots"]:
            slot["options"] = [o for o in slot["options"] if o["item_id"] not in item_ids]
    return menu


def texts(hand: Hand) -> list[str]:
    """All that is read on the glass."""
    found, items = [], [hand.screen.view.contentItem()]
    while items:
        item = items.pop()
        if item.isVisible():
            items += item.childItems()
            if isinstance(item.property("text"), str):
                found.append(item.property("text"))
    return found


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_a_dish_that_left_the_menu_is_told_by_its_name(desk: Desk, kiosk: Any, size: tuple[int, int]) -> None:
    hand = kiosk(size)
    enter(hand)
    order(hand, "drinks", "cola")
    order(hand, "other", "fries")
    desk.tell("menu", None, without("cola"))
    hand.until(lambda: hand.vm.basket.isTroubled)
    if size == TALL:
        hand.until(lambda: "No longer on the menu: Cola" in texts(hand), "the bar names it")
        hand.tap("kiosk.basket.open")
        settle(hand)
    row = hand.vm.basket.rows.rows[0]
    assert (row["name"], row["trouble"], row["price"], row["struck"]) == ("Cola", "No longer on the menu", "–", False)
    shown = texts(hand)
    assert "Something is no longer on the menu. Change it or remove it to go on." in shown
    assert not any("sold out" in text.lower() for text in shown)
    assert hand.item("kiosk.basket.total").property("text") == "€3.50"
    hand.tap(f"kiosk.line.remove.{line_key(hand)}")
    hand.until(lambda: "Cola is taken out." in texts(hand))
    hand.tap("kiosk.toast.action")
    hand.until(lambda: [row["name"] for row in hand.vm.basket.rows.rows] == ["Cola", "Fries"])
    desk.tell("menu", None, MENU)
    hand.until(lambda: not hand.vm.basket.isTroubled)
    assert hand.item("kiosk.basket.total").property("text") == "€6.50"


def test_a_choice_that_left_the_menu_is_told_by_its_name(desk: Desk, kiosk: Any) -> None:
    hand = kiosk()
    enter(hand)
    hand.vm.tapDish("menu")
    for key, choice in (("slot:main", "burger"), ("slot:drink", "cola")):
        hand.vm.sheet.answer(key, choice)
    hand.vm.sheet.take()
    desk.tell("menu", None, without("cola"))
    hand.until(lambda: hand.vm.basket.isTroubled)
    row = hand.vm.basket.rows.rows[0]
    assert row["trouble"] == "No longer on the menu: Cola"
    assert "Cola" in row["details"]
    assert row["offer"] == "choices"
    hand.vm.mend(row["key"])
    hand.until(lambda: hand.vm.sheet.isOpen)
    assert hand.vm.sheet.facts["missing"] == 1


def without_large() -> dict[str, Any]:
    """Coffee is small from now on, or medium."""
    menu = deepcopy(MENU)
    coffee = next(i for i in menu["items"] if i["item_id"] == "coffee")
    coffee["variations"][1] = {"variation_id": "coffee-m", "name": "Medium", "price_minor": 300}
    for slot in menu["combos"][0]["slots"]:
        slot["options"] = [o | {"variation_id": "coffee-m"} if o["item_id"] == "coffee" else o for o in slot["options"]]
    return menu


def test_a_size_that_left_the_menu_is_told_and_never_another_one_taken_for_it(desk: Desk, kiosk: Any) -> None:
    till = Till(desk)
    hand = kiosk(WIDE)
    enter(hand)
    hand.vm.tapDish("coffee")
    hand.vm.sheet.answer("variation", "coffee-l")
    hand.vm.sheet.take()
    hand.vm.tapDish("menu")
    for key, choice in (("slot:main", "burger"), ("slot:drink", "coffee")):
        hand.vm.sheet.answer(key, choice)
    hand.vm.sheet.take()
    order(hand, "other", "fries")
    desk.tell("menu", None, without_large())
    hand.until(lambda: hand.vm.basket.isTroubled)
    coffee, menu, _ = hand.vm.basket.rows.rows
    assert (coffee["name"], coffee["trouble"]) == ("Coffee · Large", "No longer on the menu: Large")
    assert (coffee["price"], coffee["struck"], coffee["offer"]) == ("€3.50", True, "choices")
    assert (menu["trouble"], menu["offer"]) == ("No longer on the menu: Coffee · Large", "choices")
    assert hand.vm.basket.totalText == "€3.50", "the fries alone"
    assert "Something is no longer on the menu. Change it or remove it to go on." in texts(hand)
    hand.vm.checkOut()
    assert till.asked("orders.place") == []
    hand.vm.mend(coffee["key"])
    hand.until(lambda: hand.vm.sheet.isOpen)
    hand.vm.sheet.answer("variation", "coffee-m")
    hand.vm.sheet.take()
    hand.vm.basket.remove(menu["key"])
    hand.until(lambda: not hand.vm.basket.isTroubled)
    assert [row["name"] for row in hand.vm.basket.rows.rows] == ["Coffee · Medium", "Fries"]


def test_a_size_that_leaves_while_it_is_chosen_is_told(desk: Desk, kiosk: Any) -> None:
    hand = kiosk()
    enter(hand)
    hand.vm.tapDish("coffee")
    hand.vm.sheet.answer("variation", "coffee-l")
    desk.tell("menu", None, without_large())
    hand.until(lambda: hand.item("kiosk.toast").property("text") == "No longer on the menu: Coffee · Large")
    assert hand.vm.sheet.facts["total"] == "€2.50"


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_what_cannot_be_had_is_not_in_the_sum(desk: Desk, kiosk: Any, size: tuple[int, int]) -> None:
    hand = kiosk(size)
    enter(hand)
    order(hand, "drinks", "cola")
    order(hand, "other", "fries")
    order(hand, "other", "fries")
    assert hand.vm.basket.totalText == "€10.00"
    desk.tell("availability", "", COLA_OUT)
    hand.until(lambda: hand.vm.basket.isTroubled)
    assert hand.vm.basket.totalText == "€7.00"
    assert [(row["price"], row["struck"]) for row in hand.vm.basket.rows.rows] == [("€3.00", True), ("€7.00", False)]
    desk.tell("availability", "", {"fries": available(left=1)})
    hand.until(lambda: hand.vm.basket.totalText == "€3.50", "as many as can be had")
    assert hand.vm.basket.rows.rows[1]["price"] == "€3.50"
    desk.tell("availability", "", COLA_BACK | {"fries": available()})
    hand.until(lambda: hand.vm.basket.totalText == "€10.00")


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_what_runs_out_is_told_where_one_pays(desk: Desk, kiosk: Any, size: tuple[int, int]) -> None:
    till = Till(desk)
    hand = kiosk(size)
    enter(hand)
    order(hand, "drinks", "cola")
    order(hand, "other", "fries")
    hand.tap("kiosk.pay")
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    desk.tell("availability", "", COLA_OUT)
    hand.until(lambda: hand.sees("kiosk.pay.stopped"))
    assert hand.item("kiosk.pay.stopped").property("text").startswith("Something is sold out.")
    assert "Sold out" in texts(hand), "the line says which"
    assert hand.item("kiosk.receipt.total").property("text") == "€3.50"
    assert not hand.item("kiosk.pay.card").isEnabled()
    assert not hand.item("kiosk.pay.counter").isEnabled()
    hand.vm.pay("card")
    assert till.asked("orders.place") == []
    desk.tell("availability", "", COLA_BACK)
    hand.until(lambda: not hand.sees("kiosk.pay.stopped"))
    assert hand.item("kiosk.pay.card").isEnabled()
    desk.tell("availability", "", COLA_OUT)
    hand.tap("kiosk.pay.back")
    hand.until(lambda: hand.vm.page == "menu")
    assert hand.vm.basket.isTroubled


def test_what_runs_out_after_a_card_was_declined_stops_nothing(desk: Desk, kiosk: Any) -> None:
    """The shop has the order by then."""
    till = Till(desk)
    hand = kiosk()
    enter(hand)
    order(hand, "drinks", "cola")
    hand.tap("kiosk.pay")
    hand.until(lambda: hand.vm.page == "pay")
    till.card = ["card_declined"]
    hand.vm.pay("card")
    hand.until(lambda: hand.vm.payment["state"] == "failed")
    desk.tell("availability", "", COLA_OUT)
    hand.until(lambda: hand.vm.basket.isTroubled)
    assert hand.vm.payment["stopped"] == ""
    hand.vm.pay("card")
    hand.until(lambda: hand.vm.page == "done")


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_keys_that_want_another_dish_come_to_the_first_that_can_be_had(
    desk: Desk, kiosk: Any, size: tuple[int, int]
) -> None:
    hand = kiosk(size)
    hand.screen.view.requestActivate()
    hand.until(lambda: hand.vm.ready)
    choose(hand, "kiosk.attract")
    choose(hand, "kiosk.dining.here")
    hand.vm.tapDish("salad")
    hand.vm.sheet.take()
    desk.tell("availability", "", {"salad": available(state="out", because=["salad"])})
    hand.until(lambda: hand.vm.basket.isTroubled)
    if size == TALL:
        choose(hand, "kiosk.basket.open")
    choose(hand, f"kiosk.line.mend.{line_key(hand)}")
    hand.until(lambda: focused(hand) == "kiosk.item.fries", "past the salad, which is out")
    settle(hand)
    assert focused(hand) == "kiosk.item.fries"
    press(hand, Qt.Key.Key_Return)
    hand.until(lambda: hand.vm.sheet.isOpen)
    choose(hand, "kiosk.sheet.add")
    hand.until(lambda: [row["name"] for row in hand.vm.basket.rows.rows] == ["Fries"], "in its place")


def framed(hand: Hand) -> bool:
    """Whether all of the frame around what has the focus is inside what it scrolls in."""
    item = hand.screen.view.activeFocusItem()
    area = item.mapRectToScene(QRectF(-FRAME, -FRAME, item.width() + 2 * FRAME, item.height() + 2 * FRAME))
    around = item.parentItem()
    while around is not None:
        if around.property("clip"):
            seen = around.mapRectToScene(QRectF(0, 0, around.width(), around.height()))
            if not seen.adjusted(-0.5, -0.5, 0.5, 0.5).contains(area):
                return False
        around = around.parentItem()
    return True


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_the_frame_of_the_focus_is_whole(desk: Desk, kiosk: Any, size: tuple[int, int]) -> None:
    hand = kiosk(size)
    hand.screen.view.requestActivate()
    hand.until(lambda: hand.vm.ready)
    choose(hand, "kiosk.attract")
    choose(hand, "kiosk.dining.here")
    hand.vm.comfort.setProperty("magnified", 1.5)
    settle(hand)
    go_to(hand, "kiosk.category.burgers")
    assert framed(hand)
    hand.vm.tapDish("bacon-burger")
    hand.until(lambda: hand.vm.sheet.isOpen)
    for option in ("doneness.medium", "doneness.well", "extras.extra-cheese", "extras.jalapeno"):
        go_to(hand, f"kiosk.sheet.option.group:{option}")
        hand.until(lambda: framed(hand), option)
