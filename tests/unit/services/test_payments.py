"""Money: taken once, given back at most once, and never forgotten when a terminal dies in between."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from server.event import Draft, Refused
from server.services.orders.events import Order
from server.services.payments.card_terminal import (
    MAX_REMEMBERED,
    CardOutcome,
    CardRefund,
    CardRequest,
    SimulatedCardTerminal,
    name_of,
)
from server.services.payments.decider import ATTEMPT_BLOCKS_MS
from server.services.payments.events import REFUND_ATTEMPTED, RefundAttempted

from .world import Terminal


@pytest.fixture
def shop(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path)
    terminal.publish()
    return terminal


def see(shop: Terminal, order_id: str) -> Order:
    found = shop.services.order(order_id)
    assert found is not None
    return found


def code(shop: Terminal, command: str, **body: Any) -> str:
    with pytest.raises(Refused) as refused:
        shop.do(command, **body)
    return refused.value.code


async def test_a_card_terminal_that_can_not_remember_takes_no_money(tmp_path: Path) -> None:
    card = SimulatedCardTerminal(memory=tmp_path / "nowhere" / "card-terminal.json")
    request = CardRequest("p1", "o1", 990, "EUR")
    assert (await card.charge(request)).answer == "unreachable"
    assert (await card.status(request)).answer == "timed_out"
    assert card.charged == {}


async def pay_by_card(shop: Terminal, card: SimulatedCardTerminal, order_id: str, **body: Any) -> Any:
    """As the node does it; the result, or the refusal's code."""
    decision = shop.decide("payments.capture", order_id=order_id, tender="card", **body)
    shop.say(decision.drafts)
    assert decision.payment is not None
    settled = shop.desk.settle(decision.payment, await card.charge(decision.payment))
    shop.say(settled.drafts)
    return settled.refusal.code if settled.refusal else settled.result


def test_cash_is_taken_with_change(shop: Terminal) -> None:
    order_id = shop.place("burger")
    result = shop.do("payments.capture", order_id=order_id, tender="cash", tendered_minor=2000)
    assert (result["amount_minor"], result["change_minor"], result["paid"]) == (990, 1010, True)
    tender = see(shop, order_id).tenders[0]
    assert (tender.tender, tender.tendered_minor, tender.change_minor) == ("cash", 2000, 1010)
    assert see(shop, order_id).due_minor == 0


def test_a_bill_is_split(shop: Terminal) -> None:
    order_id = shop.place("burger")
    first = shop.do("payments.capture", order_id=order_id, tender="cash", amount_minor=490)
    assert (first["due_minor"], first["paid"]) == (500, False)
    assert shop.do("payments.capture", order_id=order_id, tender="cash")["amount_minor"] == 500


@pytest.mark.parametrize(
    ("expected", "body"),
    [
        ("more_than_due", {"tender": "cash", "amount_minor": 991}),
        ("more_than_due", {"tender": "card", "amount_minor": 991}),
        ("too_little_tendered", {"tender": "cash", "tendered_minor": 989}),
        ("bad_amount", {"tender": "cash", "amount_minor": 0}),
        ("bad_amount", {"tender": "cash", "amount_minor": -5}),
        ("bad_amount", {"tender": "cash", "tendered_minor": 10**30}),
        ("tendered_is_for_cash", {"tender": "card", "tendered_minor": 1000}),
        ("bad_field", {"tender": "shells"}),
        ("bad_field", {"tender": "cash", "payment_id": ""}),
        ("missing_field", {}),
    ],
)
def test_a_payment_that_cannot_be_is_refused(shop: Terminal, expected: str, body: dict[str, Any]) -> None:
    found = code(shop, "payments.capture", order_id=shop.place("burger"), **body)
    assert found == expected or (expected == "bad_amount" and found == "bad_field")


def test_a_paid_order_takes_no_more(shop: Terminal) -> None:
    order_id = shop.place("burger")
    shop.do("payments.capture", order_id=order_id, tender="cash")
    assert code(shop, "payments.capture", order_id=order_id, tender="cash") == "nothing_due"
    assert code(shop, "payments.capture", order_id=str(uuid.uuid4()), tender="cash") == "unknown_order"


