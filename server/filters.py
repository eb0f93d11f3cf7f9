"""What a customer wishes to see: dishes that are vegan, without nuts, not too dear. Pure. One answer for all screens.

A filter is offered only where the menu says enough to keep its promise: no allergens on the menu, no filter by them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

ALLERGENS = (
    "gluten", "milk", "egg", "nuts", "peanuts", "soybeans", "fish", "crustaceans", "molluscs", "celery", "mustard",
    "sesame", "sulphites", "lupin",
)  # fmt: skip
"""EU 1169/2011 annex II; what people ask about most comes first."""

DIETS = ("vegetarian", "vegan", "halal", "kosher")
FREE_FROM = {"gluten-free": "gluten", "dairy-free": "milk", "nut-free": "nuts"}
"""Diets that say the same as an allergen that is not there."""

SPELT = {"eggs": "egg", "soya": "soybeans", "soy": "soybeans", "dairy": "milk", "tree_nuts": "nuts", "wheat": "gluten"}
"""Words of other systems for the law's fourteen."""

SPICY = {"yes": "spicy", "no": "mild"}
"""The words of `spicy:yes` and `spicy:no`, beside those of diets."""

IMPLIED = {"vegetarian": ("vegan",)}
PRICE_STEPS = 3
"""So many prices "under …" are offered."""

MIN_DISHES = 8
"""A menu shorter than that is seen at a glance: no prices to filter by."""


@dataclass(frozen=True)
class Wishes:
    """`spicy`: True only spicy dishes, False none, None both. `under_minor`: 0 any price."""

    diets: frozenset[str] = frozenset()
    avoided: frozenset[str] = frozenset()
    spicy: bool | None = None
    under_minor: int = 0

    @property
    def count(self) -> int:
        return len(self.diets) + len(self.avoided) + (self.spicy is not None) + bool(self.under_minor)

    def toggled(self, kind: str, value: str) -> Wishes:
        """One touch on `diet:vegan`, `avoid:milk`, `spicy:yes`, `spicy:no` or `under:1000`; unknown kinds change
        nothing."""
        if kind == "diet":
            return replace(self, diets=self.diets ^ {value})
        if kind == "avoid":
            return replace(self, avoided=self.avoided ^ {value})
        if kind == "spicy":
            wanted = value == "yes"
            return replace(self, spicy=None if self.spicy is wanted else wanted)
        if kind == "under" and value.isdigit():
            return replace(self, under_minor=0 if self.under_minor == int(value) else int(value))
        return self

    @property
    def keys(self) -> list[str]:
        """What is on, each as `kind:value`."""
        keys = [f"diet:{d}" for d in sorted(self.diets)] + [f"avoid:{a}" for a in sorted(self.avoided)]
        if self.spicy is not None:
            keys.append("spicy:yes" if self.spicy else "spicy:no")
        return keys + ([f"under:{self.under_minor}"] if self.under_minor else [])


@dataclass(frozen=True)
class Offer:
    """What the menu can be filtered by; empty where it can't."""

    diets: tuple[str, ...] = ()
    allergens: tuple[str, ...] = ()
    spicy: bool = False
    under_minor: tuple[int, ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.diets or self.allergens or self.spicy or self.under_minor)

    @property
    def questions(self) -> dict[str, list[str]]:
        """The keys of its answers, as `Wishes.toggled` takes them, by `diet`, `avoid` and `price`."""
        spicy = ["spicy:yes", "spicy:no"] if self.spicy else []
        return {
            "diet": [f"diet:{d}" for d in self.diets] + spicy,
            "avoid": [f"avoid:{a}" for a in self.allergens],
            "price": [f"under:{p}" for p in self.under_minor],
        }


class Dish(NamedTuple):
    """What the menu says of a dish. `allergens`: in the law's words; `price_minor`: the least that it can be had for,
    None where it is asked for."""

    diets: frozenset[str]
    allergens: frozenset[str]
    price_minor: int | None


def dish(diets: Iterable[str], allergens: Iterable[str], price_minor: int | None) -> Dish:
    """`diets`, `allergens`: as the menu spells them."""
    return Dish(frozenset(diets), frozenset(map(spelt, allergens)), price_minor)


def spelt(word: str) -> str:
    return SPELT.get(word, word)


def free_from(dish: Dish) -> set[str]:
    """What the dish is said to be free from; vegan says: no milk, egg, fish, crustaceans, molluscs."""
    free = {FREE_FROM[d] for d in dish.diets if d in FREE_FROM}
    return free | ({"milk", "egg", "fish", "crustaceans", "molluscs"} if "vegan" in dish.diets else set())


def fits(dish: Dish, wishes: Wishes, told: bool) -> bool:
    """`told`: the menu states what its dishes contain; where it does not, a dish is without something only if it says
    so itself."""
    for wanted in wishes.diets:
        if not dish.diets & {wanted, *IMPLIED.get(wanted, ())}:
            return False
    if wishes.avoided & dish.allergens:
        return False
    if not told and not wishes.avoided <= free_from(dish):
        return False
    if wishes.spicy is not None and ("spicy" in dish.diets) is not wishes.spicy:
        return False
    return not wishes.under_minor or (dish.price_minor is not None and dish.price_minor <= wishes.under_minor)


def allergens_told(dishes: Iterable[Dish]) -> bool:
    """Whether the menu states what its dishes contain."""
    return any(dish.allergens for dish in dishes)


def offer(dishes: Iterable[Dish]) -> Offer:
    """What these dishes can be told apart by; those without a price are not sold."""
    sold = [dish for dish in dishes if dish.price_minor is not None]
    diets = {d for dish in sold for d in dish.diets}
    allergens = {a for dish in sold for a in dish.allergens} | {FREE_FROM[d] for d in diets if d in FREE_FROM}
    listed = [a for a in ALLERGENS if a in allergens]
    prices = sorted(dish.price_minor for dish in sold if dish.price_minor)
    return Offer(
        tuple(d for d in DIETS if d in diets or any(i in diets for i in IMPLIED.get(d, ()))),
        (*listed, *sorted(allergens - set(listed))),
        "spicy" in diets,
        price_steps(prices),
    )


def price_steps(prices: list[int]) -> tuple[int, ...]:
    """Round prices that part a sorted menu into about equal lots: 5, 10, 15."""
    if len(prices) < MIN_DISHES:
        return ()
    steps = {rounded(prices[len(prices) * n // (PRICE_STEPS + 1)]) for n in range(1, PRICE_STEPS + 1)}
    return tuple(sorted(s for s in steps if prices[0] <= s < prices[-1]))


ROUND = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)
"""Tens of a price that people say."""


def rounded(amount: int) -> int:
    """Up to a number one says: 730 → 800, 1290 → 1500, 350 → 400."""
    unit = 1
    while amount > ROUND[-1] * unit:
        unit *= 10
    return next(step * unit for step in ROUND if step * unit >= amount)
