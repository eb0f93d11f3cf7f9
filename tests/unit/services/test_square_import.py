"""Square's shapes, old and new, become a menu; what has no counterpart gets its line, whatever the file is like."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.event import Refused
from server.services.menu.decider import check_menu
from server.services.menu.events import Category, Daypart, Discount, GroupLimit, Image, Item, Menu, ModifierGroup, Tax
from server.services.menu.import_report import Imported
from server.services.menu.menu_file import read_menu_file
from server.services.menu.square import read_square
from server.services.menu.square_categories import OTHER_CATEGORY
from server.services.menu.square_index import REASONS

from .catalogs import catalog, category, info, item, modifier, modifier_list, obj, usd, variation


def read(*objects: Any, location: str | None = None, **around: Any) -> Imported:
    return read_square(catalog(*objects, **around), location=location)


def only_item(imported: Imported) -> Item:
    (found,) = imported.menu.items
    return found


def only_group(imported: Imported) -> ModifierGroup:
    (found,) = imported.menu.modifier_groups
    return found


def told(imported: Imported) -> dict[str, str]:
    return {line.object_id: line.reason for line in imported.report.lines}


# The answers of the API that a file may hold.


SHAPES: list[tuple[str, Any]] = [
    ("ListCatalog", {"objects": [item()]}),
    ("SearchCatalogObjects", {"objects": [item()], "related_objects": [category("hot")], "latest_time": "2026"}),
    ("SearchCatalogItems", {"items": [item()], "matched_variation_ids": ["latte-1"]}),
    ("RetrieveCatalogObject", {"object": item(), "related_objects": []}),
    ("a batch to upsert", {"idempotency_key": "k", "batches": [{"objects": [item()]}]}),
    ("a bare list", [item()]),
    ("a list of pages", [{"objects": [item()]}, {"objects": [category("hot")]}]),
]


@pytest.mark.parametrize(("what", "document"), SHAPES, ids=[s[0] for s in SHAPES])
def test_every_answer_that_holds_a_catalog_is_read(what: str, document: Any) -> None:
    assert only_item(read_menu_file(json.dumps(document).encode())).item_id == "latte"


def test_a_byte_order_mark_is_no_trouble() -> None:
    assert only_item(read_menu_file(b"\xef\xbb\xbf" + catalog(item()))).name == "Latte"


def test_a_page_of_several_says_so() -> None:
    assert "one page of several" in told(read(item(), cursor="abc"))["cursor"]


# Items and variations.


def test_variations_at_the_top_level_find_their_item() -> None:
    bare = obj("ITEM", "latte", {"name": "Latte"})
    found = only_item(read(variation("l", 500, "Large", item_id="latte", ordinal=2), bare, variation(
        "s", 400, "Small", item_id="latte", ordinal=1)))  # fmt: skip
    assert [(v.variation_id, v.price_minor) for v in found.variations] == [("s", 400), ("l", 500)]


def test_a_price_asked_for_is_null() -> None:
    imported = read(item("a"), item("b", variation("b-1", pricing_type="VARIABLE_PRICING")))
    assert imported.menu.items[1].variations[0].price_minor is None
    assert "450" in told(imported)["b-1"]


def test_a_fixed_price_that_is_missing_is_asked_for_and_told() -> None:
    imported = read(item("a"), item("b", variation("b-1", price_money=None)))
    assert imported.menu.items[1].variations[0].price_minor is None
    assert "no price" in told(imported)["b-1"]


def test_a_variation_without_a_name_gets_one() -> None:
    assert only_item(read(item("a", variation("a-1", name="")))).variations[0].name == "Regular"
    two = only_item(read(item("a", variation("a-1", name="Small"), variation("a-2", name=""))))
    assert [v.name for v in two.variations] == ["Small", "Option 2"]


def test_plain_words_go_before_marked_up_ones() -> None:
    html = "<p>Milk &amp; foam</p><p>Hot</p>"
    assert only_item(read(item(description_html=html))).description == "Milk & foam\nHot"
    both = item(description_html=html, description_plaintext="Milk & foam", description="old")
    assert only_item(read(both)).description == "Milk & foam"


def test_control_characters_become_blanks_and_are_told() -> None:
    imported = read(item(name="Flat\vWhite\0"))
    assert only_item(imported).name == "Flat White "
    assert "control characters" in told(imported)["latte"]


def test_what_is_deleted_archived_or_not_for_sale_is_left_out_with_all_its_parts() -> None:
    imported = read(
        item("a"),
        item("gone", outer={"is_deleted": True}),
        item("old", is_archived=True),
        item("raw", variation("raw-1", sellable=False)),
        item("two", variation("two-1"), variation("two-2", name="Big", outer={"is_deleted": True})),
    )
    assert [i.item_id for i in imported.menu.items] == ["a", "two"]
    assert [v.variation_id for v in imported.menu.items[1].variations] == ["two-1"]
    assert {"gone", "gone-1", "old", "old-1", "raw", "raw-1", "two-2"} == told(imported).keys() - {OTHER_CATEGORY}


def test_food_details_become_allergens_diets_and_kilocalories() -> None:
    details = {
        "calorie_count": 320,
        "dietary_preferences": [
            {"type": "STANDARD", "standard_name": "VEGETARIAN"},
            {"type": "CUSTOM", "custom_name": "Paleo"},
        ],
        "ingredients": [{"standard_name": "MILK"}, {"standard_name": "TREE_NUTS"}, {"custom_name": "Alpha-gal"}],
    }
    imported = read(item(food_and_beverage_details=details))
    found = only_item(imported)
    assert (found.allergens, found.diets, found.kilocalories) == (["milk", "nuts"], ["vegetarian"], 320)
    assert "Alpha-gal" in told(imported)["latte"]
    assert "Paleo" in told(imported)["latte"]


# Modifier lists.


LIMITS: list[tuple[dict[str, Any], dict[str, Any], tuple[int, int | None]]] = [
    ({}, {}, (0, None)),
    ({"selection_type": "SINGLE"}, {}, (0, 1)),
    ({"min_selected_modifiers": 1, "max_selected_modifiers": 2}, {}, (1, 2)),
    ({"min_selected_modifiers": 1, "max_selected_modifiers": 2}, {"low": 0, "high": 3}, (0, 3)),
    ({"min_selected_modifiers": 1, "max_selected_modifiers": 2}, {"low": 0, "high": 0}, (0, None)),
    ({"min_selected_modifiers": 0, "max_selected_modifiers": 0}, {}, (0, None)),
    ({"selection_type": "SINGLE"}, {"low": 1, "high": 1}, (1, 1)),
    ({"selection_type": "SINGLE"}, {"low": 1, "high": -1}, (1, 1)),
    ({"selection_type": "SINGLE"}, {"low": 0, "high": 3}, (0, 3)),
    ({"selection_type": "MULTIPLE"}, {"low": 2, "high": -1}, (2, None)),
    ({"selection_type": "MULTIPLE"}, {"low": -1, "high": 2}, (0, 2)),
]


@pytest.mark.parametrize(("the_list", "the_item", "expected"), LIMITS)
def test_an_items_limits_go_before_the_lists(
    the_list: dict[str, Any], the_item: dict[str, Any], expected: tuple[int, int | None]
) -> None:
    imported = read(modifier_list(**the_list), item(modifier_list_info=[info(**the_item)]))
    group = only_group(imported)
    assert only_item(imported).modifier_group_ids == ["milk"]
    assert (group.min, group.max) == expected
    assert only_item(imported).group_limits == {}


def test_items_that_differ_keep_limits_of_their_own() -> None:
    imported = read(
        modifier_list(),
        *(item(name, modifier_list_info=[info(low=0, high=2)]) for name in ("a", "b")),
        item("c", modifier_list_info=[info(low=1, high=1)]),
    )
    assert (only_group(imported).min, only_group(imported).max) == (0, 2)
    assert [i.group_limits for i in imported.menu.items] == [{}, {}, {"milk": GroupLimit(1, 1)}]


def test_modifiers_of_both_places_are_one() -> None:
    inside = modifier("oat", on_by_default=True, ordinal=1)
    imported = read(
        modifier_list("milk", inside),
        modifier("oat", modifier_list_id="milk", ordinal=1),
        modifier("soy", 70, modifier_list_id="milk", ordinal=0),
        item(modifier_list_info=[info()]),
    )
    found = only_group(imported).modifiers
    assert [(m.modifier_id, m.price_minor, m.preselected) for m in found] == [("soy", 70, False), ("oat", 50, True)]
    assert not told(imported).keys() & {"oat", "soy"}


def test_a_list_that_is_deleted_off_or_of_text_leaves_the_item_with_a_line() -> None:
    imported = read(
        modifier_list("gone", modifier("g1"), outer={"is_deleted": True}),
        modifier_list("off", modifier("o1")),
        modifier_list("words", modifiers=[], modifier_type="TEXT"),
        item(modifier_list_info=[info("gone"), info("off", enabled=False), info("words")]),
    )
    assert only_item(imported).modifier_group_ids == []
    assert [g.modifier_group_id for g in imported.menu.modifier_groups] == ["off"]
    assert all(name in told(imported)["latte"] for name in ("gone", "off", "words"))
    assert {"gone", "g1", "words"} <= told(imported).keys()


def test_an_items_own_settings_for_modifiers_are_told() -> None:
    own = info(modifier_overrides=[{"modifier_id": "oat", "on_by_default_override": "YES"}])
    assert "milk" in told(read(modifier_list(), item(modifier_list_info=[own])))["latte"]


def test_a_modifier_may_take_something_off_the_price() -> None:
    imported = read(modifier_list("milk", modifier("none", -30)), item(modifier_list_info=[info()]))
    assert only_group(imported).modifiers[0].price_minor == -30


# Categories.


def test_categories_old_and_new_hold_their_items_in_order() -> None:
    imported = read(
        category("hot"),
        category("new"),
        item("a", category_id="hot"),
        item("b", categories=[{"id": "new", "ordinal": 2}, {"id": "hot", "ordinal": -5}], category_id="hot"),
        item("c", categories=[{"id": "new", "ordinal": 1}], reporting_category={"id": "hot"}),
        item("d", reporting_category={"id": "new", "ordinal": 9}),
    )
    assert [(c.category_id, c.item_ids) for c in imported.menu.categories] == [
        ("hot", ["b", "a"]),
        ("new", ["c", "b", "d"]),
    ]


def test_items_without_a_category_are_found_under_other() -> None:
    imported = read(category("hot"), item("a", category_id="nowhere"), item("b"))
    assert imported.menu.categories[1] == Category(OTHER_CATEGORY, "Other", ["a", "b"])
    assert "2 items" in told(imported)[OTHER_CATEGORY]
    assert "nowhere" in told(imported)["a"]


def test_categories_follow_their_parents_and_circles_end() -> None:
    imported = read(
        category("espresso", parent_category={"id": "hot", "ordinal": 2}),
        category("filter", parent_category={"id": "hot", "ordinal": 1}),
        category("cold"),
        category("hot"),
        category("hen", parent_category={"id": "egg"}),
        category("egg", parent_category={"id": "hen"}),
        item(category_id="espresso"),
    )
    found = [(c.category_id, c.parent_id) for c in imported.menu.categories]
    assert found == [
        ("cold", None),
        ("hot", None),
        ("filter", "hot"),
        ("espresso", "hot"),
        ("hen", None),
        ("egg", None),
    ]


def test_a_very_long_line_of_parents_is_followed() -> None:
    chain = [category(f"c{n}", parent_category={"id": f"c{n + 1}"}) for n in range(3000)]
    found = read(*chain, category("c3000"), item()).menu.categories
    assert [c.category_id for c in found[:3000]] == [f"c{n}" for n in range(3000, 0, -1)]


def test_hours_of_categories_become_dayparts() -> None:
    hours = {"start_local_time": "07:00:00", "end_local_time": "11:00:00", "day_of_week": "MON"}
    imported = read(
        obj("AVAILABILITY_PERIOD", "early", hours),
        category("breakfast", availability_period_ids=["early"]),
        category("eggs", parent_category={"id": "breakfast"}),
        category("all"),
        item("a", category_id="breakfast"),
        item("b", categories=[{"id": "eggs"}]),
        item("c", categories=[{"id": "breakfast"}, {"id": "all"}]),
    )
    assert imported.menu.dayparts == [Daypart("early", "Mon 07:00–11:00", "07:00", "11:00", [1])]
    assert [i.daypart_ids for i in imported.menu.items] == [["early"], ["early"], []]


# Taxes, discounts, pictures.


def test_taxes_are_on_the_items_that_name_them_unless_switched_off() -> None:
    imported = read(
        obj("TAX", "vat", {"name": "VAT", "percentage": "8.6", "inclusion_type": "INCLUSIVE", "enabled": True}),
        obj("TAX", "city", {"name": "City", "percentage": "1", "inclusion_type": "ADDITIVE", "enabled": False}),
        obj("TAX", "gone", {"name": "Gone", "percentage": "1"}, is_deleted=True),
        item(tax_ids=["vat", "city", "gone"]),
    )
    assert imported.menu.taxes == [Tax("vat", "VAT", "8.6", True), Tax("city", "City", "1", False)]
    assert only_item(imported).tax_ids == ["vat"]
    assert {"city", "gone"} <= told(imported).keys()


def test_discounts_of_every_type() -> None:
    def discount(object_id: str, kind: str, **data: Any) -> dict[str, Any]:
        return obj("DISCOUNT", object_id, {"name": object_id, "discount_type": kind, **data})

    imported = read(
        item(),
        discount("a", "FIXED_PERCENTAGE", percentage="10.0"),
        discount("b", "FIXED_AMOUNT", amount_money=usd(400)),
        discount("c", "VARIABLE_PERCENTAGE", percentage="0"),
        discount("d", "VARIABLE_AMOUNT", amount_money=usd(0), maximum_amount_money=usd(900)),
    )
    assert imported.menu.discounts == [
        Discount("a", "a", "10.0", None),
        Discount("b", "b", None, 400),
        Discount("c", "c"),
        Discount("d", "d"),
    ]
    assert "largest" in told(imported)["d"]


def test_pictures_keep_their_ids_and_addresses() -> None:
    imported = read(
        obj("IMAGE", "pic", {"url": "https://example.com/p.jpg", "caption": "A latte"}),
        obj("IMAGE", "gone", {"url": "https://example.com/g.jpg"}, is_deleted=True),
        category("hot", image_ids=["pic"]),
        item("a", variation("a-1", image_ids=["small"]), image_ids=["gone", "pic", "elsewhere"], category_id="hot"),
        item("b", outer={"image_id": "elsewhere"}),
    )
    a, b = imported.menu.items
    assert imported.menu.images == [Image("pic", "https://example.com/p.jpg", "A latte")]
    assert (a.image, a.more_images, a.variations[0].image, b.image) == ("pic", ["elsewhere"], "small", "elsewhere")
    assert imported.menu.categories[0].image == "pic"
    assert imported.report.counts["images"] == 3


# Locations.


def test_a_location_has_its_own_prices_and_presence() -> None:
    at = {"present_at_all_locations": False, "present_at_location_ids": ["pier"]}
    overrides = [{"location_id": "pier", "price_money": usd(600)}, {"location_id": "park", "track_inventory": True}]
    objects = [
        item("a", variation("a-1", location_overrides=overrides)),
        item("b", outer=at),
        item("c", variation("c-1", outer=at), variation("c-2", name="Big")),
        modifier_list("milk", modifier("oat", location_overrides=[{"location_id": "pier", "price_money": usd(90)}])),
        modifier_list("ice", modifier("cubes"), outer=at),
        item("d", modifier_list_info=[info(), info("ice")]),
    ]
    prices = {
        where: {v.variation_id: v.price_minor for i in read(*objects, location=where).menu.items for v in i.variations}
        for where in ("pier", "park", None)
    }
    assert prices["pier"] == {"a-1": 600, "b-1": 450, "c-1": 450, "c-2": 450, "d-1": 450}
    assert prices["park"] == {"a-1": 450, "c-2": 450, "d-1": 450}
    assert prices[None] == prices["pier"] | {"a-1": 450}
    assert only_group(read(*objects, location="park")).modifiers[0].price_minor == 50
    assert read(*objects, location="pier").menu.modifier_groups[0].modifiers[0].price_minor == 90
    assert {"a-1", "b", "c-1", "oat", "ice"} <= told(read(*objects)).keys()


def test_a_location_that_nobody_names_is_told() -> None:
    assert "check" in told(read(item(), location="L0"))["L0"]


def test_a_location_that_sells_nothing_changes_nothing() -> None:
    with pytest.raises(Refused, match="no item that is sold at park"):
        read(item(outer={"absent_at_location_ids": ["park"]}), location="park")


# What has no counterpart.


@pytest.mark.parametrize("kind", [*REASONS, "SOMETHING_NEW"])
def test_an_object_without_counterpart_gets_a_line(kind: str) -> None:
    inner = {"type": "ITEM_OPTION_VAL", "id": "inner"}
    imported = read(item(), {"type": kind, "id": "odd", "odd_data": {"values": [inner]}})
    assert {"odd", "inner"} <= told(imported).keys()
    assert all(line.reason for line in imported.report.lines)


def test_fields_that_nobody_reads_are_noted_once_for_all() -> None:
    imported = read(item("a", label_color="ff0000", kitchen_name="LT"), item("b", label_color="00ff00"))
    assert imported.report.notes == ["ITEM.kitchen_name: on 1 object", "ITEM.label_color: on 2 objects"]


def test_the_same_object_twice_is_taken_once_and_the_newer_holds() -> None:
    old, new = item("a", name="Old"), item("a", name="New", outer={"version": 2})
    for objects in ((old, new), (new, old)):
        imported = read(*objects)
        assert only_item(imported).name == "New"
        assert "two versions" in told(imported)["a"]
    assert "alike" in told(read(old, old))["a"]


def test_the_report_reads_as_plain_text() -> None:
    text = read(item(label_color="x"), obj("QUICK_AMOUNTS_SETTINGS", "q1")).report.text()
    assert text.startswith("Took over 1 items, 1 variations, 1 prices")
    assert "\n  QUICK_AMOUNTS_SETTINGS q1: buttons" in text
    assert "\n  ITEM.label_color: on 1 object" in text


# Any catalog at all.


_ID = st.sampled_from([f"{c}{n}" for c in "abcdef" for n in range(4)])
_PLACES = st.sampled_from([{}, {"is_deleted": True}, {"absent_at_location_ids": ["pier"]},
                           {"present_at_all_locations": False, "present_at_location_ids": ["pier"]}])  # fmt: skip
_KINDS = ["ITEM", "CATEGORY", "MODIFIER_LIST", "TAX", "DISCOUNT", "IMAGE", "PRICING_RULE", "NEW_KIND"]


@st.composite
def catalogs(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Objects with presence of all sorts, and references among each other."""
    ids = draw(st.lists(_ID, min_size=1, max_size=10, unique=True))
    kinds = {i: draw(st.sampled_from(_KINDS)) for i in ids}
    of = {kind: [i for i in ids if kinds[i] == kind] for kind in _KINDS}

    def some(kind: str) -> list[str]:
        return draw(st.lists(st.sampled_from(of[kind]), unique=True)) if of[kind] else []

    def one(object_id: str) -> dict[str, Any]:
        outer, kind = draw(_PLACES), kinds[object_id]
        parts = [f"{object_id}-{n}" for n in range(draw(st.integers(0, 3)))]
        if kind == "ITEM":
            sizes = [variation(p, draw(st.integers(0, 10**6)), p, draw(_PLACES)) for p in parts]
            homes = [{"id": i} for i in some("CATEGORY")]
            infos = [info(i, draw(st.integers(-1, 1)), draw(st.integers(-1, 3)), enabled=draw(st.booleans()))
                     for i in some("MODIFIER_LIST")]  # fmt: skip
            return item(object_id, outer=outer, variations=sizes, categories=homes, modifier_list_info=infos,
                        tax_ids=some("TAX"), image_ids=some("IMAGE"), is_archived=draw(st.booleans()))  # fmt: skip
        if kind == "MODIFIER_LIST":
            choices = [modifier(p, draw(st.integers(-100, 100)), draw(_PLACES)) for p in parts]
            kinds_of = draw(st.sampled_from(["LIST", "TEXT"]))
            return modifier_list(object_id, outer=outer, modifiers=choices, modifier_type=kinds_of)
        data = {"name": object_id, "percentage": "7", "parent_category": {"id": draw(_ID)}}
        return obj(kind, object_id, data if kind not in ("PRICING_RULE", "NEW_KIND") else None, **outer)

    return [one(i) for i in ids]


