"""A menu with its look-ups: what every decider asks of it, answered without searching."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time

from server.services.menu.events import (
    Combo,
    Daypart,
    GroupLimit,
    Ingredient,
    Item,
    Menu,
    Modifier,
    ModifierGroup,
    Tax,
    Variation,
)
from server.services.menu.pictures import digests


class Carte:
    """Dictionaries by id over one menu. Never changed once made."""

    def __init__(self, menu: Menu) -> None:
        self.menu = menu
        self.items: dict[str, Item] = {i.item_id: i for i in menu.items}
        self.groups: dict[str, ModifierGroup] = {g.modifier_group_id: g for g in menu.modifier_groups}
        self.modifiers: dict[str, Modifier] = {m.modifier_id: m for g in menu.modifier_groups for m in g.modifiers}
        self.ingredients: dict[str, Ingredient] = {i.ingredient_id: i for i in menu.ingredients}
        self.combos: dict[str, Combo] = {c.item_id: c for c in menu.combos}
        self.taxes: dict[str, Tax] = {t.tax_id: t for t in menu.taxes}
        self.dayparts: dict[str, Daypart] = {d.daypart_id: d for d in menu.dayparts}
        self.travelling: dict[str, str] = digests(menu)  # blobs, by the names that the menu gives its pictures
        self.removable: frozenset[tuple[str, str]] = frozenset(
            (item_id, i.ingredient_id) for i in menu.ingredients for item_id in i.removable_from
        )

    def picture(self, name: str | None) -> str | None:
        """What a page names a picture by: its digest where it travels with the menu, else the menu's own name."""
        return self.travelling.get(name, name) if name else None

    def groups_of(self, item: Item) -> list[ModifierGroup]:
        return [self.groups[g] for g in item.modifier_group_ids if g in self.groups]

    def limits(self, item: Item, group: ModifierGroup) -> GroupLimit:
        """How many of a group's modifiers this item takes; the item's own word goes before the group's."""
        return item.group_limits.get(group.modifier_group_id) or GroupLimit(group.min, group.max)

    def askers(self, item: Item) -> dict[str, ModifierGroup]:
        """The item's modifiers whose name another of its questions has too ("none": of fat, of garlic), each with its
        own question: alone they don't say what is meant."""
        groups = self.groups_of(item)
        known = Counter(name for group in groups for name in {m.name for m in group.modifiers})
        return {m.modifier_id: group for group in groups for m in group.modifiers if known[m.name] > 1 and group.name}

    def variation(self, item: Item, variation_id: str | None) -> Variation | None:
        """The variation asked for; without an id the first, which is the usual one. None when there is no such one."""
        if variation_id is None:
            return item.variations[0] if item.variations else None
        return next((v for v in item.variations if v.variation_id == variation_id), None)

    def name_of(self, subject_id: str) -> str:
        """The name of an item, ingredient, modifier or daypart, for people."""
        for known in (self.items, self.ingredients, self.modifiers, self.dayparts):
            found = known.get(subject_id)
            if found is not None:
                return str(found.name)
        return subject_id

    def served(self, item: Item, now_local: datetime | None) -> bool:
        """Whether one of the item's dayparts is on. An item without dayparts is always served."""
        if now_local is None or not item.daypart_ids:
            return True
        parts = [self.dayparts[d] for d in item.daypart_ids if d in self.dayparts]
        return not parts or any(is_on(part, now_local) for part in parts)


def is_on(part: Daypart, now_local: datetime) -> bool:
    """Whether a daypart is on at a local time; one that ends at or before its start runs past midnight, and its
    days are those on which it starts. From `start` on, up to but not including `end`."""
    start, end = time.fromisoformat(part.start), time.fromisoformat(part.end)
    now, today = now_local.time().replace(tzinfo=None), now_local.isoweekday()
    if start < end:
        return today in part.days and start <= now < end
    yesterday = 7 if today == 1 else today - 1
    return (today in part.days and now >= start) or (yesterday in part.days and now < end)