async def test_a_card_is_charged(shop: Terminal) -> None:
    card, order_id = SimulatedCardTerminal(), shop.place("burger")
    result = await pay_by_card(shop, card, order_id)
    assert (result["amount_minor"], result["paid"]) == (990, True)
    assert sum(card.charged.values()) == see(shop, order_id).paid_minor == 990
    assert see(shop, order_id).tenders[0].card
    assert shop.desk.unsettled() == []


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("decline", "card_declined"), ("timeout", "card_timed_out"), ("unreachable", "card_unreachable")],
)
async def test_a_card_that_fails_charges_nothing_and_can_be_tried_again(
    shop: Terminal, mode: Any, expected: str
) -> None:
    card, order_id = SimulatedCardTerminal(mode), shop.place("burger")
    assert await pay_by_card(shop, card, order_id) == expected
    assert see(shop, order_id).due_minor == 990
    assert "failed" in see(shop, order_id).history[-1].what
    card.mode = "approve"
    assert (await pay_by_card(shop, card, order_id))["paid"]
    assert len(card.charged) == 1


async def test_asking_twice_with_one_payment_id_charges_once(shop: Terminal) -> None:
    card, order_id = SimulatedCardTerminal(), shop.place("burger")
    decision = shop.decide("payments.capture", order_id=order_id, tender="card", payment_id="p1")
    shop.say(decision.drafts)
    assert decision.payment is not None
    await card.charge(decision.payment)  # and the answer is lost
    again = await pay_by_card(shop, card, order_id, payment_id="p1")
    assert again["paid"]
    third = shop.decide("payments.capture", order_id=order_id, tender="card", payment_id="p1")
    assert (third.drafts, third.payment, third.result["paid"]) == ([], None, True)
    assert card.charged == {"p1": 990}
    assert see(shop, order_id).paid_minor == 990


async def test_a_payment_cut_off_by_a_crash_is_known_after_the_restart(shop: Terminal) -> None:
    card, order_id = SimulatedCardTerminal(), shop.place("burger")
    decision = shop.decide("payments.capture", order_id=order_id, tender="card")
    shop.say(decision.drafts)
    assert decision.payment is not None
    await card.charge(decision.payment)
    shop.restart()
    (left_open,) = shop.desk.unsettled()
    assert left_open.payment_id == decision.payment.payment_id
    assert left_open.command_id == decision.payment.command_id
    shop.say(shop.desk.settle(left_open, await card.charge(left_open)).drafts)
    assert see(shop, order_id).paid_minor == 990
    assert sum(card.charged.values()) == 990
    assert shop.desk.unsettled() == []
    assert shop.desk.settle(left_open, CardOutcome("approved")).drafts == [], "recorded once"


@pytest.mark.parametrize("what", ["capture", "resume", "refund"])
async def test_who_asks_in_a_dead_terminals_place_asks_again_after_its_own_crash(
    shop: Terminal, tmp_path: Path, what: str
) -> None:
    """A terminal goes on with an old backup, and so as another device: the same command comes to it, its card terminal
    took the money, and it dies before it could write that down. Both ask then, should the first one come back."""
    second, body = Terminal(tmp_path / "second", "device-2"), {"command_id": str(uuid.uuid4())}
    if what == "refund":
        order_id, payment_id = await paid_by_card(shop)
        name, body = "payments.refund", body | {"order_id": order_id, "payment_id": payment_id, "reason": "cold"}
    else:
        order_id = shop.place("burger")
        name, body = "payments.capture", body | {"order_id": order_id, "tender": "card"}
    shop.say(shop.decide(name, **body).drafts)
    second.hear(shop.events)
    asked = second.decide(name, **body | ({"resume": True} if what == "resume" else {}))
    assert asked.payment is not None
    second.say(asked.drafts)
    second.restart()
    (left_open,) = second.desk.unsettled()
    assert name_of(left_open) == name_of(asked.payment)
    shop.hear(second.events[-1:])
    shop.restart()
    assert [name_of(one) for one in shop.desk.unsettled()] == [name_of(left_open)]
    assert shop.decide(name, **body).drafts == second.decide(name, **body).drafts == [], "said once by each"
    second.say(second.desk.settle(left_open, CardOutcome("approved")).drafts)
    assert second.desk.unsettled() == []
    shop.hear(second.events[-1:])
    assert shop.desk.unsettled() == []


