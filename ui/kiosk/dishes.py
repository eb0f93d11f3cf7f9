"""The menu as a customer sees it: rows for tiles, the rail and the attract screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.filters import spelt
from server.phrase import inside
from ui.context import Shell
from ui.dish.menu import MenuIndex
from ui.kiosk import troubles
from ui.pictures import picture_url as picture
from ui.text import joined, named

Row = dict[str, Any]
DISH_ROLES = ("name", "description", "price", "priced", "out", "reason", "few", "image", "marks")
FEW = 9
"""Portions left from which on the customer is told."""

SHOW_CASE = 12
SHOWN_MARKS = ("vegan", "vegetarian", "spicy")
MAX_PICTURES = 8
"""Of one dish, one beside the other: nobody looks at more before they eat it."""


def pictures(item: Mapping[str, Any]) -> list[str]:
    """Those that can be shown, each once, the first the dish's own."""
    found = (picture(image) for image in (item.get("image"), *(item.get("more_images") or ())))
    return list(dict.fromkeys(one for one in found if one))[:MAX_PICTURES]


def dish_row(index: MenuIndex, item_id: str, shell: Shell) -> dict[str, Any]:
    language = shell.language
    item = index.items[item_id]
    available = index.availability.get(item_id, {})
    state = index.state(item_id)
    least = index.price_from(item)
    amount = shell.money(str(least), "") if least is not None else ""
    left = index.left(item_id)
    if state == "out":
        reason = out_reason(index, item, available, shell)
    elif state == "without":
        missing = dict.fromkeys(inside(index.name(i, language), language) for i in available["without"])
        reason = shell.text("kiosk.without", names=joined(missing, language))
    else:
        reason = ""
    return {
        "item_id": item_id,
        "name": named(item, language),
        "description": named(item, language, "description"),
        "price": shell.text("kiosk.from", price=amount) if index.price_varies(item) else amount,
        "priced": least is not None,
        "state": state,
        "out": state == "out",
        "reason": reason,
        "few": shell.text("kiosk.left", n=left) if left is not None and 0 < left <= FEW and state != "out" else "",
        "image": picture(item.get("image")),
        "marks": marks(item.get("diets") or ()),
    }


def sold_rows(index: MenuIndex, shell: Shell) -> dict[str, Row]:
    """The dishes a kiosk offers, by item id, in the order of the categories they stand in first."""
    ids = dict.fromkeys(i for category in index.menu.get("categories", []) for i in category["item_ids"])
    return {
        i: dish_row(index, i, shell) for i in ids if i in index.items and index.price_from(index.items[i]) is not None
    }


def allergen(word: str, shell: Shell) -> str:
    """A menu may name more than the law's fourteen; such a word is shown as it is."""
    key = f"kiosk.allergen.{spelt(word)}"
    return shell.text(key) if shell.translations.knows(key) else word


def marks(diets: Iterable[str]) -> list[str]:
    """What a diet's word is shown for; vegan says vegetarian too."""
    found = [m for m in SHOWN_MARKS if m in diets]
    return [m for m in found if not (m == "vegetarian" and "vegan" in found)]


def out_reason(index: MenuIndex, item: Any, available: Any, shell: Shell) -> str:
    """Why a dish can't be had, in a few words."""
    because = [i for i in available.get("because") or () if i in index.ingredients or i in index.modifiers]
    if because:
        return shell.text("kiosk.out_of", names=troubles.names(index, because, shell.language))
    dayparts = {d["daypart_id"]: d for d in index.menu.get("dayparts", [])}
    times = [dayparts[d] for d in item.get("daypart_ids") or () if d in dayparts]
    if times and available.get("left") != 0 and item["item_id"] not in (available.get("because") or ()):
        return shell.text("kiosk.served", start=times[0]["start"], end=times[0]["end"])
    return shell.text("kiosk.sold_out")


def category_rows(index: MenuIndex, language: str) -> list[dict[str, Any]]:
    """Categories that have something a kiosk can sell."""
    rows = []
    for category in index.menu.get("categories", []):
        items = [index.items[i] for i in category["item_ids"] if i in index.items]
        sold = [i for i in items if index.price_from(i) is not None]
        if sold:
            image = category.get("image") or next((i.get("image") for i in sold if i.get("image")), None)
            rows.append(
                {"category_id": category["category_id"], "name": named(category, language), "image": picture(image)}
            )
    return rows


def any_to_be_had(index: MenuIndex) -> bool:
    """Whether there is a dish that a kiosk can sell now."""
    return any(index.state(i) != "out" and index.price_from(item) is not None for i, item in index.items.items())


def category_of(index: MenuIndex, item_id: str) -> str:
    """The first category that holds an item, or `""`."""
    for category in index.menu.get("categories", []):
        if item_id in category["item_ids"]:
            return str(category["category_id"])
    return ""


def dearer(index: MenuIndex, one: str, other: str) -> bool:
    return (index.price_from(index.items[one]) or 0) > (index.price_from(index.items[other]) or 0)


def show_case(index: MenuIndex, shell: Shell, sold: Mapping[str, int] | None = None) -> list[dict[str, Any]]:
    """Dishes for the attract screen: one of each category that has a picture and can be had now, best what sells most
    (`sold`: how many of each), else the one whose picture stands for the category, and no picture twice. A menu without
    pictures shows the finest dish of each by name. What sells most comes first."""
    sold = sold or {}
    pictured = any(picture(item.get("image")) for item in index.items.values())
    shown: list[str] = []
    pictures: set[str] = set()
    for category in index.menu.get("categories", []):
        emblem = picture(category.get("image"))
        best = ""
        for item_id in category["item_ids"]:
            item = index.items.get(item_id)
            if item is None or item_id in shown or not (index.price_from(item) and item.get("name")):
                continue
            if index.state(item_id) == "out":
                continue
            image = picture(item.get("image"))
            if pictured and (not image or image in pictures):
                continue
            more = sold.get(item_id, 0) - sold.get(best, 0)
            finer = (image and image == emblem) or (not pictured and best and dearer(index, item_id, best))
            if not best or more > 0 or (more == 0 and finer):
                best = item_id
        if best:
            shown.append(best)
            pictures.add(picture(index.items[best].get("image")))
    shown.sort(key=lambda item_id: -sold.get(item_id, 0))  # the menu's order among equals
    rows = [dish_row(index, item_id, shell) for item_id in shown[:SHOW_CASE]]
    return [{name: row[name] for name in ("item_id", "name", "description", "image", "price")} for row in rows]
