"""The questions of a dish as rows for the screen: sizes, modifier groups, combo slots, what to leave out. Pure."""

from __future__ import annotations

from collections import Counter
from typing import Any

from server.phrase import colon
from ui.dish import selection as choosing
from ui.dish.menu import MenuIndex, Thing
from ui.dish.selection import Counts, Selection
from ui.text import listed, named

Row = dict[str, Any]
INSIDE_WITHOUT = "inside_without"
"""What to leave out of a combo's dish."""

ROLES = ("kind", "title", "least", "most", "missing", "options")


def questions(index: MenuIndex, selection: Selection, language: str) -> list[Row]:
    """One row a question. `most` is -1 for any number; `options` are as `option` makes them."""
    item = index.items[selection.item_id]
    missing = set(choosing.missing(index, selection))
    rows = []
    variations = item.get("variations") or []
    if len(variations) > 1:
        rows.append(
            question(
                "variation",
                "variation",
                "",
                1,
                1,
                [
                    option(
                        v["variation_id"],
                        named(v, language),
                        v["variation_id"] == selection.variation_id,
                        price=v.get("price_minor"),
                        image=v.get("image"),
                    )
                    for v in variations
                ],
            )
        )
    rows += slot_questions(index, selection, language)
    rows += group_questions(index, item, selection.modifiers, "group:", language)
    rows += without_question(index, item, selection.without, "without", "without", "", language)
    for row in rows:
        row["missing"] = row["key"] in missing
    return rows


def slot_questions(index: MenuIndex, selection: Selection, language: str) -> list[Row]:
    rows = []
    out_options = set(index.availability.get(selection.item_id, {}).get("out_options") or ())
    for slot in choosing.slots(index, selection.item_id):
        slot_id = slot["slot_id"]
        chosen = selection.choices.get(slot_id, [])
        taken = Counter(c.item_id for c in chosen)
        options = [
            option(
                o["item_id"],
                index.name(o["item_id"], language),
                taken[o["item_id"]] > 0,
                extra=o.get("price_minor") or 0,
                out=o["item_id"] in out_options or index.state(o["item_id"]) == "out",
                count=taken[o["item_id"]],
                portions=choosing.pieces(slot, chosen, o["item_id"]),
                countable=slot.get("max", 1) > 1,
                image=index.items.get(o["item_id"], {}).get("image"),
            )
            for o in slot["options"]
        ]
        rows.append(
            question(f"slot:{slot_id}", "slot", named(slot, language), slot.get("min", 1), slot.get("max", 1), options)
        )
        for choice in {c.item_id: c for c in chosen}.values():  # of several alike all are answered at once
            inside = index.items[choice.item_id]
            for row in group_questions(index, inside, choice.modifiers, f"in:{slot_id}:{choice.item_id}:", language):
                row["title"] = listed((named(inside, language), row["title"]), language, colon(language))
                rows.append(row)
            key, name = f"less:{slot_id}:{choice.item_id}", named(inside, language)
            rows += without_question(index, inside, choice.without, key, INSIDE_WITHOUT, name, language)
    return rows


def without_question(
    index: MenuIndex, item: Thing, left_out: set[str], key: str, kind: str, title: str, language: str
) -> list[Row]:
    """What may be left out of a dish; no question where nothing may."""
    gone = set(index.availability.get(item["item_id"], {}).get("without") or ())
    options = [
        option(i["ingredient_id"], named(i, language), i["ingredient_id"] in left_out, out=i["ingredient_id"] in gone)
        for i in index.removable(item)
    ]
    return [question(key, kind, title, 0, -1, options)] if options else []


def group_questions(index: MenuIndex, item: Thing, counts: Counts, prefix: str, language: str) -> list[Row]:
    rows = []
    out = index.out_modifiers(item["item_id"])
    for group in index.groups_of(item):
        group_id = group["modifier_group_id"]
        least, most = index.limits(item, group_id)
        options = [
            option(
                m["modifier_id"],
                named(m, language),
                bool(counts.get(m["modifier_id"])),
                extra=m["price_minor"],
                out=m["modifier_id"] in out,
                count=counts.get(m["modifier_id"], 0),
                portions=choosing.portions(index, item, counts, group_id, m["modifier_id"]),
                countable=choosing.several(m, least, most),
                image=m.get("image"),
            )
            for m in group["modifiers"]
        ]
        rows.append(
            question(prefix + group_id, "group", named(group, language), least, -1 if most is None else most, options)
        )
    return rows


def question(key: str, kind: str, title: str, least: int, most: int, options: list[Row]) -> Row:
    return {
        "key": key,
        "kind": kind,
        "title": title,
        "least": least,
        "most": most,
        "missing": False,
        "options": options,
    }


def option(
    option_id: str,
    name: str,
    selected: bool,
    *,
    extra: int = 0,
    price: int | None = None,
    out: bool = False,
    count: int = 0,
    portions: int = 1,
    countable: bool = False,
    image: str | None = None,
) -> Row:
    """`countable`: more than one portion may be had, `portions` at the most as the others are chosen. `image`: as the
    menu names it."""
    return {
        "count": count or int(selected),
        "portions": portions,
        "countable": countable,
        "id": option_id,
        "name": name,
        "selected": selected,
        "extraMinor": extra,
        "priceMinor": price,
        "out": out and not selected,
        "image": image,
    }


def answer(index: MenuIndex, selection: Selection, key: str, option_id: str) -> None:
    """A tap on an option."""
    kind, _, rest = key.partition(":")
    if kind == "variation":
        selection.variation_id = option_id
    elif kind == "without":
        selection.without ^= {option_id}
    elif kind == "group":
        choosing.toggle(index, index.items[selection.item_id], selection.modifiers, rest, option_id)
    elif kind == "less":
        slot_id, item_id = rest.split(":", 1)
        for choice in selection.choices.get(slot_id, []):
            if choice.item_id == item_id:
                choice.without ^= {option_id}
    elif kind == "slot":
        choosing.choose(index, selection, rest, option_id)
    elif kind == "in":
        slot_id, item_id, group_id = rest.split(":", 2)
        for choice in selection.choices.get(slot_id, []):
            if choice.item_id == item_id:
                choosing.toggle(index, index.items[item_id], choice.modifiers, group_id, option_id)


def count(index: MenuIndex, selection: Selection, key: str, option_id: str, portions: int) -> None:
    """So many portions of a modifier that is chosen, or pieces of a combo's dish."""
    kind, _, rest = key.partition(":")
    if kind == "slot":
        choosing.set_pieces(index, selection, rest, option_id, portions)
    if kind == "group":
        choosing.set_portions(index, index.items[selection.item_id], selection.modifiers, rest, option_id, portions)
    elif kind == "in":
        slot_id, item_id, group_id = rest.split(":", 2)
        for choice in selection.choices.get(slot_id, []):
            if choice.item_id == item_id:
                choosing.set_portions(index, index.items[item_id], choice.modifiers, group_id, option_id, portions)
