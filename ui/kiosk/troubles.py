"""What has become of a basket's dishes while the customer was choosing. Pure."""

from __future__ import annotations

from ui.pos import selection as choosing
from ui.pos.menu import MenuIndex
from ui.pos.selection import Selection


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
    found = [m for m in selection.modifiers if m in out]
    for chosen in selection.choices.values():
        for choice in chosen:
            if index.state(choice.item_id) == "out":
                found.append(choice.item_id)
            found += [m for m in choice.modifiers if m in index.out_modifiers(choice.item_id)]
    left = index.left(selection.item_id)
    if left is not None and left < selection.quantity:
        found.append(selection.item_id)
    return found


def mendable(index: MenuIndex, selection: Selection) -> bool:
    """Whether another choice within the dish would do."""
    return selection.item_id in index.items and index.state(selection.item_id) != "out"


def mend(index: MenuIndex, selection: Selection) -> None:
    """Takes out the choices that are gone, so that the sheet asks for others."""
    out = index.out_modifiers(selection.item_id)
    for modifier_id in [m for m in selection.modifiers if m in out]:
        del selection.modifiers[modifier_id]
    for slot_id, chosen in selection.choices.items():
        selection.choices[slot_id] = [c for c in chosen if index.state(c.item_id) != "out"]
        for choice in selection.choices[slot_id]:
            for modifier_id in [m for m in choice.modifiers if m in index.out_modifiers(choice.item_id)]:
                del choice.modifiers[modifier_id]
    left = index.left(selection.item_id)
    if left is not None:
        selection.quantity = max(1, min(selection.quantity, left))


def names(index: MenuIndex, ids: list[str], language: str) -> str:
    return ", ".join(dict.fromkeys(index.name(i, language) for i in ids))


def missing(index: MenuIndex, selection: Selection) -> bool:
    return selection.item_id in index.items and bool(choosing.missing(index, selection))
