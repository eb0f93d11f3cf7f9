"""From one dish to a combo that holds it: at most one honest offer. Pure.

Offered is the combo that costs least on top, and only when the dish is its main one and the combo is cheaper than the
cheapest way to buy its other parts alone. Nothing that is out is counted on.
"""

from __future__ import annotations

from typing import NamedTuple

from ui.dish import selection as choosing
from ui.dish.menu import MenuIndex, Thing
from ui.dish.selection import Choice, Selection


class Upgrade(NamedTuple):
    """`more_minor` is what the combo costs on top of the dish as chosen, before its other choices; `slots` are the
    names' things of what comes with it."""

    combo_id: str
    slot_id: str
    more_minor: int
    slots: list[Thing]


def upgrade(index: MenuIndex, selection: Selection) -> Upgrade | None:
    if selection.item_id in index.combos or selection.item_id not in index.items:
        return None
    found = [offer for combo_id in index.combos if (offer := offered(index, selection, combo_id)) is not None]
    return min(found, key=lambda offer: offer.more_minor, default=None)


def offered(index: MenuIndex, selection: Selection, combo_id: str) -> Upgrade | None:
    """What a combo would cost on top, if it may be offered for this dish."""
    item = index.items.get(combo_id)
    if item is None or index.state(combo_id) == "out" or choosing.asks_price(index, Selection(combo_id, None)):
        return None
    slot = next((s for s in choosing.slots(index, combo_id) if holds(index, s, selection)), None)
    if slot is None:
        return None
    others = [s for s in choosing.slots(index, combo_id) if s is not slot and s.get("min", 1) >= 1]
    alone = [cheapest(index, s) for s in others]
    if not others or None in alone:
        return None
    raised = upgraded(index, selection, Upgrade(combo_id, slot["slot_id"], 0, others))
    if raised is None:
        return None
    dish = choosing.unit_price(index, selection)
    more = choosing.unit_price(index, raised) - dish
    honest = 0 < more < min(sum(a or 0 for a in alone), dish)
    return Upgrade(combo_id, slot["slot_id"], more, others) if honest else None


def holds(index: MenuIndex, slot: Thing, selection: Selection) -> bool:
    """Whether a slot takes the dish in the size that is chosen."""
    option = next((o for o in slot["options"] if o["item_id"] == selection.item_id), None)
    if option is None:
        return False
    usual = index.variation(index.items[selection.item_id], option.get("variation_id"))
    return usual is None or usual["variation_id"] == selection.variation_id


def cheapest(index: MenuIndex, slot: Thing) -> int | None:
    """The least that fills a slot costs when bought alone; None when nothing can be had."""
    prices = []
    for option in slot["options"]:
        item = index.items.get(option["item_id"])
        if item is None or index.state(option["item_id"]) == "out":
            continue
        variation = index.variation(item, option.get("variation_id"))
        if variation is not None and variation.get("price_minor") is not None:
            prices.append(int(variation["price_minor"]))
    return min(prices) * int(slot.get("min", 1)) if prices else None


def upgraded(index: MenuIndex, selection: Selection, offer: Upgrade) -> Selection | None:
    """The combo with the dish in its place, all that was chosen for it kept."""
    combo = choosing.start(index, offer.combo_id)
    if combo is None:
        return None
    kept = Choice(selection.item_id, selection.variation_id, dict(selection.modifiers), set(selection.without))
    combo.choices[offer.slot_id] = [kept]
    combo.quantity = selection.quantity
    return combo