@pytest.mark.parametrize("then", ["approved", "declined"])
@pytest.mark.parametrize("what", ["capture", "refund"])
async def test_what_one_card_terminal_says_ends_only_its_own_question(
    shop: Terminal, tmp_path: Path, what: str, then: Any
) -> None:
    """A second terminal stood in a dead one's place, and its card terminal knows of nothing; the first one's took the
    money. It comes back, and asks."""
    second, command_id = Terminal(tmp_path / "second", "device-2"), str(uuid.uuid4())
    if what == "refund":
        order_id, payment_id = await paid_by_card(shop)
        name, body = "payments.refund", {"order_id": order_id, "payment_id": payment_id, "reason": "cold"}
    else:
        order_id = shop.place("burger")
        name, body = "payments.capture", {"order_id": order_id, "tender": "card"}
    shop.say(shop.decide(name, **body, command_id=command_id).drafts)
    shop.restart()
    second.hear(shop.events)
    asked = second.decide(name, **body, command_id=command_id)
    assert asked.payment is not None
    second.say(asked.drafts)
    second.say(second.desk.settle(asked.payment, CardOutcome("declined")).drafts)
    assert second.desk.unsettled() == [], "its card terminal has said all that it will say"
    if what == "capture":
        assert code(second, name, **body, command_id=command_id, resume=True) == "card_declined"
    other = second.decide(name, **body)
    assert other.payment is not None, "whoever stands there may pay, or get the money, in another way"
    shop.hear(second.events[-2:])
    (left_open,) = shop.desk.unsettled()
    assert name_of(left_open) == command_id
    shop.say(shop.desk.settle(left_open, CardOutcome(then)).drafts)
    second.hear(shop.events[-1:])
    assert shop.desk.unsettled() == second.desk.unsettled() == []
    seen = see(second, order_id)
    assert seen.due_minor == 0 if what == "capture" and then == "approved" else True
    assert sum(t.refunded_minor for t in seen.tenders) == (
        seen.total_minor if (what, then) == ("refund", "approved") else 0
    )


def test_a_terminal_with_another_log_ends_the_question_of_its_former_one(tmp_path: Path) -> None:
    """Its log was damaged in the middle of a payment."""
    shop = Terminal(tmp_path / "before")
    later = Terminal(tmp_path / "after", log_id="its-next-log", device_of=lambda _: "device-1")
    later.writer.log_id = "its-next-log"
    shop.publish()
    order_id = shop.place("burger")
    shop.say(shop.decide("payments.capture", order_id=order_id, tender="card").drafts)
    later.hear(shop.events)
    (left_open,) = later.desk.unsettled()
    later.say(later.desk.settle(left_open, CardOutcome("timed_out")).drafts)
    assert later.desk.unsettled() == []
    shop.hear(later.events[-1:])
    assert shop.desk.unsettled() == []


def test_while_the_bank_has_not_been_asked_a_card_taken_without_a_line_waits_for_it(shop: Terminal) -> None:
    order_id = shop.place("burger")
    decision = shop.decide("payments.capture", order_id=order_id, tender="card")
    shop.say(decision.drafts)
    assert isinstance(decision.payment, CardRequest)
    offline = CardOutcome("approved", offline=True)
    shop.say(shop.desk.settle(decision.payment, offline).drafts)
    (stored,) = shop.desk.stored()
    assert shop.desk.settle_stored(stored, offline).drafts == [], "its terminal has taken it, as is known"
    shop.say(shop.desk.settle_stored(stored, CardOutcome("declined")).drafts)
    assert shop.desk.stored() == []
    assert see(shop, order_id).due_minor == 990


def test_while_a_card_is_asked_nobody_else_charges_the_order(shop: Terminal) -> None:
    order_id = shop.place("burger")
    shop.decide("payments.capture", order_id=order_id, tender="card")
    for tender in ("card", "cash"):
        assert code(shop, "payments.capture", order_id=order_id, tender=tender) == "payment_in_progress"
    assert code(shop, "orders.void", order_id=order_id, reason="x") == "payment_in_progress"


