"""Where food is brought: asked once before paying, sent with the order, said on the last page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.visit import TALL, WIDE, Till, enter, order, set_up, settle


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(dining: str = "here", **options: Any) -> Hand:
        set_up(desk)
        hand = show("kiosk", TALL, languages=["en", "de"], **options)
        enter(hand, dining)
        order(hand, "burgers", "burger")
        hand.tap("kiosk.pay")
        return hand

    return open_kiosk


def type_number(hand: Hand, digits: str) -> None:
    hand.until(lambda: hand.vm.page == "table")
    settle(hand)
    for digit in digits:
        hand.tap(f"kiosk.table.key.{digit}")
    hand.tap("kiosk.table.go")


def test_a_shop_that_calls_numbers_out_asks_for_no_table(desk, kiosk) -> None:
    till = Till(desk)
    hand = kiosk()
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    hand.tap("kiosk.pay.card")
    hand.until(lambda: hand.vm.page == "done")
    assert not {"table", "stand"} & set(till.asked("orders.place")[0])


@pytest.mark.parametrize("kind", ["table", "stand"])
def test_the_number_goes_with_the_order_and_is_said_again(desk, kiosk, kind: str) -> None:
    till = Till(desk)
    hand = kiosk(dine_in=kind)
    type_number(hand, "012")  # no table begins with a nought
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    hand.tap("kiosk.pay.card")
    hand.until(lambda: hand.vm.page == "done")
    assert till.asked("orders.place")[0][kind] == "12"
    assert "12" in hand.item("kiosk.done.next").property("text")
    hand.do(hand.vm.startOver)
    assert hand.vm.place.digits == ""


def test_without_a_number_the_page_says_what_is_missing(desk, kiosk) -> None:
    Till(desk)
    hand = kiosk(dine_in="table")
    type_number(hand, "")
    hand.until(lambda: hand.vm.place.missing)
    assert hand.vm.page == "table"
    hand.tap("kiosk.table.key.5")
    assert not hand.vm.place.missing


def test_a_keyboard_that_is_plugged_in_types_the_number(desk, kiosk) -> None:
    Till(desk)
    hand = kiosk(dine_in="table")
    hand.screen.view.requestActivate()
    hand.until(lambda: hand.vm.page == "table")
    settle(hand)
    for key in "4a2":
        hand.key(key)
    assert hand.vm.place.digits == "42"
    hand.do(lambda: QTest.keyClick(hand.screen.view, Qt.Key.Key_Backspace))
    assert hand.vm.place.digits == "4"


def test_who_comes_for_it_needs_no_number(desk, kiosk) -> None:
    till = Till(desk)
    hand = kiosk(dine_in="stand")
    hand.until(lambda: hand.vm.page == "table")
    settle(hand)
    hand.tap("kiosk.table.key.5")
    hand.tap("kiosk.table.none")
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    hand.tap("kiosk.pay.card")
    hand.until(lambda: hand.vm.page == "done")
    assert "stand" not in till.asked("orders.place")[0]


def test_what_is_taken_away_is_not_brought(desk, kiosk) -> None:
    Till(desk)
    hand = kiosk("takeaway", dine_in="table")
    hand.until(lambda: hand.vm.page == "pay")


def test_back_in_the_basket_the_number_may_be_another(desk, kiosk) -> None:
    till = Till(desk)
    hand = kiosk(dine_in="table")
    type_number(hand, "4")
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    hand.tap("kiosk.pay.back")
    hand.until(lambda: hand.vm.page == "menu")
    settle(hand)
    hand.tap("kiosk.pay")
    type_number(hand, "2")  # behind the 4
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    hand.tap("kiosk.pay.card")
    hand.until(lambda: hand.vm.page == "done")
    assert [body["table"] for body in till.asked("orders.place")] == ["42"]


def area(hand: Hand, name: str) -> QRectF:
    item = hand.item(name)
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))


@pytest.mark.parametrize("size", [TALL, WIDE, (800, 1280), (1280, 800), (2160, 3840)])
def test_the_last_row_stands_beside_what_helps_to_see(desk, show, size: tuple[int, int]) -> None:
    till = Till(desk)
    till.waits = True
    set_up(desk)
    hand = show("kiosk", size, languages=["en", "de"], dine_in="stand")
    enter(hand)
    order(hand, "burgers", "burger")
    hand.tap("kiosk.pay")
    hand.until(lambda: hand.vm.page == "table")
    settle(hand)
    level = hand.where("kiosk.help").y()
    for language in ("en", "de", "pl", "ar"):
        hand.do(lambda language=language: hand.screen.shell.set_language(language))
        settle(hand)
        spared = area(hand, "kiosk.help")
        assert not any(area(hand, f"kiosk.table.{way}").intersects(spared) for way in ("back", "none")), language
    hand.do(lambda: hand.screen.shell.set_language("en"))
    settle(hand)
    assert abs(hand.where("kiosk.table.none").y() - level) <= 1
    hand.tap("kiosk.table.none")
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    assert abs(hand.where("kiosk.pay.back").y() - level) <= 1
    hand.tap("kiosk.pay.card")
    hand.until(lambda: hand.sees("kiosk.pay.cancel"))
    settle(hand)
    last = "kiosk.pay.back" if hand.sees("kiosk.pay.back") else "kiosk.pay.cancel"
    assert abs(hand.where(last).y() - level) <= 1
    till.waits = False
    hand.until(lambda: hand.vm.page == "done")


def test_the_page_of_paying_fades_as_it_was(desk, kiosk) -> None:
    till = Till(desk)
    till.waits = True
    hand = kiosk()
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    hand.tap("kiosk.pay.card")
    hand.until(lambda: hand.sees("kiosk.pay.cancel"))
    title, back = hand.item("kiosk.pay.title"), hand.screen.find("kiosk.pay.back")
    said = title.property("text")
    till.waits = False
    hand.until(lambda: hand.vm.page == "done")
    assert title.isVisible(), "it is still there, and fades"
    assert (title.property("text"), back.isVisible()) == (said, False)
