"""What sells when something is out: one pure function of the menu and the stock (and, for dayparts, the time)."""

from __future__ import annotations

from datetime import datetime

from server.services.carte import Carte
from server.services.menu.events import Combo, Item, Menu, ModifierGroup
from server.services.stock.events import Availability, Stock, stock_key


def availability(
    menu: Menu, stock: Stock, now_local: datetime | None = None, carte: Carte | None = None
) -> dict[str, Availability]:
    """For each item of the menu whether it sells now. `carte` saves making the menu's look-ups anew.

    An item is out when it is marked out, counted down to nothing, not served at this hour, short of an essential
    ingredient, or when a question that must be answered has no answer left. Short of removable ingredients only, it
    sells without them. A combo is out only when a slot that must be filled has nothing left.
    """
    carte = carte or Carte(menu)
    out_modifiers = {
        m.modifier_id
        for m in carte.modifiers.values()
        if stock_key("modifier", m.modifier_id) in stock.out
        or any(stock_key("ingredient", i) in stock.out for i in m.ingredient_ids)
    }
    singles = {item.item_id: _single(item, carte, stock, out_modifiers, now_local) for item in menu.items}
    return {
        item_id: _combo(carte.combos[item_id], single, singles) if item_id in carte.combos else single
        for item_id, single in singles.items()
    }


def _single(
    item: Item, carte: Carte, stock: Stock, out_modifiers: set[str], now_local: datetime | None
) -> Availability:
    left = stock.left.get(item.item_id)
    because: list[str] = []
    without: list[str] = []
    if stock_key("item", item.item_id) in stock.out or (left is not None and left <= 0):
        because.append(item.item_id)
    if not carte.served(item, now_local):
        because.extend(item.daypart_ids)
    for ingredient_id in item.ingredient_ids:
        if stock_key("ingredient", ingredient_id) in stock.out:
            removable = (item.item_id, ingredient_id) in carte.removable
            (without if removable else because).append(ingredient_id)
    gone: list[str] = []
    for group in carte.groups_of(item):
        here = [m.modifier_id for m in group.modifiers if m.modifier_id in out_modifiers]
        gone.extend(here)
        if _cannot_answer(item, group, carte, len(here)):
            because.extend(_causes(here, carte, stock))
    return Availability(
        state="out" if because else "without" if without else "available",
        without=without,
        because=list(dict.fromkeys(because)),
        left=None if left is None else max(left, 0),
        out_modifiers=list(dict.fromkeys(gone)),
    )


def _cannot_answer(item: Item, group: ModifierGroup, carte: Carte, gone: int) -> bool:
    """A required question whose answers are all out. One that never had answers is the menu's fault, not stock's."""
    return carte.limits(item, group).min > 0 and gone == len(group.modifiers) > 0


def _causes(modifier_ids: list[str], carte: Carte, stock: Stock) -> list[str]:
    """What is really missing: the ingredients behind modifiers that are out, or else the modifiers themselves."""
    causes: list[str] = []
    for modifier_id in modifier_ids:
        behind = [i for i in carte.modifiers[modifier_id].ingredient_ids if stock_key("ingredient", i) in stock.out]
        causes.extend(behind or [modifier_id])
    return causes


def _combo(combo: Combo, own: Availability, singles: dict[str, Availability]) -> Availability:
    because, gone = list(own.because), []
    for slot in combo.slots:
        options = [o.item_id for o in slot.options]
        out = [o for o in options if o not in singles or singles[o].state == "out"]
        gone.extend(out)
        if slot.min > 0 and len(out) == len(options):
            for item_id in out:
                because.extend(singles[item_id].because if item_id in singles else [item_id])
    return Availability(
        state="out" if because else own.state,
        without=own.without,
        because=list(dict.fromkeys(because)),
        left=own.left,
        out_modifiers=own.out_modifiers,
        out_options=list(dict.fromkeys(gone)),
    )
