"""An order that costs nothing, a tap water or a sample: nobody is asked how to pay for it."""

from __future__ import annotations

from copy import deepcopy

import pytest
from PySide6.QtCore import QPointF

from tests.ui.diner import MENU
from tests.ui.visit import TALL, WIDE, Till, enter, order, set_up, settle

WATER = {
    "item_id": "water", "name": "Tap water",
    "variations": [{"variation_id": "water-1", "name": "Glass", "price_minor": 0}],
}  # fmt: skip


@pytest.mark.parametrize("size", [TALL, WIDE], ids=["tall", "wide"])
def test_what_costs_nothing_is_ordered_and_not_paid(desk, show, size) -> None:
    menu = deepcopy(MENU)
    menu["items"].append(WATER)
    menu["categories"][1]["item_ids"].append("water")
    set_up(desk, menu)
    till = Till(desk, total=0)
    hand = show("kiosk", size, languages=["en", "de"], tip_percents=[10])
    enter(hand)
    order(hand, "drinks", "water")
    hand.tap("kiosk.pay")
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    ways = ("kiosk.pay.card", "kiosk.pay.counter", "kiosk.pay.voucher", "kiosk.tip.0")
    assert not any(hand.sees(way) for way in ways)
    hand.tap("kiosk.pay.free")
    hand.until(lambda: hand.vm.page == "done")
    assert len(till.asked("orders.place")) == 1
    assert till.asked("payments.capture") == []
    assert "counter" not in hand.vm.thanks.next


def test_what_costs_something_by_now_is_not_charged_unasked(desk, show) -> None:
    menu = deepcopy(MENU)
    menu["items"].append(WATER)
    menu["categories"][1]["item_ids"].append("water")
    set_up(desk, menu)
    till = Till(desk, total=150)
    hand = show("kiosk", TALL, languages=["en", "de"])
    enter(hand)
    order(hand, "drinks", "water")
    hand.tap("kiosk.pay")
    hand.tap("kiosk.pay.free")
    hand.until(lambda: hand.vm.page == "done")
    assert till.asked("payments.capture") == []
    assert "€1.50" in hand.vm.thanks.next


def test_the_receipt_of_what_is_free_ends_where_its_button_does_whoever_paid_before(desk, show) -> None:
    menu = deepcopy(MENU)
    menu["items"].append(WATER)
    menu["categories"][1]["item_ids"].append("water")
    set_up(desk, menu)
    Till(desk)
    hand = show("kiosk", (1280, 800), languages=["en", "de"])
    enter(hand)
    hand.vm.comfort.setProperty("magnified", 2.0)
    order(hand, "burgers", "burger")
    hand.tap("kiosk.pay")
    settle(hand)
    hand.do(hand.vm.startOver)
    enter(hand)
    order(hand, "drinks", "water")
    hand.tap("kiosk.pay")
    settle(hand)
    receipt, button = hand.item("kiosk.receipt.lines").parentItem(), hand.item("kiosk.pay.free")
    end = button.mapToScene(QPointF(0, button.height())).y()
    assert receipt.mapToScene(QPointF(0, receipt.height())).y() <= end + 1
