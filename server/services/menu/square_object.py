"""One object of a Square catalog, read with care: every field may be missing or of the wrong type.

Field names and their meaning: https://developer.squareup.com/reference/square/objects/CatalogObject
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from server.event import Refused
from server.services.command import MAX_AMOUNT_MINOR, MAX_ID_CHARS

DATA_FIELDS = {
    "ITEM": "item_data",
    "ITEM_VARIATION": "item_variation_data",
    "CATEGORY": "category_data",
    "MODIFIER_LIST": "modifier_list_data",
    "MODIFIER": "modifier_data",
    "TAX": "tax_data",
    "DISCOUNT": "discount_data",
    "IMAGE": "image_data",
    "AVAILABILITY_PERIOD": "availability_period_data",
}
"""The kinds that a menu can express, and where each keeps its facts."""

CHILDREN = {"ITEM": ("variations", "ITEM_VARIATION"), "MODIFIER_LIST": ("modifiers", "MODIFIER")}

MAX_NAME_CHARS = 512
"""Square's own limit for an item's name."""

MAX_DESCRIPTION_CHARS = 65_535
"""Square's own limit for a description."""

MAX_LIMIT = 1_000_000
"""Choices of a modifier list; above it a limit is a mistake."""

_BREAKS = "\t\n\r"
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(slots=True, eq=False)
class Obj:
    """`raw` is the object as it stands in the file, `data` its `<kind>_data`; `place` is its path there. `read`: fields
    that were looked at, so that the rest can be told. `cleaned`: texts that lost control characters (shops paste from
    word processors). `taken` and `dropped`: what became of it."""

    kind: str
    id: str
    place: str
    raw: dict[str, Any]
    data: dict[str, Any]
    parent: Obj | None = None
    children: list[Obj] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    cleaned: set[str] = field(default_factory=set)
    taken: bool = False
    dropped: bool = False

    def bad(self, what: str) -> Refused:
        """The refusal of a whole file for what is wrong here."""
        name = self.data.get("name")
        named = f" “{clip(name)}”" if isinstance(name, str) and name.strip() else ""
        whose = self.parent.data.get("name") if self.parent is not None else None
        of = f" of “{clip(whose)}”" if isinstance(whose, str) and whose.strip() else ""
        return Refused("bad_menu_file", f"{self.kind} {self.id}{named}{of} at {self.place}: {what}.")

    def value(self, name: str, *, outer: bool = False) -> Any:
        """A field of the data, or with `outer` of the object around it. None when it is missing."""
        self.read.add(name)
        return (self.raw if outer else self.data).get(name)

    def text(self, name: str, limit: int = MAX_NAME_CHARS, *, outer: bool = False) -> str:
        """`""` when missing."""
        value = self.value(name, outer=outer)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.bad(f"{name} must be text, not {short(value)}")
        if len(value) > limit:
            raise self.bad(f"{name} has {len(value)} characters; {limit} are allowed")
        if any("\ud800" <= c <= "\udfff" for c in value):
            raise self.bad(f"{name} has half of a character: {short(value)}")
        clean = "".join(c if c >= " " or c in _BREAKS else " " for c in value)
        if clean != value:
            self.cleaned.add(name)
        return clean

    def name(self) -> str:
        """Raises `Refused`: nobody can choose what has no name."""
        name = self.text("name")
        if not name.strip():
            raise self.bad("it has no name; give it one")
        return name

    def number(self, name: str) -> int | None:
        value = self.value(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise self.bad(f"{name} must be a whole number, not {short(value)}")
        return value

    def flag(self, name: str, *, default: bool = False, outer: bool = False) -> bool:
        value = self.value(name, outer=outer)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.bad(f"{name} must be true or false, not {short(value)}")
        return value

    def entries(self, name: str) -> list[Any]:
        value = self.value(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.bad(f"{name} must be a list, not {short(value)}")
        return value

    def dicts(self, name: str) -> list[dict[str, Any]]:
        found = self.entries(name)
        for n, one in enumerate(found):
            if not isinstance(one, dict):
                raise self.bad(f"{name}[{n}] must be an object, not {short(one)}")
        return found

    def ids(self, name: str, *, outer: bool = False) -> list[str]:
        value = self.value(name, outer=outer)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.bad(f"{name} must be a list of ids, not {short(value)}")
        return [self.check_id(one, f"{name}[{n}]") for n, one in enumerate(value)]

    def check_id(self, value: Any, where: str) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= MAX_ID_CHARS:
            raise self.bad(f"{where} must be an id of 1 to {MAX_ID_CHARS} characters, not {short(value)}")
        return value

    def reference(self, name: str) -> dict[str, Any]:
        """An object such as `{"id": …, "ordinal": …}`; `{}` when there is none."""
        value = self.value(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.bad(f"{name} must be an object, not {short(value)}")
        return value

    def percentage(self) -> str:
        """As it stands in the file, a decimal string."""
        value = self.value("percentage")
        try:
            fine = isinstance(value, str) and len(value) <= 20 and 0 <= Decimal(value) <= 100
        except InvalidOperation:
            fine = False
        if not fine:
            raise self.bad(f"percentage must be text with a number from 0 to 100, such as “8.6”, not {short(value)}")
        return str(value)

    @property
    def ordinal(self) -> int:
        """Its place among its like; 0 when it has none, so that the file's order holds."""
        return self.number("ordinal") or 0

    def describe(self) -> str:
        return f"{self.kind} {self.id}"


def clip(text: str) -> str:
    """The beginning of a text, with nothing in it that a terminal or a log could stumble over."""
    clean = "".join(c if c.isprintable() else "�" for c in text[:60])
    return clean + "…" if len(text) > 60 else clean


def short(value: Any) -> str:
    """A value as JSON would show it, cut to what fits a sentence."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return f"the text “{clip(value)}”" if isinstance(value, str) else clip(str(value))


def amount_of(o: Obj, money: Any, where: str, lowest: int = 0) -> tuple[int | None, str]:
    """Minor units and currency of a Square `Money`; `(None, "")` when there is none."""
    if money is None:
        return None, ""
    if not isinstance(money, dict):
        raise o.bad(f"{where} must be an object with amount and currency, not {short(money)}")
    amount, currency = money.get("amount"), money.get("currency")
    if amount is None:
        return None, ""
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise o.bad(f"{where}.amount must be a whole number of the smallest unit, such as 450, not {short(amount)}")
    if not lowest <= amount <= MAX_AMOUNT_MINOR:
        raise o.bad(f"{where}.amount {short(amount)} is out of range ({lowest} to {MAX_AMOUNT_MINOR})")
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise o.bad(f"{where}.currency must be three capital letters, such as USD, not {short(currency)}")
    return amount, currency
