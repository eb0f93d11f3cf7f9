"""One dish being put together at the counter: variation, modifiers, combo choices, what to leave out. No I/O, no Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from server.phrase import bracketed, colon
from ui.dish.menu import MenuIndex, Thing
from ui.text import joined, listed, named

MAX_QUANTITY = 99
MAX_PORTIONS = 9
"""Of one modifier of a dish, where its group has no limit: more is a slip."""

Counts = dict[str, int]  # modifier_id -> how many


@dataclass
class Choice:
    """What fills a combo's slot, with its own modifiers and what is left out of it."""

    item_id: str
    variation_id: str | None = None
    modifiers: Counts = field(default_factory=dict)
    without: set[str] = field(default_factory=set)


@dataclass
class Selection:
    """`line_id` is set for a line that an order already has."""

    item_id: str
    variation_id: str | None
    quantity: int = 1
    modifiers: Counts = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    choices: dict[str, list[Choice]] = field(default_factory=dict)
    note: str = ""
    guest: str = ""  # for whom it is
    open_price_minor: int | None = None
    line_id: str = ""


def start(index: MenuIndex, item_id: str) -> Selection | None:
    """A dish as it comes: first variation, preselected modifiers, the only option where there is only one."""
    item = index.items.get(item_id)
    if item is None:
        return None
    variation = index.variation(item, None)
    selection = Selection(item_id, variation["variation_id"] if variation else None)
    selection.modifiers = preselected(index, item)
    for slot in slots(index, item_id):
        options = [o for o in slot["options"] if index.state(o["item_id"]) != "out"]
        if len(options) == 1 and slot.get("min", 1) >= 1:
            choose(index, selection, slot["slot_id"], options[0]["item_id"])
            set_pieces(index, selection, slot["slot_id"], options[0]["item_id"], slot.get("min", 1))
    return selection


def preselected(index: MenuIndex, item: Thing) -> Counts:
    return {m: 1 for group in index.groups_of(item) for m in index.preselected(item, group)}


def slots(index: MenuIndex, item_id: str) -> list[Thing]:
    combo = index.combos.get(item_id)
    return list(combo["slots"]) if combo else []


def slot_of(index: MenuIndex, item_id: str, slot_id: str) -> Thing | None:
    return next((s for s in slots(index, item_id) if s["slot_id"] == slot_id), None)


def choose(index: MenuIndex, selection: Selection, slot_id: str, item_id: str) -> None:
    """Takes an option of a slot, or puts it back. A slot for one dish changes over to the new one."""
    slot = slot_of(index, selection.item_id, slot_id)
    if slot is None:
        return
    chosen = selection.choices.setdefault(slot_id, [])
    if any(c.item_id == item_id for c in chosen):
        chosen[:] = [c for c in chosen if c.item_id != item_id]
        return
    option = next((o for o in slot["options"] if o["item_id"] == item_id), None)
    item = index.items.get(item_id)
    if option is None or item is None:
        return
    if slot.get("max", 1) == 1:
        chosen.clear()
    elif len(chosen) >= slot["max"]:
        return
    variation = index.variation(item, option.get("variation_id"))
    chosen.append(Choice(item_id, variation["variation_id"] if variation else None, preselected(index, item)))
    places = [o["item_id"] for o in slot["options"]]
    chosen.sort(key=lambda c: places.index(c.item_id) if c.item_id in places else len(places))
    ids = [s["slot_id"] for s in slots(index, selection.item_id)]
    selection.choices = {i: selection.choices[i] for i in ids if i in selection.choices}


def pieces(slot: Thing, chosen: list[Choice], item_id: str) -> int:
    """How many of a dish can be in a slot at the most, beside the others: four beers may be four of one kind."""
    return max(1, int(slot.get("max", 1)) - sum(c.item_id != item_id for c in chosen))


def set_pieces(index: MenuIndex, selection: Selection, slot_id: str, item_id: str, wanted: int) -> None:
    """So many of a dish that is chosen, as far as the slot allows, all made alike; 0 takes it out."""
    slot = slot_of(index, selection.item_id, slot_id)
    chosen = selection.choices.get(slot_id, [])
    first = next((c for c in chosen if c.item_id == item_id), None)
    if slot is None or first is None:
        return
    wanted = max(0, min(wanted, pieces(slot, chosen, item_id)))
    at = chosen.index(first)
    chosen[:] = [c for c in chosen if c.item_id != item_id]
    chosen[at:at] = [deepcopy(first) for _ in range(wanted)]


