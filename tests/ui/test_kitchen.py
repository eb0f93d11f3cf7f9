"""The cooks' screen, in a real window: moments 11 and 12."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import MENU, ticket, ticket_line
from ui.kitchen import tickets
from ui.kitchen.choices import told, usual
from ui.trace import Trace

SIZE = (1920, 1080)


@pytest.fixture
def kitchen(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_with(*shown: dict[str, Any], size: tuple[int, int] = SIZE, **options: Any) -> Hand:
        desk.views |= {"tickets": list(shown), "menu": MENU, "status": {"label": "Kitchen", "store": "riverside"}}
        hand = show("kitchen", size, **options)
        hand.until(lambda: hand.vm.stations, "the menu is there")
        return hand

    return open_with


def numbers(hand: Hand) -> list[str]:
    return [row["number"] for row in hand.vm.tickets.rows]


def made(desk: Desk, number: str) -> None:
    """The server says that a ticket is done."""
    value = next(t for t in desk.views["tickets"] if t["number"] == number)
    desk.tell("tickets", value["order_id"], {**value, "done_ms": int(time.time() * 1000)})


def test_tickets_stand_in_the_order_they_are_due(kitchen) -> None:
    hand = kitchen(ticket("A3", seconds=10), ticket("A1", seconds=300), ticket("A2", seconds=60))
    assert numbers(hand) == ["A1", "A2", "A3"]
    first, second = hand.item("kitchen.ticket.order-A1"), hand.item("kitchen.ticket.order-A2")
    hand.until(lambda: (first.x(), first.y()) < (second.x(), second.y()), "the older one stands first")


def test_a_new_ticket_appears_at_once_and_is_marked(desk, kitchen) -> None:
    hand = kitchen(ticket("A1"))
    desk.tell("tickets", "order-A2", ticket("A2", seconds=0))
    hand.until(lambda: hand.sees("kitchen.ticket.order-A2"))
    assert hand.vm.tickets.row("order-A2")["fresh"]
    assert not hand.vm.tickets.row("order-A1")["fresh"]


def test_one_knock_bumps_a_ticket_and_a_second_on_the_same_spot_bumps_no_neighbour(desk, kitchen) -> None:
    hand = kitchen(ticket("A1", seconds=60), ticket("A2", seconds=30), ticket("A3", seconds=10))
    spot = hand.where("kitchen.bump.order-A1")
    hand.tap("kitchen.bump.order-A1")
    hand.tap_at(spot)
    made(desk, "A1")
    hand.until(lambda: numbers(hand) == ["A2", "A3"], "the ticket is gone, the others stay")
    assert [(n, b["order_id"]) for n, b in desk.commands] == [("kitchen.bump", "order-A1")]


def test_the_last_bumped_ticket_comes_back_to_its_place(desk, kitchen) -> None:
    hand = kitchen(ticket("A1", seconds=60), ticket("A2", seconds=30))
    hand.tap("kitchen.bump.order-A1")
    made(desk, "A1")
    hand.until(lambda: numbers(hand) == ["A2"] and hand.vm.lastNumber == "A1")
    hand.tap("kitchen.recall")
    hand.until(lambda: ("kitchen.recall", "order-A1") in [(n, b["order_id"]) for n, b in desk.commands])
    desk.tell("tickets", "order-A1", ticket("A1", seconds=60, recalled=True))
    hand.until(lambda: numbers(hand) == ["A1", "A2"])


def test_a_line_is_bumped_and_taken_back_by_a_knock(desk, kitchen) -> None:
    hand = kitchen(ticket("A1"))
    hand.tap("kitchen.line.order-A1.l1")
    hand.until(lambda: hand.vm.tickets.row("order-A1")["openLines"] == 1)
    hand.tap("kitchen.line.order-A1.l1")
    hand.until(lambda: hand.vm.tickets.row("order-A1")["openLines"] == 2)
    hand.until(lambda: len(desk.commands) == 2)
    assert sorted((n, tuple(b["line_ids"])) for n, b in desk.commands) == [
        ("kitchen.bump", ("l1",)),
        ("kitchen.recall", ("l1",)),
    ]


def test_the_last_line_takes_the_ticket_with_it(desk, kitchen) -> None:
    hand = kitchen(ticket("A1", lines=[ticket_line("l1", "Fries")]), ticket("A2"))
    hand.tap("kitchen.line.order-A1.l1")
    made(desk, "A1")
    hand.until(lambda: numbers(hand) == ["A2"])


def test_a_refused_bump_puts_the_ticket_back_and_says_why(desk, kitchen) -> None:
    hand = kitchen(ticket("A1"), ticket("A2", seconds=1))
    desk.answer = lambda name, body: (409, {"code": "not_saved", "text": "The disk is full."})
    hand.tap("kitchen.bump.order-A1")
    hand.until(
        lambda: hand.sees("kitchen.toast") and hand.item("kitchen.toast").property("text") == "The disk is full."
    )
    assert numbers(hand) == ["A1", "A2"]


def test_a_dish_added_while_bumping_keeps_the_ticket(desk, kitchen) -> None:
    """The bump was accepted, but the feed says the ticket is not done: it must not stay hidden."""
    hand = kitchen(ticket("A1"), ticket("A2", seconds=1))
    hand.tap("kitchen.bump.order-A1")
    lines = [ticket_line("l1", "Cheeseburger", bumped=True), ticket_line("l9", "Coffee", changed=True)]
    desk.tell("tickets", "order-A1", ticket("A1", lines=lines))
    hand.until(lambda: numbers(hand) == ["A2"])
    hand.until(lambda: numbers(hand) == ["A1", "A2"], "the ticket with the new dish comes back")


def test_what_takes_long_is_seen_at_a_glance() -> None:
    assert [tickets.lateness(s) for s in (0, 299, 300, 599, 600)] == ["", "", "slow", "slow", "late"]
    assert [tickets.elapsed_text(s) for s in (-3, 65, 3661)] == ["0:00", "1:05", "1:01:01"]


def test_a_station_sees_its_own_dishes_and_bumps_only_those(desk, kitchen) -> None:
    hand = kitchen(ticket("A1"), ticket("A2", lines=[ticket_line("l1", "Coffee", station="bar")], seconds=1))
    hand.tap("kitchen.station.grill")
    hand.until(lambda: numbers(hand) == ["A1"])
    assert [x["name"] for x in hand.vm.tickets.row("order-A1")["lines"]] == ["Cheeseburger"]
    hand.tap("kitchen.bump.order-A1")
    hand.until(lambda: desk.commands)
    name, body = desk.commands[0]
    assert (name, body["line_ids"], body["station"]) == ("kitchen.bump", ["l1"], "grill")
    hand.until(lambda: numbers(hand) == [])
    hand.tap("kitchen.station.")
    hand.until(lambda: numbers(hand) == ["A1", "A2"])


def test_a_bump_bar_bumps_by_place(desk, kitchen) -> None:
    hand = kitchen(ticket("A1", seconds=60), ticket("A2", seconds=30))
    hand.key("2")
    hand.until(lambda: [(n, b["order_id"]) for n, b in desk.commands] == [("kitchen.bump", "order-A2")])


def test_tickets_beyond_the_wall_are_named(kitchen) -> None:
    hand = kitchen(*(ticket(f"A{n}", seconds=500 - n) for n in range(10, 40)))
    hand.until(lambda: hand.sees("kitchen.waiting"))
    waiting = hand.item("kitchen.waiting").property("numbers").toVariant()
    shown = [n for n in numbers(hand) if hand.sees(f"kitchen.ticket.order-{n}")]
    assert shown + waiting == numbers(hand)
    assert len(shown) >= 8


def test_all_day_counts_what_is_still_to_make(desk, kitchen) -> None:
    hand = kitchen(ticket("A1"), ticket("A2"), ticket("A3", voided=True))
    hand.tap("kitchen.allday.toggle")
    hand.until(lambda: hand.sees("kitchen.allday"))
    assert [(r["name"], r["quantity"]) for r in hand.vm.allDay.rows] == [("Cheeseburger", 4), ("Fries", 2)]


def test_an_empty_kitchen_says_so(kitchen) -> None:
    assert kitchen().sees("kitchen.empty")


def test_a_restarted_display_has_everything_in_its_place(desk, kitchen, show) -> None:
    first = kitchen(ticket("A1", seconds=90), ticket("A2", seconds=60), ticket("A3", seconds=30))
    second = show("kitchen", SIZE)
    second.until(lambda: len(numbers(second)) == 3)

    def places(hand) -> list:
        return [hand.where(f"kitchen.ticket.order-{n}") for n in ("A1", "A2", "A3")]

    second.until(lambda: places(second) == places(first), "both displays show the same")
    assert len(set(map(str, places(second)))) == 3


def test_the_frame_that_shows_an_order_is_on_record(desk, kitchen, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    hand = kitchen(ticket("A1"), trace=Trace(path))
    told = time.monotonic_ns()
    desk.tell("tickets", "order-A2", ticket("A2", seconds=0))

    def row() -> dict[str, Any] | None:
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        return next((r for r in rows if r.get("order_id") == "order-A2"), None)

    found = hand.until(row, "the frame was written down")
    assert found["what"] == "kitchen_frame"
    assert found["t_ns"] > told


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (1366, 768)])
def test_it_fits_every_wall(kitchen, size: tuple[int, int]) -> None:
    hand = kitchen(ticket("A1"), ticket("A2"), size=size)
    bump = hand.item("kitchen.bump.order-A1")
    assert bump.height() >= 48
    recall = hand.item("kitchen.recall")
    assert hand.where("kitchen.recall").x() + recall.width() / 2 <= size[0]


def test_it_speaks_german(kitchen) -> None:
    hand = kitchen(ticket("A1"), language="de")
    assert hand.item("kitchen.recall").property("text") == "Zurückholen"


def test_a_ticket_says_where_it_is_brought(desk, kitchen) -> None:
    hand = kitchen(ticket("A1", table="12"), ticket("A2", stand="7"), ticket("A3", table="Terrace"), ticket("A4"))
    rows = {row["number"]: (row["placeKind"], row["placeName"]) for row in hand.vm.tickets.rows}
    assert rows == {"A1": ("table", "12"), "A2": ("stand", "7"), "A3": ("", "Terrace"), "A4": ("", "")}
    places = {n: hand.item(f"kitchen.place.{n}") for n in rows}
    said = {n: place.property("text") for n, place in places.items() if place.isVisible()}
    assert said == {"A1": "Table 12", "A2": "Stand 7", "A3": "Terrace"}


def test_what_differs_from_the_dish_as_it_comes_stands_out(desk, kitchen) -> None:
    bun = [{"modifier_id": n, "name": n, "price_minor": 0, "preselected": n == "Brioche"} for n in ("Brioche", "Rye")]
    groups = [*MENU["modifier_groups"], {"modifier_group_id": "bun", "name": "Bun", "min": 1, "modifiers": bun}]
    burger = {**MENU["items"][0], "modifier_group_ids": ["bun"]}
    lines = [
        ticket_line("l1", "Meal", details=["Cheeseburger (Large)", "+ Brioche", "+ No sauce", "no Onion"]),
        ticket_line("l2", "Cheeseburger", details=["+ Rye", "+ Brioche ×2"]),
        ticket_line("l3", "Something else", details=["+ Brioche"]),
    ]
    hand = kitchen(ticket("A1", lines=lines))
    desk.tell("menu", None, {**MENU, "modifier_groups": groups, "items": [burger, *MENU["items"][1:]]})

    def kinds() -> list[list[str]]:
        return [[c["kind"] for c in line["choices"]] for line in hand.vm.tickets.row("order-A1")["lines"]]

    hand.until(lambda: kinds() == [["part", "usual", "minus", "without"], ["plus", "plus"], ["plus"]])
    line = "kitchen.line.order-A1.l1"
    hand.until(lambda: hand.sees(f"{line}.usual"))
    assert hand.item(f"{line}.usual").property("text") == "Brioche"
    assert hand.item(f"{line}.minus").property("text") == "− No sauce"
    assert hand.item(f"{line}.without").property("text") == "− No Onion"
    assert hand.item(line).property("name") == "1 Meal, Cheeseburger (Large), Brioche, No sauce, No Onion: made"


def test_a_menus_dish_that_is_in_it_twice_keeps_what_it_comes_with_quiet() -> None:
    comes_with = {"Cheeseburger": frozenset({"Brioche"})}
    rows = told("Meal", ["2 × Cheeseburger (Large)", "+ Brioche"], comes_with)
    assert [row["kind"] for row in rows] == ["part", "usual"]


def test_a_choice_with_its_question_is_told_apart_as_one_without() -> None:
    firm = [{"modifier_id": f"{g}-{n}", "name": n, "price_minor": 0, "preselected": n == "Normal"}
            for g in ("noodles", "broth") for n in ("Normal", "None")]  # fmt: skip
    groups = [
        {"modifier_group_id": "noodles", "name": "Noodles", "min": 1, "modifiers": firm[:2]},
        {"modifier_group_id": "broth", "name": "Broth", "min": 1, "modifiers": firm[2:]},
    ]
    burger = {**MENU["items"][0], "modifier_group_ids": ["noodles", "broth"]}
    comes_with = usual({**MENU, "modifier_groups": groups, "items": [burger]})
    rows = told("Cheeseburger", ["+ Noodles: Normal", "+ Broth: なし"], comes_with)
    assert [(row["kind"], row["text"]) for row in rows] == [("usual", "Noodles: Normal"), ("minus", "Broth: なし")]
    assert [row["kind"] for row in told("Cheeseburger", ["+ Sauce: No sauce"], {})] == ["minus"]


@pytest.mark.parametrize(
    "name", ["No sauce", "without ice", "Ohne Zwiebeln", "Keine Soße", "sin sal", "不要葱", "ネギなし"]
)
def test_a_choice_that_leaves_something_out_is_told_by_its_words(name: str) -> None:
    assert told("Dish", [f"+ {name}"], {}) == [{"kind": "minus", "text": name}]


@pytest.mark.parametrize("name", ["Nougat", "Norwegian salmon", "Sinigang", "With ice"])
def test_a_choice_that_only_begins_alike_is_added(name: str) -> None:
    assert told("Dish", [f"+ {name}"], {}) == [{"kind": "plus", "text": name}]