def test_a_card_attempt_of_a_dead_terminal_blocks_only_for_a_while(shop: Terminal) -> None:
    order_id = shop.place("burger")
    shop.say(shop.decide("payments.capture", order_id=order_id, tender="card").drafts)
    shop.restart()
    assert code(shop, "payments.capture", order_id=order_id, tender="cash") == "payment_in_progress"
    shop.now_ms += ATTEMPT_BLOCKS_MS + 1
    assert shop.do("payments.capture", order_id=order_id, tender="cash")["paid"]


def test_a_card_attempt_of_a_terminal_whose_clock_is_hours_ahead_does_not_block_for_hours(shop: Terminal) -> None:
    order_id = shop.place("burger")
    shop.writer.wall_ms += 3 * 3_600_000
    shop.say(shop.decide("payments.capture", order_id=order_id, tender="card").drafts)
    shop.restart()
    shop.now_ms += ATTEMPT_BLOCKS_MS + 1
    assert shop.do("payments.capture", order_id=order_id, tender="cash")["paid"]


def test_a_refund_is_limited_to_what_was_captured(shop: Terminal) -> None:
    order_id = shop.place("burger")
    assert code(shop, "payments.refund", order_id=order_id, reason="x") == "nothing_to_refund"
    paid = shop.do("payments.capture", order_id=order_id, tender="cash")["payment_id"]
    body = {"order_id": order_id, "reason": "cold"}
    assert code(shop, "payments.refund", **body, amount_minor=991) == "more_than_captured"
    assert code(shop, "payments.refund", **body, payment_id="nope") == "unknown_payment"
    assert code(shop, "payments.refund", order_id=order_id, reason=" ") == "reason_required"
    shop.do("payments.refund", **body, amount_minor=490)
    with pytest.raises(Refused) as refused:  # 501 was paid, but is not left
        shop.do("payments.refund", **body, amount_minor=501)
    assert "left to give back" in refused.value.text
    assert code(shop, "payments.refund", **body, payment_id=paid, amount_minor=501) == "more_than_captured"
    assert shop.do("payments.refund", **body)["amount_minor"] == 500
    assert code(shop, "payments.refund", **body, payment_id=paid) == "already_refunded"
    found = see(shop, order_id)
    assert (found.paid_minor, found.tenders[0].refunded_minor, found.due_minor) == (0, 990, 990)


def test_voiding_a_paid_order_leaves_a_refund_to_be_given(shop: Terminal) -> None:
    order_id = shop.place("burger")
    shop.do("payments.capture", order_id=order_id, tender="cash")
    assert shop.do("orders.void", order_id=order_id, reason="spilled")["to_refund_minor"] == 990
    assert see(shop, order_id).overpaid_minor == 990
    assert shop.do("payments.refund", order_id=order_id, reason="spilled")["amount_minor"] == 990
    assert (see(shop, order_id).overpaid_minor, see(shop, order_id).warnings) == (0, [])


def test_a_days_sales_add_up(shop: Terminal) -> None:
    a, b, c = (shop.place("burger") for _ in range(3))
    shop.do("payments.capture", order_id=a, tender="cash")
    shop.do("payments.capture", order_id=b, tender="cash")
    shop.do("payments.refund", order_id=b, reason="cold", amount_minor=90)
    shop.do("orders.void", order_id=c, reason="left")
    sales = shop.services.sales("2026-03-01")
    assert (sales.orders, sales.voided, sales.total_minor) == (2, 1, 1980)
    assert (sales.paid_minor, sales.refunded_minor, sales.cash_minor, sales.currency) == (1890, 90, 1890, "EUR")
    assert shop.services.sales("2026-03-02").orders == 0


async def test_the_simulated_terminal_forgets_what_nobody_asks_for_any_more(tmp_path: Path) -> None:
    card = SimulatedCardTerminal(memory=tmp_path / "memory.json")
    for n in range(MAX_REMEMBERED + 20):
        outcome = await card.charge(CardRequest(f"p{n}", "o", 100, "EUR"))
    assert len(card.charged) == len(card._answers) == MAX_REMEMBERED
    assert outcome.authorization == f"{MAX_REMEMBERED + 20:06d}"
    assert (await card.status(CardRequest(f"p{MAX_REMEMBERED}", "o", 100, "EUR"))).answer == "approved"


