"""Items, their variations and modifier lists, out of a Square catalog.

An item's word on a list's limits goes before the list's own. `-1` or nothing: not set, and when neither is set the
list's own hold. `max` 0: no largest number. A `SINGLE` list takes at most one unless a number says otherwise; Square
wrote of lists without numbers that exactly one "must be present", but its tills sell without, so none is required.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import Any

import msgspec

from server.services.menu.events import GroupLimit, Item, Modifier, ModifierGroup, Variation
from server.services.menu.square_catalog import Catalog
from server.services.menu.square_object import MAX_DESCRIPTION_CHARS, MAX_LIMIT, Obj, clip, short

DIETS = {
    "DAIRY_FREE": "dairy-free",
    "GLUTEN_FREE": "gluten-free",
    "HALAL": "halal",
    "KOSHER": "kosher",
    "NUT_FREE": "nut-free",
    "VEGAN": "vegan",
    "VEGETARIAN": "vegetarian",
}

ALLERGENS = {
    "CELERY": "celery",
    "CRUSTACEANS": "crustaceans",
    "EGGS": "egg",
    "FISH": "fish",
    "GLUTEN": "gluten",
    "LUPIN": "lupin",
    "MILK": "milk",
    "MOLLUSCS": "molluscs",
    "MUSTARD": "mustard",
    "PEANUTS": "peanuts",
    "SESAME": "sesame",
    "SOY": "soybeans",
    "SULPHITES": "sulphites",
    "TREE_NUTS": "nuts",
}
"""Square's words for the allergens of EU 1169/2011, annex II, and ours."""

_SOLD_AS_DISHES = frozenset({"", "REGULAR", "FOOD_AND_BEV"})
_INFO_FIELDS = frozenset(
    {"modifier_list_id", "min_selected_modifiers", "max_selected_modifiers", "enabled", "ordinal", "modifier_overrides"}
)
_TAG = re.compile(r"<[^>]*>")
_BLOCK = re.compile(r"(?i)<(?:br|/p|/div|/li|/h\d)[^>]*>")


# Modifier lists.


def read_lists(run: Catalog) -> dict[str, ModifierGroup]:
    """Every modifier list that is sold, by id, with its own limits."""
    found: dict[str, ModifierGroup] = {}
    for o in list(run.live("MODIFIER_LIST")):
        if o.text("modifier_type") == "TEXT":
            run.drop(o, "asks for free text; write it as a note to the dish")
            continue
        modifiers = [_modifier(run, child) for child in o.children if not child.dropped]
        if not modifiers:
            run.tell(o, "has no modifiers to choose from")
        limit = _own_limit(o)
        name = o.text("name") if o.text("name").strip() else o.text("internal_name")
        found[o.id] = ModifierGroup(o.id, name if name.strip() else o.name(), limit.min, limit.max, modifiers)
        for picture in run.pictures(o):
            run.tell(o, f"its picture {picture} was left out")
        o.taken = True
    return found


def _modifier(run: Catalog, o: Obj) -> Modifier:
    price = run.price(o, o.value("price_money"), "price_money", lowest=-(10**9))
    for n, override in enumerate(o.dicts("location_overrides")):
        price = _local_price(run, o, override, n, price, lowest=-(10**9))
    picture = next(iter(run.pictures(o)), None)
    o.taken = True
    return Modifier(o.id, o.name(), price or 0, preselected=o.flag("on_by_default"), image=picture)


def _number(o: Obj, value: Any, name: str) -> int:
    """A limit of Square's, -1 for one that is not set."""
    if value is None:
        return -1
    if isinstance(value, bool) or not isinstance(value, int) or value > MAX_LIMIT:
        raise o.bad(f"{name} must be a whole number up to {MAX_LIMIT}, not {short(value)}")
    return max(value, -1)


def _own_limit(o: Obj) -> GroupLimit:
    low = _number(o, o.value("min_selected_modifiers"), "min_selected_modifiers")
    high = _number(o, o.value("max_selected_modifiers"), "max_selected_modifiers")
    return _limit(o, low, high, "", o.text("selection_type"))


def _limit(o: Obj, low: int, high: int, where: str, selection_type: str) -> GroupLimit:
    low = max(low, 0)
    if high > 0:
        if high < low:
            raise o.bad(f"{where}min_selected_modifiers {low} is more than max_selected_modifiers {high}")
        return GroupLimit(low, high)
    return GroupLimit(low, 1 if selection_type == "SINGLE" and low <= 1 else None)


