"""A menu of five hundred dishes with every length of name, made from the demo's pictures; always the same one."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from typing import Any

from ui.text import ASSETS

LONG = "Slow-roasted shoulder of lamb with rosemary jus, two sides & bread"  # 66 letters
ENDLESS = "Grandmother's own recipe " * 12  # 300 letters
FIRST = ("Smoky", "Crispy", "Double", "Garden", "Spicy", "Golden", "Farmhouse", "Charcoal-grilled", "Wild", "Classic")
SECOND = ("Chicken", "Halloumi", "Beef", "Mushroom", "Salmon", "Falafel", "Pumpkin", "Bacon", "Aubergine", "Prawn")
THIRD = ("Burger", "Bowl", "Wrap", "Salad", "Plate", "Curry", "Sandwich", "Skewer")


def demo_menu() -> dict[str, Any]:
    menu: dict[str, Any] = json.loads((ASSETS / "menus" / "demo.json").read_text("utf-8"))
    menu["dayparts"] = []
    for item in menu["items"]:
        item["daypart_ids"] = []
    return menu


def large_menu(dishes: int = 500, categories: int = 25, seed: int = 5) -> dict[str, Any]:
    """The demo's questions, pictures, allergens and diets, on many dishes."""
    menu, chance = demo_menu(), random.Random(seed)
    plain = [i for i in menu["items"] if i["item_id"] not in {c["item_id"] for c in menu["combos"]}]
    items: list[dict[str, Any]] = []
    copies: dict[str, list[str]] = {}
    for n in range(dishes):
        item = deepcopy(plain[n % len(plain)])
        copies.setdefault(item["item_id"], []).append(f"dish-{n}")
        item["item_id"] = f"dish-{n}"
        name = f"{chance.choice(FIRST)} {chance.choice(SECOND)} {chance.choice(THIRD)} {n}"
        item["name"] = LONG if n % 9 == 3 else name
        item["texts"] = {}
        for k, variation in enumerate(item["variations"]):
            variation["variation_id"] = f"dish-{n}.{k}"
            variation["price_minor"] = chance.randrange(150, 2600, 10)
        items.append(item)
    menu["items"], menu["combos"] = items, []
    for ingredient in menu["ingredients"]:
        ingredient["removable_from"] = [i for one in ingredient.get("removable_from", ()) for i in copies.get(one, ())]
    each = dishes // categories
    menu["categories"] = [
        {
            "category_id": f"category-{c}",
            "name": f"{THIRD[c % len(THIRD)]}s of the house {c}",
            "item_ids": [f"dish-{n}" for n in range(c * each, (c + 1) * each)],
        }
        for c in range(categories)
    ]
    return menu
