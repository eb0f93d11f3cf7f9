"""Headings of a menu out of a Square catalog: categories with their items in order, parents, and hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from server.services.menu.events import Category, Item
from server.services.menu.square_object import Obj, clip

if TYPE_CHECKING:
    from server.services.menu.square import Import

OTHER_CATEGORY = "pilotlight-other"
"""The made heading for items that have none, so that they can be found."""


def read_categories(run: Import, items: list[Obj]) -> list[Category]:
    """Every category with its items in Square's order, parents before their children; then the made one."""
    members: dict[str, list[tuple[int, str]]] = {o.id: [] for o in run.live("CATEGORY")}
    homeless: list[str] = []
    for o in items:
        homes = _homes(run, o, members)
        for category_id, ordinal in homes.items():
            members[category_id].append((ordinal, o.id))
        if not homes:
            homeless.append(o.id)
    found = []
    for o in _parents_first(list(run.live("CATEGORY"))):
        item_ids = [i for _, i in sorted(members[o.id], key=lambda member: member[0])]
        picture = next(iter(run.pictures(o)), None)
        if o.text("category_type") == "KITCHEN_CATEGORY":
            run.tell(o, "sorts kitchen tickets in Square; here it is a heading of the menu")
        o.read.update(("is_top_level", "root_category", "path_to_root"))
        o.taken = True
        found.append(Category(o.id, o.name(), item_ids, picture, parent_id=_parent(run, o)))
    if homeless:
        run.ledger.tell("CATEGORY", OTHER_CATEGORY, f"made for {len(homeless)} items that name no category")
        found.append(Category(OTHER_CATEGORY, "Other", homeless))
    return found


def _homes(run: Import, o: Obj, members: dict[str, list[tuple[int, str]]]) -> dict[str, int]:
    """The categories an item is in, each with its ordinal there."""
    named: dict[str, int] = {}
    for n, one in enumerate(o.dicts("categories")):
        ordinal = one.get("ordinal")
        category_id = o.check_id(one.get("id"), f"categories[{n}].id")
        named[category_id] = ordinal if isinstance(ordinal, int) else 0
    legacy = o.text("category_id")
    if legacy:
        named.setdefault(legacy, 0)
    reporting = o.reference("reporting_category")
    if not named and reporting.get("id"):
        ordinal = reporting.get("ordinal")
        named[o.check_id(reporting["id"], "reporting_category.id")] = ordinal if isinstance(ordinal, int) else 0
    for category_id in named:
        if run.index.ids.get(category_id, "CATEGORY") != "CATEGORY":
            raise o.bad(f"category {category_id} is a {run.index.ids[category_id]}")
        if category_id not in run.index.ids:
            run.tell(o, f"its category {clip(category_id)} is not in the file")
    return {i: ordinal for i, ordinal in named.items() if i in members}


def _parent(run: Import, o: Obj) -> str | None:
    parent_id = o.reference("parent_category").get("id")
    if not isinstance(parent_id, str) or not parent_id:
        return None
    parent = run.index.objects.get(parent_id)
    if parent is None or parent.dropped or parent.kind != "CATEGORY" or o in _ancestors(parent, run.index.objects):
        run.tell(o, f"its parent {clip(parent_id)} is not in the menu; it stands by itself")
        return None
    return parent_id


def with_dayparts(run: Import, items: list[Item], categories: list[Category]) -> list[Item]:
    """An item is sold in its categories' hours, if all of them have hours."""
    by_id = {c.category_id: c for c in categories}
    hours: dict[str, list[list[str]]] = {}
    for category in categories:
        at: Category | None = category
        periods: list[str] = []
        while at is not None and not periods:
            o = run.index.objects.get(at.category_id)
            named = o.ids("availability_period_ids") if o is not None else []
            periods = [i for i in named if not run.gone(i, "AVAILABILITY_PERIOD") and i in run.index.objects]
            at = by_id.get(at.parent_id or "")
        for item_id in category.item_ids:
            hours.setdefault(item_id, []).append(periods)
    found = []
    for item in items:
        parts = hours[item.item_id]
        named = list(dict.fromkeys(i for part in parts for i in part)) if all(parts) else []
        found.append(msgspec.structs.replace(item, daypart_ids=named))
    return found


def _ancestors(o: Obj, objects: dict[str, Obj]) -> list[Obj]:
    """A category, its parent, that one's parent …; ends where they go round in a circle."""
    line: list[Obj] = []
    at: Obj | None = o
    while at is not None and at not in line:
        line.append(at)
        parent_id = at.reference("parent_category").get("id")
        at = objects.get(parent_id) if isinstance(parent_id, str) else None
    return line


def _parents_first(categories: list[Obj]) -> list[Obj]:
    """Categories in Square's order, each followed by its children."""
    ids = {o.id for o in categories}
    under: dict[str, list[tuple[int, Obj]]] = {}
    for o in categories:
        parent = o.reference("parent_category")
        parent_id, ordinal = parent.get("id"), parent.get("ordinal")
        known = parent_id if isinstance(parent_id, str) and parent_id in ids else ""
        under.setdefault(known, []).append((ordinal if isinstance(ordinal, int) else 0, o))
    found: list[Obj] = []
    waiting = [o for _, o in sorted(under.get("", []), key=lambda one: one[0])]
    while waiting:
        o = waiting.pop(0)
        found.append(o)
        waiting[:0] = [child for _, child in sorted(under.get(o.id, []), key=lambda one: one[0])]
    return found + [o for o in categories if o not in found]  # those that go round in a circle
