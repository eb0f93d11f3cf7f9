"""What sells when something is out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from server.services.stock.availability import availability
from server.services.stock.events import Availability, Stock, stock_key

from .world import NOW_MS, Terminal, menu

MENU = menu()
MORNING, EVENING = datetime(2026, 3, 1, 8, 0), datetime(2026, 3, 1, 20, 0)


def out(*keys: str, **left: int) -> dict[str, Availability]:
    return availability(MENU, Stock(frozenset(keys), left), MORNING)


def test_out_of_bacon_does_what_design_says() -> None:
    now = out("ingredient:bacon")
    assert now["burger"].state == "out"
    assert now["burger"].because == ["bacon"]
    assert now["salad"].state == "without"
    assert now["salad"].without == ["bacon"]
    assert now["veggie"].state == "available"
    for item_id in ("burger", "veggie", "salad"):
        assert now[item_id].out_modifiers == ["x-bacon"]
    assert now["meal"].state == "available"
    assert now["meal"].out_options == ["burger"]


def test_a_combo_leaves_only_when_a_required_choice_has_nothing_left() -> None:
    assert out("item:burger")["meal"].state == "available"
    both = out("item:burger", "ingredient:bun")["meal"]
    assert both.state == "out"
    assert set(both.because) == {"burger", "bun"}
    assert out("item:cola", "item:coffee")["meal"].state == "available", "a drink is not required"
    assert out("item:meal")["meal"].because == ["meal"]
    assert out("item:salad")["meal"].state == "out"


def test_countdown_takes_the_item_off_at_zero() -> None:
    assert out(salad=2)["salad"] == Availability("available", left=2)
    assert out(salad=0)["salad"] == Availability("out", because=["salad"], left=0)
    assert out(salad=-3)["salad"].left == 0, "sold apart: nobody sees a negative number"


def test_a_question_without_answers_takes_the_item_off() -> None:
    assert out("modifier:rare")["steak"].state == "available"
    gone = out("modifier:rare", "modifier:done")["steak"]
    assert gone.state == "out"
    assert gone.because == ["rare", "done"]


def test_dayparts_serve_by_the_clock() -> None:
    assert availability(MENU, Stock(), MORNING)["pancakes"].state == "available"
    assert availability(MENU, Stock(), EVENING)["pancakes"] == Availability("out", because=["morning"])
    assert availability(MENU, Stock(), None)["pancakes"].state == "available"


def test_screens_are_told_that_breakfast_is_over_though_somebody_asked_just_before(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    shop.publish()
    late, over = NOW_MS - 3_600_001, NOW_MS - 3_600_000  # 10:59:59.999 and 11:00, in UTC
    shop.services.tick(late)
    shop.now_ms = over
    shop.place("water")
    assert shop.services.tick(over + 4_000).availability
    assert not shop.services.tick(over + 9_000).availability, "once"


keys = st.sampled_from(
    [stock_key("item", i.item_id) for i in MENU.items]
    + [stock_key("ingredient", i.ingredient_id) for i in MENU.ingredients]
    + [stock_key("modifier", m.modifier_id) for g in MENU.modifier_groups for m in g.modifiers]
)
stocks = st.builds(
    Stock, st.frozensets(keys), st.dictionaries(st.sampled_from([i.item_id for i in MENU.items]), st.integers(-5, 5))
)
ORDER = {"available": 0, "without": 1, "out": 2}


@given(stocks)
def test_every_item_is_answered_for_and_says_why(stock: Stock) -> None:
    now = availability(MENU, stock)
    assert set(now) == {i.item_id for i in MENU.items}
    for one in now.values():
        assert (one.state == "out") == bool(one.because)
        if one.state == "without":
            assert one.without


@given(stocks, keys)
def test_less_stock_never_makes_anything_more_available(stock: Stock, key: str) -> None:
    more = availability(MENU, stock)
    less = availability(MENU, Stock(stock.out | {key}, stock.left))
    for item_id, one in less.items():
        assert ORDER[one.state] >= ORDER[more[item_id].state]
        assert set(one.out_modifiers) >= set(more[item_id].out_modifiers)
        assert set(one.out_options) >= set(more[item_id].out_options)


@given(stocks)
def test_what_is_marked_out_is_out(stock: Stock) -> None:
    now = availability(MENU, stock)
    for item_id, one in now.items():
        if stock_key("item", item_id) in stock.out or stock.left.get(item_id, 1) <= 0:
            assert one.state == "out"
            assert item_id in one.because


@given(st.frozensets(keys.filter(lambda k: k.startswith("ingredient:"))))
def test_only_removable_ingredients_are_left_out(out_keys: frozenset[str]) -> None:
    removable = {(i, x.ingredient_id) for x in MENU.ingredients for i in x.removable_from}
    for item_id, one in availability(MENU, Stock(out_keys)).items():
        assert all((item_id, i) in removable for i in one.without)
