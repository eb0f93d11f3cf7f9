"""A menu laid out on a wall: pages of columns of sections. Pure.

The layout is made from the whole menu, sold out or not, so that nothing moves over the wall when something runs out:
the row goes, the rows under it in its column close up, and that is all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ui.dish.menu import MenuIndex
from ui.text import named

Menu = Mapping[str, Any]
Row = dict[str, Any]

UNIT = 15.0
"""A unit of height, in design pixels; on a page that is not full it is drawn larger."""

NAME_LINE, WORDS_LINE, VARIATIONS_LINE, ITEM_GAP = 24.5, 16.0, 18.5, 4.0
"""What a line of a name, a description and variations takes, and the least between two dishes, in design pixels."""

HEADING_UNITS = 4
FIRST_LESS = 1
"""A column begins with its heading's letters, and not with the air that is over those further down."""

HEADING_LINE_UNITS = 2
"""Each further line of a heading."""

MOST_LINES = 4
"""Names and headings take as many lines as they need, up to this; what is still longer ends in an ellipsis."""

MOST_VARIATION_LINES = 3
"""A dish whose sizes need more lines shows the least of their prices instead."""

LEAST_UNDER_HEADING = 2
"""A heading with fewer dishes under it at a column's end goes to the next column."""

PICTURES_A_PAGE = 3

ROLES = (
    "kind",
    "item_id",
    "name",
    "description",
    "priceMinor",
    "from_",
    "priced",
    "variations",
    "continued",
    "first",
    "note",
    "units",
)


class Room(Protocol):
    """How many lines texts take in a column of this screen. At least 1 each."""

    def heading(self, name: str, continued: bool) -> int: ...
    def name(self, row: Row) -> int: ...
    def variations(self, row: Row) -> int: ...


class Endless:
    """A column in which everything fits into one line."""

    def heading(self, name: str, continued: bool) -> int:
        return 1

    def name(self, row: Row) -> int:
        return 1

    def variations(self, row: Row) -> int:
        return 1


ENDLESS = Endless()


def item_row(index: MenuIndex, item: Mapping[str, Any], language: str, room: Room = ENDLESS) -> Row:
    variations = [v for v in item.get("variations") or [] if v.get("price_minor") is not None]
    several = len({v["price_minor"] for v in variations}) > 1
    least = index.price_from(item)
    added = 0 if least is None else least - min(v["price_minor"] for v in variations)
    row: Row = {
        "key": f"item:{item['item_id']}",
        "kind": "item",
        "item_id": item["item_id"],
        "name": named(item, language),
        "description": named(item, language, "description"),
        "priceMinor": least or 0,
        "from_": index.price_varies(item),
        "priced": bool(variations) and not several,
        "variations": [{"name": named(v, language), "priceMinor": v["price_minor"] + added} for v in variations]
        if several
        else [],
        "continued": False,
        "first": False,
        "note": "",
    }
    lines = room.variations(row) if several else 0
    if lines > MOST_VARIATION_LINES:
        row |= {"priced": True, "from_": True, "variations": []}
        lines = 0
    height = min(MOST_LINES, room.name(row)) * NAME_LINE + lines * VARIATIONS_LINE + ITEM_GAP
    told = row["description"] or any(
        item["item_id"] in (i.get("removable_from") or ()) for i in index.ingredients.values()
    )
    return {**row, "units": math.ceil((height + (WORDS_LINE if told else 0)) / UNIT)}  # also of what it is without


def heading_row(category: Mapping[str, Any], language: str, continued: bool, part: int, room: Room = ENDLESS) -> Row:
    name = named(category, language)
    more = min(MOST_LINES, room.heading(name, continued)) - 1
    return {
        "key": f"category:{category['category_id']}:{part}",
        "kind": "heading",
        "item_id": "",
        "name": name,
        "description": "",
        "priceMinor": 0,
        "from_": False,
        "priced": False,
        "variations": [],
        "continued": continued,
        "first": False,
        "note": "",
        "units": HEADING_UNITS + more * HEADING_LINE_UNITS,
    }


Section = tuple[Row, Row, list[Row]]
"""A category: its heading, its heading where it goes on, and its dishes."""


def sections(menu: Menu, language: str, room: Room = ENDLESS) -> list[Section]:
    """Items without any price are not on the wall."""
    index = MenuIndex(menu)
    found = []
    for category in menu.get("categories", []):
        rows = [item_row(index, index.items[i], language, room) for i in category["item_ids"] if i in index.items]
        rows = [r for r in rows if r["priced"] or r["variations"]]
        if rows:
            heads = (heading_row(category, language, continued, 0, room) for continued in (False, True))
            found.append((*heads, rows))
    return found


def columns(parts: Sequence[Section], capacity: int) -> list[list[Row]]:
    """The whole menu in columns of at most `capacity` units."""
    done: list[list[Row]] = []
    column: list[Row] = []
    used = 0
    for heading, again, rows in parts:
        lead = heading["units"] + sum(r["units"] for r in rows[:LEAST_UNDER_HEADING])
        if column and used + lead > capacity:
            done.append(column)
            column, used = [], 0
        column.append(heading)
        used += heading["units"]
        part = 0
        for row in rows:
            if used + row["units"] > capacity and column[-1]["kind"] == "item":
                done.append(column)
                part += 1
                column = [{**again, "key": f"{again['key']}:{part}"}]
                used = again["units"]
            column.append(row)
            used += row["units"]
    if column:
        done.append(column)
    return [[{**one[0], "first": True, "units": one[0]["units"] - FIRST_LESS}, *one[1:]] for one in done]


def tallest(parts: Sequence[Section]) -> int:
    """What a column must hold at the least, in units: a heading and the tallest dish under it."""
    return max((max(h["units"], a["units"]) + max(r["units"] for r in rows) for h, a, rows in parts), default=1)


def pages(menu: Menu, language: str, *, capacity: int, across: int, room: Room = ENDLESS) -> list[Row]:
    """`[{"columns": [[row…]…], "pictures": [item_id…]}]`: as few pages as can be, and those filled evenly."""
    parts = sections(menu, language, room)
    all_columns = columns(parts, capacity)
    count = max(1, -(-len(all_columns) // across))
    for less in range(capacity - 1, tallest(parts) - 1, -1):
        shorter = columns(parts, less)
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
