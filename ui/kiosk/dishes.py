"""The menu as a customer sees it: rows for tiles, the rail and the attract screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ui.context import Shell
from ui.dish.menu import MenuIndex
from ui.text import ASSETS, named

DISH_ROLES = ("name", "description", "price", "priced", "out", "reason", "few", "image", "marks")
FEW = 9
"""Portions left from which on the customer is told."""

SHOW_CASE = 12
SHOWN_MARKS = ("vegan", "vegetarian", "spicy")


def picture(image: str | None) -> str:
    """The URL of a menu picture that is here, or `""`: then a designed placeholder shows."""
    if not image or "/" in image or "\\" in image:
        return ""
    path = ASSETS / "images" / image
    return path.as_uri() if path.is_file() else ""


def dish_row(index: MenuIndex, item_id: str, shell: Shell) -> dict[str, Any]:
    language = shell.language
    item = index.items[item_id]
    available = index.availability.get(item_id, {})
    state = index.state(item_id)
    prices = {v.get("price_minor") for v in item.get("variations") or []} - {None}
    least = index.price_from(item)
    amount = shell.money(str(least), "") if least is not None else ""
    left = index.left(item_id)
    if state == "out":
        reason = out_reason(index, item, available, shell)
    elif state == "without":
        reason = shell.text("kiosk.without", names=", ".join(index.name(i, language) for i in available["without"]))
    else:
        reason = ""
    return {
        "item_id": item_id,
        "name": named(item, language),
        "description": named(item, language, "description"),
        "price": shell.text("kiosk.from", price=amount) if len(prices) > 1 else amount,
        "priced": least is not None,
        "state": state,
        "out": state == "out",
        "reason": reason,
        "few": shell.text("kiosk.left", n=left) if left is not None and 0 < left <= FEW and state != "out" else "",
        "image": picture(item.get("image")),
        "marks": marks(item.get("diets") or ()),
    }


def marks(diets: Iterable[str]) -> list[str]:
    """What a diet's word is shown for; vegan says vegetarian too."""
    found = [m for m in SHOWN_MARKS if m in diets]
    return [m for m in found if not (m == "vegetarian" and "vegan" in found)]


def out_reason(index: MenuIndex, item: Any, available: Any, shell: Shell) -> str:
    """Why a dish can't be had, in a few words."""
    because = [i for i in available.get("because") or () if i in index.ingredients or i in index.modifiers]
    if because:
        return shell.text("kiosk.out_of", names=", ".join(index.name(i, shell.language) for i in because))
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


def category_of(index: MenuIndex, item_id: str) -> str:
    """The first category that holds an item, or `""`."""
    for category in index.menu.get("categories", []):
        if item_id in category["item_ids"]:
            return str(category["category_id"])
    return ""


def show_case(index: MenuIndex, shell: Shell) -> list[dict[str, Any]]:
    """Dishes for the attract screen: one of each category that has a picture and can be had now, best the one whose
    picture stands for the category, and no picture twice."""
    shown: list[dict[str, Any]] = []
    pictures: set[str] = set()
    for category in index.menu.get("categories", []):
        rows = [dish_row(index, i, shell) for i in category["item_ids"] if i in index.items]
        good = [r for r in rows if r["priced"] and r["image"] and r["state"] != "out" and r["image"] not in pictures]
        emblem = picture(category.get("image"))
        good.sort(key=lambda r: r["image"] != emblem)
        if good:
            row = good[0]
            pictures.add(row["image"])
            shown.append({name: row[name] for name in ("item_id", "name", "description", "image", "price")})
    return shown[:SHOW_CASE]
