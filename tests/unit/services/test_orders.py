"""An order's life: what its commands do, and what its events say when terminals acted apart."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from server.event import Draft, Refused
from server.services.orders import events as orders
from server.services.orders.events import Moved, Order, Voided
from server.services.payments import events as payments

from .world import NOW_MS, Terminal, Writer, menu_body


@pytest.fixture
def shop(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path)
    terminal.publish()
    return terminal


def pair(tmp_path: Path) -> tuple[Terminal, Terminal]:
    """Two terminals of one store that know the same menu and each other, and then are apart."""
    a, b = Terminal(tmp_path / "a", "device-a"), Terminal(tmp_path / "b", "device-b")
    a.say(a.services.membership_drafts())
    b.hear(a.events)
    a.hear(b.say(b.services.membership_drafts()))
    b.hear(a.say(a.decide("menu.publish", menu=menu_body()).drafts))
    return a, b


def meet(a: Terminal, b: Terminal) -> None:
    """Each hears what only the other has said."""
    from_a = [e for e in a.events if e.stream.log_id == a.writer.log_id]
    from_b = [e for e in b.events if e.stream.log_id == b.writer.log_id]
    known_a = {(e.stream, e.seq) for e in a.events}
    known_b = {(e.stream, e.seq) for e in b.events}
    a.hear([e for e in from_b if (e.stream, e.seq) not in known_a])
    b.hear([e for e in from_a if (e.stream, e.seq) not in known_b])


def see(shop: Terminal, order_id: str) -> Order:
    found = shop.services.order(order_id)
    assert found is not None
    return found


def code(shop: Terminal, command: str, **body: Any) -> str:
    with pytest.raises(Refused) as refused:
        shop.do(command, **body)
    return refused.value.code


def test_an_order_moves_forward_step_by_step(shop: Terminal) -> None:
    order_id = shop.place("burger")
    for command, status in [
        ("accept", "accepted"),
        ("start", "in_preparation"),
        ("ready", "ready"),
        ("collect", "collected"),
    ]:
        assert shop.do(f"orders.{command}", order_id=order_id)["status"] == status
        assert see(shop, order_id).status == status
    assert [h.what for h in see(shop, order_id).history] == [
        "placed",
        "accepted",
        "in preparation",
        "ready",
        "collected",
    ]
    assert code(shop, "orders.accept", order_id=order_id) == "order_collected"
    assert code(shop, "orders.void", order_id=order_id, reason="x") == "order_collected"


def test_an_order_never_moves_back(shop: Terminal) -> None:
    order_id = shop.place("burger")
    shop.do("orders.ready", order_id=order_id)
    assert code(shop, "orders.accept", order_id=order_id) == "already_ready"
    assert code(shop, "orders.ready", order_id=order_id) == "already_ready"


def test_a_voided_order_is_final(shop: Terminal) -> None:
    order_id = shop.place("burger")
    assert code(shop, "orders.void", order_id=order_id, reason="  ") == "reason_required"
    assert code(shop, "orders.void", order_id=order_id, reason="x" * 201) == "reason_too_long"
    shop.do("orders.void", order_id=order_id, reason="spilled")
    found = see(shop, order_id)
    assert (found.status, found.void_reason, found.due_minor) == ("voided", "spilled", 0)
    for command in ("accept", "start", "ready", "collect"):
        assert code(shop, f"orders.{command}", order_id=order_id) == "order_voided"
    assert code(shop, "payments.capture", order_id=order_id, tender="cash") == "order_voided"


@pytest.mark.parametrize("command", ["accept", "start", "ready", "collect"])
def test_an_unknown_order_is_refused(shop: Terminal, command: str) -> None:
    assert code(shop, f"orders.{command}", order_id=str(uuid.uuid4())) == "unknown_order"


def test_a_held_order_is_released_by_payment_or_by_staff(shop: Terminal) -> None:
    paid, accepted = shop.place("burger", hold_until_paid=True), shop.place("burger", hold_until_paid=True)
    assert not see(shop, paid).released
    assert shop.services.tickets() == []
    shop.do("payments.capture", order_id=paid, tender="cash", amount_minor=500)
    assert not see(shop, paid).released
    shop.do("payments.capture", order_id=paid, tender="cash")
    shop.do("orders.accept", order_id=accepted)
    assert see(shop, paid).released
    assert {t.order_id for t in shop.services.tickets()} == {paid, accepted}


def test_an_amended_order_keeps_its_prices_and_its_past(shop: Terminal) -> None:
    order_id = shop.place("burger", "cola")
    dearer = menu_body()
    dearer["items"][0]["variations"][0]["price_minor"] = 5000
    shop.do("menu.publish", menu=dearer)
    result = shop.do(
        "orders.amend",
        order_id=order_id,
        lines=[{"line_id": "1", "quantity": 2}, {"item_id": "coffee", "quantity": 1}],
    )
    found = see(shop, order_id)
    assert [(x.name, x.quantity, x.total_minor) for x in found.lines] == [("Bacon Burger", 2, 1980), ("Coffee", 1, 250)]
    assert found.lines[0].line_id == "1"
    assert found.total_minor == result["total_minor"] == 2230
    amended = found.history[-1]
    assert amended.what == "amended"
    assert amended.detail == ["2 × Bacon Burger", "1 × Coffee (Small)"]
    assert found.history[0].detail == ["1 × Bacon Burger", "1 × Cola"]


def test_an_amendment_that_is_asked_for_again_where_it_was_forgotten_keeps_its_prices(shop: Terminal) -> None:
    order_id, command_id = shop.place("burger"), str(uuid.uuid4())
    amendment = {"order_id": order_id, "lines": [{"line_id": "1"}, {"item_id": "veggie", "quantity": 2}]}
    first = shop.do("orders.amend", command_id=command_id, **amendment)
    dearer = menu_body()
    dearer["items"][1]["variations"][0]["price_minor"] = 5000
    shop.do("menu.publish", menu=dearer)
    assert shop.do("orders.amend", command_id=command_id, **amendment) == first
    order = shop.services.order(order_id)
    assert order is not None
    assert [line.unit_price_minor for line in order.lines] == [990, 890]


def test_a_line_kept_stays_though_it_ran_out_and_cannot_grow(shop: Terminal) -> None:
    order_id = shop.place("burger")
    shop.do("stock.out", ingredient_id="bacon")
    more = {"item_id": "cola", "quantity": 1}
    shop.do("orders.amend", order_id=order_id, lines=[{"line_id": "1", "note": "no hurry"}, more])
    assert see(shop, order_id).lines[0].note == "no hurry"
    assert code(shop, "orders.amend", order_id=order_id, lines=[{"line_id": "1", "quantity": 2}]) == "item_out"


MAIN = {"slot_id": "main", "item_id": "burger"}
SALAD = {"slot_id": "side", "item_id": "salad", "without": ["bacon"]}
BACON = {"modifiers": [{"modifier_id": "x-bacon", "quantity": 2}]}
DRINK = {"slot_id": "drink", "item_id": "coffee", "variation_id": "large"}
MEAL = {"item_id": "meal", "quantity": 1, "modifiers": [], "choices": [{**MAIN, **BACON}, SALAD, DRINK]}


def place_meal(shop: Terminal) -> tuple[str, Any]:
    order_id = shop.do("orders.place", lines=[MEAL], dining="here")["order_id"]
    return order_id, see(shop, order_id).lines[0]


def test_a_menu_told_as_it_is_stays_as_it_was_sold(shop: Terminal) -> None:
    """Whoever adds a coffee says the whole order again."""
    order_id, meal = place_meal(shop)
    dearer = menu_body()
    dearer["items"][3]["variations"][0]["price_minor"] = 5000
    shop.do("menu.publish", menu=dearer)
    shop.do("stock.out", item_id="salad")
    more = {"item_id": "coffee", "quantity": 1}
    shop.do("orders.amend", order_id=order_id, lines=[{"line_id": "1", **MEAL}, more])
    assert see(shop, order_id).lines[0] == meal


@pytest.mark.parametrize(
    "choices",
    [
        [MAIN, SALAD, DRINK],
        [{**MAIN, **BACON}, {**SALAD, "without": []}, DRINK],
        [{**MAIN, **BACON}, SALAD, {"slot_id": "drink", "item_id": "cola"}],
        [{**MAIN, **BACON}, SALAD],
    ],
)
def test_a_menu_told_otherwise_is_another_one(shop: Terminal, choices: list[dict[str, Any]]) -> None:
    order_id, meal = place_meal(shop)
    shop.do("orders.amend", order_id=order_id, lines=[{"line_id": "1", **MEAL, "choices": choices}])
    assert see(shop, order_id).lines[0].components != meal.components


@pytest.mark.parametrize(
    ("expected", "lines"),
    [
        ("no_lines", []),
        ("unknown_line", [{"line_id": "9"}]),
        ("line_twice", [{"line_id": "1"}, {"line_id": "1"}]),
        ("missing_field", [{"quantity": 1}]),
        ("missing_field", [{"item_id": "burger"}]),
        ("bad_quantity", [{"line_id": "1", "quantity": 0}]),
        ("unknown_item", [{"item_id": "pizza", "quantity": 1}]),
    ],
)
def test_an_amendment_that_cannot_be_is_refused(shop: Terminal, expected: str, lines: list[dict[str, Any]]) -> None:
    assert code(shop, "orders.amend", order_id=shop.place("burger"), lines=lines) == expected


def test_of_two_amendments_made_apart_the_later_holds_and_the_earlier_is_remembered(tmp_path: Path) -> None:
    a, b = pair(tmp_path)
    order_id = a.place("burger")
    meet(a, b)
    a.writer.wall_ms += 1000
    a.do("orders.amend", order_id=order_id, lines=[{"line_id": "1"}, {"item_id": "cola", "quantity": 1}])
    b.writer.wall_ms += 2000
    b.do("orders.amend", order_id=order_id, lines=[{"line_id": "1"}, {"item_id": "coffee", "quantity": 1}])
    meet(a, b)
    assert see(a, order_id) == see(b, order_id)
    found = see(a, order_id)
    assert [x.name for x in found.lines] == ["Bacon Burger", "Coffee"]
    assert next(h.detail for h in found.history if h.what == "amended") == ["1 × Bacon Burger", "1 × Cola"]


def test_two_payments_taken_apart_both_stand_and_staff_are_told(tmp_path: Path) -> None:
    a, b = pair(tmp_path)
    order_id = a.place("burger")
    meet(a, b)
    for terminal in (a, b):
        terminal.do("payments.capture", order_id=order_id, tender="cash")
    meet(a, b)
    for terminal in (a, b):
        found = see(terminal, order_id)
        assert (found.paid_minor, found.overpaid_minor, found.due_minor) == (1980, 990, 0)
        assert "overpaid" in found.warnings
        assert len(found.tenders) == 2
    a.do("orders.collect", order_id=order_id)
    assert [o.order_id for o in a.services.orders(open_only=True)] == [order_id], "a refund is still to be given"
    refund = a.do("payments.refund", order_id=order_id, reason="paid twice")
    assert refund["amount_minor"] == 990
    meet(a, b)
    assert see(b, order_id).overpaid_minor == 0
    assert a.services.orders(open_only=True) == []


def test_screens_are_told_of_what_was_amended_while_out_and_of_what_was_sold_in_the_same_moment(tmp_path: Path) -> None:
    a, b = pair(tmp_path)
    order_id = a.place("cola")
    meet(a, b)
    a.writer.wall_ms += 1_000
    out = b.decide("stock.out", item_id="veggie").drafts[0]
    event = b.writer.write(out, hlc=a.services.order_book.newest(order_id) + 1)
    a.do("orders.amend", order_id=order_id, lines=[{"line_id": "1"}, {"item_id": "veggie", "quantity": 1}])
    assert a.hear([event]).orders == {order_id}
    assert see(a, order_id).warnings == ["sold_while_out:veggie"]
    salad = a.place("salad")
    out = b.decide("stock.out", item_id="salad").drafts[0]
    first = Writer("log-0").write(out, hlc=a.services.order_book.newest(salad))  # of two at one time the lesser name is
    assert a.hear([first]).orders >= {salad}
    assert see(a, salad).warnings == ["sold_while_out:salad"]


def test_sold_while_out_stands_and_the_kitchen_is_warned(tmp_path: Path) -> None:
    a, b = pair(tmp_path)
    a.do("stock.out", ingredient_id="bacon")
    b.writer.wall_ms += 5000
    order_id = b.place("burger", "cola")
    meet(a, b)
    assert order_id in a.changes.orders
    assert order_id in b.changes.orders, "the terminal that sold it learns of it by the stock event"
    assert order_id in b.changes.tickets
    for terminal in (a, b):
        assert see(terminal, order_id).status == "placed"
        assert see(terminal, order_id).warnings == ["sold_while_out:burger"]
        ticket = terminal.services.ticket(order_id)
        assert ticket is not None
        assert [x.warning for x in ticket.lines] == ["sold while out: Bacon", ""]


def test_more_sold_apart_than_was_left_warns_the_kitchen(tmp_path: Path) -> None:
    a, b = pair(tmp_path)
    a.do("stock.count", item_id="salad", left=1)
    meet(a, b)
    first = a.place("salad")
    b.writer.wall_ms += 5000
    second = b.place("salad")
    meet(a, b)
    for terminal in (a, b):
        assert see(terminal, first).warnings == []
        assert see(terminal, second).warnings == ["sold_while_out:salad"]
        assert terminal.services.stocks.stock.left == {"salad": -1}
    assert second in b.changes.orders


@pytest.mark.parametrize("counted", [False, True])
def test_screens_are_told_that_there_was_enough_after_all(tmp_path: Path, counted: bool) -> None:
    a, b = pair(tmp_path)
    a.do("stock.count", item_id="salad", left=1)
    meet(a, b)
    first = a.place("salad")
    b.writer.wall_ms += 5000
    second = b.place("salad")
    meet(a, b)
    assert see(a, second).warnings == ["sold_while_out:salad"]
    if counted:
        a.do("stock.count", item_id="salad", left=5)
    else:
        a.do("orders.void", order_id=first, reason="changed mind")
    assert second in a.changes.orders
    assert see(a, second).warnings == []


def test_a_void_made_apart_from_a_collection_that_came_first_does_not_undo_it(shop: Terminal) -> None:
    order_id = shop.place("burger")
    other = Writer("log-other", NOW_MS + 10_000)
    shop.do("orders.collect", order_id=order_id)
    shop.hear([other.write(Draft(orders.VOIDED, order_id, Voided("mistake")))])
    assert see(shop, order_id).status == "collected"
    assert see(shop, order_id).warnings == ["voided_after_collected"]


def test_what_was_collected_does_not_come_back_to_the_count_by_a_void_made_apart(shop: Terminal) -> None:
    shop.do("stock.count", item_id="salad", left=5)
    order_id = shop.place("salad")
    other = Writer("log-other", NOW_MS + 10_000)
    shop.do("orders.collect", order_id=order_id)
    shop.hear([other.write(Draft(orders.VOIDED, order_id, Voided("mistake")))])
    assert shop.services.stocks.stock.left == {"salad": 4}


def test_a_collection_after_a_void_made_apart_is_told(shop: Terminal) -> None:
    order_id = shop.place("burger")
    other = Writer("log-other", NOW_MS + 10_000)
    shop.do("orders.void", order_id=order_id, reason="mistake")
    shop.hear([other.write(Draft(orders.COLLECTED, order_id, Moved()))])
    assert see(shop, order_id).status == "voided"
    assert see(shop, order_id).warnings == ["collected_after_void"]


def test_an_event_that_is_older_than_the_order_by_a_wrong_clock_still_counts(shop: Terminal) -> None:
    order_id = shop.place("burger")
    slow = Writer("log-slow", NOW_MS - 3 * 3_600_000)
    shop.hear([slow.write(Draft(orders.ACCEPTED, order_id, Moved("Ann")))])
    assert see(shop, order_id).status == "accepted"
    assert [h.what for h in see(shop, order_id).history] == ["accepted", "placed"]


def test_an_order_is_not_seen_before_it_was_placed(shop: Terminal) -> None:
    order_id = str(uuid.uuid4())
    shop.hear([Writer("log-other").write(Draft(orders.ACCEPTED, order_id, Moved()))])
    assert shop.services.order(order_id) is None
    assert shop.services.orders() == []
    shop.place("burger", order_id=order_id)
    assert see(shop, order_id).status == "accepted"


def test_a_void_that_arrives_late_gives_back_all_that_the_order_took(shop: Terminal) -> None:
    other = Writer("log-other", NOW_MS + 1000)
    shop.do("stock.count", item_id="salad", left=10)
    order_id = shop.place("salad")
    voided = other.write(Draft(orders.VOIDED, order_id, Voided("left")))
    shop.writer.wall_ms += 2000
    shop.do("orders.amend", order_id=order_id, lines=[{"line_id": "1", "quantity": 3}])
    assert shop.services.availability()["salad"].left == 7
    shop.hear([voided])
    assert shop.services.availability()["salad"].left == 10
    shop.restart()
    assert shop.services.availability()["salad"].left == 10


def test_only_orders_after_the_count_are_taken_from_it(shop: Terminal) -> None:
    early = Writer("log-early", NOW_MS - 60_000)
    order_id = shop.place("salad")
    taken = next(e for e in shop.events if e.aggregate_id == order_id)
    shop.do("stock.count", item_id="salad", left=10)
    shop.hear([early.write(Draft(orders.PLACED, "early", taken.data(orders.Placed)))])
    assert shop.services.availability()["salad"].left == 10
    late = Writer("log-late", NOW_MS + 60_000)
    shop.hear([late.write(Draft(orders.PLACED, "late", taken.data(orders.Placed)))])
    assert shop.services.availability()["salad"].left == 9


def test_what_two_terminals_took_and_gave_back_under_one_command_is_told_as_counted_once(tmp_path: Path) -> None:
    a, b = pair(tmp_path)
    order_id = a.place("burger")
    meet(a, b)
    total = see(a, order_id).total_minor
    taken = Draft(payments.CAPTURED, order_id, payments.Captured("p1", "cash", total, tendered_minor=total))
    given = Draft(payments.REFUNDED, order_id, payments.Refunded("r1", "p1", "cash", 100, "cold"))
    left = Draft(payments.WRITTEN_OFF, order_id, payments.WrittenOff("w1", 50, "short"))
    for one in (a, b):
        one.say([taken, given, left])
    meet(a, b)
    found = see(b, order_id)
    assert found.paid_minor == total - 100
    assert [h.what for h in found.history][1:] == [
        *("paid by cash", "paid by cash (counted already)"),
        *("refunded by cash: cold", "refunded by cash (counted already): cold"),
        *("written off: short", "written off (counted already): short"),
    ]


def test_the_same_order_sent_to_two_terminals_apart_is_the_first_one(tmp_path: Path) -> None:
    a, b = pair(tmp_path)
    order_id = a.place("burger", order_id=str(uuid.uuid4()))
    b.writer.wall_ms += 5000
    b.place("cola", order_id=order_id)
    meet(a, b)
    assert see(a, order_id) == see(b, order_id)
    assert [x.name for x in see(a, order_id).lines] == ["Bacon Burger"]
    assert [h.what.split(" as ")[0] for h in see(a, order_id).history] == ["placed", "placed again"]
    ticket = b.services.ticket(order_id)
    assert ticket is not None
    assert [x.name for x in ticket.lines] == ["Bacon Burger"]
