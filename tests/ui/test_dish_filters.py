"""Filters keep their promises: what is left is really vegan, cheap, without nuts, as far as the menu says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ui.large import demo_menu
from ui.dish import filters
from ui.dish.filters import Wishes, price_steps, rounded
from ui.dish.menu import MenuIndex
from ui.kiosk.browse import ALLERGENS


def dish(item_id: str, price: int | None = 500, **more: Any) -> dict[str, Any]:
    return {"item_id": item_id, "name": item_id, "variations": [{"variation_id": "v", "price_minor": price}], **more}


def left(index: MenuIndex, wishes: Wishes) -> list[str]:
    told = filters.allergens_told(index)
    return [i for i, item in index.items.items() if filters.fits(item, index.price_from(item), wishes, told)]


SHOP = MenuIndex(
    {
        "items": [
            dish("steak", 2400, allergens=["milk"]),
            dish("salad", 700, diets=["vegan"], allergens=["mustard"]),
            dish("omelette", 900, diets=["vegetarian"], allergens=["eggs", "milk"]),
            dish("curry", 1200, diets=["vegan", "spicy"], allergens=["nuts"]),
            dish("bread", 300, diets=["gluten-free"]),
            dish("gift", None),
        ]
    }
)


@pytest.mark.parametrize(
    ("wishes", "dishes"),
    [
        (Wishes(), ["steak", "salad", "omelette", "curry", "bread", "gift"]),
        (Wishes(diets=frozenset({"vegan"})), ["salad", "curry"]),
        (Wishes(diets=frozenset({"vegetarian"})), ["salad", "omelette", "curry"]),  # vegan is vegetarian
        (Wishes(avoided=frozenset({"egg"})), ["steak", "salad", "curry", "bread", "gift"]),  # spelt either way
        (Wishes(avoided=frozenset({"milk", "nuts"})), ["salad", "bread", "gift"]),
        (Wishes(spicy=True), ["curry"]),
        (Wishes(spicy=False), ["steak", "salad", "omelette", "bread", "gift"]),
        (Wishes(under_minor=900), ["salad", "omelette", "bread"]),
        (Wishes(diets=frozenset({"vegan"}), spicy=False, under_minor=500), []),
    ],
)
def test_what_is_left_fits_every_wish(wishes, dishes) -> None:
    assert left(SHOP, wishes) == dishes


def test_where_no_allergens_are_told_only_a_dish_that_says_so_is_without() -> None:
    index = MenuIndex({"items": [dish("a"), dish("b", diets=["gluten-free"]), dish("c", diets=["vegan"])]})
    assert left(index, Wishes(avoided=frozenset({"gluten"}))) == ["b"]
    assert left(index, Wishes(avoided=frozenset({"milk"}))) == ["c"]
    assert filters.offer(index, ALLERGENS).allergens == ("gluten",)


def test_only_what_the_menu_can_answer_is_offered() -> None:
    bare = filters.offer(MenuIndex({"items": [dish("a"), dish("b")]}), ALLERGENS)
    assert not bare.any
    offer = filters.offer(SHOP, ALLERGENS)
    assert offer.diets == ("vegetarian", "vegan")
    assert offer.allergens == ("gluten", "milk", "egg", "nuts", "mustard")
    assert offer.spicy
    full = filters.offer(MenuIndex(demo_menu()), ALLERGENS)
    assert full.under_minor == (400, 600, 1000)


def test_a_touch_puts_a_filter_on_and_another_takes_it_off() -> None:
    wishes = Wishes()
    keys = ["diet:vegan", "avoid:milk", "spicy:no", "under:500"]
    for key in keys:
        wishes = wishes.toggled(*key.split(":"))
    assert sorted(wishes.keys) == sorted(keys)
    assert wishes.count == 4
    assert wishes.toggled("spicy", "yes").spicy is True
    for key in keys:
        wishes = wishes.toggled(*key.split(":"))
    assert wishes == Wishes()
    assert wishes.toggled("mood", "good") == wishes.toggled("under", "cheap") == wishes


def test_prices_to_filter_by_are_round_and_part_the_menu() -> None:
    assert price_steps([100] * 3) == ()
    assert price_steps([500] * 20) == ()
    assert price_steps(list(range(310, 2400, 37))) == (1000, 1500, 2000)
    assert [rounded(x) for x in (730, 1290, 350, 1000, 7)] == [800, 1500, 400, 1000, 10]
