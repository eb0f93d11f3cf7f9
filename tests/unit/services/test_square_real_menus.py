"""Real shops' catalogs come over whole: everything in the menu is compared with the raw JSON, worked out anew here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from server.services.menu.decider import check_menu, read_menu
from server.services.menu.import_report import Imported
from server.services.menu.menu_file import read_menu_file
from server.services.menu.square import read_square
from server.services.menu.square_categories import OTHER_CATEGORY

from .catalogs import REAL_MENUS

FILES = ("curry-house", "soft-serve")
pytestmark = pytest.mark.skipif(not REAL_MENUS.is_dir(), reason="the real menus are not at hand")


class Shop:
    """One real file: its raw objects and what became of them."""

    def __init__(self, name: str) -> None:
        self.data = (REAL_MENUS / f"{name}.square.json").read_bytes()
        self.raw: list[dict[str, Any]] = json.loads(self.data)["objects"]
        self.imported: Imported = read_square(self.data)
        self.menu = self.imported.menu
        self.items = {i.item_id: i for i in self.menu.items}
        self.groups = {g.modifier_group_id: g for g in self.menu.modifier_groups}

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [o for o in self.raw if o["type"] == kind and not o["is_deleted"]]


@pytest.fixture(scope="module", params=FILES)
def shop(request: pytest.FixtureRequest) -> Shop:
    return Shop(request.param)


def test_every_item_comes_with_its_name_and_words(shop: Shop) -> None:
    raw = {o["id"]: o["item_data"] for o in shop.of("ITEM")}
    assert list(shop.items) == list(raw)
    for item_id, data in raw.items():
        assert shop.items[item_id].name == data["name"]
        assert shop.items[item_id].description == data.get("description", "")


def test_every_variation_comes_with_its_price_in_order(shop: Shop) -> None:
    for o in shop.of("ITEM"):
        expected = []
        for v in sorted(o["item_data"]["variations"], key=lambda v: v["item_variation_data"]["ordinal"]):
            data = v["item_variation_data"]
            asked = data["pricing_type"] == "VARIABLE_PRICING"
            expected.append((v["id"], data["name"], None if asked else data["price_money"]["amount"]))
        assert [(v.variation_id, v.name, v.price_minor) for v in shop.items[o["id"]].variations] == expected


def test_every_category_has_exactly_its_items(shop: Shop) -> None:
    expected: dict[str, list[str]] = {o["id"]: [] for o in shop.of("CATEGORY")}
    homeless = []
    for o in shop.of("ITEM"):
        home = o["item_data"].get("category_id")
        (expected[home] if home else homeless).append(o["id"])
    if homeless:
        expected[OTHER_CATEGORY] = homeless
    names = {o["id"]: o["category_data"]["name"] for o in shop.of("CATEGORY")} | {OTHER_CATEGORY: "Other"}
    assert {c.category_id: c.item_ids for c in shop.menu.categories} == expected
    assert all(c.name == names[c.category_id] for c in shop.menu.categories)


def test_every_choice_comes_with_its_price(shop: Shop) -> None:
    for o in shop.of("MODIFIER_LIST"):
        data, group = o["modifier_list_data"], shop.groups.pop(o["id"])
        assert group.name == data["name"]
        raw = {m["id"]: m["modifier_data"] for m in data["modifiers"]}
        assert len(group.modifiers) == len(raw)
        for m in group.modifiers:
            theirs = raw[m.modifier_id]
            assert (m.name, m.price_minor) == (theirs["name"], theirs["price_money"]["amount"])
            assert m.preselected == theirs.get("on_by_default", False)
        ordinals = [raw[m.modifier_id]["ordinal"] for m in group.modifiers]
        assert ordinals == sorted(ordinals)
    assert not shop.groups
    shop.groups = {g.modifier_group_id: g for g in shop.menu.modifier_groups}


def test_every_item_has_its_modifier_lists_with_their_limits(shop: Shop) -> None:
    single = {o["id"]: o["modifier_list_data"]["selection_type"] == "SINGLE" for o in shop.of("MODIFIER_LIST")}
    for o in shop.of("ITEM"):
        item = shop.items[o["id"]]
        found = {}
        for group_id in item.modifier_group_ids:
            limit = item.group_limits.get(group_id, shop.groups[group_id])
            found[group_id] = (limit.min, limit.max)
        expected = {}
        for i in o["item_data"].get("modifier_list_info", []):
            low, high = i["min_selected_modifiers"], i["max_selected_modifiers"]
            most = high if high > 0 else 1 if single[i["modifier_list_id"]] else None
            expected[i["modifier_list_id"]] = (max(low, 0), most)
        assert found == expected


def test_lists_alone_tell_the_limits_where_all_items_agree(shop: Shop) -> None:
    assert not any(i.group_limits for i in shop.menu.items)


def test_taxes_discounts_and_pictures_come_over(shop: Shop) -> None:
    taxes = [(o["id"], o["tax_data"]) for o in shop.of("TAX")]
    assert [(t.tax_id, t.name, t.percentage, t.inclusive) for t in shop.menu.taxes] == [
        (i, d["name"], d["percentage"], d["inclusion_type"] == "INCLUSIVE") for i, d in taxes
    ]
    discounts = [(o["id"], o["discount_data"]) for o in shop.of("DISCOUNT")]
    assert [(d.discount_id, d.name, d.percentage, d.amount_minor) for d in shop.menu.discounts] == [
        (i, d["name"], d.get("percentage"), d.get("amount_money", {}).get("amount")) for i, d in discounts
    ]
    for o in shop.of("ITEM"):
        assert shop.items[o["id"]].image == o.get("image_id")
        assert shop.items[o["id"]].tax_ids == o["item_data"].get("tax_ids", [])


def test_diets_come_over(shop: Shop) -> None:
    for o in shop.of("ITEM"):
        named = o["item_data"].get("food_and_beverage_details", {}).get("dietary_preferences", [])
        assert shop.items[o["id"]].diets == [n["standard_name"].lower() for n in named]


def test_counts_and_currency_are_those_of_the_file(shop: Shop) -> None:
    counts = shop.imported.report.counts
    variations = [v["item_variation_data"] for o in shop.of("ITEM") for v in o["item_data"]["variations"]]
    assert counts["items"] == len(shop.of("ITEM"))
    assert counts["variations"] == len(variations)
    assert counts["prices"] == sum(v["pricing_type"] == "FIXED_PRICING" for v in variations)
    assert counts["modifiers"] == sum(len(o["modifier_list_data"]["modifiers"]) for o in shop.of("MODIFIER_LIST"))
    assert {shop.menu.currency} == {v["price_money"]["currency"] for v in variations if "price_money" in v}


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _ids(one)
    elif isinstance(value, dict):
        if isinstance(value.get("type"), str) and isinstance(value.get("id"), str):
            yield value["id"]
        for one in value.values():
            yield from _ids(one)


def test_no_object_is_lost(shop: Shop) -> None:
    menu = msgspec.json.encode(shop.menu).decode()
    told = {line.object_id for line in shop.imported.report.lines}
    assert not [i for i in _ids(shop.raw) if f'"{i}"' not in menu and i not in told]


def test_the_menu_is_one_that_can_be_published_and_read_again(shop: Shop) -> None:
    check_menu(shop.menu)
    body = msgspec.json.encode(shop.menu)
    assert read_menu(body) == shop.menu
    assert read_menu_file(body).menu == shop.menu


def test_rules_for_locations_are_told_when_none_is_asked_for(shop: Shop) -> None:
    told = {line.object_id for line in shop.imported.report.lines}
    assert all(line.reason.endswith("taken over for all") for line in shop.imported.report.lines if line.kind == "ITEM")
    assert {o["id"] for o in shop.raw if o.get("present_at_location_ids") or o.get("absent_at_location_ids")} <= told


def test_a_location_gets_exactly_what_it_sells() -> None:
    shop = Shop("soft-serve")
    locations = {i for o in shop.raw for i in o.get("present_at_location_ids", [])}
    assert locations

    def sold(o: dict[str, Any], location: str) -> bool:
        if o["present_at_all_locations"]:
            return location not in o.get("absent_at_location_ids", [])
        return location in o.get("present_at_location_ids", [])

    for location in locations:
        imported = read_square(shop.data, location=location)
        expected = {
            (o["id"], v["id"])
            for o in shop.of("ITEM")
            for v in o["item_data"]["variations"]
            if sold(o, location) and sold(v, location)
        }
        assert {(i.item_id, v.variation_id) for i in imported.menu.items for v in i.variations} == expected
        assert {t.tax_id for t in imported.menu.taxes} == {o["id"] for o in shop.of("TAX") if sold(o, location)}
        told = {line.object_id for line in imported.report.lines}
        assert {o["id"] for o in shop.of("ITEM") if not sold(o, location)} <= told
