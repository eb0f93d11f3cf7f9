"""A terminal's clock is hours or years ahead, and what people do at the others holds all the same, on all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.services.shop import Services
from server.services.stock.state import SubjectState

from .test_orders import meet, pair
from .world import NOW_MS, Terminal, menu_body, views

HOUR_MS = 3_600_000
AHEAD = pytest.mark.parametrize("ahead_ms", [3 * HOUR_MS, 3 * 365 * 24 * HOUR_MS], ids=["hours", "years"])


@pytest.fixture
def shop(tmp_path: Path, ahead_ms: int) -> tuple[Terminal, Terminal]:
    """One whose clock is ahead, and one whose clock is right."""
    ahead, right = pair(tmp_path)
    ahead.writer.wall_ms += ahead_ms
    ahead.now_ms += ahead_ms
    return ahead, right


def both_show_the_same(ahead: Terminal, right: Terminal) -> None:
    meet(ahead, right)
    assert views(ahead.services) == views(right.services)
    ahead.restart()
    for event in ahead.events:  # and the tables made anew say so, too
        ahead.services.apply([event])
    assert views(ahead.services) == views(right.services)


@AHEAD
def test_what_is_back_is_back(shop: tuple[Terminal, Terminal]) -> None:
    ahead, right = shop
    ahead.do("stock.out", ingredient_id="bacon")
    meet(ahead, right)
    assert right.services.availability()["burger"].state == "out"
    right.do("stock.back", ingredient_id="bacon")
    assert right.services.availability()["burger"].state == "available"
    both_show_the_same(ahead, right)
    assert ahead.services.availability()["burger"].state == "available"


@AHEAD
def test_a_change_of_an_order_holds(shop: tuple[Terminal, Terminal]) -> None:
    ahead, right = shop
    order_id = ahead.place("burger")
    ahead.do("orders.amend", order_id=order_id, lines=[{"item_id": "burger", "quantity": 2}])
    meet(ahead, right)
    right.do("orders.amend", order_id=order_id, lines=[{"item_id": "cola", "quantity": 1}])
    both_show_the_same(ahead, right)
    order = ahead.services.order(order_id)
    assert order is not None
    assert [line.item_id for line in order.lines] == ["cola"]
    ahead.do("orders.amend", order_id=order_id, lines=[{"item_id": "steak", "quantity": 1, "modifiers": RARE}])
    both_show_the_same(ahead, right)
    order = right.services.order(order_id)
    assert order is not None
    assert [line.item_id for line in order.lines] == ["steak"]


RARE = [{"modifier_id": "rare", "quantity": 1}]


@AHEAD
def test_what_is_recalled_is_on_the_kitchens_screen(shop: tuple[Terminal, Terminal]) -> None:
    ahead, right = shop
    order_id = right.place("burger")
    meet(ahead, right)
    ahead.do("kitchen.bump", order_id=order_id)
    meet(ahead, right)
    assert right.services.tickets() == []
    right.do("kitchen.recall", order_id=order_id)
    both_show_the_same(ahead, right)
    assert [t.order_id for t in ahead.services.tickets()] == [order_id]


@AHEAD
def test_a_countdown_counts_down(shop: tuple[Terminal, Terminal]) -> None:
    ahead, right = shop
    ahead.do("stock.count", item_id="steak", left=8)
    meet(ahead, right)
    right.do("orders.place", lines=[{"item_id": "steak", "quantity": 2, "modifiers": RARE}], dining="here")
    both_show_the_same(ahead, right)
    assert right.services.availability()["steak"].left == 6


@AHEAD
def test_a_count_counts_what_is_left_after_all_orders(shop: tuple[Terminal, Terminal]) -> None:
    """Also those that a clock ahead has dated later than the count."""
    ahead, right = shop
    ahead.place("cola")
    meet(ahead, right)
    right.do("stock.count", item_id="cola", left=5)
    both_show_the_same(ahead, right)
    assert ahead.services.availability()["cola"].left == 5


@AHEAD
def test_an_order_taken_before_it_ran_out_is_no_mistake(shop: tuple[Terminal, Terminal]) -> None:
    ahead, right = shop
    order_id = ahead.place("burger")
    meet(ahead, right)
    right.do("stock.out", ingredient_id="bacon")
    both_show_the_same(ahead, right)
    order = right.services.order(order_id)
    assert order is not None
    assert order.warnings == []


@AHEAD
def test_a_new_menu_replaces_one_that_was_dated_ahead(shop: tuple[Terminal, Terminal]) -> None:
    ahead, right = shop
    ahead.do("menu.publish", menu=menu_body() | {"name": "Tomorrow's"})
    meet(ahead, right)
    right.do("menu.publish", menu=menu_body() | {"name": "Today's"})
    both_show_the_same(ahead, right)
    menu = ahead.services.menu()
    assert menu is not None
    assert menu.name == "Today's"


@AHEAD
def test_a_device_says_once_what_it_is_called(shop: tuple[Terminal, Terminal], ahead_ms: int) -> None:
    """Its disk was replaced, and with it the log that was dated ahead: saying it again must come to an end."""
    ahead, right = shop
    ahead.services.label = "Till"
    ahead.say(ahead.services.membership_drafts())
    meet(ahead, right)
    right.services.device_id, right.services.label = ahead.services.device_id, "Kiosk"
    right.say(right.services.membership_drafts())
    assert right.services.membership_drafts() == []


@AHEAD
def test_times_shown_are_those_of_whoever_did_it(shop: tuple[Terminal, Terminal]) -> None:
    """Sorting after something that was dated ahead does not date it ahead, and drags nothing else along."""
    ahead, right = shop
    order_id = ahead.place("burger")
    meet(ahead, right)
    [amended] = right.say(
        right.decide("orders.amend", order_id=order_id, lines=[{"item_id": "cola", "quantity": 1}]).drafts
    )
    assert amended.wall_ms == NOW_MS
    assert amended.order > ahead.events[-1].order
    right.do("kitchen.bump", order_id=order_id)
    both_show_the_same(ahead, right)
    order = right.services.order(order_id)
    assert order is not None
    assert [h.at for h in order.history[1:]] == ["2026-03-01T12:00:00.000Z"] * 2
    [placed] = right.say(
        right.decide("orders.place", lines=[{"item_id": "salad", "quantity": 1}], dining="here").drafts
    )
    assert placed.order[0] >> 16 == NOW_MS


def test_nothing_is_added_while_clocks_agree(tmp_path: Path) -> None:
    a, b = pair(tmp_path)
    order_id = a.place("burger")
    meet(a, b)
    b.do("stock.out", ingredient_id="bacon")
    b.do("orders.void", order_id=order_id, reason="left")
    meet(a, b)
    a.do("stock.back", ingredient_id="bacon")
    assert all(event.follows == 0 for event in a.events)


def test_what_nobody_can_follow_is_not_followed(tmp_path: Path) -> None:
    """A forger's time at the end of all times stays where it is, and nothing breaks."""
    a, _ = pair(tmp_path)
    subject: SubjectState | None
    draft = a.decide("stock.out", ingredient_id="bacon").drafts[0]
    a.hear([a.writer.write(draft, hlc=2**63 - 1)])
    a.do("stock.back", ingredient_id="bacon")
    assert isinstance(a.services, Services)
    subject = a.services.stocks.subjects["ingredient:bacon"]
    assert subject.out
