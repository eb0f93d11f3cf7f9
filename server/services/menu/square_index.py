"""All objects of a Square catalog by id, from whichever answer of the API the file holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from server.services.command import MAX_ID_CHARS
from server.services.menu.import_report import Ledger
from server.services.menu.json_text import refuse
from server.services.menu.square_object import CHILDREN, DATA_FIELDS, Obj, clip, short

BOOKKEEPING = frozenset({"type", "id", "version", "updated_at", "created_at", "catalog_v1_ids", "catalog_v1_id"})
"""Fields by which Square keeps its own order; they say nothing about what is sold."""

_LISTS = ("objects", "related_objects", "items")
_AROUND = frozenset({*_LISTS, "object", "batches", "cursor", "errors", "latest_time", "limit", "id_mappings",
                     "matched_variation_ids", "idempotency_key"})  # fmt: skip


def _roots(document: Any, at: str, ledger: Ledger) -> Iterator[tuple[str, Any]]:
    """Top-level objects with their places: of ListCatalog, SearchCatalogObjects, SearchCatalogItems, BatchRetrieve,
    RetrieveCatalogObject, a batch to upsert, a bare list, and a list of any of them (pages)."""
    if isinstance(document, list):
        for n, one in enumerate(document):
            is_page = isinstance(one, dict) and "type" not in one and not _AROUND.isdisjoint(one)
            yield from _roots(one, f"{at}[{n}].", ledger) if is_page else [(f"{at}[{n}]", one)]
        return
    errors = document.get("errors")
    if errors:
        first = errors[0] if isinstance(errors, list) else errors
        said = first.get("detail") or first.get("code") if isinstance(first, dict) else first
        refuse(f"The file is an error that Square answered, not a catalog: {clip(str(said)).rstrip('.')}.")
    if document.get("cursor"):
        ledger.tell("FILE", "cursor", "the file is one page of several, more objects follow after it in Square")
    for name in _LISTS:
        found = document.get(name)
        if found is not None and not isinstance(found, list):
            refuse(f"{at}{name} must be a list of catalog objects, not {short(found)}.")
        yield from ((f"{at}{name}[{n}]", one) for n, one in enumerate(found or []))
    if document.get("object") is not None:
        yield f"{at}object", document["object"]
    batches = document.get("batches")
    if isinstance(batches, list):
        yield from _roots(batches, f"{at}batches", ledger)
    for name, value in document.items():
        if name not in _AROUND and value:
            ledger.left_out("FILE", clip(name))


class Index:
    """`objects`: every object of a kind that a menu can express, by id, in the file's order, with its children.

    Objects of other kinds get their line in the ledger at once. Raises `Refused("bad_menu_file")` with the place.
    """

    def __init__(self, document: Any, ledger: Ledger) -> None:
        self.objects: dict[str, Obj] = {}
        self.ids: dict[str, str] = {}  # every id of the file, of any kind -> its kind
        self._ledger = ledger
        if not (isinstance(document, list) or (isinstance(document, dict) and not _AROUND.isdisjoint(document))):
            refuse("The file is neither a Square catalog (an object with a list “objects”) nor a Pilotlight menu.")
        for place, raw in _roots(document, "", ledger):
            self._add(raw, place)
        if not self.ids:
            refuse("The catalog has no objects; export it again.")
        self._adopt()

    def _add(self, raw: Any, place: str, parent: Obj | None = None, expected: str = "") -> None:
        kind, object_id = self._identify(raw, place, expected)
        known = self.ids.get(object_id)
        if known is not None and known != kind:
            refuse(f"The id {object_id} is used twice, by a {known} and by a {kind} at {place}.")
        if kind not in DATA_FIELDS:
            return self._foreign(raw, kind, object_id)
        data = raw.get(DATA_FIELDS[kind])
        if data is not None and not isinstance(data, dict):
            refuse(f"{kind} {object_id} at {place}: {DATA_FIELDS[kind]} must be an object, not {short(data)}.")
        found = Obj(kind, object_id, place, raw, data or {}, parent)
        self.ids[object_id] = kind
        if known is None:
            self.objects[object_id] = found
        else:
            self._merge(self.objects[object_id], found)
        field, child = CHILDREN.get(kind, ("", ""))
        if field:
            self.objects[object_id].read.add(field)
            for n, one in enumerate(found.entries(field)):
                self._add(one, f"{place}.{DATA_FIELDS[kind]}.{field}[{n}]", self.objects[object_id], child)
        return None

    def _identify(self, raw: Any, place: str, expected: str) -> tuple[str, str]:
        if not isinstance(raw, dict):
            refuse(f"At {place} stands {short(raw)}, where a catalog object should be.")
        kind, object_id = raw.get("type") or expected, raw.get("id")
        if not isinstance(kind, str) or not kind:
            refuse(f"The object at {place} has no type (its id is {short(object_id)}).")
        if not isinstance(object_id, str) or not 0 < len(object_id) <= MAX_ID_CHARS or not object_id.isprintable():
            wanted = f"an id of 1 to {MAX_ID_CHARS} characters"
            refuse(f"The {clip(kind)} at {place} needs {wanted}, not {short(object_id)}.")
        if expected and kind != expected:
            refuse(f"The object {object_id} at {place} is a {clip(kind)}, where only a {expected} may be.")
        return kind, object_id

    def _foreign(self, raw: dict[str, Any], kind: str, object_id: str) -> None:
        """A line for an object without counterpart, and for each that lies inside it."""
        self.ids[object_id] = kind
        self._ledger.tell(clip(kind), object_id, REASONS.get(kind, "a menu has nothing of this kind"))
        inside: list[Any] = list(raw.values())
        while inside:
            one = inside.pop()
            if isinstance(one, list):
                inside.extend(one)
            elif isinstance(one, dict):
                inside.extend(one.values())
                nested, its_id = one.get("type"), one.get("id")
                if isinstance(nested, str) and isinstance(its_id, str) and its_id and its_id not in self.ids:
                    self.ids[its_id] = nested
                    self._ledger.tell(clip(nested), its_id, f"part of {clip(kind)} {object_id}, which was left out")

    def _merge(self, known: Obj, new: Obj) -> None:
        """The same object once more: alone and inside its parent, or in two pages. What one lacks the other gives;
        where they contradict each other the newer version holds, and without one the file is refused."""
        if known.parent is not None and new.parent is not None and known.parent is not new.parent:
            refuse(f"{new.describe()} belongs to both {known.parent.id} and {new.parent.id} (at {new.place}).")
        differ = sorted(_differences(known, new))
        versions = known.raw.get("version"), new.raw.get("version")
        newer = isinstance(versions[0], int) and isinstance(versions[1], int) and versions[1] > versions[0]
        if differ and (versions[0] == versions[1] or None in versions):
            places = f"{known.place} and {new.place}"
            refuse(f"{new.describe()} is in the file twice, at {places}, with another {clip(differ[0])}.")
        if differ:
            self._ledger.tell(new.kind, new.id, "is in the file in two versions; the newer one was taken")
        elif known.parent is None and new.parent is None:
            self._ledger.tell(new.kind, new.id, "is in the file twice, alike; taken once")
        children = CHILDREN.get(new.kind, ("", ""))[0]
        known.raw = known.raw | new.raw if newer else new.raw | known.raw
        known.data = known.data | new.data if newer else new.data | known.data
        known.data.pop(children, None)
        known.parent = known.parent or new.parent

    def _adopt(self) -> None:
        """Gives every variation and modifier to its parent, in Square's order."""
        for o in self.objects.values():
            kind, field = _PARENTS.get(o.kind, ("", ""))
            if not kind:
                continue
            named = o.text(field)
            if o.parent is None:
                o.parent = self.objects.get(named)
                if o.parent is None or o.parent.kind != kind:
                    if o.raw.get("is_deleted") is True:
                        continue
                    raise o.bad(f"{field} names {clip(named) or 'nothing'}, and no such {kind} is in the file")
            elif named and named != o.parent.id:
                self._ledger.tell(o.kind, o.id, f"names {clip(named)} as its parent, but stands in {o.parent.id}")
            o.parent.children.append(o)
        for o in self.objects.values():
            o.children.sort(key=lambda child: child.ordinal)


