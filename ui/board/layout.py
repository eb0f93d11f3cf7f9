"""A menu laid out on a wall: pages of columns of sections. Pure.

The layout is made from the whole menu, sold out or not, so that nothing moves over the wall when something runs out:
the row goes, the rows under it in its column close up, and that is all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ui.text import named

Menu = Mapping[str, Any]
Row = dict[str, Any]

HEADING_UNITS = 4
ITEM_UNITS = 2
VARIATIONS_UNITS = 2
DESCRIPTION_UNITS = 1
GAP_UNITS = 1
LEAST_UNDER_HEADING = 2
"""A heading with fewer dishes under it at a column's end goes to the next column."""

LEAST_CAPACITY = 9
"""A heading and the tallest dish."""

PICTURES_A_PAGE = 3

ROLES = (
    "kind",
    "item_id",
    "name",
    "description",
    "priceMinor",
    "priced",
    "variations",
    "continued",
    "first",
    "note",
    "units",
)


def item_row(item: Mapping[str, Any], language: str) -> Row:
    variations = [v for v in item.get("variations") or [] if v.get("price_minor") is not None]
    several = len({v["price_minor"] for v in variations}) > 1
    return {
        "key": f"item:{item['item_id']}",
        "kind": "item",
        "item_id": item["item_id"],
        "name": named(item, language),
        "description": named(item, language, "description"),
        "priceMinor": min((v["price_minor"] for v in variations), default=0),
        "priced": bool(variations) and not several,
        "variations": [{"name": named(v, language), "priceMinor": v["price_minor"]} for v in variations]
        if several
        else [],
        "continued": False,
        "first": False,
        "note": "",
    }


def heading_row(category: Mapping[str, Any], language: str, continued: bool, part: int) -> Row:
    return {
        "key": f"category:{category['category_id']}:{part}",
        "kind": "heading",
        "item_id": "",
        "name": named(category, language),
        "description": "",
        "priceMinor": 0,
        "priced": False,
        "variations": [],
        "continued": continued,
        "first": False,
        "note": "",
    }


def units(row: Row) -> int:
    if row["kind"] == "heading":
        return HEADING_UNITS
    return (
        ITEM_UNITS + (VARIATIONS_UNITS if row["variations"] else 0) + (DESCRIPTION_UNITS if row["description"] else 0)
    )


def sized(row: Row) -> Row:
    return {**row, "units": units(row)}


def columns(menu: Menu, language: str, capacity: int) -> list[list[Row]]:
    """The whole menu in columns of at most `capacity` units. Items without any price are not on the wall."""
    items = {i["item_id"]: i for i in menu.get("items", [])}
    done: list[list[Row]] = []
    column: list[Row] = []
    used = 0
    for category in menu.get("categories", []):
        rows = [sized(item_row(items[i], language)) for i in category["item_ids"] if i in items]
        rows = [r for r in rows if r["priced"] or r["variations"]]
        if not rows:
            continue
        lead = HEADING_UNITS + sum(units(r) for r in rows[:LEAST_UNDER_HEADING])
        if column and used + lead > capacity:
            done.append(column)
            column, used = [], 0
        part = 0
        column.append(sized(heading_row(category, language, False, part)))
        used += HEADING_UNITS
        for row in rows:
            if used + units(row) > capacity and column[-1]["kind"] == "item":
                done.append(column)
                part += 1
                column = [sized(heading_row(category, language, True, part))]
                used = HEADING_UNITS
            column.append(row)
            used += units(row)
    if column:
        done.append(column)
    for one in done:
        one[0]["first"] = True
    return done


def pages(
    menu: Menu,
    language: str,
    *,
    capacity: int,
    across: int,
    has_picture: Callable[[Mapping[str, Any]], bool] = lambda item: False,
) -> list[Row]:
    """`[{"columns": [[row…]…], "pictures": [item_id…]}]`: as few pages as can be, and those filled evenly."""
    all_columns = columns(menu, language, capacity)
    count = max(1, -(-len(all_columns) // across))
    for less in range(capacity - 1, LEAST_CAPACITY - 1, -1):
        shorter = columns(menu, language, less)
        if len(shorter) > count * across:
            break
        all_columns = shorter
    result = []
    items = {i["item_id"]: i for i in menu.get("items", [])}
    for n in range(count):
        mine = all_columns[n * across : (n + 1) * across]
        with_picture = [
            r["item_id"] for c in mine for r in c if r["kind"] == "item" and items[r["item_id"]].get("image")
        ]
        result.append({"columns": mine, "pictures": with_picture})
    return result


def shown(column: list[Row], availability: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]) -> list[Row]:
    """A column without what is out, and without headings that have nothing left under them."""
    kept: list[Row] = []
    for row in column:
        if row["kind"] == "heading":
            if kept and kept[-1]["kind"] == "heading":
                kept.pop()
            kept.append(row)
            continue
        state = availability.get(row["item_id"], {})
        if state.get("state") == "out":
            continue
        without = state.get("without") or [] if state.get("state") == "without" else []
        kept.append({**row, "note": ", ".join(names.get(i, i) for i in without)})
    if kept and kept[-1]["kind"] == "heading":
        kept.pop()
    return kept


def pictures(candidates: list[str], availability: Mapping[str, Mapping[str, Any]], turn: int) -> list[str]:
    """The dishes whose pictures a page shows on its nth turn; what is out is never among them."""
    sold = [i for i in candidates if availability.get(i, {}).get("state") != "out"]
    if len(sold) <= PICTURES_A_PAGE:
        return sold
    step = max(1, len(sold) // PICTURES_A_PAGE)
    return [sold[(turn + k * step) % len(sold)] for k in range(PICTURES_A_PAGE)]
