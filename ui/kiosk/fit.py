"""A menu as a customer can be shown it, whatever its author left out. Pure.

What can be made good is: a dish without a name is called by its size, its category, or "a dish"; a size without a price
is left out where others have one. What can't is not offered: a dish without any price, one that asks a question nobody
can answer, a combo that holds itself. Staff see and sell everything at the counter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ui.dish.menu import MenuIndex, Thing
from ui.dish.selection import MAX_PORTIONS

Menu = dict[str, Any]
MAX_NAME = 300
"""Letters of a name that are kept: more fit on no screen, and cost time in every list."""


def fit(menu: Thing, a_dish: Mapping[str, str]) -> Menu:
    """`a_dish`: what a dish without a name is called, by language."""
    combos = combos_of(menu)
    items = [named(item, menu, a_dish) for item in menu.get("items", [])]
    index = MenuIndex({**menu, "combos": combos})
    offered = [item for item in map(priced, items) if item["variations"] and answerable(index, item)]
    return {**menu, "items": offered, "combos": combos}


def combos_of(menu: Thing) -> list[Menu]:
    """Combos without options that are combos themselves, or nothing."""
    items = {i["item_id"] for i in menu.get("items", [])}
    combo_ids = {c["item_id"] for c in menu.get("combos", [])}
    return [
        {
            **combo,
            "slots": [
                {**slot, "options": [o for o in slot["options"] if o["item_id"] in items - combo_ids]}
                for slot in combo["slots"]
            ],
        }
        for combo in menu.get("combos", [])
    ]


def priced(item: Thing) -> Menu:
    """Only the sizes that have a price; how they are called matters only when there are several."""
    variations = [v for v in item.get("variations") or [] if v.get("price_minor") is not None]
    return {**item, "variations": variations}


def named(item: Thing, menu: Thing, a_dish: Mapping[str, str]) -> Menu:
    name = str(item.get("name") or "").strip()
    if name:
        return {**item, "name": name[:MAX_NAME]}
    sizes = [str(v.get("name") or "").strip() for v in item.get("variations") or []]
    found = next((size for size in sizes if size and len(sizes) == 1), "")
    category = next((c for c in menu.get("categories", []) if item["item_id"] in c["item_ids"] and c.get("name")), None)
    texts = {language: {**words} for language, words in (item.get("texts") or {}).items()}
    for language, word in a_dish.items():
        told = (category or {}).get("texts", {}).get(language, {}).get("name") or (category or {}).get("name")
        texts.setdefault(language, {}).setdefault("name", found or told or word)
    return {**item, "name": found or (category or {}).get("name") or next(iter(a_dish.values()), "?"), "texts": texts}


def answerable(index: MenuIndex, item: Thing) -> bool:
    """Whether every question that must be answered has enough answers; what is out is counted out."""
    out = index.out_modifiers(item["item_id"])
    for group in index.groups_of(item):
        least, most = index.limits(item, group["modifier_group_id"])
        there = [m for m in group["modifiers"] if m["modifier_id"] not in out]
        each = MAX_PORTIONS if most != 1 else 1
        room = sum(each if int(m["price_minor"]) > 0 else 1 for m in there)
        if room < least:
            return False
    combo = index.combos.get(item["item_id"])
    for slot in combo["slots"] if combo else ():
        if slot.get("min", 1) > 0 and all(index.state(o["item_id"]) == "out" for o in slot["options"]):
            return False
    return True


class Carte(MenuIndex):
    """The menu that fits, by id. A dish that asks what nobody can answer any more is out, too."""

    def __init__(self, menu: Thing | None = None, a_dish: Mapping[str, str] | None = None) -> None:
        self._out: dict[str, bool] = {}
        super().__init__(fit(menu or {}, a_dish or {}))

    @property
    def availability(self) -> dict[str, Thing]:
        return self._availability

    @availability.setter
    def availability(self, told: dict[str, Thing]) -> None:
        self._availability = told
        self._out = {}

    def state(self, item_id: str) -> str:
        told = super().state(item_id)
        if told == "out" or item_id not in self.items:
            return told
        if item_id not in self._out:
            self._out[item_id] = not answerable(self, self.items[item_id])
        return "out" if self._out[item_id] else told
