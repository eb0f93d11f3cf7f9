"""What may be had more than once, and the one honest offer to make a dish a menu."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import msgspec
import pytest

from server.phone.basket import PhoneLine, details_of, priced
from server.phone.words import Words
from server.services.carte import Carte as Server
from server.services.menu.events import Menu
from tests.ui.diner import MENU
from ui.dish import combo, sheet
from ui.dish import selection as choosing
from ui.dish.menu import MenuIndex
from ui.dish.selection import MAX_PORTIONS, Selection
from ui.kiosk.fit import Carte


def shop(**out: str) -> MenuIndex:
    index = MenuIndex(deepcopy(MENU))
    index.availability = {item_id: {"state": state} for item_id, state in out.items()}
    return index


def chosen(index: MenuIndex, item_id: str) -> Selection:
    selection = choosing.start(index, item_id)
    assert selection is not None
    return selection


def test_extra_cheese_twice_counts_twice_and_no_more_than_the_group_allows() -> None:
    index = shop()
    burger = chosen(index, "burger")
    sheet.answer(index, burger, "group:extras", "extra-cheese")
    sheet.count(index, burger, "group:extras", "extra-cheese", 5)
    assert burger.modifiers == {"extra-cheese": 2}  # extras: up to 2
    assert choosing.unit_price(index, burger) == 890 + 2 * 90
    assert choosing.spec(burger)["modifiers"] == [{"modifier_id": "extra-cheese", "quantity": 2}]
    assert choosing.details(index, burger, "en") == ["Extra cheese ×2"]
    sheet.answer(index, burger, "group:extras", "jalapeno")
    assert "jalapeno" not in burger.modifiers, "the group is full"
    sheet.count(index, burger, "group:extras", "extra-cheese", 0)
    assert burger.modifiers == {}


def test_what_costs_nothing_or_is_one_of_several_is_not_counted() -> None:
    index = shop()
    bacon = chosen(index, "bacon-burger")
    sheet.answer(index, bacon, "group:doneness", "medium")
    sheet.count(index, bacon, "group:doneness", "medium", 3)
    assert bacon.modifiers == {"medium": 1}
    rows = {row["key"]: row for row in sheet.questions(index, bacon, "en")}
    assert not any(o["countable"] for o in rows["group:doneness"]["options"])
    assert all(o["countable"] for o in rows["group:extras"]["options"])


def scoops(*more: tuple[str, int]) -> MenuIndex:
    """A cup with two flavours of some."""
    menu = deepcopy(MENU)
    flavours = (("vanilla", 0), ("lemon", 0), *more)
    mods = [{"modifier_id": name, "name": name.title(), "price_minor": price} for name, price in flavours]
    menu["modifier_groups"].append(
        {"modifier_group_id": "flavours", "name": "Flavours", "min": 2, "max": 2, "modifiers": mods}
    )
    menu["items"][5] |= {"modifier_group_ids": ["flavours"]}
    return MenuIndex(menu)


def test_where_two_must_be_chosen_both_may_be_the_same_though_they_cost_nothing() -> None:
    index = scoops(("saffron", 50))
    cup = chosen(index, "salad")
    sheet.answer(index, cup, "group:flavours", "vanilla")
    row = next(row for row in sheet.questions(index, cup, "en") if row["key"] == "group:flavours")
    assert all(o["countable"] for o in row["options"])
    assert row["options"][0]["portions"] == 2
    sheet.count(index, cup, "group:flavours", "vanilla", 2)
    assert choosing.missing(index, cup) == {}
    assert choosing.spec(cup)["modifiers"] == [{"modifier_id": "vanilla", "quantity": 2}]
    assert choosing.details(index, cup, "en") == ["Vanilla ×2"]


def test_two_of_what_costs_nothing_cost_nothing_where_all_else_is_dearer() -> None:
    index = scoops()
    index.groups["flavours"]["modifiers"][1]["price_minor"] = 50
    assert index.price_from(index.items["salad"]) == 790
    assert choosing.least_more(index, chosen(index, "salad")) == 0


def test_a_choice_whose_name_two_questions_have_says_which_it_answers() -> None:
    menu = deepcopy(MENU)
    for group_id, name, german in (("first", "First half", "Erste Hälfte"), ("second", "Second half", "Zweite Hälfte")):
        pizzas = ("Funghi", "Diavola", name)
        mods = [{"modifier_id": f"{group_id}-{n}", "name": one, "price_minor": 0} for n, one in enumerate(pizzas)]
        group = {"modifier_group_id": group_id, "name": name, "min": 1, "max": 1, "modifiers": mods}
        menu["modifier_groups"].append({**group, "texts": {"de": {"name": german}}})
    menu["items"][5] |= {"modifier_group_ids": ["first", "second"]}
    index = MenuIndex(menu)
    half = chosen(index, "salad")
    sheet.answer(index, half, "group:first", "first-0")
    sheet.answer(index, half, "group:second", "second-0")
    assert choosing.details(index, half, "de") == ["Erste Hälfte: Funghi", "Zweite Hälfte: Funghi"]
    sheet.answer(index, half, "group:second", "second-2")
    assert choosing.details(index, half, "en") == ["First half: Funghi", "Second half"], "one that is clear stays short"
    spec = msgspec.convert({**choosing.spec(half), "choices": []}, PhoneLine)
    found = priced([spec], Server(msgspec.convert(menu, Menu)), {}, Words("de")).lines[0].line
    assert found is not None
    assert details_of(found, Server(msgspec.convert(menu, Menu)), Words("de")) == [
        "Erste Hälfte: Funghi",
        "Second half",
    ]


def test_a_group_without_a_limit_ends_where_a_slip_begins() -> None:
    menu = deepcopy(MENU)
    menu["modifier_groups"][0]["max"] = None
    index = MenuIndex(menu)
    burger = chosen(index, "burger")
    sheet.answer(index, burger, "group:extras", "extra-cheese")
    sheet.count(index, burger, "group:extras", "extra-cheese", 500)
    assert burger.modifiers == {"extra-cheese": MAX_PORTIONS}


def test_what_is_not_chosen_is_not_counted() -> None:
    index = shop()
    burger = chosen(index, "burger")
    sheet.count(index, burger, "group:extras", "extra-cheese", 2)
    sheet.count(index, burger, "variation", "burger-1", 2)
    assert burger.modifiers == {}


def test_what_costs_as_much_as_one_by_one_is_no_offer() -> None:
    index = shop()
    assert combo.upgrade(index, chosen(index, "burger")) is None


@pytest.fixture
def cheap() -> dict[str, Any]:
    """The menu's drink costs 3.00 alone; as a part of the combo 2.50 more than the burger."""
    menu = deepcopy(MENU)
    item = next(i for i in menu["items"] if i["item_id"] == "menu")
    item["variations"][0]["price_minor"] = 890 + 250
    return menu


