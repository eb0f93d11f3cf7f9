"""A screen that dies between "pay" and "thank you" comes back and shows the customer where they stand: moment 6."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QUrl

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.visit import TALL, Till, enter, order, pay, set_up, settle
from ui.kiosk import memory, payment


class Shop(Till):
    """Answers as a server does that remembers: whoever asks again, hears again."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.placed: set[str] = set()
        self.known: dict[str, tuple[int, dict[str, Any]]] = {}  # by the command's id
        self.broken: set[str] = set()  # commands that arrive, and whose answers don't

    def answer(self, name: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if name == "payments.capture" and body["order_id"] not in self.placed:
            return 409, {"code": "unknown_order", "text": "There is no such order."}
        if body["command_id"] not in self.known:
            if name == "payments.capture" and body.get("resume"):
                return 409, {"code": "not_attempted", "text": "No card was charged."}
            if name == "orders.place":
                self.placed.add(body["order_id"])
            self.known[body["command_id"]] = super().answer(name, body)
        if name in self.broken:
            raise ConnectionError("the power blinks")
        return self.known[body["command_id"]]

    @property
    def charges(self) -> set[str]:
        return {body["command_id"] for body in self.asked("payments.capture") if not body.get("resume")}


@pytest.fixture
def shop(desk: Desk) -> Shop:
    set_up(desk)
    return Shop(desk)


@pytest.fixture
def kiosk(shop: Shop, show: Callable[..., Hand]) -> Callable[[], Hand]:
    return lambda: show("kiosk", TALL, languages=["en", "de"])


def dies(hand: Hand) -> None:
    """The process of the screen is gone; what it had given to the disk has arrived there."""
    hand.screen.view.setSource(QUrl())
    hand.screen.vm._memory.close()
    hand.loop.run_until_complete(hand.screen.client.close())


def state(hand: Hand) -> str:
    return str(hand.vm.payment["state"])


def begun(kiosk: Callable[[], Hand]) -> Hand:
    hand = kiosk()
    enter(hand, "takeaway")
    hand.do(lambda: hand.vm.speak("de"))
    order(hand, "burgers", "burger")
    return hand


def test_before_anything_was_sent_the_customer_finds_their_basket_and_the_ways_to_pay(kiosk, shop) -> None:
    hand = begun(kiosk)
    hand.tap("kiosk.pay")
    hand.until(lambda: state(hand) == "choose")
    dies(hand)
    hand = kiosk()
    hand.until(lambda: state(hand) == "choose")
    assert (hand.vm.basket.pieces, hand.vm.dining, hand.screen.shell.language) == (1, "takeaway", "de")
    hand.until(lambda: shop.asked("payments.capture"))
    settle(hand)
    assert state(hand) == "choose"
    hand.tap("kiosk.pay.card")
    hand.until(lambda: hand.vm.page == "done")
    assert len(shop.placed) == 1
    assert len(shop.charges) == 1


@pytest.mark.parametrize("lost", ["orders.place", "payments.capture"])
def test_a_paid_order_is_thanked_for_by_the_next_process(kiosk, shop, lost) -> None:
    """The order is placed, or the card charged, and the screen dies before it hears of it."""
    hand = begun(kiosk)
    shop.broken = {lost}
    pay(hand)
    hand.until(lambda: shop.asked(lost))
    dies(hand)
    shop.broken = set()
    charged = bool(shop.charges)
    hand = kiosk()
    if not charged:
        hand.until(lambda: state(hand) == "choose", "nothing is charged without a tap")
        assert shop.charges == set()
        settle(hand)
        hand.tap("kiosk.pay.card")
    hand.until(lambda: hand.vm.page == "done")
    assert hand.vm.payment["number"] == "A47"
    assert hand.vm.basket.pieces == 0
    assert len(shop.placed) == 1
    assert len(shop.charges) == 1
    assert shop.asked("orders.void") == []


def test_until_there_is_a_menu_again_who_was_paying_is_asked_for_a_moment_in_their_language(kiosk, shop) -> None:
    hand = begun(kiosk)
    pay(hand)
    hand.until(lambda: hand.vm.page == "done")
    dies(hand)
    menu = shop.desk.views.pop("menu")
    hand = kiosk()
    closed = hand.item("kiosk.attract.closed")
    hand.until(lambda: closed.isVisible())
    assert closed.property("title") == "Einen Moment bitte"
    assert "Ihre Bestellung bleibt" in closed.property("text")
    shop.desk.tell("menu", None, menu)
    hand.until(lambda: hand.vm.page == "done")
    assert hand.vm.payment["number"] == "A47"


def test_a_thank_you_is_shown_again_and_only_once(kiosk, shop) -> None:
    hand = begun(kiosk)
    pay(hand)
    hand.until(lambda: hand.vm.page == "done")
    dies(hand)
    hand = kiosk()
    hand.until(lambda: hand.vm.page == "done")
    hand.do(hand.vm.startOver)
    dies(hand)
    hand = kiosk()
    hand.until(lambda: hand.vm.ready)
    hand.rest(0.2)
    assert hand.vm.page == "attract"
    assert len(shop.charges) == 1


def test_an_order_for_the_counter_keeps_its_number(kiosk, shop) -> None:
    hand = begun(kiosk)
    shop.broken = {"orders.place"}
    pay(hand, "counter")
    hand.until(lambda: shop.placed)
    dies(hand)
    shop.broken = set()
    hand = kiosk()
    hand.until(lambda: hand.vm.page == "done")
    assert (hand.vm.payment["kind"], hand.vm.payment["number"]) == ("counter", "A47")
    assert shop.charges == set()


def test_a_declined_card_is_told_to_the_customer_who_still_stands_there(kiosk, shop) -> None:
    shop.card = ["card_declined"]
    hand = begun(kiosk)
    pay(hand)
    hand.until(lambda: state(hand) == "failed")
    dies(hand)
    hand = kiosk()
    hand.until(lambda: state(hand) == "failed" or state(hand) == "choose")
    settle(hand)
    hand.tap("kiosk.pay.again" if state(hand) == "failed" else "kiosk.pay.card")
    hand.until(lambda: hand.vm.page == "done")
    assert len(shop.placed) == 1


def test_a_later_customer_sees_nothing_of_it_and_what_is_not_paid_is_given_up(kiosk, shop, monkeypatch) -> None:
    shop.card = ["card_declined"]
    hand = begun(kiosk)
    pay(hand)
    hand.until(lambda: state(hand) == "failed")
    dies(hand)
    file = hand.screen.client.data / memory.FILE
    record = json.loads(file.read_bytes())
    record["at_s"] -= memory.SHOWN_AGAIN_S + 1
    file.write_text(json.dumps(record))
    hand = kiosk()
    hand.until(lambda: shop.asked("orders.void"))
    assert hand.vm.page == "attract"
    assert hand.vm.basket.pieces == 0
    hand.until(lambda: not file.exists())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"at_s": 1}', b"\xff\xfe", b'{"at_s": "now"}'])
