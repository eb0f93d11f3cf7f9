"""Filters keep their promises: what is left is really vegan, cheap, without nuts, as far as the menu says."""

from __future__ import annotations

import pytest

from server import filters
from server.filters import Dish, Wishes, price_steps, rounded


def dish(price: int | None = 500, diets: str = "", allergens: str = "") -> Dish:
    return filters.dish(diets.split(), allergens.split(), price)


def left(shop: dict[str, Dish], wishes: Wishes) -> list[str]:
    told = filters.allergens_told(shop.values())
    return [name for name, dish in shop.items() if filters.fits(dish, wishes, told)]


SHOP = {
    "steak": dish(2400, allergens="milk"),
    "salad": dish(700, diets="vegan", allergens="mustard"),
    "omelette": dish(900, diets="vegetarian", allergens="eggs milk"),
    "curry": dish(1200, diets="vegan spicy", allergens="nuts"),
    "bread": dish(300, diets="gluten-free"),
    "gift": dish(None),
}


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
    shop = {"a": dish(), "b": dish(diets="gluten-free"), "c": dish(diets="vegan")}
    assert left(shop, Wishes(avoided=frozenset({"gluten"}))) == ["b"]
    assert left(shop, Wishes(avoided=frozenset({"milk"}))) == ["c"]
    assert filters.offer(shop.values()).allergens == ("gluten",)


def test_only_what_the_menu_can_answer_is_offered() -> None:
    bare = filters.offer([dish(), dish()])
    assert not bare.any
    assert bare.questions == {"diet": [], "avoid": [], "price": []}
    offer = filters.offer(SHOP.values())
    assert offer.diets == ("vegetarian", "vegan")
    assert offer.allergens == ("gluten", "milk", "egg", "nuts", "mustard")
    assert offer.spicy
    assert offer.questions["diet"] == ["diet:vegetarian", "diet:vegan", "spicy:yes", "spicy:no"]
    assert offer.questions["avoid"][0] == "avoid:gluten"
    many = filters.offer([dish(price) for price in range(310, 2400, 37)])
    assert many.questions["price"] == ["under:1000", "under:1500", "under:2000"]


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
