"""A menu that contradicts itself is refused by place, and changes nothing."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.event import Draft, Refused
from server.services.carte import is_on
from server.services.menu.decider import read_menu, version_of
from server.services.menu.events import Daypart, Menu, MenuPublished

from .world import NOW_MS, Terminal, Writer, menu, menu_body, numbered

Break = Callable[[dict[str, Any]], Any]

BROKEN: list[tuple[str, Break, str]] = [
    ("a price as text", lambda m: m["items"][0]["variations"][0].update(price_minor="9.90"), "price_minor"),
    ("a negative price", lambda m: m["items"][0]["variations"][0].update(price_minor=-1), "burger-1"),
    ("a modifier list that is not there", lambda m: m["items"][0].update(modifier_group_ids=["nope"]), "nope"),
    ("an ingredient that is not there", lambda m: m["items"][0].update(ingredient_ids=["nope"]), "nope"),
    ("a tax that is not there", lambda m: m["items"][0].update(tax_ids=["nope"]), "nope"),
    ("a category of unknown items", lambda m: m["categories"][0].update(item_ids=["nope"]), "nope"),
    ("an id used twice", lambda m: m["items"].append(m["items"][0]), "burger"),
    ("an empty id", lambda m: m["items"][0].update(item_id=""), "items[0]"),
    ("limits that contradict", lambda m: m["modifier_groups"][0].update(min=5), "extras"),
    ("an item's own limits that contradict", lambda m: m["items"][1]["group_limits"]["extras"].update(min=2), "veggie"),
    ("a colour that is none", lambda m: m.update(brand_colour="red; }"), "brand_colour"),
    ("a percentage that is none", lambda m: m["taxes"][0].update(percentage="lots"), "vat"),
    ("a percentage that is no number", lambda m: m["taxes"][0].update(percentage="NaN"), "vat"),
    ("a currency in words", lambda m: m.update(currency="Euro"), "currency"),
    ("an unknown field", lambda m: m["items"][0].update(colour="red"), "colour"),
    ("a missing name", lambda m: m["items"][0].pop("name"), "name"),
    ("an hour that is none", lambda m: m["dayparts"][0].update(start="25:00"), "morning"),
    ("a day that is none", lambda m: m["dayparts"][0].update(days=[0]), "morning"),
    ("a combo of unknown dishes", lambda m: m["combos"][0]["slots"][0]["options"][0].update(item_id="x"), "main"),
    ("a combo of combos", lambda m: m["combos"][0]["slots"][0]["options"][0].update(item_id="meal"), "combo"),
    ("an unknown variation", lambda m: m["combos"][0]["slots"][0]["options"][0].update(variation_id="x"), "variation"),
]


@pytest.mark.parametrize(("what", "breaks", "named"), BROKEN, ids=[b[0] for b in BROKEN])
def test_a_broken_menu_is_refused_with_the_place(what: str, breaks: Break, named: str) -> None:
    body = copy.deepcopy(menu_body())
    breaks(body)
    with pytest.raises(Refused) as refused:
        read_menu(body)
    assert refused.value.code == "bad_menu"
    assert named in refused.value.text


def test_a_number_that_no_event_can_hold_is_refused() -> None:
    body = menu_body()
    body["modifier_groups"][0]["max"] = 2**70
    with pytest.raises(Refused, match="far too large"):
        read_menu(body)


@pytest.mark.parametrize("raw", [b"", b"[]", b"nonsense", b'{"currency":', b"\xff\xfe", b"null", b"[" * 100_000])
def test_what_is_not_a_menu_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_menu(raw)
    assert refused.value.code == "bad_menu"


def test_the_same_menu_has_the_same_version() -> None:
    assert version_of(menu()) == version_of(read_menu(msgspec.json.encode(menu())))
    assert version_of(msgspec.structs.replace(menu(), name="Other")) != version_of(menu())


def test_a_published_menu_comes_back_whole(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    result = shop.do("menu.publish", menu=menu_body(), source="test")
    assert shop.services.menu() == menu()
    assert shop.services.menu_version() == result["version"]
    assert shop.changes.menu
    shop.restart()
    assert shop.services.menu() == menu()


def test_a_store_cannot_publish_for_other_stores(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        Terminal(tmp_path).do("menu.publish", menu=menu_body(), stores=["riverside"])
    assert refused.value.code == "office_only"


def test_a_day_is_sold_in_one_currency(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    pounds = {**menu_body(), "currency": "GBP"}
    shop.do("menu.publish", menu=menu_body())
    shop.do("menu.publish", menu=pounds)  # nothing was sold yet
    shop.do("menu.publish", menu=menu_body())
    item = next(i for i in menu_body()["items"] if not i.get("modifier_group_ids"))
    shop.do("orders.place", lines=[{"item_id": item["item_id"], "quantity": 1}], dining="here")
    with pytest.raises(Refused, match=r"has sold in EUR today, and this menu is in GBP.*--new-currency") as refused:
        shop.do("menu.publish", menu=pounds)
    assert refused.value.code == "other_currency"
    shop.do("menu.publish", menu={**menu_body(), "name": "Dearer"})
    shop.do("menu.publish", menu=pounds, new_currency=True)
    assert shop.services.menu().currency == "GBP"


def published(name: str, topic: str = "menu") -> Draft:
    changed = msgspec.structs.replace(menu(), name=name)
    return Draft("menu.published/1", "menu", MenuPublished(version_of(changed), changed), topic)


def sold(found: Menu | None) -> str:
    return found.name if found else ""


def test_the_newest_menu_meant_for_a_store_holds_there(tmp_path: Path) -> None:
    stores = {"office": "", "river": "riverside", "hill": "hillside"}
    office, river = Writer("office"), Writer("river")
    shop = Terminal(tmp_path, store="riverside", store_of=lambda log_id: stores.get(log_id, "riverside"))
    shop.hear([office.write(published("all"))])
    assert sold(shop.services.menu()) == "all"
    shop.hear([office.write(published("river only", "menu/riverside"), (NOW_MS + 2000) << 16)])
    assert sold(shop.services.menu()) == "river only"
    shop.hear([office.write(published("all again"), (NOW_MS + 1500) << 16)])
    assert sold(shop.services.menu()) == "river only", "older, though it came later"
    shop.hear([river.write(published("our own"), (NOW_MS + 3000) << 16)])
    assert sold(shop.services.menu()) == "our own"
    before = Writer("river-before", NOW_MS)  # what this store wrote before its disk was lost comes back
    shop.hear([before.write(published("our own of before"), (NOW_MS + 2500) << 16)])
    assert sold(shop.services.menu()) == "our own", "older, though it came later"


def test_head_office_knows_which_menu_each_store_sells(tmp_path: Path) -> None:
    office = Terminal(tmp_path, device_id="office", store="", store_of=lambda log_id: "")
    office.do("menu.publish", menu=menu_body())
    everywhere = office.services.menu_version("riverside")
    other = menu_body() | {"name": "Riverside's"}
    version = office.do("menu.publish", menu=other, stores=["riverside"])["version"]
    assert office.services.menu_version("riverside") == version != everywhere
    assert office.services.menu_version("hillside") == everywhere
    assert [e.stream.topic for e in office.events] == ["menu", "menu/riverside"]


def test_a_menu_that_nobody_can_sell_from_is_passed_over(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    shop.publish()
    broken = msgspec.structs.replace(menu(), currency="?")
    shop.hear(numbered([Writer("other").write(Draft("menu.published/1", "menu", MenuPublished("x", broken)))]))
    assert shop.services.menu() == menu()


@pytest.mark.parametrize(
    ("start", "end", "at", "on"),
    [
        ("06:00", "11:00", (1, 6, 0), True),
        ("06:00", "11:00", (1, 11, 0), False),
        ("22:00", "02:00", (1, 23, 0), True),
        ("22:00", "02:00", (2, 1, 59), True),
        ("22:00", "02:00", (2, 2, 0), False),
        ("22:00", "02:00", (2, 22, 30), False),  # begins on Sundays only
        ("00:00", "00:00", (1, 12, 0), True),  # all day
    ],
)
def test_dayparts_begin_on_their_days_and_may_pass_midnight(
    start: str, end: str, at: tuple[int, int, int], on: bool
) -> None:
    day, hour, minute = at
    part = Daypart("d", "Day", start, end, days=[7])
    assert is_on(part, datetime(2026, 3, day, hour, minute)) is on


@pytest.mark.parametrize("stores", [[], ["Straße"], ["a/b"], [""], ["x" * 64], ["a\n"]])
def test_a_menu_is_published_for_stores_that_can_be(tmp_path: Path, stores: list[str]) -> None:
    """An empty list once meant all stores."""
    office = Terminal(tmp_path, device_id="office", store="", store_of=lambda log_id: "")
    with pytest.raises(Refused) as refused:
        office.do("menu.publish", menu=menu_body(), stores=stores)
    assert refused.value.code == "bad_field"
    assert office.events == []


def test_a_menu_for_a_store_of_which_nobody_has_heard_is_told(tmp_path: Path) -> None:
    office = Terminal(tmp_path, device_id="office", store="", store_of=lambda log_id: "")
    assert office.do("menu.publish", menu=menu_body(), stores=["Main Street 5"])["unknown_stores"] == ["Main Street 5"]
    assert [e.stream.topic for e in office.events] == ["menu/Main Street 5"]


@pytest.mark.parametrize("name", ["Te\0a", "Tea\x1b@", "a\u202eb"])
def test_a_menu_holds_nothing_that_moves_a_printers_head(tmp_path: Path, name: str) -> None:
    body = menu_body()
    body["items"][0]["name"] = name
    with pytest.raises(Refused, match="can't be shown") as refused:
        Terminal(tmp_path).do("menu.publish", menu=body)
    assert refused.value.code == "bad_menu"
    assert f"at item {body['items'][0]['item_id']}, name:" in refused.value.text


def test_a_menu_that_is_too_large_says_how_large_it_may_be(tmp_path: Path) -> None:
    body = menu_body()
    body["items"][0]["description"] = "x" * 4_300_000
    with pytest.raises(Refused, match=r"The menu is too large: 4\.3 MB, and 4\.2 MB") as refused:
        Terminal(tmp_path).do("menu.publish", menu=body)
    assert refused.value.code == "too_large"
