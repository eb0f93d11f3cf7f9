"""What the tablet computes before anything is shown: orders, cash, a dish put together. Pure."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.diner import BACON_OUT, MENU, order
from ui.dish import selection as choosing
from ui.dish import sheet
from ui.dish.menu import MenuIndex, matches
from ui.pos import book, cash


@pytest.fixture
def index() -> MenuIndex:
    return MenuIndex(MENU)


@given(due=st.integers(1, 10**7), ways=st.integers(1, 12))
def test_equal_shares_add_up_to_the_cent(due: int, ways: int) -> None:
    parts = cash.shares(due, ways)
    assert sum(parts) == due
    assert max(parts) - min(parts) <= 1
    assert min(parts) >= 1


@given(due=st.integers(1, 10**6), currency=st.sampled_from(["EUR", "USD", "JPY"]))
def test_every_suggested_note_is_enough_and_the_first_is_exact(due: int, currency: str) -> None:
    found = cash.suggestions(due, currency)
    assert found[0] == due
    assert found == sorted(set(found))


def test_notes_are_those_a_guest_has() -> None:
    assert cash.suggestions(1340, "EUR") == [1340, 1500, 2000, 5000]
    assert cash.suggestions(780, "JPY") == [780, 1000, 5000, 10000]


def test_a_tills_keypad_takes_cents_first() -> None:
    digits = ""
    for key in ["0", "2", "5", "00", "del", "0"]:
        digits = cash.typed(digits, key)
    assert digits == "2500"
    assert cash.typed(digits, "clear") == ""
    assert cash.typed(digits, "x") == "2500"


def test_an_order_that_needs_nobody_is_not_open() -> None:
    assert book.is_open(order("A1"))
    assert not book.is_open(order("A2", status="collected", paid=2080))
    assert book.is_open(order("A3", status="collected"))  # not yet paid
    assert book.is_open(order("A4", status="voided", paid=2080))  # money to give back
    assert not book.is_open(order("A5", status="voided"))


def test_orders_are_found_by_the_number_called_or_the_name() -> None:
    one = order("A47", customer_name="Grace")
    assert book.found(one, "47")
    assert book.found(one, "a4")
    assert book.found(one, " grac ")
    assert not book.found(one, "48")


def test_late_is_only_what_is_not_ready() -> None:
    now = datetime.now(UTC)
    assert book.is_late(order("A1", minutes=12), now)
    assert not book.is_late(order("A1", minutes=12, status="ready"), now)
    assert not book.is_late(order("A1", minutes=3), now)


def test_too_much_money_goes_back_newest_payment_first() -> None:
    tenders = [
        {"payment_id": "p1", "tender": "card", "amount_minor": 2080},
        {"payment_id": "p2", "tender": "cash", "amount_minor": 1000, "refunded_minor": 200},
    ]
    one = order("A1", paid=2880, tenders=tenders)
    assert one["overpaid_minor"] == 800
    assert [(r["payment_id"], r["amountMinor"]) for r in book.refund_plan(one)] == [("p2", 800)]
    voided = order("A1", status="voided", paid=2880, tenders=tenders)
    assert [(r["payment_id"], r["amountMinor"]) for r in book.refund_plan(voided)] == [("p2", 800), ("p1", 2080)]


def test_a_plain_dish_asks_nothing_and_others_do(index: MenuIndex) -> None:
    assert index.plain(index.items["cola"])
    assert index.plain(index.items["burger"])  # extras may be taken, need not
    assert not index.plain(index.items["coffee"])  # two sizes
    assert not index.plain(index.items["bacon-burger"])  # how done?
    assert not index.plain(index.items["menu"])
    assert not index.plain(index.items["gift-card"])


def test_bacon_out_is_seen_from_what_the_dishes_say(index: MenuIndex) -> None:
    index.availability = BACON_OUT
    assert index.out_ingredients() == {"bacon"}
    assert index.out_items() == set()
    index.availability = {
        **BACON_OUT,
        "cola": {"state": "out", "because": ["cola"]},
        "fries": {"state": "out", "left": 0},
    }
    assert index.out_items() == {"cola", "fries"}


def test_an_ingredient_only_modifiers_use_is_out_when_they_are(index: MenuIndex) -> None:
    index.availability = {"burger": {"state": "available", "out_modifiers": ["jalapeno"]}}
    assert index.out_ingredients() == {"jalapeno"}


def test_a_dish_cannot_be_taken_before_its_question_is_answered(index: MenuIndex) -> None:
    one = choosing.start(index, "bacon-burger")
    assert one is not None
    assert choosing.missing(index, one) == {"group:doneness": 1}
    sheet.answer(index, one, "group:doneness", "medium")
    sheet.answer(index, one, "group:doneness", "well")  # changes over
    sheet.answer(index, one, "group:doneness", "well")  # and can't be emptied
    assert choosing.missing(index, one) == {}
    assert one.modifiers == {"well": 1}


def test_a_modifier_over_the_limit_stays_untaken(index: MenuIndex) -> None:
    one = choosing.start(index, "burger")
    assert one is not None
    for modifier in ("extra-cheese", "extra-bacon", "jalapeno"):
        sheet.answer(index, one, "group:extras", modifier)
    assert set(one.modifiers) == {"extra-cheese", "extra-bacon"}
    assert choosing.unit_price(index, one) == 890 + 90 + 150


def test_each_answer_that_is_still_to_come_counts_and_not_each_question() -> None:
    """As the questions themselves say it: "please choose 2" and "please choose 1" are three to go."""
    menu = deepcopy(MENU)
    menu["modifier_groups"][0] |= {"min": 2}
    index = MenuIndex(menu)
    one = choosing.start(index, "bacon-burger")
    assert one is not None
    assert choosing.missing(index, one) == {"group:doneness": 1, "group:extras": 2}
    sheet.answer(index, one, "group:extras", "jalapeno")
    assert choosing.missing(index, one) == {"group:doneness": 1, "group:extras": 1}


def test_a_combo_asks_for_its_parts_and_for_their_questions(index: MenuIndex) -> None:
    one = choosing.start(index, "menu")
    assert one is not None
    assert choosing.missing(index, one) == {"slot:main": 1, "slot:drink": 1}
    sheet.answer(index, one, "slot:main", "bacon-burger")
    sheet.answer(index, one, "slot:drink", "coffee")
    assert choosing.missing(index, one) == {"in:main:bacon-burger:doneness": 1}
    sheet.answer(index, one, "in:main:bacon-burger:doneness", "medium")
    assert choosing.missing(index, one) == {}
    assert choosing.unit_price(index, one) == 1190 + 200 + 50
    assert choosing.spec(one)["choices"] == [
        {"slot_id": "main", "item_id": "bacon-burger", "variation_id": "bacon-burger-1",
         "modifiers": [{"modifier_id": "medium", "quantity": 1}]},
        {"slot_id": "drink", "item_id": "coffee", "variation_id": "coffee-l"},
    ]  # fmt: skip
    sheet.answer(index, one, "slot:main", "burger")
    assert [c.item_id for c in one.choices["main"]] == ["burger"]


def test_an_open_price_must_be_typed(index: MenuIndex) -> None:
    one = choosing.start(index, "gift-card")
    assert one is not None
    assert choosing.missing(index, one) == {"price": 1}
    one.open_price_minor = 2500
    assert choosing.missing(index, one) == {}
    assert choosing.spec(one)["open_price_minor"] == 2500


def test_what_is_out_is_marked_in_the_questions(index: MenuIndex) -> None:
    index.availability = BACON_OUT
    one = choosing.start(index, "menu")
    assert one is not None
    rows = {r["key"]: r for r in sheet.questions(index, one, "en")}
    assert [o["out"] for o in rows["slot:main"]["options"]] == [False, True]


def test_a_dish_is_found_by_any_part_of_its_name() -> None:
    assert matches("chee bac", ["Bacon Cheeseburger"])
    assert not matches("chee tofu", ["Bacon Cheeseburger"])
    assert matches("", ["Anything"])