def toggle(index: MenuIndex, item: Thing, counts: Counts, group_id: str, modifier_id: str) -> None:
    """One tap on a modifier: on or off; a group for one changes over. What is over the limit stays untaken."""
    group = index.groups[group_id]
    least, most = index.limits(item, group_id)
    ids = [m["modifier_id"] for m in group["modifiers"]]
    if counts.get(modifier_id):
        if not (most == 1 and least == 1):
            counts.pop(modifier_id)
        return
    if most == 1:
        for other in ids:
            counts.pop(other, None)
    elif most is not None and sum(counts.get(i, 0) for i in ids) >= most:
        return
    counts[modifier_id] = 1
    put_in_order(index, item, counts)


def put_in_order(index: MenuIndex, item: Thing, counts: Counts) -> None:
    """As the menu has them, in whatever order they were tapped: whoever cooks it is used to that."""
    listed = (m["modifier_id"] for group in index.groups_of(item) for m in group["modifiers"])
    ordered = {m: counts[m] for m in dict.fromkeys((*listed, *counts)) if m in counts}
    counts.clear()
    counts.update(ordered)


def several(modifier: Thing, least: int, most: int | None) -> bool:
    """Whether more than one of a modifier may be had, in a group with these limits: of what costs something, and where
    several answers must be given (two scoops, both vanilla). Not "well done" twice."""
    return most != 1 and (int(modifier.get("price_minor") or 0) > 0 or least > 1)


def portions(index: MenuIndex, item: Thing, counts: Counts, group_id: str, modifier_id: str) -> int:
    """How many of a modifier can be had at the most beside the others that are chosen; 1 where not several can."""
    group = index.groups[group_id]
    least, most = index.limits(item, group_id)
    modifier = index.modifiers.get(modifier_id)
    if modifier is None or not several(modifier, least, most):
        return 1
    if most is None:
        return MAX_PORTIONS
    others = sum(counts.get(m["modifier_id"], 0) for m in group["modifiers"] if m["modifier_id"] != modifier_id)
    return max(1, min(MAX_PORTIONS, most - others))


def set_portions(index: MenuIndex, item: Thing, counts: Counts, group_id: str, modifier_id: str, wanted: int) -> None:
    """So many of a modifier that is chosen, as far as the group allows; 0 takes it out."""
    if modifier_id not in counts:
        return
    if wanted <= 0:
        counts.pop(modifier_id)
    else:
        counts[modifier_id] = min(wanted, portions(index, item, counts, group_id, modifier_id))


def unit_price(index: MenuIndex, selection: Selection) -> int:
    """The dish with everything chosen, once. An open price not yet typed counts nothing."""
    item = index.items[selection.item_id]
    variation = index.variation(item, selection.variation_id)
    price = (variation or {}).get("price_minor")
    total = int(price if price is not None else selection.open_price_minor or 0)
    total += modifiers_price(index, selection.modifiers)
    for slot in slots(index, selection.item_id):
        for choice in selection.choices.get(slot["slot_id"], []):
            option = next((o for o in slot["options"] if o["item_id"] == choice.item_id), {})
            total += int(option.get("price_minor") or 0) + modifiers_price(index, choice.modifiers)
    return total


def modifiers_price(index: MenuIndex, counts: Mapping[str, int]) -> int:
    return sum(int(index.modifiers[m]["price_minor"]) * n for m, n in counts.items() if m in index.modifiers)


def asks_price(index: MenuIndex, selection: Selection) -> bool:
    variation = index.variation(index.items[selection.item_id], selection.variation_id)
    return variation is not None and variation.get("price_minor") is None


