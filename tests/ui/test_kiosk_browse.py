"""Looking around in a large menu: one list, a rail that follows and leads, search and filters, by touch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.fit import is_text
from tests.ui.large import demo_menu, large_menu
from tests.ui.test_kiosk_focus import on_glass
from tests.ui.visit import TALL, WIDE, available, enter, set_up, settle
from ui.dish.search import MAX_QUERY


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(size: tuple[int, int] = TALL, menu: dict[str, Any] | None = None) -> Hand:
        set_up(desk, menu or demo_menu())
        hand = show("kiosk", size, languages=["en", "de", "ar"])
        enter(hand)
        return hand

    return open_kiosk


def scroll(hand: Hand, by: float) -> None:
    grid = hand.item("kiosk.dishes.grid")
    low = grid.property("originY")
    hand.do(lambda: grid.setProperty("contentY", max(low, grid.property("contentY") + by)))
    settle(hand)


def top(hand: Hand, name: str) -> float:
    return float(hand.item(name).mapToItem(hand.item("kiosk.dishes.grid"), QPointF(0, 0)).y())


def below(item: Any) -> list[Any]:
    return [item, *(one for child in item.childItems() for one in below(child))]


def rail_shows(hand: Hand, category_id: str) -> bool:
    cell = hand.screen.find(f"kiosk.category.{category_id}")
    return cell is not None and cell.mapToItem(hand.item("kiosk.categories"), QPointF(0, 0)).y() >= 0


def shown(hand: Hand) -> list[str]:
    return [cell["item_id"] for shelf in hand.vm.browse.shelves.rows for cell in shelf["cells"]]


def press(hand: Hand, word: str) -> None:
    for letter in word:
        hand.tap("kiosk.key." + ("space" if letter == " " else letter))


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_the_rail_leads_the_list_and_follows_it(kiosk, size) -> None:
    hand = kiosk(size)
    hand.tap("kiosk.category.salads")
    first = "kiosk.item." + next(c["item_ids"][0] for c in demo_menu()["categories"] if c["category_id"] == "salads")
    hand.until(lambda: hand.sees(first), "the first salad")
    assert 0 < top(hand, first) < hand.item("kiosk.dishes.grid").height() / 3
    assert hand.vm.category == "salads"
    scroll(hand, -3000)
    assert hand.vm.category not in ("salads", "")
    assert hand.sees(f"kiosk.category.{hand.vm.category}")
    for _ in range(12):
        scroll(hand, -1500)
    hand.until(lambda: hand.vm.category == "combos")


@pytest.mark.parametrize("pictured", [True, False])
def test_a_long_word_of_the_rail_parts_at_a_syllable(kiosk, pictured) -> None:
    menu = demo_menu()
    menu["categories"][0] |= {"name": "Dinkelvollkornbrote", "texts": {}}
    if not pictured:
        for thing in (*menu["categories"], *menu["items"]):
            thing["image"] = None
    hand = kiosk(menu=menu)
    words = "".join(str(item.property("text")) for item in below(hand.item("kiosk.category.combos")) if is_text(item))
    assert words.replace("\u00ad", "-").endswith("Din-kel-voll-korn-brote")  # after its emblem


def test_with_five_hundred_dishes_every_category_is_a_touch_away(kiosk) -> None:
    hand = kiosk(menu=large_menu())
    for category in (24, 0, 12):
        hand.do(lambda category=category: hand.vm.setCategory(f"category-{category}"))
        hand.until(lambda category=category: hand.sees(f"kiosk.item.dish-{category * 20}"))
        assert hand.vm.category == f"category-{category}"
        assert hand.sees(f"kiosk.category.category-{category}")


def test_who_comes_next_finds_the_rail_at_its_beginning(kiosk) -> None:
    hand = kiosk(menu=large_menu())
    rail = hand.item("kiosk.categories")
    hand.do(lambda: rail.setProperty("contentY", rail.property("contentHeight") - rail.height()))
    assert not rail_shows(hand, "category-0")
    hand.do(hand.vm.startOver)
    hand.until(lambda: hand.vm.page == "attract")
    settle(hand)
    enter(hand)
    hand.until(lambda: rail_shows(hand, "category-0"), "the first category")


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_a_dish_is_found_by_a_few_letters_and_put_in_the_basket(kiosk, size) -> None:
    hand = kiosk(size)
    hand.tap("kiosk.search.open")
    press(hand, "chesec")  # one letter in the wrong place
    hand.until(lambda: hand.vm.browse.count == 1)
    assert shown(hand) == ["cheesecake"]
    assert hand.vm.browse.heading("found") == "1 dish found"
    hand.tap("kiosk.item.cheesecake")
    hand.until(lambda: hand.vm.sheet.isOpen)
    settle(hand)
    hand.tap("kiosk.sheet.add")
    hand.until(lambda: hand.vm.basket.pieces == 1)
    settle(hand)
    assert hand.vm.browse.searching, "one may look for the next dish"
    hand.tap("kiosk.search.done")
    hand.until(lambda: len(shown(hand)) > 60)
    assert not hand.sees("kiosk.key.a")


def test_letters_are_taken_back_and_nothing_found_is_said_in_words(kiosk) -> None:
    hand = kiosk()
    hand.tap("kiosk.search.open")
    assert len(shown(hand)) > 60, "nothing typed, nothing hidden"
    press(hand, "xq")
    hand.until(lambda: hand.vm.browse.count == 0)
    hand.tap("kiosk.nothing.back")
    hand.until(lambda: not hand.vm.browse.searching)
    hand.tap("kiosk.search.open")
    assert hand.vm.browse.query == ""
    press(hand, "wax")
    hand.tap("kiosk.key.del")
    press(hand, "t er")
    hand.until(lambda: hand.vm.browse.query == "wat er")
    for _ in range(3):
        hand.tap("kiosk.key.del")
    press(hand, "er")
    hand.until(lambda: "water" in shown(hand))


def test_a_keyboard_that_is_plugged_in_types_too(kiosk) -> None:
    hand = kiosk()
    hand.screen.view.requestActivate()
    hand.tap("kiosk.search.open")
    hand.type("kiosk.search.input", "brown")
    hand.until(lambda: shown(hand) == ["brownie"])
    hand.tap("kiosk.search.clear")
    hand.until(lambda: len(shown(hand)) > 60)


def test_who_types_fast_on_a_keyboard_loses_no_letter(kiosk) -> None:
    """Only what begins an address may be a scanner."""
    hand = kiosk()
    hand.screen.view.requestActivate()
    hand.tap("kiosk.search.open")
    hand.tap("kiosk.search.input")
    hand.do(lambda: [QTest.keyClick(hand.screen.view, letter) for letter in "chocolate brownie"] and None)
    hand.until(lambda: hand.vm.browse.query == "chocolate brownie")


def test_the_search_field_shows_what_is_looked_for_and_no_more(kiosk) -> None:
    hand = kiosk()
    hand.screen.view.requestActivate()
    hand.tap("kiosk.search.open")
    hand.type("kiosk.search.input", "x" * (MAX_QUERY + 3))
    hand.until(lambda: hand.vm.browse.query == "x" * MAX_QUERY)
    hand.until(lambda: hand.item("kiosk.search.input").property("text") == hand.vm.browse.query)


def test_a_touch_on_a_category_ends_the_search(kiosk) -> None:
    hand = kiosk()
    hand.tap("kiosk.search.open")
    press(hand, "fri")
    hand.tap("kiosk.category.burgers")
    hand.until(lambda: hand.sees("kiosk.item.ember-burger"))
    assert not hand.vm.browse.searching
    assert hand.vm.category == "burgers"


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_filters_say_that_they_are_on_and_are_cleared_with_one_touch(kiosk, size) -> None:
    hand = kiosk(size)
    everything = len(shown(hand))
    hand.tap("kiosk.filters.open")
    hand.tap("kiosk.filter.diet:vegan")
    hand.tap("kiosk.filter.under:600")
    hand.tap("kiosk.filter.done")
    hand.until(lambda: hand.sees("kiosk.filters.strip"))
    assert hand.item("kiosk.filters.strip").property("name") == "Only shown: Vegan, up to €6.00"
    some = shown(hand)
    assert 0 < len(some) < everything
    assert all("vegan" in hand.vm._index.items[i]["diets"] for i in some)
    assert hand.vm.categories.indexOf("combos") < 0, "an empty category is not in the rail"
    hand.tap("kiosk.filters.clear")
    hand.until(lambda: len(shown(hand)) == everything)
    assert not hand.sees("kiosk.filters.strip")


@pytest.mark.parametrize("stated", [True, False])
def test_the_word_on_allergies_stands_only_where_the_shop_states_what_is_in_its_food(kiosk, stated) -> None:
    menu = demo_menu()
    if not stated:
        for item in menu["items"]:
            item |= {"diets": [], "allergens": []}
    hand = kiosk(menu=menu)
    hand.tap("kiosk.filters.open")
    settle(hand)
    assert hand.sees("kiosk.filter.under:600")
    assert hand.sees("kiosk.filters.honest") == stated


@pytest.mark.parametrize("size", [TALL, WIDE])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_when_nothing_fits_the_filters_are_named_and_can_be_cleared(kiosk, size, language) -> None:
    hand = kiosk(size)
    hand.do(lambda: hand.vm.speak(language))
    for key in ("diet:vegan", "spicy:yes", "under:400"):
        hand.do(lambda key=key: hand.vm.browse.wish(key))
    hand.until(lambda: hand.sees("kiosk.nothing.clear"))
    settle(hand)
    # in the middle of the room that the rail, which has no categories now, leaves to it
    order = on_glass(hand.item("kiosk.basket.lines").parentItem()).width() if size == WIDE else 0
    middle = (size[0] - order) / 2 + (order if language == "ar" else 0)
    assert on_glass(hand.item("kiosk.nothing.clear")).center().x() == pytest.approx(middle, abs=2)
    hand.tap("kiosk.nothing.clear")
    hand.until(lambda: len(shown(hand)) > 60)


def test_filters_hold_while_searching(kiosk) -> None:
    hand = kiosk()
    hand.do(lambda: hand.vm.browse.wish("diet:vegan"))
    hand.tap("kiosk.search.open")
    press(hand, "burger")
    hand.rest(0.2)
    assert all("vegan" in hand.vm._index.items[i]["diets"] for i in shown(hand))


def test_the_next_customer_sees_the_whole_menu(kiosk) -> None:
    hand = kiosk()
    everything = len(shown(hand))
    hand.do(lambda: hand.vm.browse.wish("diet:vegan"))
    hand.do(lambda: hand.vm.browse.type("burger"))
    hand.do(hand.vm.startOver)
    hand.until(lambda: hand.vm.page == "attract")
    assert len(shown(hand)) == everything
    assert hand.vm.browse.wishes == 0
    assert not hand.vm.browse.searching


def test_the_language_may_change_while_searching(kiosk) -> None:
    hand = kiosk(WIDE)
    hand.tap("kiosk.search.open")
    press(hand, "apple")
    hand.until(lambda: "apple-pie" in shown(hand))
    hand.tap("kiosk.menu.lang")
    hand.tap("kiosk.language.de")
    hand.until(lambda: hand.vm.browse.heading("found").endswith("gefunden"))
    assert "apple-pie" in shown(hand), "the menu's own words are known in every language"


def test_a_short_menu_has_no_search_and_no_filters_it_can_not_answer(desk, show) -> None:
    set_up(desk)
    hand = show("kiosk", TALL, languages=["en"])
    enter(hand)
    assert not hand.sees("kiosk.search.open")
    assert not hand.sees("kiosk.filters.open")


def test_what_is_sold_out_is_found_last(desk: Desk, kiosk) -> None:
    menu = demo_menu()
    hand = kiosk(menu=menu)
    first = found(hand, "chees")[0]
    desk.tell("availability", "", {first: available(state="out", because=[first])})
    hand.until(lambda: hand.vm._index.state(first) == "out")
    assert shown(hand)[0] == first  # nothing moves that is looked at
    hand.do(lambda: hand.vm.browse.search(False))
    assert found(hand, "cheese")[-1] == first


def found(hand: Hand, words: str) -> list[str]:
    hand.do(lambda: hand.vm.browse.type(words))
    hand.until(lambda: hand.vm.browse.sections and hand.vm.browse.sections[0].id == "found")
    return shown(hand)


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_who_comes_sees_the_menu_from_its_beginning(kiosk, size) -> None:
    hand = kiosk(size)
    first = "kiosk.item." + demo_menu()["categories"][0]["item_ids"][0]
    hand.until(lambda: hand.sees(first), "the first dish")
    settle(hand)
    assert 0 < top(hand, first) < hand.item("kiosk.dishes.grid").height() / 3
    hand.do(lambda: hand.vm.comfort.setProperty("magnified", 2.0))  # fewer stand side by side
    settle(hand)
    assert 0 < top(hand, first) < hand.item("kiosk.dishes.grid").height() / 3
