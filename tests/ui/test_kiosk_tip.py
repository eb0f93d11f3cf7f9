"""Tips, where the shop wants them: asked once, nothing chosen beforehand, and no is as near as yes."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from PySide6.QtCore import QRectF

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import MENU
from tests.ui.fit import faults
from tests.ui.visit import TALL, WIDE, Till, enter, order, pay, set_up, settle


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(**options: Any) -> Hand:
        set_up(desk)
        hand = show("kiosk", TALL, languages=["en", "de"], **options)
        enter(hand)
        order(hand, "burgers", "burger")
        return hand

    return open_kiosk


def test_a_shop_that_wants_no_tips_asks_for_none(desk, kiosk) -> None:
    till = Till(desk)
    hand = kiosk()
    hand.tap("kiosk.pay")
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    assert not hand.sees("kiosk.tip.0")
    hand.tap("kiosk.pay.card")
    hand.until(lambda: hand.vm.page == "done")
    assert "tip_minor" not in till.asked("payments.capture")[0]


def test_who_says_nothing_gives_nothing(desk, kiosk) -> None:
    till = Till(desk)
    hand = kiosk(tip_percents=[5, 10])
    hand.tap("kiosk.pay")
    hand.until(lambda: hand.sees("kiosk.tip.0"))
    assert [tip["chosen"] for tip in hand.vm.payment["tips"]] == [False, False, False]
    settle(hand)
    hand.tap("kiosk.pay.card")
    hand.until(lambda: hand.vm.page == "done")
    assert "tip_minor" not in till.asked("payments.capture")[0]


def test_a_chosen_tip_is_charged_shown_and_can_be_taken_back(desk, kiosk) -> None:
    till = Till(desk)
    till.card = ["card_declined"]
    hand = kiosk(tip_percents=[5, 10])
    total = hand.vm.basket.total
    hand.tap("kiosk.pay")
    hand.until(lambda: hand.sees("kiosk.tip.10"))
    settle(hand)
    hand.tap("kiosk.tip.5")
    hand.tap("kiosk.tip.10")
    hand.until(lambda: [tip["chosen"] for tip in hand.vm.payment["tips"]] == [False, False, True])
    hand.tap("kiosk.tip.0")
    hand.until(lambda: hand.vm.payment["tips"][0]["chosen"])
    hand.tap("kiosk.tip.10")
    hand.tap("kiosk.pay.card")
    hand.until(lambda: hand.vm.payment["state"] == "failed")
    settle(hand)
    hand.tap("kiosk.pay.again")
    hand.until(lambda: hand.vm.page == "done")
    tip = (total + 5) // 10
    assert [body["tip_minor"] for body in till.asked("payments.capture")] == [tip, tip]


@pytest.mark.parametrize("size", [TALL, WIDE, (800, 1280), (1280, 800)])
def test_a_tip_of_nine_digits_stands_in_its_chip(desk, show, size) -> None:
    menu = deepcopy(MENU)
    menu["items"][0]["variations"][0]["price_minor"] = 99_999_999
    set_up(desk, menu)
    hand = show("kiosk", size, languages=["en", "de"], tip_percents=[5, 10, 15])
    enter(hand)
    order(hand, "burgers", "burger")
    hand.tap("kiosk.pay")
    hand.until(lambda: hand.sees("kiosk.tip.15"))
    settle(hand)
    chips = [hand.item(f"kiosk.tip.{percent}") for percent in (0, 5, 10, 15)]
    assert [chip.property("implicitWidth") <= chip.width() for chip in chips] == [True] * 4
    root = hand.screen.view.rootObject()
    assert not [fault for fault in faults(root, QRectF(0, 0, *size), set()) if "€" in fault]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "5% · €0.45"), ("de", "5\xa0% · 0,45\xa0€"), ("tr", "%5 · €0,45")]
)
def test_a_percentage_is_written_as_its_language_does(desk, kiosk, language: str, said: str) -> None:
    hand = kiosk(tip_percents=[5])
    hand.do(lambda: hand.screen.shell.set_language(language))
    hand.tap("kiosk.pay")
    hand.until(lambda: hand.sees("kiosk.tip.5"))
    assert hand.vm.payment["tips"][1]["text"] == said


def test_in_arabic_the_percentage_comes_before_the_amount(desk, kiosk) -> None:
    hand = kiosk(tip_percents=[5])
    hand.do(lambda: hand.screen.shell.set_language("ar"))
    hand.tap("kiosk.pay")
    hand.until(lambda: hand.sees("kiosk.tip.5"))
    assert hand.vm.payment["tips"][1]["text"].startswith("\u200f"), "what runs from right to left says so"


def test_the_next_customer_is_asked_anew(desk, kiosk) -> None:
    till = Till(desk)
    hand = kiosk(tip_percents=[10])
    hand.tap("kiosk.pay")
    settle(hand)
    hand.tap("kiosk.tip.10")
    hand.do(hand.vm.startOver)
    enter(hand)
    order(hand, "burgers", "burger")
    pay(hand)
    hand.until(lambda: hand.vm.page == "done")
    assert "tip_minor" not in till.asked("payments.capture")[0]