def settle_limits(lists: dict[str, ModifierGroup], items: list[Item]) -> tuple[list[ModifierGroup], list[Item]]:
    """The lists with the limits that most of their items have, and the items with only what differs from that: so a
    reader who knows no item's own limits is right as often as can be. Each item comes with all of its limits."""
    settled = {}
    for group_id, group in lists.items():
        own = GroupLimit(group.min, group.max)
        seen = Counter(i.group_limits[group_id] for i in items if group_id in i.group_limits) or Counter([own])
        limit = max(seen, key=lambda one: (seen[one], one == own))
        settled[group_id] = msgspec.structs.replace(group, min=limit.min, max=limit.max)
    common = {i: GroupLimit(g.min, g.max) for i, g in settled.items()}
    differing = [{i: limit for i, limit in item.group_limits.items() if limit != common[i]} for item in items]
    return list(settled.values()), [
        msgspec.structs.replace(item, group_limits=own) for item, own in zip(items, differing, strict=True)
    ]


# Items.


def read_item(run: Catalog, o: Obj, lists: dict[str, ModifierGroup]) -> Item:
    """One item; it is dropped again when none of its variations is sold."""
    variations = [_variation(run, child) for child in o.children if not child.dropped]
    if o.children and not any(child.taken for child in o.children):
        run.drop(o, "none of its variations is sold")
    elif not o.children:
        run.tell(o, "has no variation and so no price; it cannot be sold")
    kind = o.text("product_type")
    if kind not in _SOLD_AS_DISHES:
        run.tell(o, f"is a {clip(kind)} in Square; sold like any other item here")
    limits = _limits(run, o, lists)
    allergens, diets, kilocalories = _food(run, o)
    pictures = run.pictures(o)
    o.read.update(("skip_modifier_screen", "is_taxable"))
    o.taken = not o.dropped
    return Item(
        item_id=o.id,
        name=o.name(),
        description=_description(o),
        variations=variations,
        modifier_group_ids=list(limits),
        allergens=allergens,
        image=next(iter(pictures), None),
        group_limits=limits,
        tax_ids=_tax_ids(run, o),
        diets=diets,
        kilocalories=kilocalories,
        more_images=pictures[1:],
    )


def _description(o: Obj) -> str:
    plain = o.text("description_plaintext", MAX_DESCRIPTION_CHARS) or o.text("description", MAX_DESCRIPTION_CHARS)
    html = o.text("description_html", MAX_DESCRIPTION_CHARS)
    o.read.add("description")
    return plain or unescape(_TAG.sub("", _BLOCK.sub("\n", html))).strip()


def _variation(run: Catalog, o: Obj) -> Variation:
    name = o.text("name")
    if not name.strip():
        name = "Regular"
        if o.parent is not None and sum(not c.dropped for c in o.parent.children) > 1:
            name = f"Option {o.parent.children.index(o) + 1}"
        run.tell(o, f"has no name; called “{name}”")
    pricing = o.text("pricing_type")
    price = run.price(o, o.value("price_money"), "price_money")
    if pricing == "VARIABLE_PRICING":
        if price is not None:
            run.tell(o, f"its price is asked for at the POS; the {price} in the file is not used")
        price = None
    for n, override in enumerate(o.dicts("location_overrides")):
        price = _local_price(run, o, override, n, price)
    if price is None and pricing != "VARIABLE_PRICING":
        run.tell(o, "has no price in the file; it is asked for at the POS")
    if o.value("measurement_unit_id"):
        run.tell(o, "is priced by measure in Square; sold by the piece here")
    picture = next(iter(run.pictures(o)), None)
    o.taken = True
    return Variation(o.id, name, price, sku=o.text("sku"), image=picture)


