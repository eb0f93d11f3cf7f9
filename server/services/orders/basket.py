"""From what a customer asks for to the line of an order, against the menu and what is available: pure, or `Refused`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from server.event import Refused
from server.services.carte import Carte
from server.services.command import check_amount, check_text
from server.services.menu.events import ComboOption, ComboSlot, Item
from server.services.orders.commands import LineRequest, ModifierChoice, SlotChoice
from server.services.orders.events import Line, LineComponent, LineModifier
from server.services.orders.pricing import line_total
from server.services.stock.events import Availability

MAX_QUANTITY = 99
"""Of one line, and of one modifier: two digits fit a ticket, and a slipped finger does not order a thousand."""

MAX_GUEST_CHARS = 40
"""Of the name that says for whom a dish is: one line of a kitchen ticket."""

MAX_CHOICES = 200
"""Modifiers, choices or left-out ingredients of one line; far above any dish."""

Available = Mapping[str, Availability]
AVAILABLE = Availability("available")


def check_quantity(quantity: int, of: str) -> None:
    if not 1 <= quantity <= MAX_QUANTITY:
        raise Refused("bad_quantity", f"The quantity of {of} must be from 1 to {MAX_QUANTITY}.")


def find_item(carte: Carte, item_id: str) -> Item:
    item = carte.items.get(item_id)
    if item is None:
        raise Refused("unknown_item", f"There is no item “{item_id[:80]}” on the menu. Choose one that is.")
    return item


def check_sells(item: Item, carte: Carte, available: Available) -> None:
    """Raises `item_out` when the item does not sell now, with the reason."""
    here = available.get(item.item_id, AVAILABLE)
    if here.state != "out":
        return
    hours = [b for b in here.because if b in carte.dayparts]
    if hours and len(hours) == len(here.because):
        raise Refused("not_served_now", f"{item.name} is not served at this time. Choose something else.")
    missing = [carte.name_of(b) for b in here.because if b != item.item_id and b not in carte.dayparts]
    why = f" (no {', '.join(missing[:3])})" if missing else ""
    raise Refused("item_out", f"{item.name} is out{why}. Choose something else.")


def build_line(request: LineRequest, carte: Carte, available: Available, line_id: str) -> Line:
    """The line with its names and prices. Raises `Refused` for anything the menu or the stock does not allow."""
    item = find_item(carte, request.item_id)
    check_quantity(request.quantity, item.name)
    check_sells(item, carte, available)
    variation = carte.variation(item, request.variation_id)
    if variation is None and request.variation_id is not None:
        raise Refused("unknown_variation", f"{item.name} does not come in “{request.variation_id[:80]}”.")
    fixed = variation.price_minor if variation else None
    unit = _unit_price(item, fixed, request.open_price_minor)
    modifiers = choose_modifiers(item, request.modifiers, carte, available)
    wanted = list(dict.fromkeys(request.without))
    components, extra, left_over = _components(item, request.choices, wanted, carte, available)
    without = _without(item, left_over, carte, available)
    total = line_total(request.quantity, unit + extra, modifiers)
    if total < 0:
        raise Refused("negative_price", f"The reductions chosen for {item.name} are more than its price.")
    return Line(
        line_id=line_id,
        item_id=item.item_id,
        variation_id=variation.variation_id if variation else "",
        name=item.name,
        quantity=request.quantity,
        unit_price_minor=unit + extra,
        total_minor=total,
        variation_name=variation.name if variation and len(item.variations) > 1 else "",
        modifiers=modifiers,
        components=components,
        without=without,
        without_names=[carte.name_of(i) for i in without],
        note=check_text(request.note, "note", f"The note on {item.name}"),
        guest=check_text(request.guest, "guest", "The guest's name", MAX_GUEST_CHARS),
        tax_ids=item.tax_ids,
        station=item.station,
    )


def _unit_price(item: Item, fixed: int | None, given: int | None) -> int:
    if fixed is not None:
        if given is not None:
            raise Refused("price_not_open", f"{item.name} has a fixed price. Leave “open_price_minor” out.")
        return fixed
    if given is None:
        raise Refused("price_required", f"{item.name} has no fixed price. Ask at the counter, or enter its price.")
    return check_amount(given, "open_price_minor")


def choose_modifiers(
    item: Item, choices: Sequence[ModifierChoice], carte: Carte, available: Available
) -> list[LineModifier]:
    """The chosen modifiers in the menu's order, equal ones added up; every group's limits are held."""
    if len(choices) > MAX_CHOICES:
        raise Refused("too_many_modifiers", f"{item.name}: at most {MAX_CHOICES} choices fit on a line.")
    wanted: Counter[str] = Counter()
    for choice in choices:
        check_quantity(choice.quantity, carte.name_of(choice.modifier_id)[:80])
        wanted[choice.modifier_id] += choice.quantity
    out = set(available.get(item.item_id, AVAILABLE).out_modifiers)
    chosen: list[LineModifier] = []
    askers = carte.askers(item)
    for group in carte.groups_of(item):
        count = 0
        for modifier in group.modifiers:
            quantity = wanted.pop(modifier.modifier_id, 0)
            if quantity == 0:
                continue
            if modifier.modifier_id in out:
                raise Refused("modifier_out", f"{modifier.name} is out. Choose something else for {item.name}.")
            count += quantity
            name = f"{group.name}: {modifier.name}" if modifier.modifier_id in askers else modifier.name
            chosen.append(LineModifier(modifier.modifier_id, name, quantity, modifier.price_minor))
        limits = carte.limits(item, group)
        if limits.max is not None and count > limits.max:
            raise Refused("too_many_modifiers", f"{item.name}: choose at most {limits.max} of {group.name}.")
        if count < limits.min:
            raise Refused("modifier_required", f"{item.name}: choose {limits.min - count} more of {group.name}.")
    for modifier_id in wanted:
        if modifier_id in carte.modifiers:
            name = carte.modifiers[modifier_id].name
            raise Refused("modifier_not_for_item", f"{name} cannot be chosen for {item.name}.")
        raise Refused("unknown_modifier", f"There is no choice “{modifier_id[:80]}” on the menu.")
    return chosen


def _without(item: Item, wanted: Sequence[str], carte: Carte, available: Available) -> list[str]:
    """What is left out: as wished, and what is out anyway."""
    for ingredient_id in wanted:
        if ingredient_id not in carte.ingredients:
            raise Refused("unknown_ingredient", f"There is no ingredient “{ingredient_id[:80]}” on the menu.")
        if ingredient_id not in item.ingredient_ids or (item.item_id, ingredient_id) not in carte.removable:
            name = carte.ingredients[ingredient_id].name
            raise Refused("not_removable", f"{item.name} cannot be made without {name}.")
    missing = available.get(item.item_id, AVAILABLE).without
    return list(dict.fromkeys([*wanted, *missing]))


def _components(
    item: Item, choices: Sequence[SlotChoice], wanted: list[str], carte: Carte, available: Available
) -> tuple[list[LineComponent], int, list[str]]:
    """A combo's dishes, what they cost on top, and the left-out ingredients that are not one of these dishes'."""
    combo = carte.combos.get(item.item_id)
    if combo is None:
        if choices:
            raise Refused("not_a_combo", f"{item.name} has no dishes to choose. Leave “choices” out.")
        return [], 0, wanted
    if len(choices) > MAX_CHOICES:
        raise Refused("too_many_choices", f"{item.name}: at most {MAX_CHOICES} choices fit on a line.")
    slots = {s.slot_id for s in combo.slots}
    for choice in choices:
        if choice.slot_id not in slots:
            raise Refused("unknown_slot", f"{item.name} has no choice “{choice.slot_id[:80]}”.")
    components: list[LineComponent] = []
    extra = 0
    for slot in combo.slots:
        here = [c for c in choices if c.slot_id == slot.slot_id] or _only_option(slot)
        if len(here) < slot.min:
            raise Refused("choice_required", f"{item.name}: choose {slot.name or slot.slot_id}.")
        if len(here) > slot.max:
            raise Refused("too_many_choices", f"{item.name}: choose at most {slot.max} for {slot.name}.")
        for choice in here:
            component, cost = _component(item, slot, choice, wanted, carte, available)
            components.append(component)
            extra += cost
    taken = {i for c in components for i in c.without}
    return components, extra, [i for i in wanted if i not in taken]


def _only_option(slot: ComboSlot) -> list[SlotChoice]:
    """A slot that must be filled and leaves no choice fills itself."""
    if slot.min == 1 and len(slot.options) == 1:
        return [SlotChoice(slot_id=slot.slot_id, item_id=slot.options[0].item_id)]
    return []


def _option(item: Item, slot: ComboSlot, choice: SlotChoice) -> ComboOption:
    options = [o for o in slot.options if o.item_id == choice.item_id]
    if not options:
        raise Refused("unknown_option", f"“{choice.item_id[:80]}” cannot be chosen for {slot.name} of {item.name}.")
    if choice.variation_id is None:
        return options[0]
    for option in options:
        if option.variation_id in (None, choice.variation_id):
            return msgspec.structs.replace(option, variation_id=choice.variation_id)
    raise Refused("unknown_variation", f"{slot.name} of {item.name} does not come in “{choice.variation_id[:80]}”.")


def _component(
    combo_item: Item, slot: ComboSlot, choice: SlotChoice, wanted: Sequence[str], carte: Carte, available: Available
) -> tuple[LineComponent, int]:
    """One dish of a combo and what it adds to the combo's price."""
    option = _option(combo_item, slot, choice)
    item = find_item(carte, option.item_id)
    check_sells(item, carte, available)
    variation = carte.variation(item, option.variation_id)
    if variation is None and option.variation_id is not None:
        raise Refused("unknown_variation", f"{item.name} does not come in “{option.variation_id[:80]}”.")
    modifiers = choose_modifiers(item, choice.modifiers, carte, available)
    inherited = [i for i in wanted if i in item.ingredient_ids and (item.item_id, i) in carte.removable]
    without = _without(item, list(dict.fromkeys([*choice.without, *inherited])), carte, available)
    component = LineComponent(
        slot_id=slot.slot_id,
        item_id=item.item_id,
        name=item.name,
        variation_id=variation.variation_id if variation else None,
        variation_name=variation.name if variation and len(item.variations) > 1 else "",
        modifiers=modifiers,
        station=item.station,
        without=without,
        without_names=[carte.name_of(i) for i in without],
    )
    return component, option.price_minor + sum(m.price_minor * m.quantity for m in modifiers)


def quantities(lines: Sequence[Line]) -> Counter[str]:
    """How many of each item the lines take from stock, dishes of combos included."""
    taken: Counter[str] = Counter()
    for line in lines:
        taken[line.item_id] += line.quantity
        for component in line.components:
            taken[component.item_id] += line.quantity
    return taken


def check_left(taken: Mapping[str, int], before: Mapping[str, int], carte: Carte, available: Available) -> None:
    """Raises `not_enough_left` when the lines take more than is left (`before`: what the order took already)."""
    for item_id, quantity in taken.items():
        left = available.get(item_id, AVAILABLE).left
        more = quantity - before.get(item_id, 0)
        if left is not None and more > left:
            name = carte.name_of(item_id)
            raise Refused("not_enough_left", f"Only {left} × {name} left. Order fewer, or choose something else.")
