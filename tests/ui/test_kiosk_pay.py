"""From "pay" to the number on a real screen, with everything that goes wrong on the way: moments 4 and 6."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QRectF

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.fit import written
from tests.ui.visit import TALL, WIDE, Till, available, enter, order, pay, set_up, settle
from ui.kiosk import payment

LANGUAGES = ["de", "ar", "ja"]
"""Those with the longest words, the tallest letters, and lines that break anywhere."""


@pytest.fixture
def till(desk: Desk) -> Till:
    return Till(desk)


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    """A kiosk with one burger in the basket."""

    def open_kiosk(size: tuple[int, int] = TALL, **options: Any) -> Hand:
        set_up(desk)
        hand = show("kiosk", size, **{"languages": ["en", "de"], **options})
        hand.screen.shell.set_patience(100)  # a busy machine takes long to order
        enter(hand)
        order(hand, "burgers", "burger")
        return hand

    return open_kiosk


def state(hand: Hand) -> str:
    return str(hand.vm.payment["state"])


def test_a_declined_card_may_be_tried_again_and_is_charged_once(till, kiosk) -> None:
    till.card = ["card_declined"]
    hand = kiosk()
    pay(hand)
    hand.until(lambda: state(hand) == "failed")
    assert hand.item("kiosk.pay.title").property("said") == "The card was declined"
    assert hand.vm.basket.pieces == 1
    settle(hand)
    hand.tap("kiosk.pay.again")
    hand.until(lambda: hand.vm.page == "done")
    assert len(till.asked("orders.place")) == 1
    first, second = till.asked("payments.capture")
    assert first["command_id"] != second["command_id"]
    assert first["order_id"] == second["order_id"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("card_timed_out", "The card terminal did not answer"),
        ("card_unreachable", "The card terminal is not available"),
        ("something_new", "The card terminal is not available"),
    ],
)
def test_a_silent_card_terminal_leaves_the_way_to_the_counter(till, kiosk, code, words) -> None:
    till.card = [code]
    hand = kiosk()
    pay(hand)
    hand.until(lambda: state(hand) == "failed")
    assert hand.item("kiosk.pay.title").property("said") == words
    settle(hand)
    hand.tap("kiosk.pay.counter")
    hand.until(lambda: hand.vm.page == "done")
    assert hand.vm.payment["kind"] == "counter"
    assert hand.item("kiosk.done.number").property("text") == "A47"
    assert till.asked("orders.void") == []


def test_a_payment_can_be_called_off_while_the_card_terminal_waits(till, kiosk) -> None:
    till.waits = True
    hand = kiosk()
    pay(hand)
    hand.until(lambda: state(hand) == "card")
    hand.tap("kiosk.pay.cancel")
    hand.until(lambda: till.asked("payments.abort"))
    assert till.asked("payments.abort")[0]["order_id"] == till.asked("orders.place")[0]["order_id"]
    assert hand.item("kiosk.pay.title").property("said") == "One moment: the payment is being cancelled"
    assert not hand.item("kiosk.pay.cancel").isEnabled()
    till.card, till.waits = ["card_cancelled"], False
    hand.until(lambda: state(hand) == "failed")
    assert hand.item("kiosk.pay.title").property("said") == "The payment was stopped"
    settle(hand)
    hand.tap("kiosk.pay.again")
    hand.until(lambda: hand.vm.page == "done")
    assert "already gone through" not in hand.vm.thanks.next


def below(item: Any) -> list[Any]:
    return [item, *(one for child in item.childItems() for one in below(child))]


def said_and_pressed(hand: Hand, pressed: tuple[str, ...]) -> list[str]:
    """What is said of a payment and lies on what is pressed, or outside the page."""
    page = hand.item("kiosk.lower")
    place = page.mapRectToScene(QRectF(0, 0, page.width(), page.height())).adjusted(-1, -1, 1, 1)
    said = list(written(hand.item("kiosk.pay.title").parentItem()))
    out = [one.text for one in said if not place.contains(one.box)]
    for name in pressed:
        button = hand.screen.find(name)
        if button is not None and hand.sees(name):
            area = button.mapRectToScene(QRectF(0, 0, button.width(), button.height()))
            out += [f"{one.text} and {name}" for one in said if one.ink.intersects(area)]
    return out


@pytest.mark.parametrize("size", [TALL, WIDE, pytest.param((1280, 800), marks=pytest.mark.slow)])
def test_what_is_said_of_a_payment_lies_clear_of_what_is_pressed(till, kiosk, size) -> None:
    """Lying, with everything within reach, the sum lay under "cancel"."""
    till.waits = True
    hand = kiosk(size, languages=LANGUAGES)
    pay(hand)
    hand.until(lambda: state(hand) == "card")
    found = []

    def look(moment: str, *pressed: str) -> None:
        for magnified, reach in ((1.0, True), (2.0, True), (2.0, False)):
            hand.do(lambda magnified=magnified: hand.vm.comfort.setProperty("magnified", magnified))
            hand.do(lambda reach=reach: hand.vm.comfort.setProperty("reach", reach))
            for language in LANGUAGES:
                hand.do(lambda language=language: hand.vm.speak(language))
                hand.rest(0.02)
                wrong = said_and_pressed(hand, (*pressed, "kiosk.help"))
                found.extend((moment, magnified, reach, language, fault) for fault in wrong)

    settle(hand)
    look("card", "kiosk.pay.cancel")
    hand.do(hand.vm.callOff)
    look("called off", "kiosk.pay.cancel")
    till.card, till.waits = ["card_declined"], False
    hand.until(lambda: state(hand) == "failed")
    settle(hand)
    look("failed", "kiosk.pay.again", "kiosk.pay.counter", "kiosk.pay.back")
    assert not found, "\n" + "\n".join(map(str, found))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_words_that_break_stand_in_the_middle_of_their_button_with_their_icon(till, kiosk, language) -> None:
    till.waits = True
    hand = kiosk((800, 1280), languages=["en", "ar"])
    hand.do(lambda: hand.vm.comfort.setProperty("magnified", 2.0))
    hand.do(lambda: hand.vm.speak(language))
    pay(hand)
    hand.until(lambda: hand.sees("kiosk.pay.cancel"))
    settle(hand)
    button = hand.item("kiosk.pay.cancel")
    (words,) = written(button)
    icon = next(item for item in below(button) if item.property("name") == "x")
    drawn = words.ink.united(icon.mapRectToScene(QRectF(0, 0, icon.width(), icon.height())))
    whole = button.mapRectToScene(QRectF(0, 0, button.width(), button.height()))
    assert drawn.center().x() == pytest.approx(whole.center().x(), abs=6)


def test_while_another_card_is_tried_there_is_no_way_back_but_to_cancel(till, kiosk) -> None:
    """What it led to did nothing while the card terminal was at work."""
    till.card = ["card_declined"]
    hand = kiosk()
    pay(hand)
    hand.until(lambda: state(hand) == "failed")
    assert hand.sees("kiosk.pay.back")
    till.waits = True
    settle(hand)
    hand.tap("kiosk.pay.again")
    hand.until(lambda: state(hand) == "card" and hand.sees("kiosk.pay.cancel"))
    assert not hand.sees("kiosk.pay.back")
    till.waits = False
    hand.until(lambda: hand.vm.page == "done")


def test_a_payment_that_is_called_off_too_late_is_paid_and_says_so(till, kiosk) -> None:
    till.waits = True
    hand = kiosk()
    pay(hand)
    hand.until(lambda: state(hand) == "card")
    hand.tap("kiosk.pay.cancel")
    hand.until(lambda: till.asked("payments.abort"))
    till.waits = False
    hand.until(lambda: hand.vm.page == "done")
    words = "The payment had already gone through: your order is paid."
    assert hand.item("kiosk.done.next").property("text").replace("\u00a0", " ").startswith(words)
    assert words in hand.vm.thanks.spoken


def test_going_back_after_a_declined_card_voids_the_order_and_keeps_the_basket(till, kiosk) -> None:
    till.card = ["card_declined"]
    hand = kiosk()
    pay(hand)
    hand.until(lambda: state(hand) == "failed")
    settle(hand)
    hand.tap("kiosk.pay.back")
    hand.until(lambda: till.asked("orders.void"))
    assert till.asked("orders.void")[0]["reason"] == "customer cancelled"
    assert till.asked("orders.void")[0]["order_id"] == till.asked("orders.place")[0]["order_id"]
    assert hand.vm.page == "menu"
    assert hand.vm.basket.pieces == 1
    settle(hand)
    pay(hand)
    hand.until(lambda: hand.vm.page == "done")
    first, second = till.asked("orders.place")
    assert first["order_id"] != second["order_id"]


def test_a_double_tap_on_pay_places_and_charges_once(till, kiosk) -> None:
    hand = kiosk()
    hand.tap("kiosk.pay")
    settle(hand)
    at = hand.where("kiosk.pay.card")
    hand.tap_at(at)
    hand.tap_at(at)
    hand.until(lambda: hand.vm.page == "done")
    assert len(till.asked("orders.place")) == 1
    assert len(till.asked("payments.capture")) == 1


def test_what_the_shop_can_no_longer_make_leads_back_to_the_basket_in_plain_words(desk, till, kiosk) -> None:
    till.refuse = ("item_out", "Cheeseburger is out.")
    hand = kiosk()
    pay(hand)
    hand.until(lambda: hand.vm.page == "menu")
    assert hand.item("kiosk.toast").property("text").startswith("A dish of your order has just sold out.")
    assert hand.vm.basket.pieces == 1
    assert till.asked("payments.capture") == []


def test_checking_out_looks_at_the_stock_once_more(desk, till, kiosk) -> None:
    hand = kiosk()
    desk.tell("availability", "", {"burger": available(state="out", because=["beef"])})
    hand.until(lambda: hand.vm.basket.isTroubled)
    hand.tap("kiosk.pay")
    settle(hand)
    assert hand.vm.page == "menu"
    assert hand.sees("kiosk.basket.pay"), "the basket is opened, where the line is marked"
    assert desk.commands == []


def test_a_lost_answer_is_asked_for_again_with_the_same_id(desk, till, kiosk) -> None:
    hand = kiosk()
    desk.deaf = True
    pay(hand)
    hand.until(lambda: len(till.asked("orders.place")) > 1, "it asks again by itself")
    desk.deaf = False
    hand.until(lambda: hand.vm.page == "done")
    assert len({body["command_id"] for body in till.asked("orders.place")}) == 1
    assert len({body["order_id"] for body in till.asked("orders.place")}) == 1


@pytest.mark.parametrize("paying", [False, True])
def test_a_server_that_stays_away_is_no_dead_end_unless_money_may_be_on_its_way(
    desk, till, kiosk, paying: bool
) -> None:
    hand = kiosk()
    if paying:
        till.waits = True
        pay(hand)
        hand.until(lambda: hand.vm.payment["state"] == "card")
    moment = hand.item("kiosk.moment")
    hand.do(lambda: moment.setProperty("seconds", 0))
    desk.stop()
    hand.until(lambda: moment.property("open") and moment.property("lasts"))
    assert ("at the counter" in moment.property("text")) is not paying
    desk.start()
    hand.until(lambda: not moment.property("open") and not moment.property("lasts"))


def test_a_server_that_is_gone_costs_neither_words_at_once_nor_the_basket(desk, till, kiosk) -> None:
    hand = kiosk()
    desk.stop()
    hand.until(lambda: not hand.screen.client.connected)
    assert not hand.sees("kiosk.moment"), "for two seconds nothing is said"
    hand.until(lambda: hand.vm.troubled)
    hand.rest(0.02)
    assert hand.item("kiosk.moment").property("open")
    desk.start()
    hand.until(lambda: hand.screen.client.connected)
    hand.rest(0.02)
    assert not hand.item("kiosk.moment").property("open")
    assert hand.vm.basket.pieces == 1
    pay(hand)
    hand.until(lambda: hand.vm.page == "done")


def test_while_a_charge_is_unknown_the_order_is_not_given_up_and_the_same_charge_is_asked_for(
    desk, till, kiosk, monkeypatch
) -> None:
    monkeypatch.setattr(payment, "CARD_TIMEOUT_S", 0.5)
    hand = kiosk()
    answered = desk.answer

    def breaks_at_the_card(name: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if name == "payments.capture":
            raise ConnectionError("the power blinks")
        return answered(name, body)

    desk.answer = breaks_at_the_card
    pay(hand)
    hand.until(lambda: state(hand) == "silent")
    settle(hand)
    assert not hand.sees("kiosk.pay.back")
    assert not hand.sees("kiosk.pay.counter")
    desk.answer = answered
    hand.tap("kiosk.pay.again")
    hand.until(lambda: hand.vm.page == "done")
    assert len({body["command_id"] for body in till.asked("payments.capture")}) == 1
    assert till.asked("orders.void") == []


def test_who_pressed_and_whose_charge_was_never_made_is_told_so(desk, till, kiosk) -> None:
    """The disk of the terminal was full: it could not write that it asks the card terminal, and so did not ask."""
    hand = kiosk()
    till.card = ["not_saved", "not_attempted"]
    pay(hand)
    hand.until(lambda: state(hand) == "failed")
    settle(hand)
    assert hand.vm.payment["failure"] == "The payment could not be started"
    assert hand.sees("kiosk.pay.counter")
    hand.tap("kiosk.pay.again")
    hand.until(lambda: hand.vm.page == "done")
    assert len({body["command_id"] for body in till.asked("payments.capture")}) == 2, "another try is another charge"


@pytest.mark.parametrize("command", ["orders.place", "payments.capture"])
def test_an_answer_that_nobody_understands_leaves_no_customer_standing(desk, till, kiosk, command: str) -> None:
    """A server of another version, say."""
    hand = kiosk()
    answered = desk.answer
    desk.answer = lambda name, body: (200, {"result": 7}) if name == command else answered(name, body)
    pay(hand)
    hand.until(lambda: state(hand) == "silent")
    settle(hand)
    desk.answer = answered
    hand.tap("kiosk.pay.again")
    hand.until(lambda: hand.vm.page == "done")
    for name in ("orders.place", "payments.capture"):
        assert len({body["command_id"] for body in till.asked(name)}) == 1


def test_a_customer_who_walks_away_from_an_unknown_charge_leaves_it_to_be_found_out(
    desk, till, kiosk, monkeypatch
) -> None:
    monkeypatch.setattr(payment, "CARD_TIMEOUT_S", 0.5)
    hand = kiosk()
    answered = desk.answer
    desk.answer = lambda name, body: answered(name, body) if name == "orders.place" else 1 / 0
    pay(hand)
    hand.until(lambda: state(hand) == "silent")
    hand.do(hand.vm.startOver)
    assert hand.vm.page == "attract"
    assert hand.vm.basket.pieces == 0
    till.card = ["card_declined"]
    desk.answer = answered
    hand.until(lambda: till.asked("orders.void"), "the card was declined: the order is voided")
    assert len({body["command_id"] for body in till.asked("payments.capture")}) == 1


def test_a_free_meal_needs_no_card(till, kiosk) -> None:
    till.total = 0
    hand = kiosk()
    pay(hand)
    hand.until(lambda: hand.vm.page == "done")
    assert till.asked("payments.capture") == []


def test_the_stillness_of_a_card_payment_is_not_taken_for_absence(desk, till, kiosk, monkeypatch) -> None:
    hand = kiosk(idle_seconds=1)
    answered = desk.answer
    desk.answer = lambda name, body: answered(name, body) if name == "orders.place" else 1 / 0
    pay(hand)
    hand.until(lambda: state(hand) == "card")
    hand.screen.shell.set_patience(1)
    hand.until(lambda: hand.screen.shell.idle)
    hand.rest(0.1)
    assert not hand.sees("kiosk.still.accept")
    hand.do(hand.vm.startOver)
    assert hand.vm.page == "pay"
    desk.answer = answered
    hand.until(lambda: hand.vm.page == "done")