def _local_price(
    run: Catalog, o: Obj, override: dict[str, Any], n: int, price: int | None, lowest: int = 0
) -> int | None:
    """The price once an override is heeded: the asked-for location's holds, another's is only told of."""
    at = override.get("location_id")
    where = f"location_overrides[{n}]"
    own = run.price(o, override.get("price_money"), f"{where}.price_money", lowest)
    asked = override.get("pricing_type") == "VARIABLE_PRICING"
    for name, value in override.items():
        if value and name not in ("location_id", "price_money", "pricing_type"):
            run.ledger.left_out(o.kind, f"location_overrides.{clip(name)}")
    if run.location is not None:
        if at != run.location or (own is None and not asked):
            return price
        return None if asked else own
    if asked or (own is not None and own != price):
        theirs = "asked for" if asked else own
        run.tell(o, f"has another price at {clip(str(at))} ({theirs}); the general one was taken")
    return price


def _limits(run: Catalog, o: Obj, lists: dict[str, ModifierGroup]) -> dict[str, GroupLimit]:
    """The item's modifier lists in order, each with the limits it has here."""
    found: dict[str, GroupLimit] = {}
    infos = list(enumerate(o.dicts("modifier_list_info")))
    infos.sort(key=lambda one: one[1]["ordinal"] if isinstance(one[1].get("ordinal"), int) else 0)
    for n, info in infos:
        where = f"modifier_list_info[{n}]."
        list_id = o.check_id(info.get("modifier_list_id"), f"{where}modifier_list_id")
        source = run.index.objects.get(list_id)
        if source is None or source.kind != "MODIFIER_LIST":
            what = f"a {source.kind}" if source is not None else "not in the file"
            raise o.bad(f"{where}modifier_list_id names the modifier list {clip(list_id)}, which is {what}")
        low, high = (_number(o, info.get(f"{end}_selected_modifiers"), f"{where}{end}_selected_modifiers")
                     for end in ("min", "max"))  # fmt: skip
        if source.dropped or info.get("enabled") is False:
            why = "was left out" if source.dropped else "is switched off for it"
            run.tell(o, f"its modifier list {list_id} {why}")
        elif list_id in found:
            run.tell(o, f"names its modifier list {list_id} twice; the first was taken")
        elif low < 0 and high < 0:
            found[list_id] = GroupLimit(lists[list_id].min, lists[list_id].max)
        else:
            found[list_id] = _limit(o, low, high, where, source.text("selection_type"))
        _tell_overrides(run, o, info, list_id)
    return found


def _tell_overrides(run: Catalog, o: Obj, info: dict[str, Any], list_id: str) -> None:
    for name, value in info.items():
        if name not in _INFO_FIELDS and value and value != "NOT_SET":
            run.ledger.left_out(o.kind, f"modifier_list_info.{clip(name)}")
    if info.get("modifier_overrides"):
        run.tell(o, f"its own settings for single modifiers of {list_id} were left out; the list's own hold")


def _food(run: Catalog, o: Obj) -> tuple[list[str], list[str], int | None]:
    """Allergens, diets, kilocalories. What is free text and may be an allergen is told rather than guessed at."""
    details = o.reference("food_and_beverage_details")
    calories = details.get("calorie_count")
    if calories is not None and (isinstance(calories, bool) or not isinstance(calories, int) or calories < 0):
        raise o.bad(f"food_and_beverage_details.calorie_count must be a whole number, not {short(calories)}")
    allergens: list[str] = []
    diets: list[str] = []
    for kind, words, found in (("ingredients", ALLERGENS, allergens), ("dietary_preferences", DIETS, diets)):
        entries = details.get(kind) or []
        if not isinstance(entries, list):
            raise o.bad(f"food_and_beverage_details.{kind} must be a list, not {short(entries)}")
        for one in entries:
            name = (one.get("standard_name") or one.get("custom_name")) if isinstance(one, dict) else None
            if not isinstance(name, str) or not name:
                raise o.bad(f"food_and_beverage_details.{kind} has an entry without a name")
            if name in words:
                found.append(words[name])
            else:
                run.tell(o, f"“{clip(name)}” of its {kind.replace('_', ' ')} is not a word known here and was left out")
    return list(dict.fromkeys(allergens)), list(dict.fromkeys(diets)), calories


def _tax_ids(run: Catalog, o: Obj) -> list[str]:
    found = []
    for n, tax_id in enumerate(dict.fromkeys(o.ids("tax_ids"))):
        tax = run.index.objects.get(tax_id)
        if tax is None or tax.kind != "TAX":
            raise o.bad(f"tax_ids[{n}] names the tax {clip(tax_id)}, which is not in the file")
        if not tax.dropped and tax.flag("enabled", default=True):
            found.append(tax_id)
    return found
