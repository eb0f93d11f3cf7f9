"""The wall: no input, everything with a price, and what runs out is gone at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QRectF

from server.phone import qr
from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import BACON_BACK, BACON_OUT, MENU
from tests.ui.fit import faults, written
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


def test_a_code_to_order_by_phone_is_on_the_wall_and_is_renewed(desk, board) -> None:
    hand = board()
    assert not hand.sees("board.code")
    desk.facts["/v1/phone/links"] = {"url": "http://x/phone/q/one", "svg": qr.svg("http://x/phone/q/one")}
    hand.vm._renew_code()
    hand.until(lambda: hand.sees("board.code") and hand.item("board.code").property("shown"))
    assert hand.sees("board.item.burger")
    before = hand.vm.phone.picture
    desk.facts["/v1/phone/links"]["svg"] = qr.svg("http://x/phone/q/another")
    hand.vm._renew_code()
    hand.until(lambda: hand.vm.phone.picture != before)


def dish(item_id: str, name: str, *variations: tuple[str, int]) -> dict[str, Any]:
    prices = [{"variation_id": f"{item_id}{n}", "name": v, "price_minor": p} for n, (v, p) in enumerate(variations)]
    return {"item_id": item_id, "name": name, "variations": prices}


CAKES = [
    dish("funfetti", "raspberry and funfetti ice cream cake", ("slice", 600), ('6" cake', 3500), ('9" cake', 5000)),
    dish("velvet", "red velvet and cream cheese ice cream cake", ("", 450)),
    dish("valentine", "a cake for two with roses, pistachios and cardamom ice cream on top", ("", 400000)),
    dish("tea", "tea", ("", 300)),
    dish(
        "curbside",
        "ice cream cake curbside",
        *[(f"banana cream and honeycomb {size}", 600 + 100 * n) for n, size in enumerate("abcdefgh")],
    ),
]


def wordy(copies: int) -> dict[str, Any]:
    items = [{**d, "item_id": f"{d['item_id']}-{n}"} for n in range(copies) for d in CAKES]
    names = ("cakes", "Timeless classics of the house and of its neighbours")
    categories = [
        {"category_id": f"c{n}", "name": name, "item_ids": [i["item_id"] for i in items[n::2]]}
        for n, name in enumerate(names)
    ]
    return {"currency": "USD", "name": "Soft", "categories": categories, "items": items}


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_name_and_no_price_is_cut_however_long_they_are(desk, board, language: str) -> None:
    hand = board(language=language)
    menu = wordy(15)
    desk.tell("menu", None, menu)
    hand.until(lambda: hand.vm.menuName == "Soft" and hand.vm.pages > 1)
    seen = set()
    for page in range(hand.vm.pages):
        hand.until(lambda page=page: hand.vm.page == page)
        hand.until(lambda: all_is_written(hand), f"every name and price of page {page} has room")
        seen |= {row["item_id"] for row in rows(hand) if row["kind"] == "item"}
        hand.vm.turnPage()
    assert seen == {i["item_id"] for i in menu["items"]}


def rows(hand: Hand) -> list[dict[str, Any]]:
    return [row for model in hand.vm.columns for row in model.rows]


def all_is_written(hand: Hand) -> bool:
    """Every text of the page stands on the wall, whole and in its own place."""
    shell = hand.screen.shell
    root = hand.screen.view.rootObject()
    due = set()
    for row in rows(hand):
        amount = shell.money(str(row["priceMinor"]), "")
        prices = [shell.text("board.from", price=amount) if row["from_"] else amount] if row["priced"] else []
        prices += [f"{v['name']} {shell.money(str(v['priceMinor']), '')}" for v in row["variations"]]
        name = shell.text("board.continued", name=row["name"]) if row["continued"] else row["name"]
        due |= {name, *prices}
    return due <= {w.text for w in written(root)} and not faults(root, QRectF(0, 0, 1920, 1080), elided=set())


def test_beside_the_code_for_phones_every_column_is_on_the_wall(desk, board) -> None:
    hand = board()
    desk.tell("menu", None, wordy(15))
    desk.facts["/v1/phone/links"] = {"url": "http://x/phone/q/one", "svg": qr.svg("http://x/phone/q/one")}
    hand.vm._renew_code()
    hand.until(lambda: hand.sees("board.code") and hand.item("board.code").property("shown"))
    hand.until(lambda: hand.vm.columnsShown == 3)
    for n in range(hand.vm.columnsShown):
        column = hand.item(f"board.column.{n}")
        assert column.mapToScene(column.boundingRect().topRight()).x() <= 1920


def test_what_a_dish_is_without_today_has_a_line_of_its_own(desk, board) -> None:
    hand = board()
    items = [{**dish(f"d{n}", f"Salad {n}", ("", 500)), "ingredient_ids": ["bacon"]} for n in range(150)]
    ids = [i["item_id"] for i in items]
    bacon = {"ingredient_id": "bacon", "name": "Bacon", "removable_from": ids}
    category = {"category_id": "all", "name": "All", "item_ids": ids}
    desk.tell("menu", None, {**wordy(1), "categories": [category], "items": items, "ingredients": [bacon]})
    desk.tell("availability", "", {i: {"state": "without", "without": ["bacon"]} for i in ids})
    hand.until(lambda: [r for r in rows(hand) if r["note"] == "Bacon"])
    hand.until(lambda: all_is_written(hand), "the sentence lies on no other dish")
