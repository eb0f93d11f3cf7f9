"""Paying by voucher at the kiosk: all, a part, or not; given up, or cut off in the middle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.visit import TALL, enter, order, set_up, settle

CODE = "471108151237"
TOTAL = 890


class Till:
    """Answers as the server does: a voucher has `left`, a card pays what is due."""

    def __init__(self, desk: Desk, left: int, refusal: str = "") -> None:
        self.desk, self.left, self.refusal = desk, left, refusal
        self.due = TOTAL
        self.paid: dict[str, dict[str, Any]] = {}
        desk.answer = self.answer

    def answer(self, name: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        result: dict[str, Any] = {}
        if name == "orders.place":
            result = {"order_id": body["order_id"], "number": "A47", "total_minor": TOTAL}
        elif name == "payments.capture":
            if body["command_id"] in self.paid:
                return 200, {"events": [], "result": self.paid[body["command_id"]] | {"due_minor": self.due}}
            if body.get("resume"):
                return 409, {"code": "not_attempted", "text": "no"}
            if body["tender"] == "voucher" and self.refusal:
                return 409, {"code": self.refusal, "text": "no"}
            amount = min(self.due, self.left) if body["tender"] == "voucher" else self.due
            self.due -= amount
            result = {"amount_minor": amount, "due_minor": self.due, "paid": self.due == 0}
            self.paid[body["command_id"]] = result
        elif name == "payments.refund":
            result = {"amount_minor": self.paid[body["payment_id"]]["amount_minor"]}
        return 200, {"events": [], "result": result}

    def asked(self, name: str) -> list[dict[str, Any]]:
        return [body for n, body in self.desk.commands if n == name]


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(vouchers: bool = True) -> Hand:
        set_up(desk)
        desk.views["status"]["vouchers"] = vouchers
        hand = show("kiosk", TALL, languages=["en", "de"])
        enter(hand)
        order(hand, "burgers", "burger")
        hand.tap("kiosk.pay")
        hand.until(lambda: hand.vm.page == "pay")
        settle(hand)
        return hand

    return open_kiosk


def type_code(hand: Hand, code: str = CODE) -> None:
    for digit in code:
        hand.tap(f"kiosk.voucher.key.{digit}")


def test_a_shop_without_vouchers_does_not_speak_of_them(desk, kiosk) -> None:
    Till(desk, 0)
    hand = kiosk(vouchers=False)
    assert not hand.sees("kiosk.pay.voucher")


def test_a_voucher_pays_all_and_the_number_is_there(desk, kiosk) -> None:
    till = Till(desk, 2000)
    hand = kiosk()
    hand.tap("kiosk.pay.voucher")
    settle(hand)
    type_code(hand)
    hand.until(lambda: hand.vm.page == "done")
    body = till.asked("payments.capture")[0]
    assert (body["tender"], body["code"]) == ("voucher", CODE)
    assert till.due == 0


def test_a_keyboard_that_is_plugged_in_types_a_voucher_and_escape_goes_back(desk, kiosk) -> None:
    Till(desk, left=5000)
    hand = kiosk()
    hand.screen.view.requestActivate()
    for digits in ("4711", CODE):
        hand.tap("kiosk.pay.voucher")
        hand.until(lambda: hand.sees("kiosk.voucher.number"))
        settle(hand)
        for digit in digits:
            hand.key(digit)
        if digits != CODE:
            assert hand.vm.voucher.digits == digits
            hand.do(lambda: QTest.keyClick(hand.screen.view, Qt.Key.Key_Escape))
            hand.until(lambda: not hand.sees("kiosk.voucher.number"))
    hand.until(lambda: hand.vm.page == "done")


def test_what_a_voucher_does_not_pay_is_paid_by_card(desk, kiosk) -> None:
    till = Till(desk, 500)
    hand = kiosk()
    hand.tap("kiosk.pay.voucher")
    settle(hand)
    type_code(hand)
    hand.until(lambda: hand.sees("kiosk.pay.paid"))
    assert hand.vm.payment["total"] == "€3.90"
    assert "€5.00" in hand.item("kiosk.pay.paid").property("text")
    sums = [hand.item(f"kiosk.receipt.{key}").property("text") for key in ("order", "voucher", "total")]
    assert sums == ["€8.90", "−€5.00", "€3.90"]  # the lines above add up to the first
    settle(hand)
    hand.tap("kiosk.pay.card")
    hand.until(lambda: hand.vm.page == "done")
    assert [body["tender"] for body in till.asked("payments.capture")] == ["voucher", "card"]
    assert len(till.asked("orders.place")) == 1


def test_a_voucher_that_pays_nothing_says_why_and_another_may_be_typed(desk, kiosk) -> None:
    till = Till(desk, 2000, "voucher_used")
    hand = kiosk()
    hand.tap("kiosk.pay.voucher")
    settle(hand)
    type_code(hand)
    hand.until(lambda: hand.vm.voucher.failure)
    assert hand.vm.voucher.failure == "Nothing is left on this voucher."
    assert hand.sees("kiosk.voucher.number")
    till.refusal = ""
    type_code(hand)
    hand.until(lambda: hand.vm.page == "done")
    first, second = till.asked("payments.capture")
    assert first["command_id"] != second["command_id"]


def test_who_gives_up_gets_the_voucher_s_money_back(desk, kiosk) -> None:
    till = Till(desk, 500)
    hand = kiosk()
    hand.tap("kiosk.pay.voucher")
    settle(hand)
    type_code(hand)
    hand.until(lambda: hand.sees("kiosk.pay.paid"))
    settle(hand)
    hand.tap("kiosk.pay.back")
    hand.until(lambda: till.asked("payments.refund"))
    assert [b["payment_id"] for b in till.asked("payments.refund")] == [till.asked("payments.capture")[0]["command_id"]]
    assert len(till.asked("orders.void")) == 1
    assert hand.vm.page == "menu"
    hand.until(lambda: hand.sees("kiosk.toast") and "€5.00 is back" in hand.item("kiosk.toast").property("text"))


def test_the_next_customer_hears_nothing_of_a_voucher_given_back(desk, kiosk) -> None:
    till = Till(desk, 500)
    hand = kiosk()
    told: list[str] = []
    hand.vm.toast.connect(told.append)
    hand.tap("kiosk.pay.voucher")
    settle(hand)
    type_code(hand)
    hand.until(lambda: hand.sees("kiosk.pay.paid"))
    hand.do(hand.vm.startOver)
    hand.until(lambda: till.asked("payments.refund") and hand.vm.page == "attract")
    hand.rest(0.2)
    assert told == []


@pytest.mark.parametrize("answered", [True, False])
def test_a_screen_that_dies_after_a_voucher_goes_on_where_it_was(desk, kiosk, show, answered: bool) -> None:
    """With the answer, and without: the next one asks what became of it, and takes nothing."""
    till = Till(desk, 500)
    hand = kiosk()
    hand.tap("kiosk.pay.voucher")
    settle(hand)
    desk.deaf = not answered
    type_code(hand)
    if answered:
        hand.until(lambda: hand.sees("kiosk.pay.paid"))
    else:
        hand.until(lambda: desk.commands and hand.vm.payment["state"] == "placing")
    hand.screen.vm._memory.close()
    hand.loop.run_until_complete(hand.screen.client.close())
    desk.deaf = False
    again = show("kiosk", TALL, languages=["en", "de"])
    again.until(lambda: again.vm.page == "pay" and again.vm.payment["state"] == "choose")
    assert [b for b in till.asked("payments.capture") if b.get("resume")]
    taken = [b for b in till.asked("payments.capture") if not b.get("resume")]
    assert len({b["command_id"] for b in taken}) <= 1
    assert till.due == (TOTAL - 500 if answered else TOTAL)
