"""Publishing a menu: it is checked whole before it becomes a fact, so that no fold ever meets a broken one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from server.event import MAX_EVENT_BYTES, STORE_ID, Draft, Refused, plainly
from server.services.command import MAX_AMOUNT_MINOR, MAX_ID_CHARS, as_json, check_shown, check_text
from server.services.menu.commands import Publish
from server.services.menu.events import MENU_AGGREGATE, PUBLISHED, Item, Menu, MenuPublished

MAX_STORES = 1000
"""Stores named in one publication; a business with more publishes for all."""

MAX_MENU_BYTES = MAX_EVENT_BYTES - 4096
"""A menu travels as one event; the rest is for what stands around it."""

_CURRENCY = re.compile(r"[A-Z]{3}")
_CLOCK = re.compile(r"[0-2]\d:[0-5]\d")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def _bad(where: str, what: str) -> Refused:
    return Refused("bad_menu", f"The menu has a mistake at {where}: {what}. Nothing was changed.")


def read_menu(body: Any) -> Menu:
    """A menu from JSON bytes or a dict, checked. Raises `Refused("bad_menu")` naming the place."""
    try:
        menu = msgspec.json.decode(as_json(body), type=Menu)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at ")
        raise _bad(path.strip("`").removeprefix("$.") or "its top", plainly(what)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise _bad("its top", "it is not JSON in UTF-8") from error
    check_menu(menu)
    try:
        msgspec.msgpack.encode(menu)
    except OverflowError as error:  # an event can't hold it
        raise _bad("its top", "it has a number that is far too large for anything") from error
    return menu


def _unique(ids: Iterable[str], where: str) -> set[str]:
    seen: set[str] = set()
    for n, one in enumerate(ids):
        if not one or len(one) > MAX_ID_CHARS:
            raise _bad(f"{where}[{n}]", f"an id has 1 to {MAX_ID_CHARS} characters")
        if one in seen:
            raise _bad(f"{where}[{n}]", f"the id {one} is used twice")
        seen.add(one)
    return seen


def _known(ids: Iterable[str], known: set[str], where: str, what: str) -> None:
    for one in ids:
        if one not in known:
            raise _bad(where, f"there is no {what} {one}")


def _limits(low: int, high: int | None, where: str) -> None:
    if low < 0 or (high is not None and high < low):
        raise _bad(where, f"min {low} and max {high} do not fit together")


def _price(price: int | None, where: str, lowest: int = 0) -> None:
    if price is not None and not lowest <= price <= MAX_AMOUNT_MINOR:
        raise _bad(where, f"a price of {price} is out of range")


def _percentage(text: str, where: str) -> None:
    try:
        value = Decimal(text)
        fine = value.is_finite() and 0 <= value <= 100
    except InvalidOperation:
        fine = False
    if not fine or len(text) > 20:
        raise _bad(where, "a percentage is a decimal number from 0 to 100, such as 8.6")


def check_menu(menu: Menu) -> None:
    """Raises `Refused("bad_menu")` for the first thing that does not hold together: ids used twice, references to
    nothing, limits that contradict each other, amounts or percentages out of range."""
    if not _CURRENCY.fullmatch(menu.currency):
        raise _bad("currency", "a currency is three capital letters, such as EUR")
    items = _unique((i.item_id for i in menu.items), "items")
    groups = _unique((g.modifier_group_id for g in menu.modifier_groups), "modifier_groups")
    ingredients = _unique((i.ingredient_id for i in menu.ingredients), "ingredients")
    taxes = _unique((t.tax_id for t in menu.taxes), "taxes")
    dayparts = _unique((d.daypart_id for d in menu.dayparts), "dayparts")
    _unique((c.category_id for c in menu.categories), "categories")
    _unique((d.discount_id for d in menu.discounts), "discounts")
    for item in menu.items:
        _check_item(item, groups, ingredients, taxes, dayparts)
    for category in menu.categories:
        _known(category.item_ids, items, f"category {category.category_id}", "item")
    for ingredient in menu.ingredients:
        _known(ingredient.removable_from, items, f"ingredient {ingredient.ingredient_id}", "item")
    _check_groups(menu, ingredients)
    _check_combos(menu)
    _check_rest(menu)


def _check_texts(menu: Menu) -> None:
    """Raises `Refused("bad_menu")` for what can't be shown or printed. Asked of what is published here only: a fold
    takes what others have published."""
    for name in menu.__struct_fields__:
        part = getattr(menu, name)
        for one in part if isinstance(part, list) else [part]:  # all dishes at once would be some megabytes
            _check_texts_of(msgspec.to_builtins(one), "" if isinstance(one, msgspec.Struct) else name)


def _check_texts_of(part: Any, where: str) -> None:
    waiting = [(part, where)]
    while waiting:
        value, where = waiting.pop()
        if isinstance(value, str):
            try:
                check_shown(value, where)
            except Refused:
                raise _bad(where, "it has a character that can't be shown") from None
        elif isinstance(value, dict):
            key = next((key for key in value if key.endswith("_id")), "")  # its own comes first
            named = f"{key.removesuffix('_id').replace('_', ' ')} {value[key]}" if key else ""
            at = ", ".join(filter(None, (where, named)))
            waiting += [(one, at if isinstance(one, list | dict) else f"{at}, {key}") for key, one in value.items()]
            waiting += [(key, at) for key in value]
        elif isinstance(value, list):
            waiting += [(one, where) for one in value]


def _check_item(item: Item, groups: set[str], ingredients: set[str], taxes: set[str], dayparts: set[str]) -> None:
    where = f"item {item.item_id}"
    _unique((v.variation_id for v in item.variations), f"{where}, variations")
    for variation in item.variations:
        _price(variation.price_minor, f"{where}, variation {variation.variation_id}")
    _known(item.modifier_group_ids, groups, where, "modifier group")
    _known(item.group_limits, groups, where, "modifier group")
    _known(item.ingredient_ids, ingredients, where, "ingredient")
    _known(item.tax_ids, taxes, where, "tax")
    _known(item.daypart_ids, dayparts, where, "daypart")
    for group_id, limit in item.group_limits.items():
        _limits(limit.min, limit.max, f"{where}, group {group_id}")


def _check_groups(menu: Menu, ingredients: set[str]) -> None:
    for group in menu.modifier_groups:
        where = f"modifier group {group.modifier_group_id}"
        _limits(group.min, group.max, where)
        _unique((m.modifier_id for m in group.modifiers), f"{where}, modifiers")
        for modifier in group.modifiers:
            at = f"{where}, modifier {modifier.modifier_id}"
            _price(modifier.price_minor, at, -MAX_AMOUNT_MINOR)
            _known(modifier.ingredient_ids, ingredients, at, "ingredient")


def _check_combos(menu: Menu) -> None:
    items = {i.item_id: i for i in menu.items}
    _unique((c.combo_id for c in menu.combos), "combos")
    _unique((c.item_id for c in menu.combos), "combos, item_id")
    combo_items = {c.item_id for c in menu.combos}
    for combo in menu.combos:
        where = f"combo {combo.combo_id}"
        _known([combo.item_id], set(items), where, "item")
        _unique((s.slot_id for s in combo.slots), f"{where}, slots")
        for slot in combo.slots:
            at = f"{where}, slot {slot.slot_id}"
            _limits(slot.min, slot.max, at)
            for option in slot.options:
                _known([option.item_id], set(items), at, "item")
                if option.item_id in combo_items:
                    raise _bad(at, f"{option.item_id} is a combo itself")
                known = {v.variation_id for v in items[option.item_id].variations}
                _known([option.variation_id] if option.variation_id is not None else [], known, at, "variation")
                _price(option.price_minor, at)


def _check_rest(menu: Menu) -> None:
    if menu.brand_colour and not _COLOUR.fullmatch(menu.brand_colour):
        raise _bad("brand_colour", f"“{menu.brand_colour[:40]}” is not a colour like #c0392b")
    for tax in menu.taxes:
        _percentage(tax.percentage, f"tax {tax.tax_id}")
    for discount in menu.discounts:
        where = f"discount {discount.discount_id}"
        if discount.percentage is not None:
            _percentage(discount.percentage, where)
        _price(discount.amount_minor, where)
    for part in menu.dayparts:
        where = f"daypart {part.daypart_id}"
        for text in (part.start, part.end):
            try:
                fine = bool(_CLOCK.fullmatch(text)) and bool(time.fromisoformat(text) or True)
            except ValueError:
                fine = False
            if not fine:
                raise _bad(where, "a time is HH:MM from 00:00 to 23:59")
        if not part.days or not set(part.days) <= set(range(1, 8)):
            raise _bad(where, "days are 1 (Monday) to 7 (Sunday)")


def version_of(menu: Menu) -> str:
    """The first 12 hex digits of SHA-256 over the menu as MessagePack: the same menu, the same version."""
    return hashlib.sha256(msgspec.msgpack.encode(menu)).hexdigest()[:12]


def publish(command: Publish, store: str, sold_in: Mapping[str, str]) -> tuple[list[Draft], dict[str, Any]]:
    """Drafts and result of `menu.publish` in a store (or, with `store` `""`, at head office). `sold_in`: by store, in
    what currency it has sold today."""
    if command.stores is not None and store:
        raise Refused("office_only", "Only head office can publish a menu for other stores. Leave “stores” out.")
    stores = command.stores or []
    if command.stores == []:
        raise Refused("bad_field", "“stores” names no store. Name some, or leave it out to publish for all.")
    if len(stores) > MAX_STORES or not all(STORE_ID.fullmatch(s) for s in stores):
        raise Refused(
            "bad_field",
            f"“stores” takes up to {MAX_STORES} store ids of 1 to 63 letters, digits, blanks, dots or dashes.",
        )
    source = check_text(command.source, "source", "The source")
    menu = read_menu(bytes(command.menu))
    _check_texts(menu)
    others = [
        (one, sold) for one, sold in sorted(sold_in.items()) if sold != menu.currency and (not stores or one in stores)
    ]
    if others and not command.new_currency:
        one, sold = others[0]
        raise Refused(
            "other_currency",
            f"{one or 'This store'} has sold in {sold} today, and this menu is in {menu.currency}: the day would not "
            "add up. Publish it before the first sale of a day, or say that it is meant (“new_currency”, "
            "--new-currency). Nothing was changed.",
        )
    size = len(msgspec.msgpack.encode(menu))
    if size > MAX_MENU_BYTES:
        raise Refused(
            "too_large",
            f"The menu is too large: {size / 1e6:.1f} MB, and {MAX_MENU_BYTES / 1e6:.1f} MB can be published. Shorten "
            "descriptions, or leave out what is not sold. Nothing was changed.",
        )
    version = version_of(menu)
    published = MenuPublished(version, menu, source)
    topics = [f"menu/{s}" for s in dict.fromkeys(stores)] or ["menu"]
    drafts = [Draft(PUBLISHED, MENU_AGGREGATE, published, topic) for topic in topics]
    return drafts, {"version": version, "items": len(menu.items)}
