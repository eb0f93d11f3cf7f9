"""The board's layout: everything with a price is somewhere, once, and what runs out moves nothing else."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.ui.diner import BACON_OUT, MENU
from ui.board import layout


def menu_of(sizes: list[int]) -> dict[str, Any]:
    items, categories = [], []
    for c, size in enumerate(sizes):
        ids = [f"i{c}-{n}" for n in range(size)]
        categories.append({"category_id": f"c{c}", "name": f"Category {c}", "item_ids": ids})
        items += [
            {
                "item_id": i,
                "name": i,
                "description": "x" * (n % 3),
                "variations": [{"variation_id": i, "name": "", "price_minor": 100}],
            }
            for n, i in enumerate(ids)
        ]
    return {"currency": "EUR", "name": "M", "categories": categories, "items": items}


@given(sizes=st.lists(st.integers(0, 40), max_size=8), capacity=st.integers(9, 60), across=st.integers(1, 4))
def test_every_dish_is_on_some_page_once_and_no_column_overflows(sizes: list[int], capacity: int, across: int) -> None:
    pages = layout.pages(menu_of(sizes), "en", capacity=capacity, across=across)
    columns = [c for p in pages for c in p["columns"]]
    shown = [r["item_id"] for c in columns for r in c if r["kind"] == "item"]
    assert shown == [f"i{c}-{n}" for c, size in enumerate(sizes) for n in range(size)]
    for column in columns:
        assert column[0]["kind"] == "heading"
        assert column[-1]["kind"] == "item"
        assert sum(r["units"] for r in column) <= capacity
    assert all(len(p["columns"]) <= across for p in pages)


def test_bacon_out_takes_its_burger_off_and_says_so_at_the_salad() -> None:
    (column,) = layout.columns(layout.sections(MENU, "en"), 100)
    shown = layout.shown(column, BACON_OUT, {"bacon": "Bacon"})
    names = [r["name"] for r in shown]
    assert "Bacon Cheeseburger" not in names
    assert next(r for r in shown if r["name"] == "House salad")["note"] == "Bacon"
    assert "Gift card" not in names  # a price that is asked for is not on a wall


def test_a_heading_with_nothing_left_goes_too() -> None:
    (column,) = layout.columns(layout.sections(MENU, "en"), 100)
    out = {i: {"state": "out"} for i in ("coffee", "cola")}
    assert "Drinks" not in [r["name"] for r in layout.shown(column, out, {})]


def test_no_picture_of_what_is_out() -> None:
    candidates = [f"d{n}" for n in range(9)]
    for turn in range(10):
        found = layout.pictures(candidates, {"d3": {"state": "out"}}, turn)
        assert "d3" not in found
        assert len(set(found)) == layout.PICTURES_A_PAGE
