"""A file that is not right gets one sentence with the place, and never anything worse."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.event import Refused
from server.services.command import MAX_AMOUNT_MINOR
from server.services.menu import menu_file
from server.services.menu.decider import check_menu
from server.services.menu.menu_file import read_menu_file

from .catalogs import catalog, category, info, item, modifier, modifier_list, obj, usd, variation
from .world import menu, menu_body


def refusal(data: bytes, location: str | None = None) -> str:
    with pytest.raises(Refused) as refused:
        read_menu_file(data, location=location)
    assert refused.value.code == "bad_menu_file"
    text = refused.value.text
    assert text.endswith(".")
    assert len(text) < 400
    assert "\n" not in text
    return text


WHOLE = catalog(category("hot"), modifier_list(), item(category_id="hot", modifier_list_info=[info()]))

NOT_JSON: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "empty"),
    ("blanks", b" \n\t ", "empty"),
    ("a mark and nothing", b"\xef\xbb\xbf", "empty"),
    ("words", b"Latte 4.50", "line 1, column 1"),
    ("a page", b"<!doctype html>", "not JSON"),
    ("cut off in a text", WHOLE[:100], "cut off"),
    ("cut off after a comma", WHOLE[: WHOLE.rindex(b",") + 1], "cut off"),
    ("a comma too many", b'{"objects": [\n  {"type": "ITEM",}]}', "line 2, column"),
    ("two values", b'{"objects": []} {}', "line 1, column 17"),
    ("UTF-16", WHOLE.decode().encode("utf-16"), "UTF-8"),
    ("Latin-1", b'{"objects":\n [{"name": "Caf\xe9"}]}', "line 2, column 16"),
    ("zeros", b"\0" * 100, "UTF-8"),
    ("NaN", b'{"objects": [{"x": NaN}]}', "NaN"),
    ("infinity", b'{"objects": [{"x": -Infinity}]}', "-Infinity"),
    ("too deep", b"[" * 200_000, "nested too deeply"),
    ("too long a number", b'{"objects": [' + b"9" * 5000 + b"]}", "thousands of digits"),
    ("a field twice", b'{"objects": [{"type": "ITEM", "id": "a", "id": "b"}]}', "“id” twice"),
]


@pytest.mark.parametrize(("what", "data", "says"), NOT_JSON, ids=[n[0] for n in NOT_JSON])
def test_what_is_not_json_is_refused_with_the_place(what: str, data: bytes, says: str) -> None:
    assert says in refusal(data)


def test_a_file_cut_off_anywhere_is_refused() -> None:
    for end in range(0, len(WHOLE) - 1, 7):
        refusal(WHOLE[:end])


def test_a_file_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menu_file, "MAX_MENU_FILE_BYTES", 1000)
    assert "MB" in refusal(b"{" * 1001)


NOT_A_CATALOG: list[tuple[str, Any, str]] = [
    ("a number", 3, "neither"),
    ("null", None, "neither"),
    ("an empty object", {}, "neither"),
    ("an empty list", [], "no objects"),
    ("no objects", {"objects": []}, "no objects"),
    ("objects of the wrong type", {"objects": "none"}, "must be a list"),
    ("a number among the objects", {"objects": [item(), 3]}, "objects[1]"),
    ("an error", {"errors": [{"category": "AUTHENTICATION_ERROR", "detail": "Not authorized."}]}, "Not authorized"),
    ("no type", {"objects": [{"id": "x"}]}, "objects[0]"),
    ("no id", {"objects": [{"type": "ITEM"}]}, "objects[0]"),
    ("an id that is none", {"objects": [{"type": "ITEM", "id": 3}]}, "objects[0]"),
    ("an id without end", {"objects": [{"type": "ITEM", "id": "x" * 999}]}, "objects[0]"),
    ("headings only", {"objects": [category("hot")]}, "no item"),
    ("no price at all", {"objects": [item("a", variation("a-1", price_money=None))]}, "currency"),
]


@pytest.mark.parametrize(("what", "document", "says"), NOT_A_CATALOG, ids=[n[0] for n in NOT_A_CATALOG])
def test_what_is_no_catalog_is_refused(what: str, document: Any, says: str) -> None:
    assert says in refusal(json.dumps(document).encode())


def priced(amount: Any) -> dict[str, Any]:
    return item("a", variation("a-1", amount))


WRONG: list[tuple[str, list[Any], list[str]]] = [
    ("a price as text", [priced("4.50")], ["a-1", "item_data.variations[0]", "price_money.amount", "“4.50”"]),
    ("a price with a point", [priced(4.5)], ["a-1", "4.5"]),
    ("a price that is true", [priced(True)], ["a-1", "true"]),
    ("a price below zero", [priced(-1)], ["a-1", "-1"]),
    ("a price beyond reason", [priced(10**30)], ["a-1", "out of range"]),
    ("a price without currency", [item("a", variation("a-1", price_money={"amount": 1}))], ["a-1", "currency"]),
    ("a price of the wrong type", [item("a", variation("a-1", price_money=450))], ["a-1", "price_money", "450"]),
    ("two currencies", [item("a"), item("b", variation("b-1", price_money=usd(1, "EUR")))], ["b-1", "a-1", "EUR"]),
    ("a modifier list that is not there", [item("a", modifier_list_info=[info("nope")])], ["ITEM a", "nope"]),
    ("a modifier list that is none", [category("hot"), item("a", modifier_list_info=[info("hot")])], ["ITEM a", "hot"]),
    ("a modifier of no list", [item("a"), modifier("oat", modifier_list_id="nope")], ["oat", "nope"]),
    ("a variation of no item", [item("a"), variation("b-1", item_id="b")], ["b-1", "ITEM"]),
    ("a tax that is not there", [item("a", tax_ids=["vat"])], ["ITEM a", "tax_ids[0]", "vat"]),
    ("a tax in words", [item("a"), obj("TAX", "vat", {"name": "VAT", "percentage": "lots"})], ["TAX vat", "lots"]),
    ("a tax above all", [item("a"), obj("TAX", "vat", {"name": "VAT", "percentage": "101"})], ["TAX vat", "101"]),
    ("a tax that is no number", [item("a"), obj("TAX", "vat", {"name": "VAT", "percentage": "NaN"})], ["TAX vat"]),
    ("a discount of nothing", [item("a"), obj("DISCOUNT", "d", {"name": "D", "discount_type": "FIXED_AMOUNT"})], ["d"]),
    ("an item without a name", [item("a", name=" ")], ["ITEM a", "objects[0]", "name"]),
    ("a name of the wrong type", [item("a", name=["A"])], ["ITEM a", "name", "a list"]),
    ("a name without end", [item("a", name="A" * 999)], ["ITEM a", "999"]),
    ("half a character", [item("a", name="A\ud83c")], ["ITEM a", "name"]),
    ("a category without a name", [item("a"), category("hot", name="")], ["CATEGORY hot", "name"]),
    ("a modifier without a name", [item("a"), modifier_list("milk", modifier("oat", name=""))], ["MODIFIER oat"]),
    ("data of the wrong type", [{"type": "ITEM", "id": "a", "item_data": []}], ["ITEM a", "item_data", "a list"]),
    ("a variation of the wrong kind", [item("a", modifier("x"))], ["x", "ITEM_VARIATION"]),
    ("limits that contradict", [modifier_list(), item("a", modifier_list_info=[info(low=3, high=2)])], ["ITEM a", "3"]),
    ("a limit as text", [modifier_list(max_selected_modifiers="1"), item("a")], ["MODIFIER_LIST milk", "“1”"]),
    ("one id for two kinds", [item("a"), category("a")], ["a", "ITEM", "CATEGORY"]),
    ("one id for two items", [item("a"), item("a", name="B")], ["ITEM a", "objects[0]", "objects[1]", "name"]),
    ("one modifier in two lists", [modifier_list("m", modifier("x")), modifier_list("n", modifier("x"))], ["x", "m"]),
    ("a presence of the wrong type", [item("a", outer={"present_at_location_ids": "pier"})], ["ITEM a", "“pier”"]),
    ("an hour that is none", [item("a"), obj("AVAILABILITY_PERIOD", "p", {"day_of_week": "MON"})], ["p"]),
]


@pytest.mark.parametrize(("what", "objects", "names"), WRONG, ids=[w[0] for w in WRONG])
def test_a_mistake_in_a_catalog_is_told_by_place(what: str, objects: list[Any], names: list[str]) -> None:
    text = refusal(catalog(*objects))
    assert all(name in text for name in names), text


OWN: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("a price as text", lambda m: m["items"][3]["variations"][0].update(price_minor="9"),
     "$.items[3].variations[0].price_minor"),
    ("an unknown field", lambda m: m["items"][0].update(colour="red"), "colour"),
    ("no name", lambda m: m.pop("name"), "name"),
    ("an unknown tax", lambda m: m["items"][0].update(tax_ids=["nope"]), "nope"),
    ("too high a price", lambda m: m["items"][0]["variations"][0].update(price_minor=MAX_AMOUNT_MINOR + 1), "burger"),
    ("half a character", lambda m: m.update(name="\ud83c"), "Unicode"),
    ("a price of 2^70", lambda m: m["items"][0]["variations"][0].update(price_minor=2**70), "far too large"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "breaks", "says"), OWN, ids=[o[0] for o in OWN])
def test_a_mistake_in_our_own_format_is_told_by_path(
    what: str, breaks: Callable[[dict[str, Any]], Any], says: str
) -> None:
    body = copy.deepcopy(menu_body())
    breaks(body)
    assert says in refusal(json.dumps(body).encode())


def test_our_own_format_comes_back_as_it_went() -> None:
    imported = read_menu_file(msgspec.json.encode(menu()))
    assert imported.menu == menu()
    assert imported.report.lines == []
    assert imported.report.counts["items"] == len(menu().items)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "name"]), inner),
    max_leaves=4,
)


def _paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, one in inside for path in _paths(one, (*at, key)))]


_RICH = {
    "objects": [
        category("hot", parent_category={"id": "hot"}, availability_period_ids=["early"]),
        obj("AVAILABILITY_PERIOD", "early",
            {"start_local_time": "07:00:00", "end_local_time": "11:00:00", "day_of_week": "MON"}),
        modifier_list("milk", modifier("oat", location_overrides=[{"location_id": "pier", "price_money": usd(9)}])),
        obj("TAX", "vat", {"name": "VAT", "percentage": "7", "inclusion_type": "INCLUSIVE", "enabled": True}),
        obj("DISCOUNT", "d", {"name": "D", "discount_type": "FIXED_AMOUNT", "amount_money": usd(100)}),
        obj("IMAGE", "pic", {"url": "https://example.com/p.jpg"}),
        item(
            "latte",
            variation("latte-1", location_overrides=[{"location_id": "pier", "price_money": usd(9)}]),
            categories=[{"id": "hot", "ordinal": 1}],
            modifier_list_info=[info(low=0, high=1, ordinal=1, modifier_overrides=[{"modifier_id": "oat"}])],
            tax_ids=["vat"], image_ids=["pic"], description_html="<p>Hot</p>",
            food_and_beverage_details={"calorie_count": 1, "ingredients": [{"standard_name": "MILK"}]},
            outer={"present_at_location_ids": ["pier"]},
        ),
        obj("PRICING_RULE", "rule", None, pricing_rule_data={"values": [{"type": "X", "id": "y"}]}),
    ]
}  # fmt: skip
_PLACES = _paths(_RICH)


@settings(deadline=None, max_examples=400)
@given(place=st.sampled_from(_PLACES[1:]), value=_JSON, location=st.sampled_from([None, "pier"]))
def test_whatever_stands_in_a_field_a_file_is_read_or_refused(
    place: tuple[Any, ...], value: Any, location: str | None
) -> None:
    document: Any = copy.deepcopy(_RICH)
    inner = document
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    with contextlib.suppress(Refused):
        imported = read_menu_file(json.dumps(document).encode(), location=location)
        check_menu(imported.menu)
        msgspec.json.encode(imported)


@settings(deadline=None, max_examples=200)
@given(data=st.binary(max_size=60))
def test_any_bytes_are_refused_in_words(data: bytes) -> None:
    refusal(data)