async def test_asking_what_became_of_a_payment_charges_nothing(shop: Terminal) -> None:
    order_id = shop.place("burger")
    body = {"order_id": order_id, "tender": "card", "payment_id": "p1", "resume": True}
    assert code(shop, "payments.capture", **body) == "not_attempted"
    assert see(shop, order_id).history[-1].what == "placed"
    shop.say(shop.decide("payments.capture", order_id=order_id, tender="card", payment_id="p1").drafts)
    shop.restart()
    asked = shop.decide("payments.capture", **body)
    assert asked.drafts == []
    assert asked.payment is not None
    assert (asked.payment.ask_only, asked.payment.again, asked.payment.amount_minor) == (True, True, 990)
    shop.say(shop.desk.settle(asked.payment, CardOutcome("cancelled")).drafts)
    assert code(shop, "payments.capture", **body) == "card_cancelled"
    assert code(shop, "payments.capture", order_id=order_id, tender="card", payment_id="p1") == "payment_id_used"


async def test_a_card_that_holds_less_pays_a_part(shop: Terminal) -> None:
    order_id = shop.place("burger")
    decision = shop.decide("payments.capture", order_id=order_id, tender="card")
    shop.say(decision.drafts)
    assert decision.payment is not None
    settled = shop.desk.settle(decision.payment, CardOutcome("approved", amount_minor=400))
    shop.say(settled.drafts)
    assert (settled.result["amount_minor"], settled.result["due_minor"], settled.result["paid"]) == (400, 590, False)
    assert (see(shop, order_id).paid_minor, see(shop, order_id).due_minor) == (400, 590)


async def paid_by_card(shop: Terminal) -> tuple[str, str]:
    order_id = shop.place("burger")
    decision = shop.decide("payments.capture", order_id=order_id, tender="card")
    shop.say(decision.drafts)
    assert decision.payment is not None
    paid = CardOutcome("approved", transaction_id="17", transaction_at="2026-03-01T12:00:00Z")
    shop.say(shop.desk.settle(decision.payment, paid).drafts)
    return order_id, see(shop, order_id).tenders[0].payment_id


async def test_money_goes_back_to_a_card_when_its_terminal_says_so(shop: Terminal) -> None:
    order_id, payment_id = await paid_by_card(shop)
    decision = shop.decide("payments.refund", order_id=order_id, reason="cold", amount_minor=400)
    shop.say(decision.drafts)
    refund = decision.payment
    assert isinstance(refund, CardRefund)
    assert (refund.payment_id, refund.amount_minor, refund.transaction_id) == (payment_id, 400, "17")
    assert see(shop, order_id).paid_minor == 990, "nothing is given back yet"
    assert code(shop, "payments.refund", order_id=order_id, reason="again") == "payment_in_progress"
    settled = shop.desk.settle(refund, CardOutcome("approved"))
    assert settled.result["amount_minor"] == 400
    shop.say(settled.drafts)
    assert see(shop, order_id).paid_minor == 590
    assert shop.desk.settle(refund, CardOutcome("approved")).drafts == [], "recorded once"


async def test_a_refund_that_the_terminal_does_not_give_is_not_recorded_as_given(shop: Terminal) -> None:
    order_id, _ = await paid_by_card(shop)
    decision = shop.decide("payments.refund", order_id=order_id, reason="cold")
    shop.say(decision.drafts)
    assert decision.payment is not None
    settled = shop.desk.settle(decision.payment, CardOutcome("no_line"))
    assert settled.refusal is not None
    assert settled.refusal.code == "refund_no_line"
    assert "Nothing was given back" in settled.refusal.text
    shop.say(settled.drafts)
    assert (see(shop, order_id).paid_minor, shop.desk.unsettled()) == (990, [])
    assert see(shop, order_id).history[-1].what == "refund by card failed: no line"


