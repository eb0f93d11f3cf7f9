"""The kiosk with menus that nobody drew it for: no pictures, no name, long lists, many lines on the receipt."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtQuick import QQuickItem

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import MENU
from tests.ui.fit import faults
from tests.ui.large import ENDLESS, LONG
from tests.ui.test_kiosk_focus import on_glass
from tests.ui.visit import TALL, WIDE, Till, enter, order, pay, set_up, settle
from ui.dish import selection as choosing
from ui.dish.menu import MenuIndex
from ui.hyphens import SOFT
from ui.kiosk import dishes


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(size: tuple[int, int] = TALL, menu: dict[str, Any] | None = None) -> Hand:
        set_up(desk, menu)
        desk.views["status"] = {"label": "Kiosk 1", "store": "riverside", "store_name": "Riverside"}
        Till(desk)
        return show("kiosk", size, languages=["en", "de"])

    return open_kiosk


def long_menu() -> dict[str, Any]:
    """Two categories of 40 dishes each, some of them in both."""
    menu = deepcopy(MENU)
    menu["items"] = [
        {
            "item_id": f"d{n}",
            "name": f"Dish {n}",
            "variations": [{"variation_id": f"v{n}", "name": "", "price_minor": n}],
        }
        for n in range(100, 160)
    ]
    menu["categories"] = [
        {"category_id": "one", "name": "One", "item_ids": [f"d{n}" for n in range(100, 140)]},
        {"category_id": "two", "name": "Two", "item_ids": [f"d{n}" for n in range(120, 160)]},
    ]
    menu["combos"] = []
    return menu


def named(item: QQuickItem, name: str) -> list[QQuickItem]:
    found = [item] if item.objectName() == name else []
    return found + [i for child in item.childItems() for i in named(child, name)]


def test_a_menu_without_a_name_is_the_stores(kiosk) -> None:
    hand = kiosk(menu=MENU | {"name": ""})
    hand.until(lambda: hand.vm.shopName == "Riverside")


def test_a_menu_with_a_name_goes_by_it(kiosk) -> None:
    hand = kiosk()
    hand.until(lambda: hand.vm.shopName == "Diner")


def test_a_menu_without_pictures_shows_its_finest_dishes_by_name(kiosk) -> None:
    hand = kiosk()
    hand.until(lambda: hand.vm.ready)
    assert [dish["item_id"] for dish in hand.vm.showCase] == ["menu", "cola", "salad"]
    assert not hand.vm.railPictured
    assert not any(shelf["pictured"] for shelf in hand.vm.browse.shelves.rows)


@pytest.mark.parametrize("size", [TALL, WIDE, (1024, 600), (600, 1024)])
@pytest.mark.parametrize("length", ["short", "long", "endless"])
def test_a_menu_without_pictures_has_its_dishes_names_on_the_plate(kiosk, size, length) -> None:
    menu = deepcopy(MENU)
    dish = next(item for item in menu["items"] if item["item_id"] == "menu")
    dish["name"] = {"short": dish["name"], "long": LONG, "endless": ENDLESS.strip()}[length]
    dish["description"] = (
        "" if length == "short" else "Slowly roasted over oak, with everything that belongs to it. " * 3
    )
    hand = kiosk(size, menu)
    name = hand.item("kiosk.slate.name")
    hand.until(lambda: name.isVisible() and name.property("text").replace(SOFT, "") == dish["name"])
    settle(hand)
    plate, slate = on_glass(hand.item("kiosk.attract.plate")), on_glass(name.parentItem())
    assert plate.contains(slate)
    assert abs(slate.center().y() - plate.center().y()) < 2
    root = hand.screen.view.rootObject()
    shown = {text for item in menu["items"] for text in (item["name"], item.get("description", ""))}
    assert not faults(root, QRectF(0, 0, *size), shown if length == "endless" else {dish["description"]})


def test_the_plate_shows_one_dish_after_the_other(kiosk) -> None:
    hand = kiosk()
    name = hand.item("kiosk.slate.name")
    first = name.property("text")
    hand.do(lambda: hand.item("kiosk.attract.page").setProperty("turn", 1))
    hand.until(lambda: name.property("text") not in ("", first) and name.parentItem().opacity() == 1)


def test_a_dish_that_is_out_is_not_shown_off() -> None:
    index = MenuIndex(deepcopy(MENU))
    index.availability = {"menu": {"state": "out", "because": ["menu"]}}

    class Words:
        language = "en"

        def money(self, minor: str, currency: str) -> str:
            return minor

        def text(self, key: str, **values: Any) -> str:
            return key

    assert dishes.show_case(index, Words())[0]["item_id"] == "bacon-burger"


def test_what_sells_is_shown_off_first(kiosk) -> None:
    hand = kiosk()
    enter(hand)
    order(hand, "other", "fries")
    pay(hand, "counter")
    hand.until(lambda: hand.vm.page == "done")
    hand.tap("kiosk.done.finish")
    hand.until(lambda: hand.vm.page == "attract")
    assert [dish["item_id"] for dish in hand.vm.showCase] == ["fries", "menu", "cola"]


def test_going_back_and_forth_between_long_categories_shows_every_dish_once_in_each(kiosk) -> None:
    hand = kiosk(menu=long_menu())
    enter(hand)
    for category_id, first in (("two", 120), ("one", 100), ("two", 120)):
        hand.tap(f"kiosk.category.{category_id}")
        hand.still(f"kiosk.item.d{first}")
        root = hand.screen.view.rootObject()
        for n in range(100, 160):
            tiles = named(root, f"kiosk.item.d{n}")
            assert len(tiles) <= (2 if 120 <= n < 140 else 1), n  # as in two categories
        hand.tap(f"kiosk.item.d{first}")
        hand.until(lambda first=first: hand.vm.sheet.facts["item_id"] == f"d{first}")
        hand.tap("kiosk.sheet.close")
        hand.until(lambda: not hand.vm.sheet.isOpen)
        settle(hand)


@pytest.mark.parametrize("size", [TALL, WIDE, (960, 540)])
def test_the_sum_and_the_ways_to_pay_stay_in_sight_under_forty_lines(kiosk, size) -> None:
    hand = kiosk(size, long_menu())
    enter(hand)
    for n in range(100, 140):
        hand.vm.tapDish(f"d{n}")
        hand.vm.sheet.take()
    hand.do(hand.vm.checkOut)
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    lowest = hand.screen.view.height()
    tops = {}
    for name in ("kiosk.receipt.lines", "kiosk.receipt.total", "kiosk.pay.card", "kiosk.pay.counter", "kiosk.pay.back"):
        item = hand.item(name)
        top = item.mapToScene(QPointF(0, 0)).y()
        tops[name] = top
        assert top >= 0, name
        assert top + item.height() <= lowest, name
    lines = hand.item("kiosk.receipt.lines")
    assert lines.height() > 60
    assert tops["kiosk.receipt.lines"] + lines.height() <= tops["kiosk.receipt.total"]
    assert tops["kiosk.pay.card"] >= lowest * 0.45


def test_the_ground_of_a_picture_goes_by_the_dish_and_not_by_its_name_in_a_language(kiosk) -> None:
    hand = kiosk()
    enter(hand)

    def pictures(item: QQuickItem) -> list[QQuickItem]:
        own = [item] if item.metaObject().indexOfProperty("ground") >= 0 else []
        return own + [found for child in item.childItems() for found in pictures(child)]

    def grounds() -> dict[str, str]:
        tiles = [hand.item(f"kiosk.item.{item_id}") for item_id in ("burger", "coffee")]
        return {p.property("key"): p.property("ground").name() for tile in tiles for p in pictures(tile)}

    hand.do(lambda: hand.vm.setCategory("drinks"))
    english = grounds()
    assert english.keys() == {"burger", "coffee"}
    hand.do(lambda: hand.vm.speak("de"))
    hand.until(lambda: hand.item("kiosk.item.coffee").property("name").startswith("Kaffee,"))
    assert grounds() == english


TURNS = (WIDE, TALL, (768, 1366), (1280, 800), TALL)


def test_a_screen_that_is_turned_on_any_page_lays_itself_out_anew(kiosk) -> None:
    """As a tablet is, or a display that is set up while the kiosk runs; `show` fails on what QML warns of."""
    hand = kiosk()

    def turn() -> None:
        for size in TURNS:
            hand.do(lambda size=size: hand.screen.view.resize(*size))
            hand.rest(0.1)

    hand.until(lambda: hand.vm.ready)
    turn()
    enter(hand)
    turn()
    order(hand, "burgers", "burger")
    turn()
    pay(hand)
    hand.until(lambda: hand.vm.page == "done")
    turn()


def lines_seen(hand: Hand) -> list[str]:
    """The keys of the lines that the basket shows, from above."""
    basket = hand.item("kiosk.basket.lines")
    seen: list[QQuickItem] = []
    waiting = [basket]
    while waiting:
        item = waiting.pop()
        if item.property("part") and item.objectName() == f"kiosk.line.{item.property('part')}":
            seen += [item] if item.isVisible() and item.opacity() > 0 else []
        else:
            waiting += item.childItems()
    return [str(item.property("part")) for item in sorted(seen, key=lambda item: item.y())]


@pytest.mark.parametrize("still", [False, True], ids=["moving", "still"])
def test_the_basket_shows_its_lines_and_nobody_elses(kiosk, still) -> None:
    """Whatever is added, taken out and given back while lines are still on their way."""
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    hand = kiosk(size=WIDE)
    enter(hand)
    hand.vm.comfort.setProperty("still", still)
    basket, index = hand.vm._basket, hand.vm._index

    def add() -> None:
        selection = choosing.start(index, chance.choice(["burger", "cola", "salad", "fries", "coffee"]))
        assert selection is not None
        selection.quantity = chance.randrange(1, 4)
        basket.put(selection)

    def take_out() -> None:
        if basket.rows.rows:
            basket.remove(chance.choice(basket.rows.rows)["key"])

    for _ in range(60):
        act = chance.choice([add, add, take_out, basket.undo, basket.clear])
        hand.do(act)
        if chance.random() < 0.5:
            hand.rest(chance.choice([0, 0.02, 0.15]))

    def in_step() -> bool:
        keys, seen = [row["key"] for row in basket.rows.rows], lines_seen(hand)
        return seen == keys[: len(seen)] and len(seen) >= min(len(keys), 3)  # as many as there is room for

    hand.until(in_step, f"the lines, seed {seed}")
    hand.do(add)
    hand.do(add)
    hand.rest(0.1)
    hand.do(basket.clear)
    hand.until(lambda: lines_seen(hand) == [], f"an empty basket, seed {seed}")