@settings(deadline=None, max_examples=200)
@given(objects=catalogs(), location=st.sampled_from([None, "pier", "park"]))
def test_every_object_of_any_catalog_is_in_the_menu_or_in_the_report(
    objects: list[dict[str, Any]], location: str | None
) -> None:
    objects.append(item("sure"))
    imported = read(*objects, location=location)
    check_menu(imported.menu)
    held = _held(imported.menu) | told(imported).keys()
    for o in objects:
        parts = [*o.get("item_data", {}).get("variations", []), *o.get("modifier_list_data", {}).get("modifiers", [])]
        assert {o["id"], *(p["id"] for p in parts)} <= held


def _held(menu: Menu) -> set[str]:
    held = {i.item_id for i in menu.items} | {v.variation_id for i in menu.items for v in i.variations}
    held |= {m.modifier_id for g in menu.modifier_groups for m in g.modifiers}
    held |= {g.modifier_group_id for g in menu.modifier_groups} | {c.category_id for c in menu.categories}
    held |= {t.tax_id for t in menu.taxes} | {d.discount_id for d in menu.discounts}
    return held | {i.image_id for i in menu.images}


def test_the_report_is_json_too() -> None:
    report = json.loads(msgspec.json.encode(read(item(), obj("TIME_PERIOD", "t")).report))
    assert {"object_id": "t", "kind": "TIME_PERIOD", "reason": REASONS["TIME_PERIOD"]} in report["lines"]
