"""The staff's tablet, in a real window: moments 7, 8 and 9."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from PySide6.QtCore import QPointF, QRectF

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import BACON_OUT, MENU, line, order
from tests.ui.fit import faults

SIZE = (1280, 800)


@pytest.fixture
def pos(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_with(*orders: dict[str, Any], size: tuple[int, int] = SIZE, **options: Any) -> Hand:
        desk.views |= {
            "orders": list(orders), "menu": MENU, "availability": {}, "peers": [],
            "status": {"label": "Counter", "store": "riverside", "currency": "EUR"},
        }  # fmt: skip
        hand = show("pos", size, **options)
        hand.until(lambda: len(hand.vm.draft.dishes.rows) > 0, "the menu is there")
        return hand

    return open_with


def sent(desk: Desk, name: str) -> list[dict[str, Any]]:
    return [{k: v for k, v in body.items() if k != "command_id"} for n, body in desk.commands if n == name]


def test_every_open_order_of_the_shop_is_there_and_done_ones_are_not(pos) -> None:
    hand = pos(order("A1"), order("K1", channel="kiosk"), order("A0", status="collected", paid=2080))
    hand.until(lambda: hand.sees("pos.order.order-A1") and hand.sees("pos.order.order-K1"))
    assert not hand.sees("pos.order.order-A0")
    hand.tap("pos.filter.done")
    hand.until(lambda: hand.sees("pos.order.order-A0"))


def test_an_order_taken_elsewhere_appears_by_itself(desk, pos) -> None:
    hand = pos()
    desk.tell("orders", "order-K5", order("K5"))
    hand.until(lambda: hand.sees("pos.order.order-K5"))


def test_the_number_a_guest_says_finds_the_order(pos) -> None:
    hand = pos(*(order(f"A{n}") for n in range(10, 18)), order("K47", status="collected", paid=2080))
    hand.type("pos.search", "47")
    hand.until(lambda: [r["number"] for r in hand.vm.rows.rows] == ["K47"])


def test_cash_with_a_suggested_note_shows_the_change(desk, pos) -> None:
    hand = pos(order("A1"))
    desk.answer = lambda name, body: (200, {"events": [], "result": {"change_minor": 2920}})
    hand.tap("pos.order.order-A1")
    hand.tap("pos.pay.cash")
    hand.tap("pos.till.note.3")  # 50.00 for 20.80
    hand.until(lambda: hand.item("pos.till.change").property("text") == "€29.20")
    hand.tap("pos.till.take")
    hand.until(lambda: hand.sees("pos.till.result.change"))
    assert hand.item("pos.till.result.change").property("text") == "€29.20"
    assert sent(desk, "payments.capture") == [
        {"order_id": "order-A1", "tender": "cash", "amount_minor": 2080, "tendered_minor": 5000}
    ]
    desk.tell("orders", "order-A1", order("A1", paid=2080))
    hand.until(lambda: hand.vm.till.dueMinor == 0)
    hand.tap("pos.till.next")
    hand.until(lambda: hand.vm.till.stage == "closed")


def test_too_little_cash_cannot_be_taken(pos) -> None:
    hand = pos(order("A1"))
    hand.tap("pos.order.order-A1")
    hand.tap("pos.pay.cash")
    for key in ("1", "0", "00"):
        hand.tap(f"pos.till.keypad.given.{key}")
    hand.until(lambda: hand.vm.till.typedMinor == 1000)
    assert hand.vm.till.shortMinor == 1080
    assert not hand.item("pos.till.take").isEnabled()


def test_a_keyboard_that_is_plugged_in_types_what_the_guest_gives(pos) -> None:
    hand = pos(order("A1"))
    hand.screen.view.requestActivate()
    hand.tap("pos.order.order-A1")
    hand.tap("pos.pay.cash")
    hand.until(lambda: hand.vm.till.stage == "cash")
    hand.still("pos.till.keypad.given.2")
    for key in "2x500":
        hand.key(key)
    hand.until(lambda: hand.vm.till.typedMinor == 2500)


def test_a_bill_is_split_over_two_cards_and_cash(desk, pos) -> None:
    """Moment 7: thirds of 20.80 are 6.94, 6.93 and 6.93."""
    hand = pos(order("A1"))
    hand.tap("pos.order.order-A1")
    hand.tap("pos.pay.split")
    hand.tap("pos.till.ways.3")
    paid = 0
    for amount, tender in ((694, "card"), (693, "card")):
        hand.until(lambda amount=amount: hand.vm.till.amountMinor == amount)
        hand.tap(f"pos.till.{tender}")
        hand.until(lambda: hand.vm.till.stage == "done")
        paid += amount
        desk.tell("orders", "order-A1", order("A1", paid=paid))
        hand.until(lambda paid=paid: hand.vm.till.dueMinor == 2080 - paid)
        hand.tap("pos.till.next")
    hand.until(lambda: hand.vm.till.amountMinor == 693)
    hand.tap("pos.till.cash")
    hand.tap("pos.till.note.0")
    hand.tap("pos.till.take")
    hand.until(lambda: hand.vm.till.stage == "done")
    assert [(b["tender"], b["amount_minor"]) for b in sent(desk, "payments.capture")] == [
        ("card", 694), ("card", 693), ("cash", 693),
    ]  # fmt: skip


def test_a_declined_card_says_so_and_another_try_is_another_payment(desk, pos) -> None:
    hand = pos(order("A1"))
    desk.answer = lambda name, body: (409, {"code": "declined", "text": "The card was declined."})
    hand.tap("pos.order.order-A1")
    hand.tap("pos.pay.card")
    hand.until(lambda: hand.vm.till.stage == "failed")
    assert hand.vm.till.error == "The card was declined."
    hand.tap("pos.till.again")
    hand.until(lambda: len(desk.commands) == 2)
    assert len({body["command_id"] for _, body in desk.commands}) == 2


@pytest.mark.parametrize("code", ["card_unknown", "not_saved"])
def test_while_it_is_not_known_whether_a_card_was_charged_the_same_payment_is_asked_for(desk, pos, code) -> None:
    hand = pos(order("A1"))
    hand.tap("pos.order.order-A1")
    desk.answer = lambda name, body: (503, {"code": code, "text": "The card terminal has not said it yet."})
    hand.tap("pos.pay.card")
    hand.until(lambda: hand.vm.till.stage == "failed")
    assert hand.vm.till.error == "The card terminal has not said it yet."
    desk.answer = lambda name, body: (200, {"events": [], "result": {"due_minor": 0}})
    hand.do(hand.vm.till.retry)
    hand.until(lambda: hand.vm.till.stage == "done")
    assert len({body["command_id"] for name, body in desk.commands if name == "payments.capture"}) == 1


def test_a_card_payment_without_an_answer_is_asked_again_never_made_again(desk, pos) -> None:
    hand = pos(order("A1"))
    hand.tap("pos.order.order-A1")
    desk.deaf = True
    hand.tap("pos.pay.card")
    hand.until(lambda: len(desk.commands) >= 2)
    desk.deaf = False
    hand.until(lambda: hand.vm.till.stage == "done")
    assert len({body["command_id"] for _, body in desk.commands}) == 1


def test_a_coffee_is_added_to_the_order_the_kiosk_took(desk, pos) -> None:
    taken = order("K1")
    taken["lines"][0] |= {"guest": "Mia", "note": "well done"}
    hand = pos(taken)
    hand.tap("pos.order.order-K1")
    hand.tap("pos.add")
    hand.tap("pos.category.drinks")
    hand.tap("pos.dish.coffee")
    hand.tap("pos.option.variation.coffee-l")
    hand.tap("pos.sheet.take")
    hand.until(lambda: hand.vm.draft.totalMinor == 2080 + 350)
    hand.until(lambda: not hand.sees("pos.sheet"))
    hand.tap("pos.draft.place")
    hand.until(lambda: sent(desk, "orders.amend"))
    (body,) = sent(desk, "orders.amend")
    assert body["order_id"] == "order-K1"
    assert [line.get("line_id") for line in body["lines"]] == ["l1", "l2", None]
    assert (body["lines"][0]["guest"], body["lines"][0]["note"]) == ("Mia", "well done")
    assert body["lines"][2] == {"item_id": "coffee", "variation_id": "coffee-l", "quantity": 1, "modifiers": []}
    hand.until(lambda: hand.vm.page == "orders")


def meal_without_onion() -> dict[str, Any]:
    """A menu as the kiosk sells it, at the price of before, and a dish that has left the menu since."""
    parts = [
        {"slot_id": "main", "item_id": "burger", "name": "Cheeseburger", "variation_id": "burger-1",
         "modifiers": [{"modifier_id": "extra-cheese", "name": "Extra cheese", "quantity": 2, "price_minor": 90}],
         "without": ["onion"], "without_names": ["Onion"]},
        *({"slot_id": "drink", "item_id": "cola", "name": "Cola", "variation_id": "cola-1", "modifiers": []},) * 2,
    ]  # fmt: skip
    meal = line("l1", "Burger menu", 999, item_id="menu", variation_id="menu-1", components=parts)
    return order("K1", lines=[meal, line("l2", "Soup of May", 400, item_id="soup", variation_id="soup-1")])


def test_what_is_left_out_of_a_menus_dish_stays_left_out_when_a_coffee_is_added(desk, pos) -> None:
    taken = meal_without_onion()
    hand = pos(taken)
    hand.tap("pos.order.order-K1")
    told = hand.vm.lines.rows[0]
    assert told["details"] == ["Cheeseburger (Extra cheese ×2)", "2 × Cola"]
    assert told["without"] == ["Onion (Cheeseburger)"]
    hand.tap("pos.add")
    hand.until(lambda: [r["name"] for r in hand.vm.draft.lines.rows] == ["Burger menu", "Soup of May"])
    assert hand.vm.draft.totalMinor == 1399, "as it was sold, whatever the menu says today"
    assert "no Onion" in " ".join(hand.vm.draft.lines.rows[0]["details"])
    hand.tap("pos.draft.place")
    hand.until(lambda: sent(desk, "orders.amend"))
    (body,) = sent(desk, "orders.amend")
    assert body["lines"][0]["choices"][0] == {
        "slot_id": "main", "item_id": "burger", "variation_id": "burger-1", "without": ["onion"],
        "modifiers": [{"modifier_id": "extra-cheese", "quantity": 2}],
    }  # fmt: skip


def test_a_new_order_is_placed_and_opened(desk, pos) -> None:
    hand = pos()
    desk.answer = lambda name, body: (200, {"events": [], "result": {"order_id": "order-A9", "number": "A9"}})
    hand.tap("pos.page.new")
    hand.tap("pos.dish.burger")
    hand.tap("pos.dish.burger")
    hand.tap("pos.draft.dining.takeaway")
    hand.until(lambda: hand.vm.draft.pieces == 2)
    hand.tap("pos.draft.place")
    hand.until(lambda: hand.vm.page == "orders" and hand.vm.selected == "order-A9")
    (body,) = sent(desk, "orders.place")
    assert body["dining"] == "takeaway"
    assert body["lines"] == [{"item_id": "burger", "variation_id": "burger-1", "quantity": 2, "modifiers": []}]
    assert hand.vm.draft.pieces == 0


def test_a_refused_order_stays_in_the_hands_of_the_cashier(desk, pos) -> None:
    hand = pos()
    desk.answer = lambda name, body: (409, {"code": "out_of_stock", "text": "The burger is sold out."})
    hand.tap("pos.page.new")
    hand.tap("pos.dish.burger")
    hand.tap("pos.draft.place")
    hand.until(lambda: hand.sees("pos.toast"))
    assert hand.item("pos.toast").property("text") == "The burger is sold out."
    assert hand.vm.draft.pieces == 1


@pytest.mark.parametrize(
    ("code", "said"),
    [("item_out", "Das ist ausverkauft. Bitte etwas anderes wählen."), ("of_tomorrow", "The burger is sold out.")],
)
def test_a_refusal_is_in_the_language_of_the_till_where_that_knows_it(desk, pos, code, said) -> None:
    hand = pos()
    hand.do(lambda: hand.screen.shell.set_language("de"))
    desk.answer = lambda name, body: (409, {"code": code, "text": "The burger is sold out."})
    hand.tap("pos.page.new")
    hand.tap("pos.dish.burger")
    hand.tap("pos.draft.place")
    hand.until(lambda: hand.sees("pos.toast"))
    assert hand.item("pos.toast").property("text") == said


def test_a_dish_with_a_question_cannot_be_added_before_it_is_answered(pos) -> None:
    hand = pos()
    hand.tap("pos.page.new")
    hand.tap("pos.dish.bacon-burger")
    hand.until(lambda: hand.sees("pos.sheet.take"))
    assert not hand.item("pos.sheet.take").isEnabled()
    hand.tap("pos.option.group:doneness.medium")
    hand.tap("pos.sheet.take")
    hand.until(lambda: hand.vm.draft.pieces == 1)


def test_a_set_may_hold_one_dish_several_times(desk: Desk, show: Callable[..., Hand]) -> None:
    menu = deepcopy(MENU)
    menu["combos"][0]["slots"][1] |= {"min": 3, "max": 3}  # drinks, of two kinds
    desk.views |= {"menu": menu, "orders": [], "availability": {}, "peers": []}
    hand = show("pos", SIZE)
    hand.until(lambda: len(hand.vm.draft.dishes.rows) > 0)
    desk.answer = lambda name, body: (200, {"events": [], "result": {"order_id": "order-A9", "number": "A9"}})
    hand.tap("pos.page.new")
    hand.tap("pos.dish.menu")
    hand.tap("pos.option.slot:main.burger")
    hand.tap("pos.option.slot:drink.cola")
    assert hand.vm.draft.sheet["missing"] == 2
    hand.tap("pos.option.slot:drink.cola.count.more")
    hand.tap("pos.option.slot:drink.coffee")
    hand.tap("pos.sheet.take")
    hand.until(lambda: hand.vm.draft.pieces == 1)
    hand.tap("pos.draft.place")
    hand.until(lambda: sent(desk, "orders.place"))
    (body,) = sent(desk, "orders.place")
    assert [c["item_id"] for c in body["lines"][0]["choices"]] == ["burger", "cola", "cola", "coffee"]


def test_an_open_price_is_typed(pos) -> None:
    hand = pos()
    hand.tap("pos.page.new")
    hand.tap("pos.category.other")
    hand.tap("pos.dish.gift-card")
    for key in ("2", "5", "00"):
        hand.tap(f"pos.sheet.keypad.{key}")
    hand.tap("pos.sheet.take")
    hand.until(lambda: hand.vm.draft.totalMinor == 2500)


def test_one_hold_marks_bacon_out_and_a_touch_does_not(desk, pos) -> None:
    """Moment 8."""
    hand = pos()
    hand.tap("pos.page.stock")
    hand.until(lambda: hand.item("pos.stock.ingredient.bacon").property("text") == "Hold: mark out")
    assert hand.item("pos.stock.ingredient.bacon").property("tone") == "neutral"
    hand.tap("pos.stock.ingredient.bacon")
    hand.until(lambda: hand.sees("pos.toast"))
    assert hand.item("pos.toast").property("text") == "Hold the button until it is full to mark Bacon out."
    assert desk.commands == []
    hand.hold("pos.stock.ingredient.bacon", 1.0)
    hand.until(lambda: sent(desk, "stock.out") == [{"ingredient_id": "bacon"}])
    assert hand.vm.stock.rows.row("ingredient:bacon")["out"]
    desk.tell("availability", "", BACON_OUT)
    hand.until(lambda: hand.vm.draft.dishes.row("bacon-burger")["sold"] == "out")
    hand.until(lambda: not hand.vm.stock.rows.row("ingredient:bacon")["busy"])
    assert hand.vm.stock.rows.row("ingredient:bacon")["out"]
    assert hand.vm.stock.outCount == 1
    hand.until(lambda: hand.item("pos.stock.ingredient.bacon").property("text") == "Hold: back in")
    hand.tap("pos.stock.ingredient.bacon")
    hand.until(lambda: "when it is back" in hand.item("pos.toast").property("text"))
    assert len(desk.commands) == 1


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_row_of_the_stock_says_what_to_do(desk, pos, language: str) -> None:
    hand = pos(language=language)
    hand.tap("pos.page.stock")
    hand.tap("pos.stock.item.burger")
    hand.until(lambda: hand.sees("pos.toast"))
    hand.until(lambda: not faults(hand.screen.find("pos.stock"), QRectF(0, 0, 1280, 800), elided=set()))


def test_an_order_by_phone_is_called_that_and_not_the_terminals_that_served_the_page(pos) -> None:
    hand = pos(order("P1", channel="phone"), order("K1"))
    hand.until(lambda: hand.sees("pos.order.order-P1.phone"))
    assert not hand.sees("pos.order.order-K1.phone")
    hand.tap("pos.order.order-P1")
    hand.until(lambda: hand.sees("pos.detail.who"))
    assert "By phone" in hand.item("pos.detail.who").property("text")
    assert "Kiosk 1" not in hand.item("pos.detail.who").property("text")
    hand.tap("pos.order.order-K1")
    hand.until(lambda: "Taken by Kiosk 1" in hand.item("pos.detail.who").property("text"))


def test_what_is_empty_stands_at_one_height(pos) -> None:
    hand = pos()
    hand.until(lambda: hand.sees("pos.empty.orders") and hand.sees("pos.empty.order"))
    tops = [lambda n=n: hand.item(n).mapToScene(QPointF(0, 0)).y() for n in ("pos.empty.orders", "pos.empty.order")]
    hand.until(lambda: abs(tops[0]() - tops[1]()) <= 1)


def test_a_refused_mark_is_taken_back(desk, pos) -> None:
    hand = pos()
    desk.answer = lambda name, body: (503, {"code": "not_saved", "text": "Not saved."})
    hand.tap("pos.page.stock")
    hand.hold("pos.stock.ingredient.bacon", 1.0)
    hand.until(lambda: hand.sees("pos.toast"))
    assert not hand.vm.stock.rows.row("ingredient:bacon")["out"]


def test_what_is_left_is_counted(desk, pos) -> None:
    hand = pos()
    hand.tap("pos.page.stock")
    hand.type("pos.stock.search", "fries")
    hand.tap("pos.stock.count.fries")
    hand.tap("pos.count.keypad.8")
    hand.tap("pos.count.save")
    hand.until(lambda: sent(desk, "stock.count") == [{"item_id": "fries", "left": 8}])


def test_voiding_needs_a_reason(desk, pos) -> None:
    hand = pos(order("A1"))
    hand.tap("pos.order.order-A1")
    hand.tap("pos.void")
    hand.until(lambda: hand.sees("pos.void.do"))
    assert not hand.item("pos.void.do").isEnabled()
    hand.tap("pos.void.reason.left")
    hand.tap("pos.void.do")
    hand.until(lambda: sent(desk, "orders.void") == [{"order_id": "order-A1", "reason": "Guest left"}])


def test_money_taken_twice_is_a_task_until_it_is_given_back(desk, pos) -> None:
    tenders = [
        {"payment_id": "p1", "tender": "card", "amount_minor": 2080, "card": "VISA ···· 4242"},
        {"payment_id": "p2", "tender": "cash", "amount_minor": 2080},
    ]
    hand = pos(order("A2", minutes=1), order("A1", minutes=30, status="collected", paid=4160, tenders=tenders))
    assert [r["number"] for r in hand.vm.rows.rows] == ["A1", "A2"]  # the task stands first, old as it is
    hand.tap("pos.order.order-A1")
    hand.tap("pos.refund")
    hand.until(lambda: sent(desk, "payments.refund"))
    assert sent(desk, "payments.refund") == [
        {"order_id": "order-A1", "payment_id": "p2", "amount_minor": 2080, "reason": "overpaid"}
    ]


def test_the_next_step_is_one_tap(desk, pos) -> None:
    hand = pos(order("A1", status="ready", paid=2080))
    hand.tap("pos.order.order-A1")
    hand.tap("pos.step.orders.collect")
    hand.until(lambda: sent(desk, "orders.collect") == [{"order_id": "order-A1"}])


def test_another_tablet_goes_on_with_the_same_open_orders(pos, show) -> None:
    """Moment 9."""
    first = pos(order("A1"), order("A2"))
    second = show("pos", SIZE)
    second.until(lambda: [r["order_id"] for r in second.vm.rows.rows] == [r["order_id"] for r in first.vm.rows.rows])


def test_the_language_changes_while_it_runs(pos) -> None:
    hand = pos(order("A1"))
    hand.tap("pos.order.order-A1")
    assert hand.item("pos.pay.cash").property("text") == "Cash"
    hand.tap("pos.language")
    hand.until(lambda: hand.item("pos.pay.cash").property("text") == "Bar")
    assert hand.vm.draft.categories[1]["name"] == "Getränke"


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (760, 500)])
def test_everything_to_tap_is_large_enough(pos, size: tuple[int, int]) -> None:
    hand = pos(order("A1"), size=size)
    hand.tap("pos.order.order-A1")
    for name in ("pos.pay.cash", "pos.void", "pos.filter.open", "pos.page.stock", "pos.order.order-A1"):
        item = hand.item(name)
        assert min(item.width(), item.height()) >= 48, name


def test_a_card_that_the_bank_declines_afterwards_is_told_at_once_and_settled(desk, pos) -> None:
    card = {"payment_id": "p1", "tender": "card", "amount_minor": 2080, "card": "VISA ···· 4242", "offline": True}
    collected = {"status": "collected", "minutes": 30}
    hand = pos(order("A2", minutes=1), order("A1", **collected, paid=2080, tenders=[card]))
    late = order("A1", **collected, paid=0, tenders=[card | {"declined_late": True}]) | {"warnings": ["declined_late"]}
    desk.tell("orders", "order-A1", late)
    hand.until(lambda: "declined" in str(hand.item("pos.toast").property("text")))
    assert [r["number"] for r in hand.vm.rows.rows] == ["A1", "A2"]  # the task stands first, old as it is
    hand.tap("pos.order.order-A1")
    hand.until(lambda: hand.sees("pos.lost.task"))
    assert hand.sees("pos.pay.cash"), "or the customer pays otherwise"
    hand.tap("pos.write_off")
    hand.until(lambda: sent(desk, "payments.write_off"))
    assert sent(desk, "payments.write_off") == [{"order_id": "order-A1", "reason": "declined by the bank"}]


def test_a_screen_that_is_out_of_order_is_named_and_its_sign_taken_down(desk: Desk, show: Callable[..., Hand]) -> None:
    kiosk = {"device_id": "kiosk-1", "label": "Kiosk 1", "role": "kiosk", "closed": True, "why": "staff"}
    desk.views |= {"menu": MENU, "orders": [], "screens": [kiosk, {"device_id": "till-1", "closed": False}]}
    hand = show("pos", (1280, 800))
    hand.until(lambda: hand.sees("pos.sign.kiosk-1"))
    assert not hand.screen.find("pos.sign.till-1")
    hand.tap("pos.sign.down.kiosk-1")
    hand.until(lambda: [body for name, body in desk.commands if name == "screens.open"])
    assert desk.commands[-1][1]["device_id"] == "kiosk-1"
    desk.tell("screens", None, [{**kiosk, "closed": False, "why": ""}])
    hand.until(lambda: not hand.sees("pos.sign.kiosk-1"))


def test_missing_orders_are_told_at_the_till_until_somebody_has_seen_it(desk: Desk, show: Callable[..., Hand]) -> None:
    notes = [
        {"note_id": f"n{n}", "text": "Gone.", "since": "2026-03-01T12:00:00Z", "missing": [f"P{n}"]} for n in (1, 2)
    ]
    desk.views |= {"menu": MENU, "orders": []}
    desk.views["status"] = {**desk.views.get("status", {}), "notes": notes}
    hand = show("pos", (1280, 800))
    hand.until(lambda: hand.sees("note.n1"))
    assert not hand.screen.find("note.n2"), "one at a time: orders stay in sight"
    assert "P1" in hand.vm.notes.rows[0]["text"]
    for n in (1, 2):
        desk.facts[f"/v1/notes/n{n}/seen"] = {"note_id": f"n{n}"}
        hand.tap(f"note.seen.n{n}")
        hand.until(lambda n=n: f"/v1/notes/n{n}/seen" in [path for path, _ in desk.asked])
    hand.until(lambda: not hand.vm.notes.rows)


def test_a_voucher_is_taken_and_the_rest_is_asked_for(desk, pos) -> None:
    hand = pos(order("A1"))
    desk.answer = lambda name, body: (
        200,
        {"events": [], "result": {"tender": "voucher", "amount_minor": 500, "due_minor": 1580, "paid": False}},
    )
    hand.do(lambda: hand.vm.till.open("order-A1"))
    hand.tap("pos.till.voucher")
    assert not hand.item("pos.till.voucher.take").isEnabled()
    for digit in "471108151237":
        hand.tap(f"pos.till.keypad.code.{digit}")
    hand.tap("pos.till.voucher.take")
    hand.until(lambda: hand.vm.till.stage == "done")
    assert hand.vm.till.dueMinor == 1580
    body = next(body for name, body in desk.commands if name == "payments.capture")
    assert (body["tender"], body["code"], body["amount_minor"]) == ("voucher", "471108151237", 2080)