def missing(index: MenuIndex, selection: Selection) -> dict[str, int]:
    """Keys (see `ui.dish.sheet`) of the questions that must be answered first, in the order they are asked; each with
    how many of its answers are still to come."""
    item = index.items[selection.item_id]
    keys = {"price": 1} if asks_price(index, selection) and not selection.open_price_minor else {}
    keys |= missing_modifiers(index, item, selection.modifiers, "group:")
    for slot in slots(index, selection.item_id):
        chosen = selection.choices.get(slot["slot_id"], [])
        if len(chosen) < slot.get("min", 1):
            keys[f"slot:{slot['slot_id']}"] = slot.get("min", 1) - len(chosen)
        for choice in chosen:
            prefix = f"in:{slot['slot_id']}:{choice.item_id}:"
            keys |= missing_modifiers(index, index.items[choice.item_id], choice.modifiers, prefix)
    return keys


def missing_modifiers(index: MenuIndex, item: Thing, counts: Counts, prefix: str) -> dict[str, int]:
    keys = {}
    for group in index.groups_of(item):
        group_id = group["modifier_group_id"]
        least, _ = index.limits(item, group_id)
        had = sum(counts.get(m["modifier_id"], 0) for m in group["modifiers"])
        if had < least:
            keys[prefix + group_id] = least - had
    return keys


def least_more(index: MenuIndex, selection: Selection) -> int:
    """What the cheapest answer to all that is still missing would cost on top."""
    item = index.items[selection.item_id]
    more = least_more_modifiers(index, item, selection.modifiers)
    for slot in slots(index, selection.item_id):
        chosen = selection.choices.get(slot["slot_id"], [])
        more += sum(least_more_modifiers(index, index.items[c.item_id], c.modifiers) for c in chosen)
        costs = [
            int(o.get("price_minor") or 0) + least_more_modifiers(index, index.items[o["item_id"]], {})
            for o in slot["options"]
            if o["item_id"] in index.items
        ]
        more += min(costs, default=0) * max(0, int(slot.get("min", 1)) - len(chosen))
    return more


def least_more_modifiers(index: MenuIndex, item: Thing, counts: Counts) -> int:
    more = 0
    for group in index.groups_of(item):
        least, _ = index.limits(item, group["modifier_group_id"])
        had = sum(counts.get(m["modifier_id"], 0) for m in group["modifiers"])
        cheapest = min((int(m.get("price_minor") or 0) for m in group["modifiers"]), default=0)
        more += max(0, least - had) * cheapest  # one answer may be given several times
    return more


def spec(selection: Selection) -> dict[str, Any]:
    """The line as `orders.place` and `orders.amend` take it."""
    line: dict[str, Any] = {
        "item_id": selection.item_id,
        "quantity": selection.quantity,
        "modifiers": modifier_specs(selection.modifiers),
    }
    if selection.line_id:
        line["line_id"] = selection.line_id
    if selection.variation_id:
        line["variation_id"] = selection.variation_id
    if selection.note.strip():
        line["note"] = selection.note.strip()
    if selection.guest:
        line["guest"] = selection.guest
    if selection.without:
        line["without"] = sorted(selection.without)
    if selection.open_price_minor is not None:
        line["open_price_minor"] = selection.open_price_minor
    choices = []
    for slot_id, chosen in selection.choices.items():
        for choice in chosen:
            one: dict[str, Any] = {"slot_id": slot_id, "item_id": choice.item_id}
            if choice.variation_id:
                one["variation_id"] = choice.variation_id
            if choice.modifiers:
                one["modifiers"] = modifier_specs(choice.modifiers)
            if choice.without:
                one["without"] = sorted(choice.without)
            choices.append(one)
    if choices:
        line["choices"] = choices
    return line


def from_spec(index: MenuIndex, line: Mapping[str, Any]) -> Selection | None:
    """The selection of such a line (from another screen), as far as the menu knows it; None for a dish it does not."""
    item = index.items.get(str(line.get("item_id")))
    variation = index.variation(item, line.get("variation_id")) if item else None
    if item is None or variation is None:
        return None
    selection = Selection(item["item_id"], variation["variation_id"])
    selection.quantity = max(1, min(MAX_QUANTITY, int(line.get("quantity") or 1)))
    selection.modifiers = _counts(index, item, line)
    selection.without = _without(index, item, line)
    selection.guest = str(line.get("guest") or "")
    for slot in slots(index, selection.item_id):
        offered = {o["item_id"] for o in slot["options"]}
        for choice in line.get("choices") or ():
            inside = index.items.get(choice["item_id"])
            if choice["slot_id"] == slot["slot_id"] and choice["item_id"] in offered and inside is not None:
                kind = index.variation(inside, choice.get("variation_id"))
                made = Choice(choice["item_id"], kind["variation_id"] if kind else None, _counts(index, inside, choice))
                made.without = _without(index, inside, choice)
                selection.choices.setdefault(slot["slot_id"], []).append(made)
    return selection