def test_the_offer_is_honest(cheap) -> None:
    index = MenuIndex(cheap)
    burger = chosen(index, "burger")
    offer = combo.upgrade(index, burger)
    assert offer is not None
    assert offer.more_minor == 250
    assert [s["name"] for s in offer.slots] == ["Your drink"]
    cheap["items"][2]["variations"][0]["price_minor"] = 890 + 310  # dearer than one by one
    assert combo.upgrade(MenuIndex(cheap), burger) is None
    cheap["items"][2]["variations"][0]["price_minor"] = 700  # the same dish for less is no offer but a wrong price
    assert combo.upgrade(MenuIndex(cheap), burger) is None


def test_a_drink_is_not_offered_as_a_menu(cheap) -> None:
    index = MenuIndex(cheap)
    assert combo.upgrade(index, chosen(index, "cola")) is None


def test_nothing_is_offered_that_can_not_be_had(cheap) -> None:
    index = MenuIndex(cheap)
    burger = chosen(index, "burger")
    index.availability = {"menu": {"state": "out"}}
    assert combo.upgrade(index, burger) is None
    index.availability = {"cola": {"state": "out"}, "coffee": {"state": "out"}}
    assert combo.upgrade(index, burger) is None
    index.availability = {}
    assert combo.upgrade(index, chosen(index, "menu")) is None
    assert combo.upgrade(index, Selection("gone", None)) is None


def test_what_was_chosen_for_the_dish_goes_into_the_menu(cheap) -> None:
    index = MenuIndex(cheap)
    burger = chosen(index, "burger")
    burger.quantity = 2
    sheet.answer(index, burger, "group:extras", "extra-cheese")
    sheet.answer(index, burger, "without", "onion")
    offer = combo.upgrade(index, burger)
    assert offer is not None
    assert offer.more_minor == 250
    raised = combo.upgraded(index, burger, offer)
    assert raised is not None
    assert choosing.unit_price(index, raised) == choosing.unit_price(index, burger) + 250
    assert choosing.missing(index, raised) == {"slot:drink": 1}
    (main,) = choosing.spec(raised)["choices"]
    assert main["item_id"] == "burger"
    assert main["modifiers"] == [{"modifier_id": "extra-cheese", "quantity": 1}]
    assert main["without"] == ["onion"]
    assert raised.quantity == 2
    assert choosing.from_spec(index, choosing.spec(raised)) == raised, "it may go to another screen and back"
    assert choosing.details(index, raised, "en", "No {}".format) == ["Cheeseburger (Extra cheese, No Onion)"]
    sheet.answer(index, raised, "less:main:burger", "onion")
    assert raised.choices["main"][0].without == set()
    assert burger.without == {"onion"}, "the dish alone is as it was"


