"""Screens of ten inches and less, and little room for much: what is pressed never lies on anything else."""

from __future__ import annotations

from copy import deepcopy
from itertools import combinations
from typing import Any

import pytest
from PySide6.QtCore import QRectF

from tests.ui.diner import MENU
from tests.ui.fit import faults, written
from tests.ui.test_kiosk_focus import on_glass
from tests.ui.visit import TALL, WIDE, enter, line_key, order, set_up, settle
from ui.hyphens import phrased

SMALL = [(1280, 800), (1024, 600), (800, 480), (600, 1024)]


def apart(places: dict[str, QRectF]) -> None:
    for (one, first), (other, second) in combinations(places.items(), 2):
        assert not first.adjusted(0.5, 0.5, -0.5, -0.5).intersects(second), f"{one} and {other} lie on each other"


@pytest.mark.parametrize("size", SMALL)
@pytest.mark.parametrize("pictured", [True, False])
def test_what_is_pressed_in_a_line_of_the_basket_has_a_place_of_its_own(desk, show, size, pictured) -> None:
    menu = deepcopy(MENU)
    menu["items"][0]["image"] = "cheeseburger.webp" if pictured else None
    set_up(desk, menu)
    hand = show("kiosk", size, languages=["en"])
    enter(hand)
    order(hand, "burgers", "burger")
    hand.do(lambda: hand.vm.tapDish("coffee"))
    hand.do(hand.vm.sheet.take)
    settle(hand)
    if hand.sees("kiosk.basket.open"):
        hand.tap("kiosk.basket.open")
        settle(hand)
    key = line_key(hand)
    names = [f"kiosk.line.{part}.{key}" for part in ("edit", "pencil", "copy", "remove")]
    names += [f"kiosk.line.quantity.{key}.{part}" for part in ("less", "more")]
    places = {name: on_glass(hand.item(name)) for name in names if hand.sees(name)}
    assert len(places) >= 3
    line = on_glass(hand.item(f"kiosk.line.{key}"))
    assert all(line.contains(place) for place in places.values()), (line, places)
    apart(places)


@pytest.mark.parametrize("size", [WIDE, (1280, 800), (1024, 600)])
def test_within_reach_a_wide_screen_shows_a_line_of_the_order_beside_the_menu(desk, show, size) -> None:
    menu = deepcopy(MENU)
    menu["items"][0]["image"] = "cheeseburger.webp"
    set_up(desk, menu)
    hand = show("kiosk", size, languages=["en"])
    enter(hand)
    order(hand, "burgers", "burger")
    hand.do(lambda: hand.vm.comfort.setProperty("reach", True))
    settle(hand)
    lines, line = (on_glass(hand.item(f"kiosk.{name}")) for name in ("basket.lines", f"line.{line_key(hand)}"))
    assert lines.intersected(line).height() >= (0.7 if size[1] < 800 else 1) * line.height()
    assert hand.sees("kiosk.pay")
    assert hand.item("kiosk.head.total").property("text") == hand.vm.basket.totalText
    items = hand.screen.shell.text("kiosk.pieces", n=1)
    assert not [text for text in written(hand.screen.view.rootObject()) if text.text == items]


WAYS = ("tip.0", "tip.15", "pay.card", "pay.counter", "pay.back", "pay.voucher", "help")


@pytest.mark.parametrize("size", [TALL, WIDE, (1366, 768), (1280, 800), (1024, 600)])
@pytest.mark.parametrize("language", ["en", "de", "pl"])
def test_in_large_type_and_within_reach_a_tip_and_all_ways_to_pay_have_a_place(desk, show, size, language) -> None:
    set_up(desk)
    desk.views["status"]["vouchers"] = True
    hand = show("kiosk", size, languages=["en", "de", "pl"], tip_percents=[5, 10, 15])
    enter(hand)
    order(hand, "burgers", "burger")
    for what, value in {"magnified": 2.0, "reach": True, "still": True}.items():
        hand.do(lambda what=what, value=value: hand.vm.comfort.setProperty(what, value))
    hand.do(lambda: hand.vm.speak(language))
    hand.do(hand.vm.checkOut)
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    assert hand.sees("kiosk.pay.voucher")
    root: Any = hand.screen.view.rootObject()
    lower = on_glass(hand.item("kiosk.lower"))
    places = {name: on_glass(hand.item(f"kiosk.{name}")) for name in WAYS}
    assert all(lower.contains(place) for place in places.values()), places
    apart(places)
    assert not [fault for fault in faults(root, QRectF(0, 0, *size), set()) if "lie on each other" in fault]
    question = phrased(hand.screen.shell.text("kiosk.how_to_pay"))
    titles = [text.ink for text in written(root) if text.text.replace("\n", " ") == question]
    assert all(lower.contains(title) for title in titles)
    assert not [name for name, place in places.items() if any(place.intersects(title) for title in titles)]
    assert len({places[f"tip.{n}"].height() for n in (0, 15)}) == 1
    hand.tap("kiosk.tip.10")
    hand.until(
        lambda: hand.item("kiosk.head.total").property("text") == hand.vm.payment["total"] != hand.vm.basket.totalText
    )


@pytest.mark.parametrize("size", [WIDE, (1280, 800), (800, 480)])
@pytest.mark.parametrize("language", ["de", "es", "tr"])
def test_in_large_type_a_question_with_digits_is_all_on_the_glass(desk, show, size, language) -> None:
    set_up(desk)
    hand = show("kiosk", size, languages=["en", "de", "es", "tr"])
    hand.until(lambda: hand.vm.ready)
    hand.tap("kiosk.attract")
    for what, value in {"magnified": 2.0, "still": True}.items():
        hand.do(lambda what=what, value=value: hand.vm.comfort.setProperty(what, value))
    hand.do(lambda: hand.vm.speak(language))
    settle(hand)
    hand.tap("kiosk.start.again")
    settle(hand)
    glass = QRectF(0, 0, *size)
    asked = hand.item("kiosk.again.number")
    assert not [text for text in written(asked) if not glass.contains(text.box)]
    places = {
        name: on_glass(hand.item(name)) for name in ("kiosk.help", "kiosk.again.key.7", "kiosk.again.number.decline")
    }
    assert all(glass.contains(place) for place in places.values())
    apart(places)


@pytest.mark.parametrize("size", [WIDE, (1280, 800), (800, 480)])
def test_in_large_type_the_name_of_what_is_suggested_is_whole(desk, show, size) -> None:
    menu = deepcopy(MENU)
    cola = next(item for item in menu["items"] if item["item_id"] == "cola")
    cola["name"] = "Limonade"
    cola["variations"].append({"variation_id": "cola-2", "name": "0.5 l", "price_minor": 400})
    set_up(desk, menu)
    hand = show("kiosk", size, languages=["tr"])
    enter(hand)
    order(hand, "burgers", "burger")
    for what, value in {"magnified": 2.0, "still": True}.items():
        hand.do(lambda what=what, value=value: hand.vm.comfort.setProperty(what, value))
    settle(hand)
    texts = {text.text: text for text in written(hand.item("kiosk.suggestion"))}
    name, price = texts["Limonade"], texts[hand.vm.basket.suggestion["price"]]
    assert not name.truncated
    assert name.ink.height() < 1.5 * price.ink.height(), "in one line"
