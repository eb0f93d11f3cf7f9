"""The wall: no input, everything with a price, and what runs out is gone at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import BACON_BACK, BACON_OUT, MENU
from ui.board.view_model import MOST_COLUMNS


@pytest.fixture
def board(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_board(size: tuple[int, int] = (1920, 1080), **options: object) -> Hand:
        desk.views |= {"menu": MENU, "availability": {}, "status": {"store": "riverside"}}
        hand = show("board", size, **options)
        hand.until(lambda: hand.sees("board.item.burger"))
        return hand

    return open_board


def test_every_dish_with_a_price_is_on_the_wall(board) -> None:
    hand = board()
    for item in ("burger", "bacon-burger", "menu", "coffee", "cola", "salad", "fries"):
        assert hand.sees(f"board.item.{item}"), item
    assert not hand.sees("board.item.gift-card")


def test_bacon_out_takes_the_burger_off_at_once_and_moves_no_other_column(desk, board) -> None:
    hand = board()
    columns = [hand.item(f"board.column.{n}").x() for n in range(MOST_COLUMNS)]
    desk.tell("availability", "", BACON_OUT)
    hand.until(lambda: not hand.sees("board.item.bacon-burger"))
    assert hand.sees("board.item.salad")
    assert [hand.item(f"board.column.{n}").x() for n in range(MOST_COLUMNS)] == columns
    desk.tell("availability", "", BACON_BACK)
    hand.until(lambda: hand.sees("board.item.bacon-burger"))


def test_a_restarted_server_moves_nothing_on_the_wall(desk, board) -> None:
    hand = board()
    moved: list[int] = []
    hand.vm.menuChanged.connect(lambda: moved.append(1))
    desk.stop()
    hand.until(lambda: not hand.screen.client.connected)
    desk.start()
    hand.until(lambda: hand.screen.client.connected)
    hand.rest(0.2)
    assert moved == []
    assert hand.sees("board.item.burger")


def test_a_long_menu_turns_its_pages(desk, board) -> None:
    hand = board((1280, 720))
    items = [
        {
            "item_id": f"d{n}",
            "name": f"Dish {n}",
            "variations": [{"variation_id": f"v{n}", "name": "", "price_minor": 100}],
        }
        for n in range(150)
    ]
    category = {"category_id": "all", "name": "All", "item_ids": [i["item_id"] for i in items]}
    desk.tell("menu", None, {"currency": "EUR", "name": "Long", "categories": [category], "items": items})
    hand.until(lambda: hand.vm.pages > 1)
    seen: set[str] = set()
    for page in range(hand.vm.pages):
        hand.until(lambda page=page: hand.vm.page == page)
        for model in hand.vm.columns:
            seen |= {row["item_id"] for row in model.rows if row["kind"] == "item"}
        hand.vm.turnPage()
    assert seen == {i["item_id"] for i in items}


def test_no_menu_yet_says_so(desk, show) -> None:
    desk.views |= {"menu": None, "availability": {}}
    hand = show("board", (1920, 1080))
    hand.until(lambda: hand.sees("board.empty"))


def test_it_speaks_german(board) -> None:
    hand = board(language="de")
    headings = [row["name"] for model in hand.vm.columns for row in model.rows if row["kind"] == "heading"]
    assert "Getränke" in headings
