"""Headings of a menu out of a Square catalog: categories with their items in order, parents, and hours."""

from __future__ import annotations

import msgspec

from server.services.menu.events import Category, Item
from server.services.menu.square_catalog import Catalog
from server.services.menu.square_object import Obj, clip

OTHER_CATEGORY = "pilotlight-other"
"""The made heading for items that have none, so that they can be found."""


def read_categories(run: Catalog, items: list[Obj]) -> list[Category]:
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
    parents = _parents(run)
    for o in _parents_first(run, parents):
        item_ids = [i for _, i in sorted(members[o.id], key=lambda member: member[0])]
        picture = next(iter(run.pictures(o)), None)
        if o.text("category_type") == "KITCHEN_CATEGORY":
            run.tell(o, "sorts kitchen tickets in Square; here it is a heading of the menu")
        o.read.update(("is_top_level", "root_category", "path_to_root"))
        o.taken = True
        found.append(Category(o.id, o.name(), item_ids, picture, parent_id=parents.get(o.id)))
    if homeless:
        run.ledger.tell("CATEGORY", OTHER_CATEGORY, f"made for {len(homeless)} items that name no category")
        found.append(Category(OTHER_CATEGORY, "Other", homeless))
    return found


def _homes(run: Catalog, o: Obj, members: dict[str, list[tuple[int, str]]]) -> dict[str, int]:
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


def _parents(run: Catalog) -> dict[str, str]:
    """Category id -> id of the one it stands under. A parent that is left out, and a circle, is told and gone."""
    named: dict[str, str] = {}
    for o in run.live("CATEGORY"):
        parent_id = o.reference("parent_category").get("id")
        if not isinstance(parent_id, str) or not parent_id:
            continue
        if run.gone(parent_id, "CATEGORY") or parent_id not in run.index.objects:
            run.tell(o, f"its parent {clip(parent_id)} is not in the menu; it stands by itself")
        else:
            named[o.id] = parent_id
    for category_id in _in_circles(named):
        run.tell(run.index.objects[category_id], "its parents go round in a circle; it stands by itself")
        del named[category_id]
    return named


def _in_circles(parents: dict[str, str]) -> set[str]:
    """Those that are their own ancestors."""
    found: set[str] = set()
    seen: set[str] = set()
    for start in parents:
        line: dict[str, None] = {}
        at: str | None = start
        while at is not None and at not in seen:
            seen.add(at)
            line[at] = None
            at = parents.get(at)
        if at in line:
            walked = list(line)
            found.update(walked[walked.index(at) :])
    return found


def _parents_first(run: Catalog, parents: dict[str, str]) -> list[Obj]:
    """Categories in Square's order, each followed by its children."""
    under: dict[str, list[tuple[int, Obj]]] = {}
    for o in run.live("CATEGORY"):
        ordinal = o.reference("parent_category").get("ordinal")
        under.setdefault(parents.get(o.id, ""), []).append((ordinal if isinstance(ordinal, int) else 0, o))
    found: list[Obj] = []
    waiting = _last_first(under.get("", []))
    while waiting:
        o = waiting.pop()
        found.append(o)
        waiting += _last_first(under.get(o.id, []))
    return found


def _last_first(siblings: list[tuple[int, Obj]]) -> list[Obj]:
    return [o for _, o in sorted(siblings, key=lambda one: one[0])][::-1]


def with_dayparts(run: Catalog, items: list[Item], categories: list[Category]) -> list[Item]:
    """An item is sold in its categories' hours, if all have some. A category without hours has its parent's."""
    hours: dict[str, list[list[str]]] = {}
    periods: dict[str, list[str]] = {}
    for category in categories:  # parents come first
        o = run.index.objects.get(category.category_id)
        named = o.ids("availability_period_ids") if o is not None else []
        own = [i for i in named if i in run.index.objects and not run.gone(i, "AVAILABILITY_PERIOD")]
        periods[category.category_id] = own or periods.get(category.parent_id or "", [])
        for item_id in category.item_ids:
            hours.setdefault(item_id, []).append(periods[category.category_id])
    found = []
    for item in items:
        parts = hours[item.item_id]
        named = list(dict.fromkeys(i for part in parts for i in part)) if all(parts) else []
        found.append(msgspec.structs.replace(item, daypart_ids=named))
    return found
