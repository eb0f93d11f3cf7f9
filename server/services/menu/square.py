"""Square Catalog JSON, as its `ListCatalog` answers and exports have it, turned into a menu. Pure.

Facts about the format: https://developer.squareup.com/reference/square/catalog-api (objects, `modifier_list_info`,
`-1` for "no limit of its own", presence at locations, money in minor units). Ids are kept. Every object of the file is
either in the menu or has a line in the report.
"""

from __future__ import annotations

from typing import Any

from server.event import Refused
from server.services.menu.decider import check_menu
from server.services.menu.events import (
    Category,
    Discount,
    GroupLimit,
    Item,
    Menu,
    Modifier,
    ModifierGroup,
    Tax,
    Variation,
)
from server.services.menu.import_report import Imported, ImportReport, count
from server.services.menu.square_object import Obj, bad, index_objects

OTHER_CATEGORY = "pilotlight-other"
UNKNOWN_CURRENCY = "USD"
DIETS = {
    "VEGAN": "vegan",
    "VEGETARIAN": "vegetarian",
    "GLUTEN_FREE": "gluten-free",
    "DAIRY_FREE": "dairy-free",
    "NUT_FREE": "nut-free",
    "HALAL": "halal",
    "KOSHER": "kosher",
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
"""Square's words for the allergens of EU 1169/2011, annex II."""

EXPRESSED = frozenset({"ITEM", "ITEM_VARIATION", "CATEGORY", "MODIFIER_LIST", "MODIFIER", "TAX", "DISCOUNT", "IMAGE"})


def read_objects(document: Any, location: str | None) -> Imported:
    """A catalog's objects as a menu. Raises `Refused("bad_menu_file")` naming object and field."""
    reader = Reader(document, location)
    return reader.read()


class Reader:
    """One import: the objects by id, what has been used, the report."""

    def __init__(self, document: Any, location: str | None) -> None:
        self.objects = index_objects(document)
        self.location = location
        self.report = ImportReport()
        self.currencies: dict[str, str] = {}  # currency -> the object where it was seen first

    def read(self) -> Imported:
        live = {i: o for i, o in self.objects.items() if self.is_live(o)}
        groups = self.groups(live)
        taxes = self.taxes(live)
        images = {i: o for i, o in live.items() if o.type == "IMAGE"}
        items = [self.item(o, live, groups, taxes, images) for o in live.values() if o.type == "ITEM"]
        categories = self.categories(live, items)
        for o in live.values():
            if o.type not in EXPRESSED:
                self.report.note(o.type, o.id, "this kind of object has no counterpart here")
        self.unused(live, items, groups, images)
        menu = Menu(
            currency=self.currency(),
            name="",
            categories=categories,
            items=[item for item, _ in items],
            modifier_groups=list(groups.values()),
            taxes=list(taxes.values()),
            discounts=self.discounts(live),
        )
        self.currency()  # discounts may have brought another one
        try:
            check_menu(menu)
        except Refused as refused:
            raise Refused("bad_menu_file", refused.text) from None
        self.report.counts = count(menu)
        return Imported(menu, self.report)

    # -- what counts ------------------------------------------------------------------------------------------------

    def is_live(self, o: Obj) -> bool:
        """Whether an object is taken over; says why when it is not."""
        if o.flag("is_deleted"):
            self.report.note(o.type, o.id, "deleted in the source")
            return False
        if self.location is None:
            self.tell_presence(o)
            return True
        if not o.present_at(self.location):
            self.report.note(o.type, o.id, f"not sold at location {self.location}")
            return False
        return True

    def tell_presence(self, o: Obj) -> None:
        only, absent = o.strings("present_at_location_ids"), o.strings("absent_at_location_ids")
        if o.raw.get("present_at_all_locations") is False:
            where = ", ".join(only) or "no location"
            self.report.note(o.type, o.id, f"in the source only at {where}; taken over for all (see --location)")
        elif absent:
            self.report.note(
                o.type, o.id, f"in the source not at {', '.join(absent)}; taken over for all (see --location)"
            )

    def money(self, o: Obj, data: dict[str, Any], field: str) -> int | None:
        """An amount in minor units; None when there is none. Notes the currency."""
        money = data.get(field)
        if money is None:
            return None
        if not isinstance(money, dict):
            raise bad(o, f"{field} must be an object with amount and currency, not {money!r}")
        amount = money.get("amount", 0)
        if isinstance(amount, bool) or not isinstance(amount, int):
            raise bad(o, f"{field}.amount must be a whole number of minor units, not {amount!r}")
        if not 0 <= amount <= 10**12:
            raise bad(o, f"{field}.amount {amount} is no price")
        currency = money.get("currency", "")
        if not (isinstance(currency, str) and len(currency) == 3 and currency.isalpha() and currency.isupper()):
            raise bad(o, f"{field}.currency must be an ISO 4217 code like USD, not {currency!r}")
        self.currencies.setdefault(currency, f"{o.type} {o.id}")
        return amount

    def currency(self) -> str:
        if len(self.currencies) > 1:
            (a, at_a), (b, at_b) = list(self.currencies.items())[:2]
            raise Refused("bad_menu_file", f"The file mixes {a} ({at_a}) and {b} ({at_b}); a menu has one currency.")
        return next(iter(self.currencies), UNKNOWN_CURRENCY)

    # -- modifiers --------------------------------------------------------------------------------------------------

    def groups(self, live: dict[str, Obj]) -> dict[str, ModifierGroup]:
        lists = {i: o for i, o in live.items() if o.type == "MODIFIER_LIST"}
        members: dict[str, dict[str, Obj]] = {i: {} for i in lists}
        for i, o in lists.items():
            for raw in o.list("modifiers"):
                member = Obj.of(raw, f"{o.type} {o.id}")
                if self.objects.get(member.id) is None or self.objects[member.id].raw is raw:
                    if self.is_live(member):
                        members[i][member.id] = member
                elif member.id in live:  # also at the top level, where it is whole
                    members[i][member.id] = live[member.id]
        for o in live.values():
            if o.type == "MODIFIER":
                owner = o.text("modifier_list_id")
                if owner in members:
                    members[owner].setdefault(o.id, o)
                elif not any(o.id in m for m in members.values()):
                    self.report.note(o.type, o.id, f"its modifier list {owner or '(none)'} is not in the menu")
        return {i: self.group(o, list(members[i].values())) for i, o in lists.items()}

    def group(self, o: Obj, members: list[Obj]) -> ModifierGroup:
        if o.text("modifier_type") == "TEXT":
            self.report.note(o.type, o.id, "asks for free text; staff and customers write a note instead")
        single = o.text("selection_type") == "SINGLE"
        least = o.number("min_selected_modifiers", -1)
        most = o.number("max_selected_modifiers", -1)
        modifiers = []
        for m in sorted(members, key=lambda m: m.number("ordinal", 0)):
            if m.flag("hidden_online", inside=True) or m.flag("hidden_from_customer", inside=True):
                self.report.note(m.type, m.id, "hidden from customers in the source; shown here")
            price = self.money(m, m.data, "price_money") or 0
            modifiers.append(Modifier(m.id, m.name(), price, preselected=m.flag("on_by_default", inside=True)))
        return ModifierGroup(o.id, o.name(), max(0, least), most if most >= 0 else 1 if single else None, modifiers)

    def limits(self, o: Obj, group: ModifierGroup, info: dict[str, Any]) -> GroupLimit | None:
        """An item's own limits where it has any; -1 leaves the list's."""
        own: dict[str, int] = {}
        for field in ("min_selected_modifiers", "max_selected_modifiers"):
            value = info.get(field, -1)
            if isinstance(value, bool) or not isinstance(value, int):
                raise bad(o, f"modifier_list_info.{field} must be a whole number, not {value!r}")
            own[field] = value
        least, most = own["min_selected_modifiers"], own["max_selected_modifiers"]
        limit = GroupLimit(least if least >= 0 else group.min, most if most >= 0 else group.max)
        return None if (limit.min, limit.max) == (group.min, group.max) else limit

    # -- items ------------------------------------------------------------------------------------------------------

    def item(
        self,
        o: Obj,
        live: dict[str, Obj],
        groups: dict[str, ModifierGroup],
        taxes: dict[str, Tax],
        images: dict[str, Obj],
    ) -> tuple[Item, Obj]:
        group_ids, limits = self.item_groups(o, groups)
        details = o.data.get("food_and_beverage_details") or {}
        if o.flag("is_archived", inside=True):
            self.report.note(o.type, o.id, "archived in the source; taken over")
        diets, allergens = self.details(o, details)
        calories = details.get("calorie_count") if isinstance(details, dict) else None
        item = Item(
            item_id=o.id,
            name=o.name(),
            description=o.text("description_plaintext") or o.text("description"),
            variations=self.variations(o, live),
            modifier_group_ids=group_ids,
            allergens=allergens,
            image=self.image(o, images),
            group_limits=limits,
            tax_ids=self.tax_ids(o, taxes),
            diets=diets,
            kilocalories=calories if isinstance(calories, int) and not isinstance(calories, bool) else None,
        )
        return item, o

    def item_groups(self, o: Obj, groups: dict[str, ModifierGroup]) -> tuple[list[str], dict[str, GroupLimit]]:
        ids: list[str] = []
        limits: dict[str, GroupLimit] = {}
        for info in o.list("modifier_list_info"):
            if not isinstance(info, dict) or not isinstance(info.get("modifier_list_id"), str):
                raise bad(o, "modifier_list_info must name a modifier_list_id")
            group_id = info["modifier_list_id"]
            known = self.objects.get(group_id)
            if known is None or known.type != "MODIFIER_LIST":
                raise bad(o, f"modifier_list_info names the modifier list {group_id}, which is not in the file")
            if group_id not in groups:
                self.report.note(o.type, o.id, f"its modifier list {group_id} is deleted or not sold here")
            elif info.get("enabled") is False:
                self.report.note(o.type, o.id, f"its modifier list {group_id} is switched off for it")
            elif group_id not in ids:
                ids.append(group_id)
                limit = self.limits(o, groups[group_id], info)
                if limit is not None:
                    limits[group_id] = limit
                if info.get("modifier_overrides"):
                    self.report.note(o.type, o.id, f"its own preselection in modifier list {group_id} is left out")
        return ids, limits

    def variations(self, o: Obj, live: dict[str, Obj]) -> list[Variation]:
        found: dict[str, Obj] = {}
        for raw in o.list("variations"):
            variation = Obj.of(raw, f"{o.type} {o.id}")
            known = self.objects.get(variation.id)
            if known is None or known.raw is raw:
                if self.is_live(variation):
                    found[variation.id] = variation
            elif variation.id in live:
                found[variation.id] = live[variation.id]
        for v in live.values():
            if v.type == "ITEM_VARIATION" and v.text("item_id") == o.id:
                found.setdefault(v.id, v)
        ordered = sorted(found.values(), key=lambda v: v.number("ordinal", 0))
        return [self.variation(v) for v in ordered]

    def variation(self, v: Obj) -> Variation:
        price = None if v.text("pricing_type") == "VARIABLE_PRICING" else self.money(v, v.data, "price_money")
        if price is None and v.text("pricing_type") == "FIXED_PRICING":
            self.report.note(v.type, v.id, "has a fixed price in the source, but none is given; asked for at the POS")
        for override in v.list("location_overrides"):
            if isinstance(override, dict) and override.get("price_money") is not None:
                at = override.get("location_id")
                theirs = self.money(v, override, "price_money")
                if self.location is not None and at == self.location:
                    price = theirs
                elif self.location is None:
                    self.report.note(
                        v.type, v.id, f"has another price at {at}; the general one is taken (see --location)"
                    )
        return Variation(v.id, v.text("name"), price, sku=v.text("sku"))

    def details(self, o: Obj, details: Any) -> tuple[list[str], list[str]]:
        diets: list[str] = []
        allergens: list[str] = []
        if not isinstance(details, dict):
            return diets, allergens
        for kind, words, taken in (("dietary_preferences", DIETS, diets), ("ingredients", ALLERGENS, allergens)):
            for one in details.get(kind) or []:
                standard = one.get("standard_name") if isinstance(one, dict) else None
                custom = one.get("custom_name") if isinstance(one, dict) else None
                if standard in words:
                    taken.append(words[standard])
                elif kind == "dietary_preferences" and (standard or custom):
                    taken.append(str(standard or custom).lower().replace("_", "-"))
                else:
                    self.report.note(o.type, o.id, f"{kind}: {standard or custom} is not an allergen known here")
        return list(dict.fromkeys(diets)), list(dict.fromkeys(allergens))

    def image(self, o: Obj, images: dict[str, Obj]) -> str | None:
        ids = o.strings("image_ids", inside=True) or [i for i in (o.raw.get("image_id"), o.text("image_id")) if i]
        if len(ids) > 1:
            self.report.note(o.type, o.id, f"has {len(ids)} pictures; the first is taken")
        return str(ids[0]) if ids else None

    def tax_ids(self, o: Obj, taxes: dict[str, Tax]) -> list[str]:
        ids = []
        for tax_id in o.strings("tax_ids", inside=True):
            if tax_id in taxes:
                ids.append(tax_id)
            elif tax_id not in self.objects:
                raise bad(o, f"tax_ids names the tax {tax_id}, which is not in the file")
            else:
                self.report.note(o.type, o.id, f"its tax {tax_id} is deleted, switched off or not used here")
        return ids

    # -- the rest ---------------------------------------------------------------------------------------------------

    def categories(self, live: dict[str, Obj], items: list[tuple[Item, Obj]]) -> list[Category]:
        """Categories in the file's order, with their items in theirs; items without one go into "Other"."""
        members: dict[str, list[tuple[int, str]]] = {i: [] for i, o in live.items() if o.type == "CATEGORY"}
        other: list[str] = []
        for n, (item, o) in enumerate(items):
            named = self.category_ids(o)
            homes = [(c, at) for c, at in named if c in members]
            for c, _ in named:
                if c not in self.objects:
                    raise bad(o, f"names the category {c}, which is not in the file")
                if c not in members:
                    self.report.note(o.type, o.id, f"its category {c} is deleted or not used here")
            for c, at in dict(homes).items():
                members[c].append((at if at is not None else n, item.item_id))
            if not homes:
                other.append(item.item_id)
        found = []
        for category_id, entries in members.items():
            o = live[category_id]
            parent = o.data.get("parent_category") or {}
            if isinstance(parent, dict) and parent.get("id"):
                self.report.note(
                    o.type, o.id, f"lies under category {parent['id']} in the source; stands by itself here"
                )
            found.append(Category(category_id, o.name(), [i for _, i in sorted(entries, key=lambda e: e[0])]))
        if other:
            self.report.note("CATEGORY", OTHER_CATEGORY, f"made here for {len(other)} items without a category")
            found.append(Category(OTHER_CATEGORY, "Other", other))
        return found

    def category_ids(self, o: Obj) -> list[tuple[str, int | None]]:
        found: dict[str, int | None] = {}
        if o.text("category_id"):
            found[o.text("category_id")] = None
        for entry in o.list("categories"):
            if isinstance(entry, dict) and isinstance(entry.get("id"), str):
                ordinal = entry.get("ordinal")
                found[entry["id"]] = ordinal if isinstance(ordinal, int) else None
        reporting = o.data.get("reporting_category")
        if not found and isinstance(reporting, dict) and isinstance(reporting.get("id"), str):
            found[reporting["id"]] = None
        return list(found.items())

    def taxes(self, live: dict[str, Obj]) -> dict[str, Tax]:
        found = {}
        for o in live.values():
            if o.type == "TAX":
                if o.data.get("enabled") is False:
                    self.report.note(o.type, o.id, "switched off in the source")
                    continue
                if o.text("calculation_phase") == "TAX_TOTAL_PHASE":
                    self.report.note(
                        o.type, o.id, "is a tax on the total in the source; taken over as one on the subtotal"
                    )
                inclusive = o.text("inclusion_type") == "INCLUSIVE"
                found[o.id] = Tax(o.id, o.name(), o.percentage(), inclusive)
        return found

    def discounts(self, live: dict[str, Obj]) -> list[Discount]:
        found = []
        for o in live.values():
            if o.type == "DISCOUNT":
                percent = o.percentage() if "percentage" in o.data else None
                amount = None if percent is not None else self.money(o, o.data, "amount_money")
                if o.text("discount_type").startswith("VARIABLE"):
                    percent = amount = None
                found.append(Discount(o.id, o.name(), percent, amount))
        return found

    def unused(
        self,
        live: dict[str, Obj],
        items: list[tuple[Item, Obj]],
        groups: dict[str, ModifierGroup],
        images: dict[str, Obj],
    ) -> None:
        """Objects that nothing in the menu uses still get their line."""
        shown = {item.image for item, _ in items}
        sold = {v.variation_id for item, _ in items for v in item.variations}
        for i, o in images.items():
            if i not in shown:
                self.report.note("IMAGE", i, f"no item shows it{': ' + o.name() if o.text('name') else ''}")
        for i, o in live.items():
            if o.type == "ITEM_VARIATION" and i not in sold:
                self.report.note(o.type, i, f"its item {o.text('item_id') or '(none)'} is not in the menu")
