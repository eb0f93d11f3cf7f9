"""Long names of a shop, its categories and its dishes, in type of twice the size and where all is low: each is read to
its end in the place that is there to read it, and nothing goes over an edge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtQuick import QQuickItem

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import MENU
from tests.ui.fit import is_text
from tests.ui.visit import WIDE, enter, open_dish, order, set_up, settle
from ui.hyphens import SOFT

SHOP = "Piekarnia-Kawiarnia „Pod Złotym Żurawiem”"
DISH = "Landhaus-Stulle mit lang gereiftem Schinken und Koryciner Käse"
CATEGORY = "Frühstücksgedecke"
SMALL, LOW = (768, 1366), (1366, 768)


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(size: tuple[int, int], **helps: Any) -> Hand:
        menu = deepcopy(MENU)
        menu["name"] = SHOP
        menu["texts"] = {}
        menu["categories"][0] |= {"name": CATEGORY, "texts": {}}
        menu["items"][0] |= {"name": DISH, "image": "cheeseburger.webp", "allergens": ["gluten", "milk", "mustard"]}
        menu["items"][0]["diets"] = ["vegetarian"]
        menu["items"][0]["variations"][0]["name"] = ""
        set_up(desk, menu)
        hand = show("kiosk", size, languages=["en", "de", "fr", "es", "pl", "tr", "ar", "zh", "ja"])
        hand.until(lambda: hand.vm.ready, "the menu is there")
        for what, value in helps.items():
            hand.vm.comfort.setProperty(what, value)
        settle(hand)
        return hand

    return open_kiosk


def texts(item: QQuickItem, words: str) -> Iterator[QQuickItem]:
    """The texts in sight that say it, whole or as far as they do."""
    if not item.isVisible() or item.opacity() < 0.5:
        return
    if is_text(item) and str(item.property("text")).replace(SOFT, "") == words:
        yield item
    for child in item.childItems():
        yield from texts(child, words)


def cut(hand: Hand, words: str, within: str = "") -> list[str]:
    """Where it is not read to its end."""
    root = hand.item(within) if within else hand.screen.view.rootObject()
    found = list(texts(root, words))
    assert found, f"{words} is nowhere"
    return [str(one) for one in found if one.property("truncated")]


def bottom(item: Any) -> float:
    return float(item.mapToScene(QPointF(0, item.height())).y())


@pytest.mark.parametrize("size", [WIDE, LOW, (1280, 800), SMALL])
def test_on_the_first_page_every_language_is_above_the_edge_and_beside_the_button_that_helps(kiosk, size) -> None:
    hand = kiosk(size, magnified=2.0)
    last = hand.item("kiosk.attract.lang.ja")
    assert bottom(last) <= size[1]
    assert not cut(hand, SHOP)
    aid, language = hand.item("kiosk.help"), hand.item("kiosk.attract.lang.ar")
    apart = language.mapToScene(QPointF(0, 0)).x() >= aid.mapToScene(QPointF(aid.width(), 0)).x()
    assert apart or bottom(language) <= aid.mapToScene(QPointF(0, 0)).y()


@pytest.mark.parametrize("size", [SMALL, LOW])
@pytest.mark.parametrize("reach", [False, True])
def test_the_shops_name_is_read_to_its_end_where_one_says_where_to_eat(kiosk, size, reach: bool) -> None:
    hand = kiosk(size, magnified=2.0, reach=reach)
    hand.tap("kiosk.attract")
    settle(hand)
    assert not cut(hand, SHOP)


def test_a_categorys_name_parts_at_a_syllable(kiosk) -> None:
    hand = kiosk(SMALL, magnified=2.0, reach=True)
    enter(hand)
    heads = list(texts(hand.item("kiosk.dishes.grid"), CATEGORY))
    assert any(SOFT in head.property("text") for head in heads)


@pytest.mark.parametrize("size", [SMALL, LOW])
@pytest.mark.parametrize("reach", [False, True])
def test_a_dishs_own_sheet_says_its_whole_name(kiosk, size, reach: bool) -> None:
    hand = kiosk(size, magnified=2.0, reach=reach)
    enter(hand)
    open_dish(hand, "burgers", "burger")
    assert not cut(hand, DISH, "kiosk.sheet.scroll")


def test_what_is_said_of_a_dish_in_large_type_has_the_whole_width(kiosk) -> None:
    hand = kiosk(SMALL, magnified=2.0)
    enter(hand)
    open_dish(hand, "burgers", "burger")
    scroll, said = hand.item("kiosk.sheet.scroll"), hand.item("kiosk.sheet.allergens")
    assert said.width() > 0.85 * scroll.width()


@pytest.mark.parametrize("magnified", [1.0, 2.0])
@pytest.mark.parametrize("size", [SMALL, LOW, WIDE])
def test_the_order_says_a_dishs_whole_name_and_what_it_costs(kiosk, size, magnified: float) -> None:
    hand = kiosk(size, magnified=magnified)
    enter(hand)
    order(hand, "burgers", "burger")
    if hand.sees("kiosk.basket.open"):
        hand.tap("kiosk.basket.open")
        settle(hand)
    line = f"kiosk.line.{hand.vm.basket.rows.rows[0]['key']}"
    (name,) = texts(hand.item(line), DISH)
    assert not name.property("truncated")
    assert name.property("lineCount") <= 4, "it is no column of single words"
    (price,) = texts(hand.item(line), hand.vm.basket.rows.rows[0]["price"])
    top, below = (one.mapToScene(QPointF(0, 0)).y() for one in (price, name))
    assert top == pytest.approx(below) or top >= bottom(name) - 1, "beside its first line, or under it"


@pytest.mark.parametrize("size", [SMALL, LOW])
def test_a_dishs_tile_in_large_type_says_its_whole_name(kiosk, size) -> None:
    hand = kiosk(size, magnified=2.0)
    enter(hand)
    assert not cut(hand, DISH, "kiosk.item.burger")


@pytest.mark.parametrize("size", [SMALL, (1280, 800)])
def test_what_a_dish_is_is_read_to_its_end_where_all_is_low(kiosk, size) -> None:
    hand = kiosk(size, reach=True)
    hand.screen.shell.set_language("pl")
    enter(hand)
    assert not cut(hand, "Wegetariańskie", "kiosk.item.burger")
