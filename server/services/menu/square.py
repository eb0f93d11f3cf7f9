"""Square Catalog JSON turned into a menu: presence, taxes, discounts, pictures, hours; dishes and headings are
read by `square_items` and `square_categories`.

Format: https://developer.squareup.com/reference/square/catalog-api. Ids are kept. Every object of the file is in the
menu or has a line in the report, and every field that nobody read has a note there.
"""

from __future__ import annotations

from typing import Any

from server.event import Refused
from server.services.menu.decider import check_menu
from server.services.menu.events import Daypart, Discount, Image, Menu, Tax
from server.services.menu.import_report import Imported
from server.services.menu.json_text import parse, refuse
from server.services.menu.square_catalog import Catalog
from server.services.menu.square_categories import read_categories, with_dayparts
from server.services.menu.square_index import BOOKKEEPING
from server.services.menu.square_items import read_item, read_lists, settle_limits
from server.services.menu.square_object import MAX_DESCRIPTION_CHARS, Obj, clip, short

_DAYS = {day: n for n, day in enumerate(("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"), 1)}


def read_square(data: bytes, *, location: str | None = None) -> Imported:
    """The menu in Square Catalog JSON. With `location` only what this location sells, at its prices; without, all.

    Raises `Refused("bad_menu_file")` with one sentence that names the place. Pure.
    """
    return read_catalog(parse(data), location)


def read_catalog(document: Any, location: str | None = None) -> Imported:
    """As `read_square`, from JSON already parsed."""
    try:
        return Import(document, location).run()
    except RecursionError:
        refuse("The file is nested too deeply to be a menu; export it again.")


