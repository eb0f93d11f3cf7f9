"""The kiosk beside a shop that lives: stock marked elsewhere, a server that dies, cards that fail, a long menu."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF

from tests.process.shop import Server
from tests.ui.conftest import Hand
from tests.ui.visit import TALL, WIDE, enter, open_dish, order, pay, settle
from ui.kiosk.driver import order_times
from ui.kiosk.memory import FILE
from ui.text import ASSETS
from ui.trace import Trace

MENU = json.loads((ASSETS / "menus" / "demo.json").read_text("utf-8"))


def opened(folder: Path, menu: dict[str, Any], *arguments: str) -> Server:
    server = Server(folder, "--no-mdns", "--card-delay-ms", "0", *arguments).start()
    server.command("menu.publish", menu=menu)
    return server


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = opened(tmp_path_factory.mktemp("live") / "shop", MENU)
    yield server
    server.kill()


class Place:
    """Where `show` opens a screen: on the shop's own server, or on another one's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder


@pytest.fixture
def desk(shop: Server) -> Place:
    return Place(shop.folder)


@pytest.fixture
def kiosk(show: Callable[..., Hand], desk: Place) -> Callable[..., Hand]:
    def open_kiosk(size: tuple[int, int] = TALL, server: Server | None = None) -> Hand:
        if server is not None:
            desk.folder = server.folder
        (desk.folder / FILE).unlink(missing_ok=True)  # another customer, not the one of the screen before
        return show("kiosk", size, languages=["en", "de"])

    return open_kiosk


def orders(server: Server) -> dict[str, dict[str, Any]]:
    return {o["order_id"]: o for o in server.get("/v1/orders")}


def place_of(hand: Hand, name: str) -> tuple[float, float]:
    at = hand.item(name).mapToScene(QPointF(0, 0))
    return at.x(), at.y()


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_bacon_out_on_another_screen_is_seen_here_and_nothing_moves(shop, kiosk, size, request) -> None:
    """Moment 3: while a sheet is open, and with bacon in the basket already."""
    request.addfinalizer(lambda: shop.command("stock.back", ingredient_id="bacon"))
    hand = kiosk(size)
    enter(hand)
    order(hand, "sides", "loaded-bacon-fries")
    hand.tap("kiosk.category.burgers")
    hand.until(lambda: hand.vm.dishes.indexOf("bacon-cheeseburger") >= 0)
    names = [f"kiosk.item.{i}" for i in ("ember-burger", "bacon-cheeseburger", "double-oak")]
    places = [(hand.still(name), place_of(hand, name))[1] for name in names]
    open_dish(hand, "burgers", "bacon-cheeseburger")
    shop.command("stock.out", ingredient_id="bacon")
    hand.until(lambda: hand.vm.sheet.facts["lost"], "the open sheet knows")
    assert "Bacon" in hand.vm.sheet.facts["notice"]
    assert not hand.item("kiosk.sheet.add").isEnabled()
    assert hand.vm.basket.isTroubled
    hand.tap("kiosk.sheet.close")
    settle(hand)
    assert [place_of(hand, name) for name in names] == places
    assert hand.vm.dishes.row("bacon-cheeseburger")["reason"] == "Sold out: Bacon"
    shop.command("stock.back", ingredient_id="bacon")
    hand.until(lambda: not hand.vm.basket.isTroubled)
    assert hand.vm.basket.pieces == 1


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_the_death_of_the_server_costs_nothing_and_the_order_goes_through_once(shop, kiosk, size) -> None:
    hand = kiosk(size)
    before = orders(shop)
    trouble = hand.screen.client._trouble
    patience_ms = trouble.interval()
    trouble.setInterval(600_000)  # a busy machine's finger is slower than a customer's
    enter(hand)
    order(hand, "sides", "fries")
    shop.kill()
    try:
        hand.until(lambda: not hand.screen.client.connected)
        order(hand, "sides", "corn")
        pay(hand)
        hand.until(lambda: hand.vm.payment["state"] == "placing")
        begun = time.monotonic()
        trouble.start(patience_ms)  # from now on as in a shop
        hand.until(lambda: hand.sees("kiosk.moment") or not trouble.isActive())
        waited_ms = (time.monotonic() - begun) * 1000
        assert waited_ms >= patience_ms * 0.9, "a restart is nobody's business"
        hand.until(lambda: hand.sees("kiosk.moment"), "a long absence is said")
    finally:
        shop.start()
    hand.until(lambda: hand.vm.page == "done")
    hand.until(lambda: not hand.sees("kiosk.moment"), "and no longer than it lasts")
    (placed,) = [o for key, o in orders(shop).items() if key not in before]
    assert [line["item_id"] for line in placed["lines"]] == ["fries", "corn"]
    assert placed["paid_minor"] == placed["total_minor"]


