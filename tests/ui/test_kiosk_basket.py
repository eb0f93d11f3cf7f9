"""What the kiosk's basket, sheet and sums promise, without a window."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication
from PySide6.QtQml import QQmlEngine

from server.services.menu.events import Tax
from server.services.orders.events import Line
from server.services.orders.pricing import price
from tests.ui.diner import BACON_OUT, MENU
from ui.context import Shell
from ui.dish import selection as choosing
from ui.dish.menu import MenuIndex
from ui.dish.selection import Selection
from ui.hyphens import SOFT
from ui.kiosk import dishes, questions, total, troubles
from ui.kiosk.basket import Basket


@pytest.fixture
def shell(qapp: QGuiApplication) -> Any:
    engine = QQmlEngine()
    yield Shell(engine, language="en", languages=["en", "de"])
    engine.deleteLater()


@pytest.fixture
def index() -> MenuIndex:
    return MenuIndex(deepcopy(MENU))


@pytest.fixture
def basket(shell: Shell, index: MenuIndex) -> Basket:
    basket = Basket(shell)
    basket.set_index(index)
    return basket


def dish(index: MenuIndex, item_id: str, quantity: int = 1) -> Selection:
    selection = choosing.start(index, item_id)
    assert selection is not None
    selection.quantity = quantity
    return selection


def test_a_screen_begins_in_a_language_that_it_offers(qapp: QGuiApplication) -> None:
    engine = QQmlEngine()
    assert Shell(engine, role="kiosk", language="en", languages=["ja", "de"]).language == "ja"
    assert Shell(engine, role="pos", language="en", languages=["ja", "de"]).language == "de"
    assert Shell(engine, role="kiosk", language="de", languages=["en", "de"]).language == "de"
    engine.deleteLater()


def test_a_name_parts_only_where_it_has_no_room(shell: Shell) -> None:
    font = QFont("Inter")
    font.setPixelSize(30)
    room = QFontMetricsF(font).horizontalAdvance("Cheeseburger")
    assert shell.parted("Bacon Cheeseburger", room + 1, font) == "Bacon Cheeseburger"
    assert SOFT in shell.parted("Bacon Cheeseburger", room - 1, font)


RATES = st.sampled_from(["0", "7", "19", "8.875", "5.5", "21", "nonsense"])


@given(
    st.lists(st.tuples(RATES, st.booleans()), max_size=3),
    st.lists(st.tuples(st.integers(1, 99_999), st.integers(1, 99)), max_size=5),
)
def test_the_sum_on_the_glass_is_the_sum_the_shop_charges(taxes, lines) -> None:
    menu = {
        "currency": "EUR",
        "items": [
            {
                "item_id": f"i{n}", "name": "x", "tax_ids": [f"t{k}" for k in range(len(taxes))],
                "variations": [{"variation_id": f"v{n}", "name": "", "price_minor": minor}],
            }
            for n, (minor, _) in enumerate(lines)
        ],
        "taxes": [
            {"tax_id": f"t{k}", "name": "t", "percentage": p, "inclusive": inside}
            for k, (p, inside) in enumerate(taxes)
        ],
    }  # fmt: skip
    index = MenuIndex(menu)
    chosen = [Selection(f"i{n}", f"v{n}", quantity) for n, (_, quantity) in enumerate(lines)]
    ours = sum(total.line_total(index, s) for s in chosen) + total.added_tax(index, [(s, s.quantity) for s in chosen])
    theirs = price(
        [
            Line("", f"i{n}", "", "x", quantity, minor, minor * quantity, tax_ids=[f"t{k}" for k in range(len(taxes))])
            for n, (minor, quantity) in enumerate(lines)
        ],
        {f"t{k}": Tax(f"t{k}", "t", p, inside) for k, (p, inside) in enumerate(taxes)},
    )
    assert ours == theirs.total_minor


def test_equal_dishes_share_a_line_and_different_ones_do_not(basket, index) -> None:
    basket.put(dish(index, "burger"))
    basket.put(dish(index, "burger", 2))
    plain = dish(index, "burger")
    plain.without = {"onion"}
    basket.put(plain)
    assert [row["quantity"] for row in basket.rows.rows] == [3, 1]


def test_more_than_a_line_holds_is_not_lost(basket, index) -> None:
    basket.put(dish(index, "burger", 97))
    basket.put(dish(index, "burger", 5))
    assert [row["quantity"] for row in basket.rows.rows] == [97, 5]
    assert basket.pieces == 102


def test_of_two_lines_that_want_the_last_portion_the_later_has_the_trouble(basket, index) -> None:
    plain = dish(index, "burger")
    plain.without = {"onion"}
    basket.put(dish(index, "burger"))
    basket.put(plain)
    index.availability = {"burger": {"state": "available", "left": 1}}
    basket.set_index(index)
    assert [row["trouble"] for row in basket.rows.rows] == ["", "Sold out"]
    assert basket.troubled


def test_portions_inside_a_menu_count_too(basket, index) -> None:
    menu = dish(index, "menu", 2)
    choosing.choose(index, menu, "main", "burger")
    basket.put(menu)
    index.availability = {"burger": {"state": "available", "left": 2}}
    basket.set_index(index)
    assert not basket.troubled
    assert basket.room(dish(index, "burger")) == 0


def test_a_dish_that_left_the_menu_is_told_and_costs_nothing(basket, index) -> None:
    basket.put(dish(index, "cola"))
    menu = deepcopy(MENU)
    menu["items"] = [i for i in menu["items"] if i["item_id"] != "cola"]
    basket.set_index(MenuIndex(menu))
    (row,) = basket.rows.rows
    assert (row["trouble"], row["offer"]) == ("No longer on the menu", "dish")
    assert basket.total == 0


def test_a_swap_is_forgotten_when_the_line_is_well_again(basket, index) -> None:
    basket.put(dish(index, "cola"))
    index.availability = {"cola": {"state": "out", "because": ["cola"]}}
    basket.set_index(index)
    basket.swap(next(iter(basket.lines)))
    index.availability = {}
    basket.set_index(index)
    basket.put(dish(index, "fries"))
    assert [row["name"] for row in basket.rows.rows] == ["Cola", "Fries"]


def test_what_is_gone_is_named_and_can_be_mended(index) -> None:
    menu = dish(index, "menu")
    choosing.choose(index, menu, "main", "bacon-burger")
    index.availability = BACON_OUT
    assert troubles.gone(index, menu) == ["bacon-burger"]
    assert troubles.mendable(index, menu)
    troubles.mend(index, menu)
    assert troubles.gone(index, menu) == []
    assert "slot:main" in choosing.missing(index, menu)


def test_what_must_be_answered_is_asked_first_and_stays_with_its_dish(index, shell) -> None:
    burger = dish(index, "bacon-burger")
    assert [q["key"] for q in questions.questions(index, burger, shell, False)] == ["group:doneness", "group:extras"]
    menu = dish(index, "menu")
    choosing.choose(index, menu, "main", "bacon-burger")
    keys = [q["key"] for q in questions.questions(index, menu, shell, True)]
    inside = "in:main:bacon-burger:"
    assert keys == ["slot:main", f"{inside}doneness", f"{inside}extras", "slot:drink"]
    asked = [q["key"] for q in questions.questions(index, menu, shell, True) if q["asked"]]
    assert asked == [f"{inside}doneness"], "one thing is pointed at, the next"


@pytest.mark.parametrize("image", [None, "", "../secret.png", "a/b.webp", "C:\\x.png", "missing.webp"])
def test_a_picture_is_only_taken_from_the_shops_own_pictures(image) -> None:
    assert dishes.picture(image) == ""


def test_why_a_dish_is_out_is_said_in_the_customers_words(index, shell) -> None:
    index.availability = BACON_OUT | {"cola": {"state": "out", "because": ["cola"], "left": 0}}
    assert dishes.dish_row(index, "bacon-burger", shell)["reason"] == "Sold out: Bacon"
    assert dishes.dish_row(index, "salad", shell)["reason"] == "Today without bacon"
    assert dishes.dish_row(index, "cola", shell)["reason"] == "Sold out"
    index.menu["dayparts"] = [{"daypart_id": "morning", "start": "06:00", "end": "11:30"}]
    index.items["cola"]["daypart_ids"] = ["morning"]
    index.availability = {"cola": {"state": "out", "because": ["morning"], "left": None}}
    assert dishes.dish_row(index, "cola", shell)["reason"] == "Served 06:00 to 11:30"


def test_a_menu_with_holes_in_it_is_shown_as_far_as_it_goes(shell) -> None:
    menu = {
        "currency": "EUR", "name": "",
        "categories": [
            {"category_id": "c", "name": "", "item_ids": ["a", "gone", "b"]},
            {"category_id": "d", "name": "No price", "item_ids": ["b"]},
        ],
        "items": [
            {"item_id": "a", "name": "", "variations": [{"variation_id": "v", "name": "", "price_minor": 100}]},
            {"item_id": "b", "name": "x" * 300, "variations": []},
        ],
    }  # fmt: skip
    index = MenuIndex(menu)
    assert [row["category_id"] for row in dishes.category_rows(index, "en")] == ["c"]
    assert dishes.show_case(index, shell) == []


def test_one_answer_that_may_be_left_out_is_a_box_to_tick(shell: Shell) -> None:
    menu = deepcopy(MENU)
    menu["modifier_groups"][0] |= {"max": 1, "modifiers": menu["modifier_groups"][0]["modifiers"][:1]}
    index = MenuIndex(menu)
    rows = questions.questions(index, dish(index, "bacon-burger"), shell, pointed=False)
    assert {row["key"].split(":")[-1]: row["single"] for row in rows}["extras"] is False
    assert next(row for row in rows if "doneness" in row["key"])["single"] is True


def test_where_the_choice_is_what_a_dish_costs_it_is_no_extra(shell: Shell) -> None:
    menu = deepcopy(MENU)
    menu["items"][1]["variations"][0]["price_minor"] = 0
    menu["modifier_groups"][1]["modifiers"][0]["price_minor"] = 1200
    index = MenuIndex(menu)
    rows = questions.questions(index, dish(index, "bacon-burger"), shell, pointed=False)
    said = {row["key"].split(":")[-1]: row["options"][0]["extra"] for row in rows}
    assert said["doneness"] == "€12.00"
    assert said["extras"] == "+€0.90"


def test_a_line_that_is_out_itself_does_not_say_its_name_twice(basket: Basket, index: MenuIndex) -> None:
    basket.put(dish(index, "fries"))
    index.availability = {"fries": {"state": "out", "because": ["fries"]}}
    basket.set_index(index)
    assert basket.rows.rows[0]["trouble"] == "Sold out"


def test_what_was_chosen_stands_in_the_order_of_the_menu(basket: Basket, index: MenuIndex) -> None:
    for taps in (("jalapeno", "extra-cheese"), ("extra-cheese", "jalapeno")):
        burger = dish(index, "bacon-burger")
        for group, modifier in (*(("extras", m) for m in taps), ("doneness", "well")):
            choosing.toggle(index, index.items["bacon-burger"], burger.modifiers, group, modifier)
        assert [m["modifier_id"] for m in choosing.spec(burger)["modifiers"]] == ["well", "extra-cheese", "jalapeno"]
        basket.put(burger)
    (row,) = basket.rows.rows
    assert [part.strip() for part in row["details"].split("·")] == ["Well done", "Extra cheese", "Jalapeño"]
    assert row["quantity"] == 2, "tapped in another order it is the same dish"


def test_a_combos_dishes_stand_in_the_order_of_its_questions(index: MenuIndex) -> None:
    menu = dish(index, "menu")
    choosing.choose(index, menu, "drink", "cola")
    choosing.choose(index, menu, "main", "burger")
    assert [c["item_id"] for c in choosing.spec(menu)["choices"]] == ["burger", "cola"]
