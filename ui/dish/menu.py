"""The menu as a cashier uses it: looked up by id, with what is sold out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ui.text import named

Thing = Mapping[str, Any]


class MenuIndex:
    """A menu (JSON of `GET /v1/menu`) and the availability that goes with it."""

    availability: dict[str, Thing]

    def __init__(self, menu: Thing | None = None) -> None:
        self.menu: Thing = menu or {}
        self.availability = {}
        self.items = {i["item_id"]: i for i in self.menu.get("items", [])}
        self.groups = {g["modifier_group_id"]: g for g in self.menu.get("modifier_groups", [])}
        self.modifiers = {m["modifier_id"]: m for g in self.groups.values() for m in g["modifiers"]}
        self.ingredients = {i["ingredient_id"]: i for i in self.menu.get("ingredients", [])}
        self.combos = {c["item_id"]: c for c in self.menu.get("combos", [])}
        self._least: dict[str, tuple[int, bool]] = {}

    @property
    def currency(self) -> str:
        return str(self.menu.get("currency", ""))

    def name(self, thing_id: str, language: str) -> str:
        """Of an item, ingredient or modifier; its id when it is none of these."""
        for things in (self.items, self.ingredients, self.modifiers):
            if thing_id in things:
                return named(things[thing_id], language)
        return thing_id

    def state(self, item_id: str) -> str:
        """`available`, `without` or `out`."""
        return str(self.availability.get(item_id, {}).get("state", "available"))

    def left(self, item_id: str) -> int | None:
        left = self.availability.get(item_id, {}).get("left")
        return None if left is None else int(left)

    def out_modifiers(self, item_id: str) -> set[str]:
        return set(self.availability.get(item_id, {}).get("out_modifiers") or ())

    def out_ingredients(self) -> set[str]:
        """Ingredients that are out, as far as the items tell. One that only modifiers use is out when each modifier
        made with it is."""
        named_out: set[str] = set()
        out_modifiers: set[str] = set()
        for available in self.availability.values():
            named_out.update(available.get("without") or (), available.get("because") or ())
            out_modifiers.update(available.get("out_modifiers") or ())
        out = named_out & set(self.ingredients)
        uses: dict[str, list[str]] = {}
        for modifier in self.modifiers.values():
            for ingredient_id in modifier.get("ingredient_ids") or ():
                uses.setdefault(ingredient_id, []).append(modifier["modifier_id"])
        out.update(i for i, users in uses.items() if i in self.ingredients and all(m in out_modifiers for m in users))
        return out

    def out_items(self) -> set[str]:
        """Items that are out themselves, not for want of an ingredient."""
        return {
            item_id
            for item_id, available in self.availability.items()
            if available.get("state") == "out"
            and (item_id in (available.get("because") or ()) or available.get("left") == 0)
        }

    def limits(self, item: Thing, group_id: str) -> tuple[int, int | None]:
        """The least and the most modifiers of a group that this item wants."""
        limit = (item.get("group_limits") or {}).get(group_id) or self.groups[group_id]
        return int(limit["min"]), limit["max"]

    def groups_of(self, item: Thing) -> list[Thing]:
        return [self.groups[g] for g in item.get("modifier_group_ids") or () if g in self.groups]

    def removable(self, item: Thing) -> list[Thing]:
        """Ingredients that this item can be made without."""
        found = (self.ingredients.get(i) for i in item.get("ingredient_ids") or ())
        return [i for i in found if i is not None and item["item_id"] in (i.get("removable_from") or ())]

    def users(self, ingredient_id: str) -> list[str]:
        """Items made with an ingredient, or with a modifier that is."""
        with_it = {m for m, x in self.modifiers.items() if ingredient_id in (x.get("ingredient_ids") or ())}
        groups = {g for g, x in self.groups.items() if any(m["modifier_id"] in with_it for m in x["modifiers"])}
        return [
            i
            for i, x in self.items.items()
            if ingredient_id in (x.get("ingredient_ids") or ()) or groups & set(x.get("modifier_group_ids") or ())
        ]

    def askers(self, item: Thing) -> dict[str, Thing]:
        """The item's modifiers whose name another of its questions has too ("none": of fat, of garlic), each with its
        own question: alone they don't say what is meant. As `server.services.carte`."""
        groups = self.groups_of(item)
        known = Counter(name for group in groups for name in {m["name"] for m in group["modifiers"]})
        return {m["modifier_id"]: g for g in groups for m in g["modifiers"] if known[m["name"]] > 1 and g.get("name")}

    def plain(self, item: Thing) -> bool:
        """Whether nothing has to be asked: one priced variation, no choice that must be made, no combo."""
        variations = item.get("variations") or []
        asked = any(
            self.limits(item, g["modifier_group_id"])[0] > 0 and not self.preselected(item, g)
            for g in self.groups_of(item)
        )
        return (
            len(variations) == 1
            and variations[0].get("price_minor") is not None
            and not asked
            and item["item_id"] not in self.combos
        )

    def preselected(self, item: Thing, group: Thing) -> list[str]:
        """Modifiers chosen from the start, without those that are out."""
        out = self.out_modifiers(item["item_id"])
        return [m["modifier_id"] for m in group["modifiers"] if m.get("preselected") and m["modifier_id"] not in out]

    def variation(self, item: Thing, variation_id: str | None) -> Thing | None:
        variations = item.get("variations") or []
        for variation in variations:
            if variation["variation_id"] == variation_id:
                return variation
        return variations[0] if variations else None

    def has_size(self, item_id: str, variation_id: str | None) -> bool:
        """Whether a dish still comes in the variation that was chosen."""
        item = self.items.get(item_id) or {}
        return variation_id is None or any(v["variation_id"] == variation_id for v in item.get("variations") or [])

    def price_from(self, item: Thing) -> int | None:
        """The least an item can be had for, with the cheapest answer to all that must be chosen; None when its price
        is asked for."""
        prices = self._prices(item)
        return None if not prices else min(prices) + self._answers(item)[0]

    def price_varies(self, item: Thing) -> bool:
        """Whether the size, or something that must be chosen and costs something, can make it cost more than that.
        Where an answer is free the others are extras."""
        return len(self._prices(item)) > 1 or self._answers(item)[1]

    def _prices(self, item: Thing) -> set[int]:
        return {v["price_minor"] for v in item.get("variations") or [] if v.get("price_minor") is not None}

    def _answers(self, item: Thing) -> tuple[int, bool]:
        """What all that must be chosen costs at least, and whether it can cost more. Kept: tiles ask often."""
        kept = self._least.get(item["item_id"])
        if kept is None:
            parts = [self._group_answers(item)]
            for slot in (self.combos.get(item["item_id"]) or {}).get("slots", []):
                parts.append(self._slot_answers(slot))
            kept = sum(least for least, _ in parts), any(varies for _, varies in parts)
            self._least[item["item_id"]] = kept
        return kept

    def _group_answers(self, item: Thing) -> tuple[int, bool]:
        total, varies = 0, False
        for group in self.groups_of(item):
            least, _ = self.limits(item, group["modifier_group_id"])
            prices = [int(m.get("price_minor") or 0) for m in group["modifiers"]]
            if least > 0 and prices:
                added = least * min(prices)  # one answer may be given several times
                total += added
                varies = varies or (added > 0 and len(set(prices)) > 1)
        return total, varies

    def _slot_answers(self, slot: Thing) -> tuple[int, bool]:
        """A combo's dishes ask their own questions; what they cost alone does not count."""
        least = int(slot.get("min", 1))
        options = [(o, self.items[o["item_id"]]) for o in slot["options"] if o["item_id"] in self.items]
        if least < 1 or not options:
            return 0, False
        found = [(int(o.get("price_minor") or 0), *self._group_answers(item)) for o, item in options]
        sums = sorted(more + asked for more, asked, _ in found)
        added = sums[0] * least  # one dish may be had several times
        return added, added > 0 and (sums[0] < sums[-1] or any(varies for _, _, varies in found))


def matches(text: str, names: Iterable[str]) -> bool:
    """Whether every word typed begins or is inside one of the names, case and accents of ASCII aside."""
    words = text.casefold().split()
    folded = [n.casefold() for n in names]
    return all(any(w in n for n in folded) for w in words)
