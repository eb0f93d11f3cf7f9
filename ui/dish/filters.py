"""What a customer does not want to see: dishes that are not vegan, that have nuts in them, that cost more. Pure.

A filter is offered only where the menu says enough to keep its promise: no allergens on the menu, no filter by them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ui.dish.menu import MenuIndex, Thing

DIETS = ("vegetarian", "vegan", "halal", "kosher")
FREE_FROM = {"gluten-free": "gluten", "dairy-free": "milk", "nut-free": "nuts"}
"""Diets that say the same as an allergen that is not there."""

SPELT = {"eggs": "egg", "soya": "soybeans", "soy": "soybeans", "dairy": "milk", "tree_nuts": "nuts", "wheat": "gluten"}
"""Words of other systems for the law's fourteen."""

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


def spelt(word: str) -> str:
    return SPELT.get(word, word)


def contained(item: Thing) -> set[str]:
    return {spelt(a) for a in item.get("allergens") or ()}


def free_from(item: Thing) -> set[str]:
    """What the dish is said to be free from; vegan says: no milk, egg, fish, crustaceans, molluscs."""
    diets = item.get("diets") or ()
    free = {FREE_FROM[d] for d in diets if d in FREE_FROM}
    return free | ({"milk", "egg", "fish", "crustaceans", "molluscs"} if "vegan" in diets else set())


def fits(item: Thing, price_minor: int | None, wishes: Wishes, allergens_told: bool) -> bool:
    """`price_minor` is the dish's lowest price. `allergens_told`: the menu states what its dishes contain; where it
    does not, a dish is without something only if it says so itself."""
    diets = set(item.get("diets") or ())
    for wanted in wishes.diets:
        if not diets & {wanted, *IMPLIED.get(wanted, ())}:
            return False
    if wishes.avoided & contained(item):
        return False
    if not allergens_told and not wishes.avoided <= free_from(item):
        return False
    if wishes.spicy is not None and ("spicy" in diets) is not wishes.spicy:
        return False
    return not wishes.under_minor or (price_minor is not None and price_minor <= wishes.under_minor)


def allergens_told(index: MenuIndex) -> bool:
    return any(item.get("allergens") for item in index.items.values())


def offer(index: MenuIndex, order: Iterable[str]) -> Offer:
    """`order`: the words of allergens as the law lists them; what it does not list follows."""
    sold = [item for item in index.items.values() if index.price_from(item) is not None]
    diets = {d for item in sold for d in item.get("diets") or ()}
    allergens = {a for item in sold for a in contained(item)} | {FREE_FROM[d] for d in diets if d in FREE_FROM}
    listed = [a for a in order if a in allergens]
    prices = sorted(price for item in sold if (price := index.price_from(item)))
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