@pytest.mark.parametrize(
    ("mode", "words"),
    [("timeout", "The card terminal did not answer"), ("unreachable", "The card terminal is not available")],
)
def test_a_card_that_fails_is_told_and_the_counter_takes_the_money(tmp_path, kiosk, mode, words, request) -> None:
    server = opened(tmp_path / "shop", MENU, "--card-terminal", mode)
    request.addfinalizer(server.kill)
    hand = kiosk(server=server)
    enter(hand)
    order(hand, "sides", "fries")
    pay(hand)
    hand.until(lambda: hand.vm.payment["state"] == "failed")
    assert hand.item("kiosk.pay.title").property("said") == words
    hand.tap("kiosk.pay.counter")
    hand.until(lambda: hand.vm.page == "done")
    (placed,) = orders(server).values()
    assert placed["number"] == hand.item("kiosk.done.number").property("text")
    assert placed["paid_minor"] == 0
    assert placed["due_minor"] == placed["total_minor"]


def large_menu() -> dict[str, Any]:
    """26 categories, 260 dishes, names of 60 characters, no pictures, some with a choice that must be made."""
    heat = [{"modifier_id": f"heat-{n}", "name": f"Heat {n}", "price_minor": 10 * n} for n in range(4)]
    items = [
        {
            "item_id": f"dish-{n}",
            "name": f"{n:03d} Slow-cooked lamb with roasted peppers, garlic and saffron"[:60],
            "variations": [{"variation_id": f"dish-{n}-1", "name": "", "price_minor": 900 + n}],
            "modifier_group_ids": ["heat"] if n % 3 == 0 else [],
        }
        for n in range(260)
    ]
    categories = [
        {"category_id": f"page-{c}", "name": f"Page {c}", "item_ids": [f"dish-{n}" for n in range(c * 10, c * 10 + 10)]}
        for c in range(26)
    ]
    groups = [{"modifier_group_id": "heat", "name": "How hot", "min": 1, "max": 1, "modifiers": heat}]
    return {"currency": "GBP", "name": "", "categories": categories, "items": items, "modifier_groups": groups}


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_a_finger_finds_its_way_through_a_menu_of_many_pages(tmp_path, loop, kiosk, size, request) -> None:
    server = opened(tmp_path / "shop", large_menu())
    request.addfinalizer(server.kill)
    hand = kiosk(size, server)
    path = tmp_path / "trace.jsonl"
    hand.screen.shell.trace = Trace(path)
    hand.screen.shell.trace.watch(hand.screen.view)
    begun = time.monotonic_ns()
    loop.run_until_complete(order_times(hand.screen, 3))
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [r["what"] for r in rows] == ["tap", "placed"] * 3
    for tap, placed in zip(rows[::2], rows[1::2], strict=True):
        assert tap["order_id"] == placed["order_id"]
        assert begun < tap["t_ns"] <= placed["t_ns"]
    assert {r["order_id"] for r in rows} == set(orders(server))
    assert all(o["paid_minor"] == o["total_minor"] for o in orders(server).values())