def test_a_memory_that_is_garbage_is_none(kiosk, desk, content) -> None:
    (desk.folder / memory.FILE).write_bytes(content)
    hand = kiosk()
    hand.until(lambda: hand.vm.ready)
    assert hand.vm.page == "attract"


def test_while_it_is_not_known_whether_money_was_taken_it_is_asked_and_said_so(kiosk, shop, desk, monkeypatch) -> None:
    monkeypatch.setattr(payment, "ASK_AGAIN_S", 0.1)
    hand = begun(kiosk)
    hand.do(lambda: hand.vm.speak("en"))
    known = shop.answer

    def silent(name: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return (503, {"code": "card_unknown", "text": "…"}) if name == "payments.capture" else known(name, body)

    desk.answer = silent
    pay(hand)
    hand.until(lambda: state(hand) == "asking")
    settle(hand)
    assert "asking whether your payment went through" in hand.item("kiosk.pay.title").property("said")
    for name in ("again", "card", "counter", "back"):
        assert not hand.sees(f"kiosk.pay.{name}"), "nothing can be done twice"
    hand.until(lambda: len(shop.asked("payments.capture")) > 2)
    assert [body.get("resume", False) for body in shop.asked("payments.capture")][:3] == [False, True, True]
    shop.known = {b["command_id"]: (200, {"events": [], "result": {}}) for b in shop.asked("payments.capture")}
    desk.answer = known
    hand.until(lambda: hand.vm.page == "done")
    assert len(shop.charges) == 1


def test_an_answer_that_comes_after_the_customer_has_gone_is_not_the_next_ones(kiosk, shop, desk, monkeypatch) -> None:
    monkeypatch.setattr(payment, "ASK_AGAIN_S", 0.1)
    hand = begun(kiosk)
    known = shop.answer
    desk.answer = lambda name, body: (
        (503, {"code": "card_unknown", "text": "…"}) if name == "payments.capture" else known(name, body)
    )
    pay(hand)
    hand.until(lambda: state(hand) == "asking")
    hand.do(hand.vm.startOver)
    assert hand.vm.page == "attract"
    asked = len(shop.asked("payments.capture"))
    hand.until(lambda: len(shop.asked("payments.capture")) > asked, "it is asked after all the same")
    shop.known = {b["command_id"]: (200, {"events": [], "result": {}}) for b in shop.asked("payments.capture")}
    desk.answer = known
    hand.rest(0.4)
    assert hand.vm.page == "attract"


def test_a_card_that_paid_a_part_leads_to_the_rest(kiosk, shop, desk) -> None:
    hand = begun(kiosk)
    hand.do(lambda: hand.vm.speak("en"))
    known = shop.answer
    desk.answer = lambda name, body: (
        (200, {"events": [], "result": {"paid": False}}) if name == "payments.capture" else known(name, body)
    )
    pay(hand)
    hand.until(lambda: state(hand) == "failed")
    assert hand.item("kiosk.pay.title").property("said") == "The card paid only a part"
    assert "the rest" in hand.vm.payment["advice"]
    desk.answer = known
    settle(hand)
    hand.tap("kiosk.pay.again")
    hand.until(lambda: hand.vm.page == "done")
    first, second = shop.asked("payments.capture")
    assert first["command_id"] != second["command_id"]


@pytest.mark.parametrize("at_once", [True, False])
def test_whoever_leaves_what_a_new_process_took_up_is_not_called_back_by_it(kiosk, shop, at_once, monkeypatch) -> None:
    """They go before it has asked how their order stands, or while the answer is on its way."""
    hand = begun(kiosk)
    pay(hand)
    hand.until(lambda: hand.vm.page == "done")
    dies(hand)
    asked = len(shop.asked("orders.place"))
    resume, left = payment.Payment.resume, []

    def and_goes(self: payment.Payment, record: memory.Record) -> None:
        resume(self, record)
        self.leave(lambda: left.append(record))

    if at_once:
        monkeypatch.setattr(payment.Payment, "resume", and_goes)
        hand = kiosk()
        hand.until(lambda: left)
    else:
        hand = kiosk()
        hand.until(lambda: hand.vm.page == "pay")
        hand.do(hand.vm.startOver)
    hand.rest(0.3)
    assert len(shop.asked("orders.place")) <= asked + 1
    assert state(hand) == "idle"
    assert (hand.vm._payment.order_id, hand.vm._payment.number) == ("", "")
