"""One dish being put together at the counter: variation, modifiers, combo choices, what to leave out. No I/O, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ui.dish.menu import MenuIndex, Thing
from ui.text import named

MAX_QUANTITY = 99
Counts = dict[str, int]  # modifier_id -> how many


@dataclass
class Choice:
    """What fills a combo's slot, with its own modifiers."""

    item_id: str
    variation_id: str | None = None
    modifiers: Counts = field(default_factory=dict)


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


def missing(index: MenuIndex, selection: Selection) -> list[str]:
    """Keys (see `ui.dish.sheet`) of the questions that must be answered first, in the order they are asked."""
    item = index.items[selection.item_id]
    keys = ["price"] if asks_price(index, selection) and not selection.open_price_minor else []
    keys += missing_modifiers(index, item, selection.modifiers, "group:")
    for slot in slots(index, selection.item_id):
        chosen = selection.choices.get(slot["slot_id"], [])
        if len(chosen) < slot.get("min", 1):
            keys.append(f"slot:{slot['slot_id']}")
        for choice in chosen:
            prefix = f"in:{slot['slot_id']}:{choice.item_id}:"
            keys += missing_modifiers(index, index.items[choice.item_id], choice.modifiers, prefix)
    return keys


def missing_modifiers(index: MenuIndex, item: Thing, counts: Counts, prefix: str) -> list[str]:
    keys = []
    for group in index.groups_of(item):
        group_id = group["modifier_group_id"]
        least, _ = index.limits(item, group_id)
        if sum(counts.get(m["modifier_id"], 0) for m in group["modifiers"]) < least:
            keys.append(prefix + group_id)
    return keys


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
            choices.append(one)
    if choices:
        line["choices"] = choices
    return line


def modifier_specs(counts: Counts) -> list[dict[str, Any]]:
    return [{"modifier_id": m, "quantity": n} for m, n in counts.items()]


def details(index: MenuIndex, selection: Selection, language: str) -> list[str]:
    """What was chosen, one text each; what is left out is told apart by the caller."""
    out = [index.name(m, language) + (f" ×{n}" if n > 1 else "") for m, n in selection.modifiers.items()]
    for slot in slots(index, selection.item_id):
        for choice in selection.choices.get(slot["slot_id"], []):
            chosen = [index.name(m, language) for m in choice.modifiers]
            name = index.name(choice.item_id, language)
            out.append(f"{name} ({', '.join(chosen)})" if chosen else name)
    return out


def title(index: MenuIndex, selection: Selection, language: str) -> str:
    item = index.items[selection.item_id]
    name = named(item, language)
    variations = item.get("variations") or []
    variation = index.variation(item, selection.variation_id)
    return f"{name} · {named(variation, language)}" if len(variations) > 1 and variation else name


def same_dish(a: Selection, b: Selection) -> bool:
    """Whether two selections can share a line: everything but the quantity is equal."""
    return {**spec(a), "quantity": 0} == {**spec(b), "quantity": 0}
