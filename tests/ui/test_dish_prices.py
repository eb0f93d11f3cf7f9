"""A dish is never shown for less than it can be had for: what must be chosen counts, on every screen and on a phone."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlEngine

from server import filters
from server.phone import dishes as phone
from server.phone.filters import of
from server.phone.words import Words
from server.services.carte import Carte
from server.services.menu.events import Menu
from ui.board import layout
from ui.context import Shell
from ui.dish.menu import MenuIndex
from ui.kiosk.browse import facts
from ui.kiosk.dishes import dish_row

PROTEINS = [("vegetable", 1000), ("lamb", 1300), ("chicken", 1100)]


def modifiers(*prices: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"modifier_id": name, "name": name, "price_minor": price} for name, price in prices]


def group(group_id: str, least: int, *prices: tuple[str, int]) -> dict[str, Any]:
    return {
        "modifier_group_id": group_id, "name": group_id, "min": least, "max": None, "modifiers": modifiers(*prices),
    }  # fmt: skip


def item(item_id: str, price: int, *groups: str) -> dict[str, Any]:
    return {
        "item_id": item_id, "name": item_id, "modifier_group_ids": list(groups),
        "variations": [{"variation_id": item_id, "name": "", "price_minor": price}],
    }  # fmt: skip


CURRY_HOUSE: dict[str, Any] = {
    "currency": "GBP",
    "name": "Curry house",
    "languages": ["en"],
    "categories": [
        {"category_id": "all", "name": "All",
         "item_ids": ["biryani", "pizza", "calzone", "naan", "water", "thali", "pair"]}
    ],
    "items": [
        item("biryani", 0, "protein"),
        item("pizza", 700, "toppings"),
        item("calzone", 700, "toppings"),
        item("naan", 250, "extras"),
        item("water", 0),
        item("thali", 1500),
        item("pair", 100),
    ],
    "modifier_groups": [
        group("protein", 1, *PROTEINS),
        group("toppings", 2, ("paneer", 200), ("keema", 200)),
        group("extras", 0, ("garlic", 50)),
    ],
    "combos": [
        {
            "combo_id": "thali", "item_id": "thali", "name": "Thali",
            "slots": [
                {"slot_id": "main", "name": "Main", "options": [{"item_id": "naan"}, {"item_id": "biryani"}]},
                {"slot_id": "drink", "name": "Drink", "min": 0, "options": [{"item_id": "water", "price_minor": 90}]},
            ],
        },
        {
            "combo_id": "pair", "item_id": "pair", "name": "Two pizzas",
            "slots": [{"slot_id": "pizza", "name": "Pizza", "min": 2, "max": 2,
                       "options": [{"item_id": i, "price_minor": 600} for i in ("pizza", "calzone")]}],
        },
    ],
}  # fmt: skip
LEAST = {
    "biryani": "from £10.00",  # nothing alone, and a protein must be chosen
    "pizza": "£11.00",  # two toppings, all at one price
    "calzone": "£11.00",
    "naan": "£2.50",  # extras are not asked for
    "water": "£0.00",
    "thali": "£15.00",  # with a naan; a biryani is an extra
    "pair": "£21.00",  # twice six pounds more, and twice two toppings
}


def test_the_kiosk_names_the_least_that_a_dish_can_be_had_for(qapp: QGuiApplication) -> None:
    index, shell = MenuIndex(CURRY_HOUSE), Shell(QQmlEngine(), role="kiosk")
    shell.set_currency("GBP")
    assert {i: dish_row(index, i, shell)["price"] for i in index.items} == LEAST


def test_a_phone_names_the_same() -> None:
    carte = Carte(msgspec.convert(CURRY_HOUSE, Menu))
    assert {i.item_id: phone.price_text(i, carte, Words("en")) for i in carte.menu.items} == LEAST


def test_the_board_names_the_same() -> None:
    (column,) = layout.columns(layout.sections(CURRY_HOUSE, "en"), 100)
    rows = {r["item_id"]: (r["priceMinor"], r["from_"]) for r in column if r["kind"] == "item"}
    assert rows["biryani"] == (1000, True)
    assert rows["pizza"] == (1100, False)
    assert rows["pair"] == (2100, False)


def test_a_dish_that_costs_nothing_alone_is_not_cheap() -> None:
    index, carte = MenuIndex(CURRY_HOUSE), Carte(msgspec.convert(CURRY_HOUSE, Menu))
    wishes = filters.Wishes(under_minor=500)
    kiosk = {i: facts(item, index) for i, item in index.items.items()}
    phone = {i: of(item, carte) for i, item in carte.items.items()}
    assert kiosk == phone
    assert [i for i, dish in kiosk.items() if filters.fits(dish, wishes, False)] == ["naan", "water"]