def _without(index: MenuIndex, item: Thing, line: Mapping[str, Any]) -> set[str]:
    return {i["ingredient_id"] for i in index.removable(item)} & set(line.get("without") or ())


def _counts(index: MenuIndex, item: Thing, line: Mapping[str, Any]) -> Counts:
    own = [m["modifier_id"] for group in index.groups_of(item) for m in group["modifiers"]]
    wanted = {m["modifier_id"]: int(m.get("quantity") or 1) for m in line.get("modifiers") or ()}
    return {m: wanted[m] for m in own if m in wanted}


def modifier_specs(counts: Counts) -> list[dict[str, Any]]:
    return [{"modifier_id": m, "quantity": n} for m, n in counts.items()]


def details(index: MenuIndex, selection: Selection, language: str, no: Callable[[str], str] | None = None) -> list[str]:
    """What was chosen, one text each. What is left out of the dish is told apart by the caller; a combo's dishes have
    their size and what was chosen for them beside them, and what is left out of them, as `no` says it, if it is
    given."""
    out = counted(index, selection.item_id, selection.modifiers, language)
    for slot in slots(index, selection.item_id):
        alike = selection.choices.get(slot["slot_id"], [])
        for choice in [c for n, c in enumerate(alike) if c not in alike[:n]]:
            chosen = [*size(index, choice.item_id, choice.variation_id, language)]
            chosen += counted(index, choice.item_id, choice.modifiers, language)
            if no:
                chosen += [no(index.name(i, language)) for i in sorted(choice.without)]
            times = alike.count(choice)
            name = index.name(choice.item_id, language) + (f" ×{times}" if times > 1 else "")
            apart, told = bracketed(joined(chosen, language), language)
            out.append(listed((name, told), language, apart) if chosen else name)
    return out


def counted(index: MenuIndex, item_id: str, counts: Counts, language: str) -> list[str]:
    askers = index.askers(index.items[item_id]) if item_id in index.items else {}
    found = []
    for modifier_id, n in counts.items():
        said = index.name(modifier_id, language) + (f" ×{n}" if n > 1 else "")
        asker = askers.get(modifier_id)
        found.append(listed((named(asker, language), said), language, colon(language)) if asker else said)
    return found


def title(index: MenuIndex, selection: Selection, language: str) -> str:
    return sized(index, selection.item_id, selection.variation_id, language)


def size(index: MenuIndex, item_id: str, variation_id: str | None, language: str) -> list[str]:
    """In which variation a dish comes; nothing where it comes in one only."""
    item = index.items.get(item_id) or {}
    variations = item.get("variations") or []
    variation = index.variation(item, variation_id) if len(variations) > 1 else None
    return [named(variation, language)] if variation else []


def sized(index: MenuIndex, item_id: str, variation_id: str | None, language: str) -> str:
    """`Cola · Large`."""
    return listed([index.name(item_id, language), *size(index, item_id, variation_id, language)], language, " · ")


def same_sizes(selection: Selection, line: Mapping[str, Any]) -> bool:
    """Whether a selection made of such a line has its sizes: another is taken where one has left the menu."""
    made = {c.item_id: c.variation_id for chosen in selection.choices.values() for c in chosen}
    inside = [(c.get("variation_id"), made.get(c["item_id"])) for c in line.get("choices") or ()]
    pairs = [(line.get("variation_id"), selection.variation_id), *inside]
    return all(not wanted or wanted == has for wanted, has in pairs)


def same_dish(a: Selection, b: Selection) -> bool:
    """Whether two selections can share a line: everything but the quantity is equal."""
    return {**spec(a), "quantity": 0} == {**spec(b), "quantity": 0}