def test_a_size_that_the_menu_does_not_hold_is_not_taken_for_the_one_it_holds(cheap) -> None:
    burger = cheap["items"][0]
    burger["variations"].append({"variation_id": "burger-xl", "name": "XL", "price_minor": 1090})
    index = MenuIndex(cheap)
    large = chosen(index, "burger")
    large.variation_id = "burger-xl"
    assert combo.upgrade(index, large) is None


def test_a_combo_in_itself_or_without_options_breaks_nothing() -> None:
    menu = deepcopy(MENU)
    slots = menu["combos"][0]["slots"]
    slots[0]["options"].append({"item_id": "menu"})
    slots[1]["options"] = []
    index = MenuIndex(menu)
    assert combo.upgrade(index, chosen(index, "burger")) is None
    assert sheet.questions(index, chosen(index, "menu"), "en")


def test_what_is_in_a_combo_is_told_with_its_size() -> None:
    index = shop()
    menu = chosen(index, "menu")
    choosing.choose(index, menu, "main", "burger")
    choosing.choose(index, menu, "drink", "coffee")
    menu.choices["main"][0].modifiers = {"extra-cheese": 1}
    assert choosing.details(index, menu, "en") == ["Cheeseburger (Extra cheese)", "Coffee (Large)"]


def beers(least: int = 4, most: int = 4, **out: str) -> Carte:
    """A set of four beers of two kinds; the second costs more, and is asked how it is served."""
    menu = deepcopy(MENU)
    menu["items"].append(
        {"item_id": "four", "name": "Four", "variations": [{"variation_id": "four-1", "name": "", "price_minor": 900}]}
    )
    options = [{"item_id": "cola"}, {"item_id": "bacon-burger", "price_minor": 30}]
    slots = [{"slot_id": "beers", "name": "Beers", "min": least, "max": most, "options": options}]
    menu["combos"].append({"combo_id": "four", "item_id": "four", "name": "Four", "slots": slots})
    carte = Carte(menu)
    carte.availability = {item_id: {"state": state} for item_id, state in out.items()}
    return carte


def test_a_slot_that_wants_more_than_it_has_kinds_takes_some_of_them_several_times() -> None:
    index = beers()
    assert index.state("four") == "available"
    four = chosen(index, "four")
    sheet.answer(index, four, "slot:beers", "bacon-burger")
    assert choosing.missing(index, four) == {"slot:beers": 3, "in:beers:bacon-burger:doneness": 1}
    sheet.answer(index, four, "in:beers:bacon-burger:doneness", "well")
    sheet.count(index, four, "slot:beers", "bacon-burger", 2)
    sheet.answer(index, four, "slot:beers", "cola")
    assert choosing.missing(index, four) == {"slot:beers": 1}
    sheet.count(index, four, "slot:beers", "cola", 9)
    assert choosing.missing(index, four) == {}
    assert [c.item_id for c in four.choices["beers"]] == ["cola", "cola", "bacon-burger", "bacon-burger"]
    assert [dict(c.modifiers) for c in four.choices["beers"]] == [{}, {}, {"well": 1}, {"well": 1}], "made alike"
    assert choosing.unit_price(index, four) == 900 + 2 * 30
    assert choosing.details(index, four, "en") == ["Cola ×2", "Bacon Cheeseburger ×2 (Well done)"]
    again = choosing.from_spec(index, choosing.spec(four))
    assert again is not None
    assert choosing.same_dish(again, four)
    row = next(row for row in sheet.questions(index, four, "en") if row["kind"] == "slot")
    assert [(o["count"], o["portions"], o["countable"]) for o in row["options"]] == [(2, 2, True), (2, 2, True)]
    sheet.count(index, four, "slot:beers", "cola", 0)
    assert choosing.missing(index, four) == {"slot:beers": 2}


def test_what_is_left_of_one_kind_fills_all_of_its_slot() -> None:
    index = beers(**{"bacon-burger": "out"})
    assert index.state("four") == "available"
    assert [c.item_id for c in chosen(index, "four").choices["beers"]] == ["cola"] * 4
    index = beers(**{"bacon-burger": "out", "cola": "out"})
    assert index.state("four") == "out"


def test_a_slot_costs_at_least_its_cheapest_dish_as_often_as_it_is_wanted() -> None:
    index = beers()
    index.combos["four"]["slots"][0]["options"][0]["price_minor"] = 20
    assert index.price_from(index.items["four"]) == 900 + 4 * 20
    assert choosing.least_more(index, chosen(index, "four")) == 4 * 20
