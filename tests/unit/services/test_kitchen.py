"""Tickets: what the cook sees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.event import Draft, Refused
from server.services.kitchen.events import BUMPED, Bumped, Ticket
from server.services.orders.events import PLACED, VOIDED, Voided
from server.services.payments.events import (
    CAPTURED,
    DECLINED_LATE,
    FORWARDED,
    REFUNDED,
    Captured,
    DeclinedLate,
    Forwarded,
    Refunded,
)

from .world import NOW_MS, Terminal, Writer, menu_body


@pytest.fixture
def shop(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path)
    terminal.publish()
    return terminal


def ticket(shop: Terminal, order_id: str) -> Ticket:
    found = shop.services.ticket(order_id)
    assert found is not None
    return found


def status(shop: Terminal, order_id: str) -> str:
    found = shop.services.order(order_id)
    assert found is not None
    return found.status


def code(shop: Terminal, command: str, **body: Any) -> str:
    with pytest.raises(Refused) as refused:
        shop.do(command, **body)
    return refused.value.code


def test_a_ticket_reads_as_it_is_cooked(shop: Terminal) -> None:
    shop.do("stock.out", ingredient_id="bacon")
    extra = [{"modifier_id": "x-cheese", "quantity": 2}]
    lines = [
        {"item_id": "salad", "quantity": 2, "modifiers": extra, "note": "dressing aside"},
        {"item_id": "meal", "quantity": 1, "choices": [{"slot_id": "main", "item_id": "veggie"}]},
        {"item_id": "coffee", "quantity": 1, "variation_id": "large"},
    ]
    order_id = shop.do("orders.place", lines=lines, dining="takeaway", customer_name="Ann")["order_id"]
    found = ticket(shop, order_id)
    salad, meal, coffee = found.lines
    assert (salad.quantity, salad.name, salad.details) == (2, "Salad", ["+ Extra cheese ×2", "no Bacon"])
    assert (salad.note, salad.station) == ("dressing aside", "cold")
    assert meal.details == ["Veggie Burger", "Salad", "no Bacon"]
    assert meal.stations == ["grill", "cold"]
    assert coffee.name == "Coffee (Large)"
    assert (found.dining, found.customer_name, found.done_ms) == ("takeaway", "Ann", None)


def test_a_menus_equal_dishes_are_one_line_of_its_ticket(tmp_path: Path) -> None:
    menu = menu_body()
    menu["combos"][0]["slots"][1] |= {"min": 3, "max": 3}
    menu["combos"][0]["slots"][1]["options"].append({"item_id": "coffee", "variation_id": "large"})
    shop = Terminal(tmp_path)
    shop.do("menu.publish", menu=menu)
    cheese = [{"modifier_id": "x-cheese"}]
    sides: list[dict[str, Any]] = [
        {"item_id": "salad"},
        {"item_id": "salad", "modifiers": cheese},
        {"item_id": "salad"},
    ]
    choices = [{"slot_id": "main", "item_id": "veggie"}, *({"slot_id": "side", **side} for side in sides)]
    order_id = shop.do("orders.place", lines=[{"item_id": "meal", "quantity": 1, "choices": choices}], dining="here")[
        "order_id"
    ]
    assert ticket(shop, order_id).lines[0].details == ["Veggie Burger", "2 × Salad", "Salad", "+ Extra cheese"]


def test_a_choice_whose_name_two_questions_have_says_which_it_answers(tmp_path: Path) -> None:
    menu = menu_body()
    for group_id, name in (("fat", "Fat"), ("garlic", "Garlic")):
        answers = [{"modifier_id": f"{group_id}-{a}", "name": a.title(), "price_minor": 0} for a in ("none", group_id)]
        menu["modifier_groups"].append(
            {"modifier_group_id": group_id, "name": name, "min": 0, "max": 1, "modifiers": answers}
        )
    menu["items"][2]["modifier_group_ids"] = ["fat", "garlic"]
    shop = Terminal(tmp_path)
    shop.do("menu.publish", menu=menu)
    asked = [{"modifier_id": "garlic-none"}, {"modifier_id": "fat-fat"}]
    lines = [{"item_id": "salad", "quantity": 1, "modifiers": asked}]
    order_id = shop.do("orders.place", lines=lines, dining="here")["order_id"]
    order = shop.services.order(order_id)
    assert order is not None
    assert [m.name for m in order.lines[0].modifiers] == ["Fat", "Garlic: None"]
    assert ticket(shop, order_id).lines[0].details == ["+ Fat", "+ Garlic: None"]


def test_a_ticket_says_where_it_is_brought_and_for_whom(shop: Terminal) -> None:
    lines = [{"item_id": "salad", "quantity": 1, "guest": " Ann\n"}, {"item_id": "cola", "quantity": 1}]
    order_id = shop.do("orders.place", lines=lines, dining="here", table="Terrace")["order_id"]
    found, order = ticket(shop, order_id), shop.services.order(order_id)
    assert order is not None
    assert (found.table, found.stand, order.table, order.stand) == ("Terrace", "", "Terrace", "")
    assert [line.guest for line in found.lines] == [line.guest for line in order.lines] == ["Ann", ""]
    shop.do("orders.amend", order_id=order_id, lines=[{"line_id": "1", "guest": "Bo"}, {"line_id": "2"}])
    assert [line.guest for line in ticket(shop, order_id).lines] == ["Bo", ""]


def test_an_order_of_a_terminal_that_knew_no_tables_still_counts(shop: Terminal) -> None:
    order_id = shop.place("burger")
    told = next(e for e in shop.events if e.type == PLACED).data()
    assert (told.pop("table"), told.pop("stand")) == ("", "")
    assert all(line.pop("guest") == "" for line in told["lines"])
    elder = Writer("log-elder", NOW_MS)
    shop.hear([elder.write(Draft(PLACED, "elder", told))])
    assert (ticket(shop, "elder").table, ticket(shop, "elder").lines) == ("", ticket(shop, order_id).lines)


def test_bumping_lines_makes_the_order_ready_with_the_last(shop: Terminal) -> None:
    order_id = shop.place("burger", "salad")
    assert shop.do("kitchen.bump", order_id=order_id, line_ids=["1"])["done"] is False
    assert status(shop, order_id) == "in_preparation"
    assert [x.bumped for x in ticket(shop, order_id).lines] == [True, False]
    assert code(shop, "kitchen.bump", order_id=order_id, line_ids=["1"]) == "already_bumped"
    assert shop.do("kitchen.bump", order_id=order_id)["done"] is True
    assert status(shop, order_id) == "ready"
    assert shop.services.tickets() == []
    assert [t.order_id for t in shop.services.tickets(done=20)] == [order_id]
    assert code(shop, "kitchen.bump", order_id=order_id) == "already_bumped"


def test_a_ticket_comes_back_by_recall(shop: Terminal) -> None:
    order_id = shop.place("burger", "salad")
    assert code(shop, "kitchen.recall", order_id=order_id) == "nothing_to_recall"
    shop.do("kitchen.bump", order_id=order_id)
    shop.do("kitchen.recall", order_id=order_id, line_ids=["2"])
    found = ticket(shop, order_id)
    assert (found.recalled, found.done_ms) == (True, None)
    assert [x.bumped for x in found.lines] == [True, False]
    assert status(shop, order_id) == "ready", "status only moves forward"
    shop.do("kitchen.bump", order_id=order_id)
    assert ticket(shop, order_id).done_ms is not None


def test_each_station_sees_and_bumps_its_own(shop: Terminal) -> None:
    order_id = shop.place("burger", "salad")
    grill_only = shop.place("burger")
    assert [t.order_id for t in shop.services.tickets(station="cold")] == [order_id]
    assert {t.order_id for t in shop.services.tickets(station="grill")} == {order_id, grill_only}
    assert shop.do("kitchen.bump", order_id=order_id, station="grill")["line_ids"] == ["1"]
    assert shop.do("kitchen.bump", order_id=order_id, station="cold")["done"] is True


def test_two_stations_that_finish_apart_finish_the_order(shop: Terminal) -> None:
    order_id = shop.place("burger", "salad")
    other = Writer("log-other", NOW_MS + 1000)
    shop.do("kitchen.bump", order_id=order_id, line_ids=["1"])
    shop.hear([other.write(Draft(BUMPED, order_id, Bumped(["2"], False)))])
    assert status(shop, order_id) == "ready"
    assert shop.services.tickets() == []


def test_an_order_that_was_collected_first_is_not_crossed_out(shop: Terminal) -> None:
    """Somebody apart from the collection voided it afterwards."""
    order_id = shop.place("burger")
    shop.do("orders.collect", order_id=order_id)
    other = Writer("log-other", NOW_MS + 10_000)
    shop.hear([other.write(Draft(VOIDED, order_id, Voided("mistake")))])
    assert (status(shop, order_id), ticket(shop, order_id).voided) == ("collected", False)


def test_changes_since_first_shown_are_marked(shop: Terminal) -> None:
    order_id = shop.place("burger", "salad")
    shop.do("kitchen.bump", order_id=order_id, line_ids=["1"])
    lines = [{"line_id": "1", "quantity": 2}, {"item_id": "cola", "quantity": 1}]
    shop.do("orders.amend", order_id=order_id, lines=lines)
    found = ticket(shop, order_id)
    assert [(x.name, x.changed, x.bumped) for x in found.lines] == [
        ("Bacon Burger", True, False),
        ("Cola", True, False),
    ]
    assert [x.name for x in found.removed] == ["Salad"]


def test_what_is_added_to_a_finished_order_brings_its_ticket_back(shop: Terminal) -> None:
    order_id = shop.place("burger")
    shop.do("kitchen.bump", order_id=order_id)
    shop.do("orders.amend", order_id=order_id, lines=[{"line_id": "1"}, {"item_id": "cola", "quantity": 1}])
    (found,) = shop.services.tickets()
    assert [(x.name, x.bumped) for x in found.lines] == [("Bacon Burger", True), ("Cola", False)]


def test_taking_off_the_last_open_line_finishes_the_ticket(shop: Terminal) -> None:
    order_id = shop.place("burger", "salad")
    shop.do("kitchen.bump", order_id=order_id, line_ids=["1"])
    shop.do("orders.amend", order_id=order_id, lines=[{"line_id": "1"}])
    assert shop.services.tickets() == []
    assert status(shop, order_id) == "ready"


def test_a_voided_order_stays_on_the_screen_until_the_cook_has_seen_it(shop: Terminal) -> None:
    order_id = shop.place("burger")
    shop.do("orders.void", order_id=order_id, reason="left")
    assert [t.voided for t in shop.services.tickets()] == [True]
    shop.do("kitchen.bump", order_id=order_id)
    assert shop.services.tickets() == []
    assert status(shop, order_id) == "voided"
    assert code(shop, "kitchen.recall", order_id=order_id) == "order_voided"


def test_ready_at_the_counter_takes_the_ticket_off(shop: Terminal) -> None:
    order_id = shop.place("burger")
    shop.do("orders.ready", order_id=order_id)
    assert shop.services.tickets() == []


def test_the_kitchen_starts_nothing_unpaid_that_is_held(shop: Terminal) -> None:
    order_id = shop.place("burger", hold_until_paid=True)
    assert shop.services.ticket(order_id) is None
    assert code(shop, "kitchen.bump", order_id=order_id) == "not_released"


def test_unknown_orders_and_lines_are_refused(shop: Terminal) -> None:
    assert code(shop, "kitchen.bump", order_id="nope") == "unknown_order"
    order_id = shop.place("burger")
    assert code(shop, "kitchen.bump", order_id=order_id, line_ids=["7"]) == "unknown_line"
    assert code(shop, "kitchen.bump", order_id=order_id, station="x" * 81) == "bad_field"


def test_tickets_come_oldest_first_and_survive_a_restart(shop: Terminal) -> None:
    ids = []
    for _ in range(5):
        shop.writer.wall_ms += 1000
        ids.append(shop.place("burger"))
    assert [t.order_id for t in shop.services.tickets()] == ids
    before = shop.services.tickets()
    shop.restart()
    assert shop.services.tickets() == before


def test_what_the_customer_has_is_not_recalled(shop: Terminal) -> None:
    order_id = shop.place("burger")
    shop.do("kitchen.bump", order_id=order_id)
    shop.do("orders.collect", order_id=order_id)
    assert code(shop, "kitchen.recall", order_id=order_id) == "order_collected"
    assert shop.services.tickets() == []


def in_step(shop: Terminal, order_id: str) -> bool:
    """Whether the kitchen is shown the order; the order itself says the same."""
    order = shop.services.order(order_id)
    assert order is not None
    shown = shop.services.ticket(order_id) is not None
    assert order.released is shown
    return shown


def held(shop: Terminal) -> str:
    lines = [{"item_id": "burger", "quantity": 1}]  # 9.90
    return str(shop.do("orders.place", lines=lines, dining="here", hold_until_paid=True)["order_id"])


def test_a_card_that_the_bank_declined_afterwards_pays_for_nothing_in_the_kitchen_either(shop: Terminal) -> None:
    order_id = held(shop)
    shop.say([Draft(CAPTURED, order_id, Captured("card", "card", 500, offline=True))])
    shop.say([Draft(DECLINED_LATE, order_id, DeclinedLate("card", 500, "declined"))])
    shop.do("payments.capture", order_id=order_id, tender="cash", amount_minor=490)
    assert not in_step(shop, order_id)
    shop.say([Draft(FORWARDED, order_id, Forwarded("card", 500))])  # the bank has thought better of it
    assert in_step(shop, order_id)


def test_an_order_part_of_which_two_tills_gave_back_to_a_voucher_comes_to_the_kitchen_when_it_is_paid(
    shop: Terminal,
) -> None:
    order_id = held(shop)
    shop.say([Draft(CAPTURED, order_id, Captured("voucher", "voucher", 500, voucher="v"))])
    for till in ("one", "other"):
        shop.say([Draft(REFUNDED, order_id, Refunded(till, "voucher", "voucher", 500, "of age"))])
    shop.do("payments.capture", order_id=order_id, tender="cash")
    order = shop.services.order(order_id)
    assert order is not None
    assert order.due_minor == 0
    assert in_step(shop, order_id)
