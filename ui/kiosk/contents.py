"""What a dish's sheet says of allergens and energy: of what is chosen, as far as the menu states it. Pure.

A menu that states nothing of a dish does not say that it contains nothing: the customer is told to ask.
"""

from __future__ import annotations

from server.filters import spelt
from ui.context import Shell
from ui.dish import selection as choosing
from ui.dish.menu import MenuIndex, Thing
from ui.dish.selection import Selection
from ui.kiosk.dishes import allergen
from ui.text import joined


def chosen(index: MenuIndex, selection: Selection) -> list[Thing] | None:
    """What fills a combo's slots; None for a dish that is no combo, and while something is still to be chosen."""
    slots = choosing.slots(index, selection.item_id)
    if not slots or any(len(selection.choices.get(s["slot_id"], [])) < s.get("min", 1) for s in slots):
        return None
    picked = [c.item_id for s in slots for c in selection.choices.get(s["slot_id"], [])]
    return [index.items[i] for i in picked if i in index.items]


def allergens(index: MenuIndex, selection: Selection, shell: Shell) -> str:
    item, parts = index.items[selection.item_id], chosen(index, selection)
    own = list(item.get("allergens") or ())
    told = [list(part.get("allergens") or ()) for part in parts or ()]
    if told and all(told):
        return contains([a for some in told for a in some], shell)
    found = own + [a for some in told for a in some]
    said = contains(found, shell) if found else ""
    unknown = shell.text("kiosk.allergens_unknown")
    if not own:
        return f"{said}. {unknown}" if said else unknown
    return shell.text("kiosk.as_it_comes", text=said) if item["item_id"] in index.combos else said


def contains(words: list[str], shell: Shell) -> str:
    names = [allergen(word, shell) for word in dict.fromkeys(map(spelt, words))]
    return shell.text("kiosk.contains", names=joined(names, shell.language))


def energy(index: MenuIndex, selection: Selection, shell: Shell) -> str:
    item, parts = index.items[selection.item_id], chosen(index, selection)
    told = [part.get("kilocalories") for part in parts or ()]
    known = [int(n) for n in told if n is not None]
    if known and len(known) == len(told):
        return shell.text("kiosk.energy", n=sum(known))
    if item.get("kilocalories") is None:
        return ""
    said = shell.text("kiosk.energy", n=item["kilocalories"])
    return shell.text("kiosk.as_it_comes", text=said) if item["item_id"] in index.combos else said
