"""What goes with a basket, told from the shop's own combos: at most one dish, and only where nothing like it is. Pure.

A shop whose menu has no combos says nothing about what goes with what; then nothing is suggested.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ui.dish import selection as choosing
from ui.dish.menu import MenuIndex, Thing
from ui.dish.selection import Selection


def held(lines: Iterable[Selection]) -> set[str]:
    """All dishes of a basket, those of combos included."""
    return {line.item_id for line in lines} | {
        choice.item_id for line in lines for chosen in line.choices.values() for choice in chosen
    }


def suggestion(index: MenuIndex, lines: Sequence[Selection], refused: Iterable[str] = ()) -> str:
    """The id of a dish that a combo would add to one of the basket's, or `""`. `refused`: those taken out before."""
    taken = held(lines) | set(refused)
    for line in lines:
        if line.item_id in index.combos:
            continue
        for combo_id in index.combos:
            head, *others = choosing.slots(index, combo_id) or [None]
            if head is None or line.item_id not in alike(index, head):
                continue  # something goes only with what a combo is built around
            for slot in reversed(others):
                if slot.get("min", 1) >= 1 and (found := first_of(index, slot, taken)):
                    return found
    return ""


def alike(index: MenuIndex, slot: Thing) -> set[str]:
    """The dishes of a slot, and those that stand in a category with them."""
    options = {o["item_id"] for o in slot["options"]}
    categories = (set(c["item_ids"]) for c in index.menu.get("categories", []))
    return options.union(*(ids for ids in categories if ids & options))


def first_of(index: MenuIndex, slot: Thing, taken: set[str]) -> str:
    """The slot's first dish that can be had, unless the basket has something like it."""
    if taken & alike(index, slot):
        return ""
    return next((o["item_id"] for o in slot["options"] if offered(index, o["item_id"])), "")


def offered(index: MenuIndex, item_id: str) -> bool:
    item = index.items.get(item_id)
    return item is not None and index.state(item_id) != "out" and index.price_from(item) is not None