async def test_a_refund_cut_off_by_a_crash_is_known_after_the_restart(shop: Terminal) -> None:
    order_id, _ = await paid_by_card(shop)
    command_id = str(uuid.uuid4())
    body = {"command_id": command_id, "order_id": order_id, "reason": "cold"}
    shop.say(shop.decide("payments.refund", **body).drafts)
    shop.restart()
    (left_open,) = shop.desk.unsettled()
    assert isinstance(left_open, CardRefund)
    assert (left_open.refund_id, left_open.amount_minor) == (command_id, 990)
    assert code(shop, "payments.refund", order_id=order_id, reason="x") == "refund_in_progress"
    again = shop.decide("payments.refund", **body)
    assert again.drafts == []
    assert isinstance(again.payment, CardRefund)
    assert again.payment.again
    shop.say(shop.desk.settle(left_open, CardOutcome("approved")).drafts)
    assert (see(shop, order_id).paid_minor, shop.desk.unsettled()) == (0, [])


async def test_a_refund_of_ours_that_is_not_answered_counts_as_given_however_long_it_takes(shop: Terminal) -> None:
    """Power failed while the card terminal gave two thirds back; ten minutes later somebody else gives two thirds."""
    order_id, payment_id = await paid_by_card(shop)
    body: dict[str, Any] = {"order_id": order_id, "payment_id": payment_id, "reason": "cold", "amount_minor": 660}
    shop.say(shop.decide("payments.refund", **body).drafts)
    shop.restart()
    shop.now_ms += 600_000
    assert code(shop, "payments.refund", **body) == "refund_in_progress"
    rest = shop.decide("payments.refund", **(body | {"amount_minor": 330}))
    assert rest.payment is not None


async def test_of_a_refund_that_much_was_given_as_the_card_terminal_says(shop: Terminal) -> None:
    order_id, _ = await paid_by_card(shop)
    asked = shop.decide("payments.refund", order_id=order_id, reason="cold")
    shop.say(asked.drafts)
    assert asked.payment is not None
    settled = shop.desk.settle(asked.payment, CardOutcome("approved", amount_minor=400))
    shop.say(settled.drafts)
    assert settled.result["amount_minor"] == 400
    assert see(shop, order_id).paid_minor == 590


async def test_a_refund_that_was_given_is_asked_about_no_more_though_another_terminal_asked_for_it_later(
    shop: Terminal,
) -> None:
    order_id, payment_id = await paid_by_card(shop)
    command_id = str(uuid.uuid4())
    asked = shop.decide("payments.refund", command_id=command_id, order_id=order_id, reason="cold")
    shop.say(asked.drafts)
    assert asked.payment is not None
    shop.say(shop.desk.settle(asked.payment, CardOutcome("approved")).drafts)
    attempt = RefundAttempted(command_id, payment_id, 990, "cold")  # it had not heard of the first
    shop.say([Draft(REFUND_ATTEMPTED, order_id, attempt)])
    assert (see(shop, order_id).paid_minor, shop.desk.unsettled()) == (0, [])


async def test_a_tip_comes_on_top_and_pays_nothing_of_the_order(shop: Terminal) -> None:
    order_id = shop.place("burger")
    body = {"order_id": order_id, "tender": "card", "payment_id": "p1"}
    assert code(shop, "payments.capture", **body, tip_minor=991) == "bad_amount"
    assert code(shop, "payments.capture", **body, tip_minor=-1) == "bad_amount"
    assert code(shop, "payments.capture", order_id=order_id, tender="cash", tip_minor=50) == "tip_is_for_card"
    card = SimulatedCardTerminal()
    assert (await pay_by_card(shop, card, order_id, payment_id="p1", tip_minor=99))["amount_minor"] == 990
    assert card.charged == {"p1": 1089}
    order = see(shop, order_id)
    assert (order.paid_minor, order.due_minor, order.overpaid_minor, order.tenders[0].tip_minor) == (990, 0, 0, 99)
    sales = shop.services.sales("2026-03-01")
    assert (sales.paid_minor, sales.card_minor, sales.tips_minor) == (990, 990, 99)


async def test_a_card_that_holds_less_pays_the_order_before_the_tip(shop: Terminal) -> None:
    order_id = shop.place("burger")
    decision = shop.decide("payments.capture", order_id=order_id, tender="card", tip_minor=99)
    shop.say(decision.drafts)
    shop.restart()
    (left_open,) = shop.desk.unsettled()
    shop.say(shop.desk.settle(left_open, CardOutcome("approved", amount_minor=1000)).drafts)
    assert (see(shop, order_id).due_minor, see(shop, order_id).tenders[0].tip_minor) == (0, 10)
