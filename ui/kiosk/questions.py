"""The questions of a dish as the customer is asked them: in which order, in which words. Pure but for the words."""

from __future__ import annotations

from typing import Any

from server.phrase import colon
from ui.context import Shell
from ui.dish import sheet
from ui.dish.menu import MenuIndex
from ui.dish.selection import Selection
from ui.kiosk import words
from ui.kiosk.dishes import picture
from ui.text import listed

Row = dict[str, Any]
WITHOUT = ("without", sheet.INSIDE_WITHOUT)
INSIDE = ("in:", "less:")
"""Keys of what is asked about a combo's dish."""

ROLES = (*sheet.ROLES, "asked", "badge", "tone", "single", "pictured", "folds", "choices")


def questions(index: MenuIndex, selection: Selection, shell: Shell, pointed: bool) -> list[Row]:
    """`pointed`: the customer has tried to finish, so what is missing may be pointed at."""
    rows = arranged(sheet.questions(index, selection, shell.language))
    variation = index.variation(index.items[selection.item_id], selection.variation_id) or {}
    free = not variation.get("price_minor")  # then a choice is what it costs
    first = next((row["key"] for row in rows if row["missing"]), "")
    for row in rows:
        count = sum(o["count"] for o in row["options"])
        row["title"] = asked(row, shell)
        row["asked"] = pointed and row["key"] == first
        row["badge"], row["tone"] = badge(row, count, shell)
        row["single"] = row["most"] == 1 and (row["least"] > 0 or len(row["options"]) > 1)  # else it is yes or no
        row["folds"] = row["key"].startswith(INSIDE) and row["least"] == 0
        full = row["most"] > 1 and count >= row["most"]
        priced = free and row["least"] > 0 and not row["key"].startswith(INSIDE)
        row["options"] = [worded(o, row["kind"], full, priced, shell) for o in row["options"]]
        row["choices"] = listed((o["name"] for o in row["options"]), shell.language, " · ")
        row["pictured"] = any(o["image"] for o in row["options"])
    return rows


def asked(row: Row, shell: Shell) -> str:
    if row["kind"] == sheet.INSIDE_WITHOUT:
        return listed((row["title"], shell.text("kiosk.ask_without")), shell.language, colon(shell.language))
    return row["title"] or shell.text(f"kiosk.ask_{row['kind']}")


def arranged(rows: list[Row]) -> list[Row]:
    """What must be answered first; what is asked about a combo's dish stays with that dish. The menu's order else."""
    blocks: list[list[Row]] = []
    for row in rows:
        if row["key"].startswith(INSIDE) and blocks:
            blocks[-1].append(row)
        else:
            blocks.append([row])
    blocks.sort(key=lambda block: block[0]["least"] == 0)
    return [row for head, *inside in blocks for row in (head, *sorted(inside, key=lambda r: r["least"] == 0))]


def badge(row: Row, count: int, shell: Shell) -> tuple[str, str]:
    """How many answers a question wants or has, and in which tone to say it."""
    least, most = row["least"], row["most"]
    if count < least:
        return shell.text("kiosk.please_choose", n=least - count), "accent"
    if least > 0 and most == least:
        return shell.text("kiosk.chosen"), "positive"
    if most > 1:
        words = shell.text("kiosk.count_of", chosen=count, most=most) if count else shell.text("kiosk.up_to", n=most)
        return words, "positive" if count else "neutral"
    return shell.text("kiosk.if_you_like"), "neutral"


def worded(option: Row, kind: str, full: bool, priced: bool, shell: Shell) -> Row:
    """`full`: no more can be chosen until one is taken out; the option stands back, but may be touched and says so.
    `priced`: an answer's price is the dish's own, and no extra."""
    price, extra = option["priceMinor"], option["extraMinor"] * max(1, option["count"])
    more = shell.money if priced else shell.extraMoney
    costs = shell.money(str(price), "") if price is not None else more(str(extra), "") if extra else ""
    return {
        "id": option["id"],
        "name": words.left_out(shell, option["name"]) if kind in WITHOUT else option["name"],
        "count": option["count"] if option["countable"] and option["selected"] else 0,
        "most": option["portions"],
        "countable": option["countable"],
        "selected": option["selected"],
        "extra": costs,
        "out": option["out"],
        "full": full and not option["selected"],
        "note": shell.text("kiosk.option_out") if option["out"] else "",
        "image": picture(option["image"]),
    }
