"""The receipt on paper from the last page, and the same again from a receipt."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import MENU
from tests.ui.visit import TALL, Till, available, enter, order, pay, set_up, settle

AGAIN = "/v1/receipts/again"


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(printer: bool = True, menu: dict[str, Any] | None = None) -> Hand:
        set_up(desk, menu)
        desk.views["status"]["printer"] = printer
        Till(desk)
        return show("kiosk", TALL, languages=["en", "de"])

    return open_kiosk


def paid(hand: Hand) -> str:
    enter(hand)
    order(hand, "burgers", "burger")
    pay(hand)
    hand.until(lambda: hand.vm.page == "done")
    settle(hand)
    return f"/v1/orders/{hand.vm._payment.order_id}/receipt"


def test_a_terminal_without_a_printer_offers_no_paper(kiosk) -> None:
    hand = kiosk(printer=False)
    paid(hand)
    assert not hand.sees("kiosk.done.paper")
    assert hand.sees("kiosk.done.finish")


def test_paper_comes_once_in_the_customer_s_language(desk, kiosk) -> None:
    hand = kiosk()
    path = paid(hand)
    desk.facts[path] = {"print_id": "p", "state": "printed", "text": ""}
    hand.tap("kiosk.done.paper")
    hand.until(lambda: hand.vm.thanks.paper == "printed")
    assert not hand.item("kiosk.done.paper").isEnabled()
    asked = [body for at, body in desk.asked if at == path]
    assert [body["language"] for body in asked] == ["en"]
    hand.tap("kiosk.done.finish")
    hand.until(lambda: hand.vm.page == "attract")
    assert hand.vm.thanks.paper == ""


@pytest.mark.parametrize("state", ["out_of_paper", "away", "not_known"])
def test_without_paper_the_customer_is_told_the_way_out_and_may_try_again(desk, kiosk, state: str) -> None:
    hand = kiosk()
    path = paid(hand)
    if state != "away":  # then the server does not even answer
        desk.facts[path] = {"print_id": "p", "state": state, "text": ""}
    hand.tap("kiosk.done.paper")
    hand.until(lambda: hand.vm.thanks.paper == state)
    assert "code" in hand.item("kiosk.done.paper.text").property("text")
    desk.facts[path] = {"print_id": "p", "state": "printed", "text": ""}
    hand.tap("kiosk.done.paper")
    hand.until(lambda: hand.vm.thanks.paper == "printed")


def last_time(*lines: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {"quantity": 1, "modifiers": [], "without": [], "choices": [], "variation_id": None}
    return {
        "dining": "takeaway",
        "names": [line.pop("name") for line in lines],
        "prices": [line.pop("price") for line in lines],
        "lines": [{**plain, **line} for line in lines],
    }


def test_the_digits_of_a_receipt_bring_the_same_dishes_again(desk, kiosk) -> None:
    hand = kiosk()
    hand.until(lambda: hand.vm.ready)
    hand.tap("kiosk.attract")
    settle(hand)
    hand.tap("kiosk.start.again")
    settle(hand)
    for digit in "123456789":
        hand.tap(f"kiosk.again.key.{digit}")
    hand.until(lambda: hand.vm.again.wrong, "no receipt has these digits")
    cheese = [{"modifier_id": "extra-cheese", "quantity": 1}]
    desk.facts[AGAIN] = last_time(
        {"item_id": "burger", "name": "Cheeseburger", "price": 980, "quantity": 2, "modifiers": cheese},
    )
    for digit in "987654321":
        hand.tap(f"kiosk.again.key.{digit}")
    hand.until(lambda: hand.vm.page == "menu")
    assert [body["code"] for at, body in desk.asked if at == AGAIN] == ["123456789", "987654321"]
    assert hand.vm.basket.specs()[0]["modifiers"] == cheese
    assert hand.vm.basket.total == 2 * 980
    assert hand.vm.again.notes == []
    assert hand.vm.dining == "takeaway"
    hand.until(lambda: hand.sees("kiosk.basket.pay"), "the order itself, to be paid at once")


def test_digits_that_are_given_up_are_gone(kiosk) -> None:
    hand = kiosk()
    hand.until(lambda: hand.vm.ready)
    hand.tap("kiosk.attract")
    hand.tap("kiosk.start.again")
    hand.tap("kiosk.again.key.7")
    assert hand.vm.again.digits == "7"
    hand.tap("kiosk.again.number.decline")
    assert hand.vm.again.digits == ""
    hand.screen.view.requestActivate()
    hand.tap("kiosk.start.again")
    hand.until(lambda: hand.sees("kiosk.again.number"))
    hand.key("8")
    assert hand.vm.again.digits == "8"
    hand.do(lambda: QTest.keyClick(hand.screen.view, Qt.Key.Key_Escape))
    hand.until(lambda: not hand.sees("kiosk.again.number"))
    assert hand.vm.again.digits == ""


def test_what_is_different_from_last_time_is_said(desk, kiosk) -> None:
    menu = deepcopy(MENU)
    menu["items"][0]["variations"][0]["price_minor"] = 990
    hand = kiosk(menu=menu)
    hand.until(lambda: hand.vm.ready)
    desk.facts[AGAIN] = last_time(
        {"item_id": "burger", "name": "Cheeseburger", "price": 890},
        {"item_id": "moon-pie", "name": "Moon pie", "price": 500},
        {"item_id": "fries", "name": "Fries", "price": 350, "modifiers": [{"modifier_id": "gravy", "quantity": 1}]},
        {"item_id": "bacon-burger", "name": "Bacon Cheeseburger", "price": 1090},
    )
    hand.tap("kiosk.attract")
    hand.do(lambda: hand.vm.again.find("123456789"))
    hand.until(lambda: hand.sees("kiosk.again.almost"))
    assert hand.vm.again.notes == [
        "No longer on the menu: Moon pie.",
        "Please choose anew, the choices are others now: Fries, Bacon Cheeseburger.",
        "It was €8.90; today it is €9.90.",
    ]
    assert [line["item_id"] for line in hand.vm.basket.specs()] == ["burger", "fries"]
    settle(hand)
    hand.tap("kiosk.again.almost.accept")
    hand.until(lambda: not hand.sees("kiosk.again.almost"))
    hand.until(lambda: hand.sees("kiosk.basket.pay"), "“Look at my order” shows it")


def test_what_is_sold_out_today_is_in_neither_of_the_sums(desk, kiosk) -> None:
    hand = kiosk()
    hand.until(lambda: hand.vm.ready)
    desk.tell("availability", "", {"fries": available(state="out")})
    hand.until(lambda: hand.vm._index.state("fries") == "out")
    desk.facts[AGAIN] = last_time(
        {"item_id": "burger", "name": "Cheeseburger", "price": 790},
        {"item_id": "fries", "name": "Fries", "price": 300},
    )
    hand.tap("kiosk.attract")
    hand.do(lambda: hand.vm.again.find("123456789"))
    hand.until(lambda: hand.sees("kiosk.again.almost"))
    assert hand.vm.again.notes == ["It was €7.90; today it is €8.90."]
    assert hand.vm.basket.total == 890


def test_a_receipt_under_the_scanner_is_found_from_the_attract_page_too(desk, kiosk) -> None:
    """A scanner types as fast as a machine, and ends with Enter: neither presses what has the focus."""
    hand = kiosk()
    hand.until(lambda: hand.vm.ready)
    desk.facts[AGAIN] = last_time({"item_id": "cola", "name": "Cola", "price": 300})
    address = "http://192.0.2.7:8080/phone/o/AwECAw\r"

    def scan() -> None:
        for letter in address:
            QTest.keyClick(hand.screen.view, letter)

    hand.do(scan)
    hand.until(lambda: hand.vm.page == "menu")
    assert [line["item_id"] for line in hand.vm.basket.specs()] == ["cola"]
    assert [body["code"] for at, body in desk.asked if at == AGAIN] == [address.strip()]