class Import(Catalog):
    """One import on its way."""

    def run(self) -> Imported:
        self._drop_what_is_not_sold()
        taxes = [self._tax(o) for o in self.live("TAX")]
        images = [self._image(o) for o in self.live("IMAGE")]
        dayparts = [self._daypart(o) for o in self.live("AVAILABILITY_PERIOD")]
        lists = read_lists(self)
        dishes = [(o, read_item(self, o, lists)) for o in self.live("ITEM")]
        discounts = [self._discount(o) for o in self.live("DISCOUNT")]
        groups, items = settle_limits(lists, [item for o, item in dishes if not o.dropped])
        categories = read_categories(self, [o for o, _ in dishes if not o.dropped])
        if not items:
            refuse("The catalog has no item that is sold" + (f" at {self.location}." if self.location else "."))
        if not self.currency:
            refuse("No price in the catalog names a currency, so none of it can be sold.")
        menu = Menu(
            currency=self.currency,
            name="",
            categories=categories,
            items=with_dayparts(self, items, categories),
            modifier_groups=groups,
            taxes=taxes,
            discounts=discounts,
            dayparts=dayparts,
            images=images,
        )
        return self._finish(menu)

    def _finish(self, menu: Menu) -> Imported:
        try:
            check_menu(menu)
        except Refused as refused:
            raise Refused("bad_menu_file", refused.text) from None
        self._tell_unread_fields()
        told = self.ledger.told()
        for o in self.index.objects.values():
            assert o.taken or o.id in told, f"{o.describe()} was neither taken over nor reported"
        return Imported(menu, self.ledger.report(menu))

    # What is sold at all, and where.

    def _drop_what_is_not_sold(self) -> None:
        seen: set[str] = set()
        for o in list(self.index.objects.values()):
            where = [*o.ids("present_at_location_ids", outer=True), *o.ids("absent_at_location_ids", outer=True)]
            seen.update(where)
            seen.update(str(one.get("location_id")) for one in o.dicts("location_overrides"))
            if o.dropped:
                continue
            if o.flag("is_deleted", outer=True):
                self.drop(o, "deleted in Square")
            elif o.kind == "ITEM" and o.flag("is_archived"):
                self.drop(o, "archived in Square, so not for sale")
            elif o.kind == "ITEM_VARIATION" and not o.flag("sellable", default=True):
                self.drop(o, "not for sale in Square (it only counts stock)")
            else:
                self._apply_location(o)
        if self.location is not None and self.location not in seen:
            self.ledger.tell("LOCATION", self.location, "no object names this location; check that it is the right one")

    def _apply_location(self, o: Obj) -> None:
        everywhere = o.flag("present_at_all_locations", default=True, outer=True)
        only = o.ids("present_at_location_ids", outer=True)
        absent = o.ids("absent_at_location_ids", outer=True)
        if self.location is not None:
            if self.location in absent if everywhere else self.location not in only:
                self.drop(o, f"not at {self.location} in Square")
        elif not everywhere:
            self.tell(o, f"only at {', '.join(only) or 'no location'} in Square; taken over for all")
        elif absent:
            self.tell(o, f"not at {', '.join(absent)} in Square; taken over for all")

    # Taxes, discounts, pictures, hours.

    def _tax(self, o: Obj) -> Tax:
        inclusion = o.text("inclusion_type") or "ADDITIVE"
        if inclusion not in ("ADDITIVE", "INCLUSIVE"):
            raise o.bad(f"inclusion_type must be ADDITIVE or INCLUSIVE, not {short(inclusion)}")
        if not o.flag("enabled", default=True):
            self.tell(o, "switched off in Square; taken over, but on no item")
        if o.text("calculation_phase") == "TAX_TOTAL_PHASE":
            self.tell(o, "a tax on the total in Square; here it is one on the subtotal")
        if o.value("applies_to_product_set_id"):
            self.tell(o, "applies to a set of products in Square; here only to the items that name it")
        o.read.add("applies_to_custom_amounts")
        o.taken = True
        return Tax(o.id, o.name(), o.percentage(), inclusion == "INCLUSIVE")

    def _discount(self, o: Obj) -> Discount:
        kind = o.text("discount_type")
        percentage = o.percentage() if o.data.get("percentage") is not None else None
        amount = self.price(o, o.value("amount_money"), "amount_money")
        if kind == "FIXED_PERCENTAGE" and percentage is None:
            raise o.bad("percentage is missing")
        if kind == "FIXED_AMOUNT" and amount is None:
            raise o.bad("amount_money is missing")
        if kind.startswith("VARIABLE"):
            percentage = amount = None
            self.tell(o, f"{'a percentage' if kind == 'VARIABLE_PERCENTAGE' else 'an amount'} asked for at the POS")
        if o.value("maximum_amount_money"):
            self.tell(o, "its largest amount was left out")
        if o.text("modify_tax_basis") == "DO_NOT_MODIFY_TAX_BASIS":
            self.tell(o, "leaves the tax as it was in Square; here tax is on what is paid")
        o.taken = True
        return Discount(o.id, o.name(), percentage, None if percentage is not None else amount)

    def _image(self, o: Obj) -> Image:
        o.taken = True
        caption = o.text("caption", MAX_DESCRIPTION_CHARS) or o.text("name", MAX_DESCRIPTION_CHARS)
        o.read.update(("name", "photo_studio_order_id"))
        return Image(o.id, o.text("url", MAX_DESCRIPTION_CHARS), caption)

    def _daypart(self, o: Obj) -> Daypart:
        day = o.text("day_of_week")
        if day not in _DAYS:
            raise o.bad(f"day_of_week must be MON, TUE … SUN, not {short(day)}")
        start, end = o.text("start_local_time")[:5], o.text("end_local_time")[:5]
        o.taken = True
        return Daypart(o.id, f"{day.title()} {start}–{end}", start, end, [_DAYS[day]])

    def _tell_unread_fields(self) -> None:
        """Fields with something in them that this import has no use for."""
        for o in self.index.objects.values():
            for name in sorted(o.cleaned):
                self.tell(o, f"control characters in its {name} were made blanks")
            if o.taken:
                outer = {f for f in o.raw if f not in BOOKKEEPING and not f.endswith("_data")}
                for name in (outer | o.data.keys()) - o.read - {"ordinal"}:
                    if o.data.get(name) or o.raw.get(name):
                        self.ledger.left_out(o.kind, clip(name))