_PARENTS = {"ITEM_VARIATION": ("ITEM", "item_id"), "MODIFIER": ("MODIFIER_LIST", "modifier_list_id")}


def _differences(a: Obj, b: Obj) -> set[str]:
    """Names of fields that both have, with different values."""
    skip = BOOKKEEPING | {DATA_FIELDS[a.kind], CHILDREN.get(a.kind, ("", ""))[0]}
    outer = {f for f in a.raw.keys() & b.raw.keys() if f not in skip and a.raw[f] != b.raw[f]}
    return outer | {f for f in a.data.keys() & b.data.keys() if f not in skip and a.data[f] != b.data[f]}


_RULES = "discounts that apply by themselves are not supported yet"
_OPTIONS = "how Square makes variations; the variations themselves were taken over"
_ATTRIBUTES = "a field that the shop added in Square"
_PLANS = "nothing is sold by subscription here"
REASONS = {
    "PRICING_RULE": _RULES,
    "PRODUCT_SET": _RULES,
    "TIME_PERIOD": _RULES,
    "ITEM_OPTION": _OPTIONS,
    "ITEM_OPTION_VAL": _OPTIONS,
    "MEASUREMENT_UNIT": "dishes are sold by the piece here",
    "QUICK_AMOUNTS_SETTINGS": "buttons of Square's own till",
    "CUSTOM_ATTRIBUTE_DEFINITION": _ATTRIBUTES,
    "SUBSCRIPTION_PLAN": _PLANS,
    "SUBSCRIPTION_PLAN_VARIATION": _PLANS,
    "SUBSCRIPTION_PRODUCT": _PLANS,
    "CHECKOUT_LINK": "a page of Square's own online shop",
    "SERVICE_CHARGE": "service charges are not supported yet",
}
