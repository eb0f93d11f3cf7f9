"""What has become of a basket's dishes while the customer was choosing. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ui.dish.menu import MenuIndex
from ui.dish.selection import Selection
from ui.text import joined


def off_menu(index: MenuIndex, selection: Selection) -> list[str]:
    """Ids of what the dish needs and the menu no longer has: the dish itself, a modifier, a choice."""
    found = [selection.item_id] if selection.item_id not in index.items else []
    found += [m for m in selection.modifiers if m not in index.modifiers]
    for chosen in selection.choices.values():
        for choice in chosen:
            found += [choice.item_id] if choice.item_id not in index.items else []
            found += [m for m in choice.modifiers if m not in index.modifiers]
    return found


def sizes_off_menu(index: MenuIndex, selection: Selection) -> list[tuple[str, str]]:
    """(item, variation) ids of dishes that the menu still has, but not as large or small as they were chosen."""
    wanted = [(selection.item_id, selection.variation_id)]
    wanted += [(c.item_id, c.variation_id) for chosen in selection.choices.values() for c in chosen]
    return [(i, v) for i, v in wanted if v and i in index.items and not index.has_size(i, v)]


def gone(index: MenuIndex, selection: Selection) -> list[str]:
    """Ids of what the dish needs and the shop no longer has: the dish itself, an ingredient, a modifier, a choice.

    Empty when it can be made as chosen.
    """
    if selection.item_id not in index.items:
        return [selection.item_id]
    available = index.availability.get(selection.item_id, {})
    if available.get("state") == "out":
        return [str(i) for i in available.get("because") or [selection.item_id]]
    out = index.out_modifiers(selection.item_id)
    found = [m for m in selection.modifiers if m in out or m not in index.modifiers]
    for chosen in selection.choices.values():
        for choice in chosen:
            if choice.item_id not in index.items or index.state(choice.item_id) == "out":
                found.append(choice.item_id)
            lost = index.out_modifiers(choice.item_id)
            found += [m for m in choice.modifiers if m in lost or m not in index.modifiers]
    return found


def mendable(index: MenuIndex, selection: Selection) -> bool:
    """Whether another choice within the dish would do."""
    return selection.item_id in index.items and index.state(selection.item_id) != "out"


def mend(index: MenuIndex, selection: Selection) -> None:
    """Takes out the choices that are gone, so that the sheet asks for others. A dish whose size is gone comes in the
    first there is."""
    if not index.has_size(selection.item_id, selection.variation_id):
        variation = index.variation(index.items[selection.item_id], None)
        selection.variation_id = variation["variation_id"] if variation else None
    out = index.out_modifiers(selection.item_id)
    for modifier_id in [m for m in selection.modifiers if m in out or m not in index.modifiers]:
        del selection.modifiers[modifier_id]
    for slot_id, chosen in selection.choices.items():
        selection.choices[slot_id] = [
            c
            for c in chosen
            if c.item_id in index.items
            and index.state(c.item_id) != "out"
            and index.has_size(c.item_id, c.variation_id)
        ]
        for choice in selection.choices[slot_id]:
            lost = index.out_modifiers(choice.item_id)
            for modifier_id in [m for m in choice.modifiers if m in lost or m not in index.modifiers]:
                del choice.modifiers[modifier_id]


def taken(lines: Iterable[Selection]) -> Counter[str]:
    """How many of each item the lines take from what is left, dishes of combos included."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts[line.item_id] += line.quantity
        for chosen in line.choices.values():
            for choice in chosen:
                counts[choice.item_id] += line.quantity
    return counts


def room(index: MenuIndex, selection: Selection, others: Iterable[Selection]) -> int | None:
    """How many of this dish can be had beside the others; None when nobody counts. Never below 0."""
    before = taken(others)
    alone = Selection(selection.item_id, None, choices=selection.choices)
    rooms = []
    for item_id, each in taken([alone]).items():
        left = index.left(item_id)
        if left is not None:
            rooms.append(max(0, left - before[item_id]) // each)
    return min(rooms, default=None)


def names(index: MenuIndex, ids: Iterable[str], language: str) -> str:
    return joined(dict.fromkeys(index.name(i, language) for i in ids), language)
