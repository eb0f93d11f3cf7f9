"""From the kiosk to the customer's phone and back, on a real screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from server.phone import qr
from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.visit import TALL, WIDE, Till, enter, order, pay, set_up, settle

LINKS = "/v1/phone/links"
URL = "http://192.168.1.20:8080/phone/q/ARm85GsHtV0GxqW2kGQuXJq-A4pSFdv0AC3V1daoag"


@pytest.fixture(params=[TALL, WIDE], ids=["tall", "wide"])
def kiosk(request, desk: Desk, show: Callable[..., Hand]) -> Hand:
    set_up(desk)
    Till(desk)
    desk.facts[LINKS] = {"url": URL, "ends_at": "2026-03-01T12:00:00Z", "svg": qr.svg(URL)}
    hand: Hand = show("kiosk", request.param, languages=["en", "de"])
    hand.until(lambda: hand.vm.phone.possible)
    return hand


def shown(hand: Hand, name: str) -> bool:
    return hand.sees(name) and bool(hand.item(name).property("shown"))


def test_thank_you_shows_a_code_for_the_orders_own_page(desk: Desk, kiosk: Hand) -> None:
    enter(kiosk)
    order(kiosk, "burgers", "burger")
    pay(kiosk)
    kiosk.until(lambda: kiosk.vm.page == "done")
    kiosk.until(lambda: shown(kiosk, "kiosk.done.code"))
    (placed,) = [body for name, body in desk.commands if name == "orders.place"]
    assert desk.asked[-1] == (LINKS, {"kind": "order", "order_id": placed["order_id"], "language": "en"})
    settle(kiosk)
    kiosk.tap("kiosk.done.finish")
    kiosk.until(lambda: kiosk.vm.page == "attract")
    assert kiosk.vm.phone.picture == ""


def test_the_basket_goes_to_the_phone_and_the_kiosk_forgets_it(desk: Desk, kiosk: Hand) -> None:
    enter(kiosk, "takeaway")
    order(kiosk, "burgers", "burger")
    if kiosk.sees("kiosk.basket.open"):
        kiosk.tap("kiosk.basket.open")
        settle(kiosk)
    kiosk.tap("kiosk.basket.phone")
    kiosk.until(lambda: shown(kiosk, "kiosk.phone.code"))
    path, wanted = desk.asked[-1]
    assert (path, wanted["kind"], wanted["dining"]) == (LINKS, "basket", "takeaway")
    assert [line["item_id"] for line in wanted["lines"]] == ["burger"]
    kiosk.tap("kiosk.phone.over.accept")
    kiosk.until(lambda: kiosk.vm.page == "attract")
    assert kiosk.vm.basket.pieces == 0


def test_a_basket_from_the_phone_is_taken_up_by_its_number(desk: Desk, kiosk: Hand) -> None:
    enter(kiosk)
    order(kiosk, "burgers", "burger")
    lines = kiosk.vm.basket.specs()
    kiosk.vm.startOver()
    desk.facts["/v1/phone/baskets/123456"] = {"dining": "takeaway", "lines": [{**lines[0], "quantity": 3}]}
    kiosk.until(lambda: kiosk.vm.page == "attract")
    settle(kiosk)
    kiosk.tap("kiosk.attract")
    kiosk.until(lambda: kiosk.vm.page == "start")
    settle(kiosk)
    kiosk.tap("kiosk.start.phone")
    for digit in "111111":
        kiosk.tap(f"kiosk.phone.key.{digit}")
    kiosk.until(lambda: kiosk.vm.phone.wrong)
    for digit in "12345":
        kiosk.tap(f"kiosk.phone.key.{digit}")
    kiosk.tap("kiosk.phone.key.del")
    for digit in "56":
        kiosk.tap(f"kiosk.phone.key.{digit}")
    kiosk.until(lambda: kiosk.vm.page == "menu")
    assert kiosk.vm.basket.specs() == [{**lines[0], "quantity": 3}]
    assert kiosk.vm.dining == "takeaway"


def test_what_the_kiosk_does_not_offer_of_a_phone_s_basket_is_told(desk: Desk, kiosk: Hand) -> None:
    """A dish that is gone, one that asks by now what was not answered, one that lost an extra."""
    lines = [
        {"item_id": "vanished", "quantity": 1, "modifiers": []},
        {"item_id": "bacon-burger", "variation_id": "bacon-burger-1", "quantity": 1, "modifiers": []},
        {"item_id": "burger", "quantity": 2, "modifiers": [{"modifier_id": "truffle", "quantity": 1}]},
        {"item_id": "cola", "quantity": 1},
    ]
    desk.facts["/v1/phone/baskets/123456"] = {"dining": "here", "lines": lines}
    kiosk.tap("kiosk.attract")
    kiosk.until(lambda: kiosk.vm.page == "start")
    settle(kiosk)
    kiosk.tap("kiosk.start.phone")
    for digit in "123456":
        kiosk.tap(f"kiosk.phone.key.{digit}")
    kiosk.until(lambda: kiosk.vm.page == "menu")
    kiosk.until(lambda: kiosk.sees("kiosk.again.almost.accept"))
    assert kiosk.vm.again.notes == [
        "No longer on the menu: A dish.",
        "Please choose anew, the choices are others now: Bacon Cheeseburger, Cheeseburger.",
    ]
    kiosk.tap("kiosk.again.almost.accept")
    kiosk.until(lambda: not kiosk.sees("kiosk.again.almost.accept"))
    assert [(one["item_id"], one["quantity"]) for one in kiosk.vm.basket.specs()] == [("burger", 2), ("cola", 1)]


def test_where_no_phone_can_come_nothing_of_it_is_shown(desk: Desk, show: Callable[..., Hand]) -> None:
    set_up(desk)
    hand: Hand = show("kiosk", TALL, languages=["en"])
    hand.until(lambda: hand.vm.ready)
    hand.until(lambda: desk.asked)
    hand.tap("kiosk.attract")
    hand.until(lambda: hand.vm.page == "start")
    assert not hand.sees("kiosk.start.phone")
