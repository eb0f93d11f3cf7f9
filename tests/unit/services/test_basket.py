"""What may be ordered, and what is refused with which code."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from server.event import Refused
from server.services.orders.events import Order

from .world import Terminal


@pytest.fixture
def shop(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path)
    terminal.publish()
    return terminal


def order(shop: Terminal, *lines: dict[str, Any], **more: Any) -> Order:
    result = shop.do("orders.place", lines=list(lines), **({"dining": "here"} | more))
    found = shop.services.order(result["order_id"])
    assert found is not None
    assert result == {"order_id": found.order_id, "number": found.number, "total_minor": found.total_minor}
    return found


def refused(shop: Terminal, *lines: dict[str, Any], **more: Any) -> str:
    before = len(shop.events)
    with pytest.raises(Refused) as caught:
        order(shop, *lines, **more)
    assert len(shop.events) == before
    assert len(caught.value.text) > 10
    return caught.value.code


def line(item_id: str, quantity: Any = 1, **more: Any) -> dict[str, Any]:
    return {"item_id": item_id, "quantity": quantity, **more}


def modifiers(**quantities: int) -> list[dict[str, Any]]:
    return [{"modifier_id": i.replace("_", "-"), "quantity": n} for i, n in quantities.items()]


def test_prices_and_taxes_come_from_the_menu(shop: Terminal) -> None:
    found = order(shop, line("burger", 2, modifiers=modifiers(x_cheese=1)), line("cola"))
    assert [x.total_minor for x in found.lines] == [2 * (990 + 90), 290]
    assert found.subtotal_minor == 2450
    by_id = {t.tax_id: t.amount_minor for t in found.taxes}
    assert by_id["vat"] == 391  # 2450 / 1.19 * 0.19
    assert by_id["levy"] == 6  # 290 / 1.19 * 0.025
    assert found.total_minor == 2456
    assert found.tax_minor == 397
    assert found.due_minor == 2456


@pytest.mark.parametrize(
    ("code", "bad"),
    [
        ("unknown_item", line("pizza")),
        ("unknown_variation", line("burger", variation_id="huge")),
        ("bad_quantity", line("burger", 0)),
        ("bad_quantity", line("burger", -1)),
        ("bad_quantity", line("burger", 10**9)),
        ("bad_quantity", line("burger", modifiers=modifiers(x_cheese=0))),
        ("bad_quantity", line("burger", modifiers=modifiers(x_cheese=100))),
        ("unknown_modifier", line("burger", modifiers=modifiers(nope=1))),
        ("modifier_not_for_item", line("burger", modifiers=modifiers(rare=1))),
        ("too_many_modifiers", line("burger", modifiers=modifiers(x_cheese=3, x_bacon=1))),
        ("too_many_modifiers", line("burger", modifiers=modifiers(x_cheese=4))),
        ("too_many_modifiers", line("veggie", modifiers=modifiers(x_cheese=2))),
        ("modifier_required", line("steak")),
        ("too_many_modifiers", line("steak", modifiers=modifiers(rare=1, done=1))),
        ("unknown_ingredient", line("salad", without=["gold"])),
        ("not_removable", line("burger", without=["bun"])),
        ("not_removable", line("salad", without=["bun"])),
        ("note_too_long", line("burger", note="x" * 201)),
        ("price_required", line("catch")),
        ("price_not_open", line("burger", open_price_minor=1)),
        ("bad_amount", line("catch", open_price_minor=0)),
        ("bad_amount", line("catch", open_price_minor=10**12)),
        ("not_a_combo", line("burger", choices=[{"slot_id": "main", "item_id": "burger"}])),
        ("choice_required", line("meal")),
        ("unknown_slot", line("meal", choices=[{"slot_id": "dessert", "item_id": "burger"}])),
        ("unknown_option", line("meal", choices=[{"slot_id": "main", "item_id": "steak"}])),
        ("too_many_choices", line("meal", choices=[{"slot_id": "main", "item_id": "burger"}] * 2)),
        ("not_served_now", line("pancakes")),
        ("bad_field", line("burger", "two")),
        ("bad_field", line("burger", 1.5)),
        ("bad_field", line("burger", None)),
        ("missing_field", {"item_id": "burger"}),
        ("missing_field", {"quantity": 1}),
        ("unknown_field", line("burger", price_minor=1)),
        ("unknown_field", line("burger", modifiers=[{"modifier_id": "x-cheese", "price_minor": 0}])),
    ],
)
def test_a_line_that_cannot_be_is_refused_by_code(shop: Terminal, code: str, bad: dict[str, Any]) -> None:
    assert refused(shop, line("burger"), bad) == code


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("bad_field", {"dining": "in the garden"}),
        ("bad_field", {"order_id": "not-a-uuid"}),
        ("bad_field", {"hold_until_paid": "yes"}),
        ("unknown_field", {"total_minor": 1}),
        ("customer_name_too_long", {"customer_name": "x" * 81}),
        ("channel_too_long", {"channel": "x" * 41}),
        ("table_too_long", {"table": "x" * 13}),
        ("stand_too_long", {"stand": "1" * 13}),
        ("table_or_stand", {"table": "12", "stand": "7"}),
    ],
)
def test_an_order_that_cannot_be_is_refused_by_code(shop: Terminal, code: str, more: dict[str, Any]) -> None:
    assert refused(shop, line("burger"), **more) == code


def test_an_order_has_between_1_and_200_lines(shop: Terminal) -> None:
    assert refused(shop) == "no_lines"
    assert refused(shop, *[line("burger")] * 201) == "too_many_lines"
    assert len(order(shop, *[line("burger")] * 200).lines) == 200


def test_without_a_menu_nothing_is_sold(tmp_path: Path) -> None:
    assert refused(Terminal(tmp_path), line("burger")) == "no_menu"


def test_the_same_order_id_is_one_order(shop: Terminal) -> None:
    order_id = str(uuid.uuid4())
    order(shop, line("burger"), order_id=order_id)
    assert refused(shop, line("burger"), order_id=order_id) == "order_exists"


def serial(number: str) -> int:
    return int(number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


@pytest.mark.parametrize("with_id", [True, False])
def test_an_order_asked_for_again_is_told_by_the_order_itself(shop: Terminal, with_id: bool) -> None:
    """The log remembers commands, but a log may be lost, and its orders come back from neighbours without that."""
    body = {"lines": [line("burger", 2)], "dining": "here", "command_id": str(uuid.uuid4())}
    if with_id:
        body["order_id"] = str(uuid.uuid4())
    first = shop.do("orders.place", **body)
    told = len(shop.events)
    assert shop.do("orders.place", **body) == first
    assert len(shop.events) == told
    again = order(shop, line("burger"))
    assert serial(again.number) == serial(first["number"]) + 1, "no number was used up"


def test_a_size_is_chosen_and_the_first_is_the_usual_one(shop: Terminal) -> None:
    found = order(shop, line("coffee"), line("coffee", variation_id="large"))
    assert [(x.unit_price_minor, x.variation_name) for x in found.lines] == [(250, "Small"), (350, "Large")]


def test_an_open_price_is_what_staff_enter(shop: Terminal) -> None:
    assert order(shop, line("catch", 2, open_price_minor=1850)).total_minor == 3700


def test_equal_modifiers_add_up(shop: Terminal) -> None:
    chosen = [{"modifier_id": "x-cheese"}, {"modifier_id": "x-cheese"}]
    assert order(shop, line("burger", modifiers=chosen)).lines[0].modifiers[0].quantity == 2


def test_a_combo_is_one_price_with_its_choices_inside(shop: Terminal) -> None:
    choices = [
        {"slot_id": "main", "item_id": "burger", "modifiers": modifiers(x_cheese=2)},
        {"slot_id": "drink", "item_id": "coffee"},
    ]
    meal = order(shop, line("meal", 2, choices=choices)).lines[0]
    assert meal.unit_price_minor == 1290 + 2 * 90 + 100 + 60  # the only side fills its slot by itself
    assert meal.total_minor == 2 * meal.unit_price_minor
    assert [(c.slot_id, c.item_id, c.variation_name) for c in meal.components] == [
        ("main", "burger", ""),
        ("side", "salad", ""),
        ("drink", "coffee", "Large"),
    ]


def test_what_is_left_out_of_a_combo_is_left_out_of_its_dish(shop: Terminal) -> None:
    meal = order(shop, line("meal", without=["bacon"], choices=[{"slot_id": "main", "item_id": "veggie"}])).lines[0]
    assert meal.without == []
    assert [c.without for c in meal.components] == [[], ["bacon"]]
    assert refused(shop, line("meal", without=["bun"], choices=[{"slot_id": "main", "item_id": "veggie"}]))


def test_out_of_bacon_is_refused_left_out_or_never_asked(shop: Terminal) -> None:
    shop.do("stock.out", ingredient_id="bacon")
    assert shop.changes.availability
    assert refused(shop, line("burger")) == "item_out"
    assert refused(shop, line("veggie", modifiers=modifiers(x_bacon=1))) == "modifier_out"
    main = {"slot_id": "main", "item_id": "burger"}
    assert refused(shop, line("meal", choices=[main])) == "item_out"
    salad = order(shop, line("salad")).lines[0]
    assert salad.without_names == ["Bacon"]
    meal = order(shop, line("meal", choices=[main | {"item_id": "veggie"}])).lines[0]
    assert meal.components[1].without_names == ["Bacon"]
    shop.do("stock.back", ingredient_id="bacon")
    assert order(shop, line("burger")).total_minor == 990


def test_a_countdown_sells_what_is_left_and_no_more(shop: Terminal) -> None:
    shop.do("stock.count", item_id="salad", left=3)
    assert refused(shop, line("salad", 2), line("salad", 2)) == "not_enough_left"
    first = order(shop, line("salad", 2))
    assert shop.services.availability()["salad"].left == 1
    order(shop, line("meal", choices=[{"slot_id": "main", "item_id": "veggie"}]))
    assert shop.services.availability()["salad"].state == "out"
    assert refused(shop, line("salad")) == "item_out"
    shop.do("orders.void", order_id=first.order_id, reason="changed their mind")
    assert shop.services.availability()["salad"].left == 2
    shop.restart()
    assert shop.services.availability()["salad"].left == 2
    shop.do("stock.back", item_id="salad")
    assert shop.services.availability()["salad"].left is None


@pytest.mark.parametrize(
    ("command", "body", "code"),
    [
        ("stock.out", {}, "one_subject"),
        ("stock.out", {"item_id": "burger", "ingredient_id": "bacon"}, "one_subject"),
        ("stock.out", {"item_id": "pizza"}, "unknown_item"),
        ("stock.back", {"ingredient_id": "gold"}, "unknown_ingredient"),
        ("stock.out", {"modifier_id": "gold"}, "unknown_modifier"),
        ("stock.count", {"item_id": "pizza", "left": 1}, "unknown_item"),
        ("stock.count", {"item_id": "burger", "left": -1}, "bad_quantity"),
        ("stock.count", {"item_id": "burger", "left": 10_000}, "bad_quantity"),
        ("stock.count", {"item_id": "burger"}, "missing_field"),
    ],
)
def test_stock_of_what_is_not_sold_is_refused(shop: Terminal, command: str, body: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        shop.do(command, **body)
    assert caught.value.code == code
