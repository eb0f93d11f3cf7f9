"""One object of a Square catalog, read with care: every field may be missing or of the wrong type."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from server.event import Refused

DATA_FIELDS = {
    "ITEM": "item_data",
    "ITEM_VARIATION": "item_variation_data",
    "CATEGORY": "category_data",
    "MODIFIER_LIST": "modifier_list_data",
    "MODIFIER": "modifier_data",
    "TAX": "tax_data",
    "DISCOUNT": "discount_data",
    "IMAGE": "image_data",
}
PERCENTAGE = re.compile(r"^\d{1,3}(\.\d{1,6})?$")
MAX_NAME = 512
"""Square's own limit for an item's name."""


class Obj(NamedTuple):
    """`raw` is the object as it stands in the file, `data` its `<type>_data`."""

    id: str
    type: str
    raw: dict[str, Any]
    data: dict[str, Any]

    @classmethod
    def of(cls, raw: Any, where: str) -> Obj:
        """Raises `Refused` when it is no catalog object."""
        if not isinstance(raw, dict):
            raise Refused("bad_menu_file", f"In {where} stands {short(raw)} where a catalog object should be.")
        kind, object_id = raw.get("type"), raw.get("id")
        if not isinstance(kind, str) or not kind:
            raise Refused("bad_menu_file", f"An object in {where} has no type (id {short(object_id)}).")
        if not isinstance(object_id, str) or not object_id:
            raise Refused("bad_menu_file", f"A {kind} in {where} has no id.")
        data = raw.get(DATA_FIELDS.get(kind, ""), {})
        if not isinstance(data, dict):
            raise Refused("bad_menu_file", f"{kind} {object_id}: {DATA_FIELDS[kind]} must be an object.")
        return cls(object_id, kind, raw, data)

    def text(self, field: str) -> str:
        value = self.data.get(field)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise bad(self, f"{field} must be text, not {short(value)}")
        return value.replace("\0", "")

    def name(self) -> str:
        """The object's name. Raises `Refused`: nobody can choose what has none."""
        name = self.text("name").strip()
        if not name:
            raise bad(self, "has no name")
        if len(name) > MAX_NAME:
            raise bad(self, f"has a name of {len(name)} characters; {MAX_NAME} are allowed")
        return name

    def number(self, field: str, default: int) -> int:
        value = self.data.get(field)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            raise bad(self, f"{field} must be a whole number, not {short(value)}")
        return value

    def flag(self, field: str, *, inside: bool = False) -> bool:
        return (self.data if inside else self.raw).get(field) is True

    def list(self, field: str) -> list[Any]:
        value = self.data.get(field)
        if value is None:
            return []
        if not isinstance(value, list):
            raise bad(self, f"{field} must be a list, not {short(value)}")
        return value

    def strings(self, field: str, *, inside: bool = False) -> list[str]:
        value = (self.data if inside else self.raw).get(field) or []
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise bad(self, f"{field} must be a list of ids")
        return list(value)

    def percentage(self) -> str:
        value = self.data.get("percentage")
        if not isinstance(value, str) or not PERCENTAGE.match(value) or float(value) > 100:
            raise bad(self, f'percentage must be text like "8.6", not {short(value)}')
        return value

    def present_at(self, location: str) -> bool:
        """By the rules of Square's `present_at_all_locations` and its exceptions."""
        if self.raw.get("present_at_all_locations") is False:
            return location in self.strings("present_at_location_ids")
        return location not in self.strings("absent_at_location_ids")


def bad(o: Obj, what: str) -> Refused:
    label = o.data.get("name")
    named = f' "{label[:60]}"' if isinstance(label, str) and label.strip() else ""
    return Refused("bad_menu_file", f"{o.type} {o.id}{named}: {what}.")


def short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def index_objects(document: Any) -> dict[str, Obj]:
    """Top-level objects by id, in the file's order: of `objects` and `related_objects`, or of a bare list.

    Raises `Refused` for anything else, and for two different objects with one id.
    """
    if isinstance(document, dict):
        lists = [document[k] for k in ("objects", "related_objects", "items") if isinstance(document.get(k), list)]
        if not lists and isinstance(document.get("object"), dict):
            lists = [[document["object"]]]
    else:
        lists = [document] if isinstance(document, list) else []
    if not lists:
        raise Refused(
            "bad_menu_file",
            "This is neither a Square catalog (a JSON object with a list of objects) nor a Pilotlight menu.",
        )
    found: dict[str, Obj] = {}
    for n, raw in enumerate(raw for part in lists for raw in part):
        o = Obj.of(raw, f"the catalog (object {n + 1})")
        known = found.get(o.id)
        if known is not None and known.raw != o.raw:
            raise bad(o, "stands in the file twice, and differently")
        found[o.id] = o
    if not found:
        raise Refused("bad_menu_file", "The catalog has no objects. Export it again.")
    return found
