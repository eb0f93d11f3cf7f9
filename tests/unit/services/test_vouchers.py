"""Vouchers: money that was paid before, taken off once, whoever takes it where."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from server.event import Draft, Refused
from server.services.vouchers.events import (
    REDEEMED,
    RETURNED,
    Redeemed,
    Returned,
    check_digit,
    is_code,
    voucher_id_of,
)
from server.services.vouchers.state import VoucherState

from .world import NOW_MS, Terminal, views

CODE = "47110815123" + check_digit("47110815123")
OTHER = "47110815124" + check_digit("47110815124")


@pytest.fixture
def shop(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path)
    terminal.publish()
    return terminal


def issue(shop: Terminal, amount: int = 2000, code: str = CODE, **more: Any) -> None:
    shop.do("vouchers.issue", code=code, amount_minor=amount, **more)


def pay(shop: Terminal, order_id: str, code: str = CODE, **more: Any) -> dict[str, Any]:
    result: dict[str, Any] = shop.do("payments.capture", order_id=order_id, tender="voucher", code=code, **more)
    return result


def voucher(shop: Terminal, code: str = CODE) -> VoucherState:
    found = shop.services.vouchers.state(voucher_id_of(code))
    assert found is not None
    return found


def refused(shop: Terminal, command: str, **body: Any) -> str:
    with pytest.raises(Refused) as found:
        shop.do(command, **body)
    return found.value.code


def order(shop: Terminal, order_id: str) -> Any:
    found = shop.services.order(order_id)
    assert found is not None
    return found


def test_a_slip_of_the_finger_is_seen_before_anything_is_looked_up() -> None:
    assert is_code(CODE)
    for n in range(len(CODE)):
        assert not is_code(CODE[:n] + str((int(CODE[n]) + 1) % 10) + CODE[n + 1 :])
    assert not is_code(CODE[:-1])


def test_what_a_value_voucher_does_not_pay_stays_on_it(shop: Terminal) -> None:
    issue(shop)
    first, second = shop.place("burger"), shop.place("burger", "salad")  # 9.90 and 17.80
    paid = pay(shop, first, " ".join(CODE[i : i + 4] for i in range(0, 12, 4)))
    assert (paid["amount_minor"], paid["due_minor"], paid["voucher_left_minor"]) == (990, 0, 1010)
    paid = pay(shop, second)
    assert (paid["amount_minor"], paid["due_minor"], paid["voucher_left_minor"]) == (1010, 770, 0)
    shop.do("payments.capture", order_id=second, tender="cash")
    assert order(shop, second).paid_minor == order(shop, second).total_minor
    assert [t.tender for t in order(shop, second).tenders] == ["voucher", "cash"]
    assert refused(shop, "payments.capture", order_id=shop.place("cola"), tender="voucher", code=CODE) == "voucher_used"
    sales = shop.services.sales("2026-03-01")
    assert (sales.voucher_minor, sales.cash_minor, sales.card_minor) == (2000, 770, 0)


def test_a_single_voucher_is_gone_with_the_first_order(shop: Terminal) -> None:
    issue(shop, single=True)
    assert pay(shop, shop.place("burger"))["voucher_left_minor"] == 0
    assert voucher(shop).balance_minor == 0
    assert refused(shop, "payments.capture", order_id=shop.place("cola"), tender="voucher", code=CODE) == "voucher_used"


def test_money_given_back_is_on_the_voucher_again(shop: Terminal) -> None:
    for code, single in ((CODE, False), (OTHER, True)):
        issue(shop, code=code, single=single)
        order_id = shop.place("burger")
        pay(shop, order_id, code)
        shop.do("orders.void", order_id=order_id, reason="burnt")
        assert "overpaid" in order(shop, order_id).warnings
        given = shop.do("payments.refund", order_id=order_id, reason="burnt")
        assert (given["tender"], given["amount_minor"]) == ("voucher", 990)
        assert voucher(shop, code).balance_minor == 2000
        assert order(shop, order_id).overpaid_minor == 0


def test_the_same_payment_asked_again_takes_nothing_twice(shop: Terminal) -> None:
    issue(shop)
    order_id = shop.place("burger", "salad")
    ids = {"command_id": "0b8e5f4e-3c1f-4c55-9d57-0d2f7c1f4f10"}
    pay(shop, order_id, **ids)
    assert shop.decide("payments.capture", order_id=order_id, tender="voucher", code=CODE, **ids).drafts == []
    again = shop.decide("payments.capture", order_id=order_id, tender="voucher", code=CODE, resume=True, **ids)
    assert (again.drafts, again.result["amount_minor"]) == ([], 1780)
    assert voucher(shop).used_minor == 1780


def test_what_became_of_a_payment_is_asked_without_paying(shop: Terminal) -> None:
    issue(shop)
    order_id = shop.place("burger")
    told = refused(shop, "payments.capture", order_id=order_id, tender="voucher", code=CODE, resume=True)
    assert told == "not_attempted"
    assert voucher(shop).used_minor == 0


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("bad_code", {"code": "123"}),
        ("bad_code", {"code": CODE[:-1] + str((int(CODE[-1]) + 1) % 10)}),
        ("bad_code", {}),
        ("voucher_unknown", {"code": OTHER}),
        ("bad_field", {"code": CODE, "tip_minor": 10}),
        ("more_than_due", {"code": CODE, "amount_minor": 100_000}),
    ],
)
def test_a_payment_that_cannot_be_is_refused_by_code(shop: Terminal, code: str, body: dict[str, Any]) -> None:
    issue(shop)
    order_id = shop.place("burger")
    assert refused(shop, "payments.capture", **{"order_id": order_id, "tender": "voucher", **body}) == code
    assert refused(shop, "payments.capture", order_id=order_id, tender="cash", code=CODE) == "code_is_for_voucher"
    assert voucher(shop).used_minor == 0


def test_a_voucher_may_end(shop: Terminal) -> None:
    issue(shop, until="2026-02-28")
    issue(shop, code=OTHER, until="2026-03-01")
    order_id = shop.place("burger")
    body: dict[str, Any] = {"order_id": order_id, "tender": "voucher"}
    assert refused(shop, "payments.capture", **body, code=CODE) == "voucher_expired"
    shop.do("vouchers.cancel", code=OTHER, reason="lost")
    assert refused(shop, "payments.capture", **body, code=OTHER) == "voucher_cancelled"
    assert refused(shop, "vouchers.cancel", code=OTHER, reason="lost") == "voucher_cancelled"
    assert refused(shop, "vouchers.issue", code=CODE, amount_minor=1) == "voucher_exists"
    assert refused(shop, "vouchers.issue", code="123", amount_minor=1) == "bad_code"


def test_a_terminal_that_is_apart_from_all_others_takes_so_much_of_a_voucher_and_no_more(shop: Terminal) -> None:
    issue(shop, 10_000)
    shop.desk.apart, shop.desk.voucher_apart_minor = lambda: True, 2000
    pay(shop, shop.place("burger"))
    order_id = shop.place("burger", "salad")
    told = refused(shop, "payments.capture", order_id=order_id, tender="voucher", code=CODE)
    assert told == "voucher_apart"
    shop.desk.apart = lambda: False
    assert pay(shop, order_id)["due_minor"] == 0


@pytest.mark.parametrize(("single", "amount"), [(False, 1500), (True, 1500), (True, 5000)])
def test_a_voucher_that_two_terminals_took_while_apart_is_told_as_double_on_both(
    tmp_path: Path, single: bool, amount: int
) -> None:
    """A single one is gone with the first order, however much of it that leaves."""
    one, two = Terminal(tmp_path / "1", "device-1"), Terminal(tmp_path / "2", "device-2")
    one.publish()
    one.do("vouchers.issue", code=CODE, amount_minor=amount, single=single)
    two.hear(one.events)
    before = {id(t): len(t.events) for t in (one, two)}
    first = one.place("burger", "salad")
    pay(one, first)
    two.writer.wall_ms += 1000
    two.now_ms += 1000
    second = two.place("burger")
    pay(two, second)
    news = one.events[before[id(one)] :], two.events[before[id(two)] :]
    changes = one.hear(news[1])
    two.hear(news[0])
    assert {first, second} <= set(changes.orders)
    for terminal in (one, two):
        assert "voucher_double" not in order(terminal, first).warnings
        assert "voucher_double" in order(terminal, second).warnings
        assert order(terminal, second).due_minor == 0  # the guest has paid, and the sale stands
        assert voucher(terminal).overdrawn_minor == 990
        assert voucher(terminal).balance_minor == 0
    assert views(one.services) == views(two.services)
    before = {id(t): len(t.events) for t in (one, two)}
    one.do("payments.refund", order_id=first, reason="burnt")
    changes = two.hear(one.events[before[id(one)] :])
    assert second in set(changes.orders)  # screens hear that it is not double any more
    assert "voucher_double" not in order(two, second).warnings


@pytest.mark.parametrize("tender", ["voucher", "cash"])
def test_a_payment_that_two_terminals_gave_back_at_once_is_told_or_counts_once(tmp_path: Path, tender: str) -> None:
    one, two = Terminal(tmp_path / "1", "device-1"), Terminal(tmp_path / "2", "device-2")
    one.publish()
    issue(one)
    order_id = one.place("burger")
    one.do("payments.capture", order_id=order_id, tender=tender, **({"code": CODE} if tender == "voucher" else {}))
    two.hear(one.events)
    before = len(one.events), len(two.events)
    one.do("payments.refund", order_id=order_id, reason="burnt")
    two.do("payments.refund", order_id=order_id, reason="burnt")
    news = one.events[before[0] :], two.events[before[1] :]
    one.hear(news[1])
    two.hear(news[0])
    for terminal in (one, two):
        found, sales = order(terminal, order_id), terminal.services.sales("2026-03-01")
        assert voucher(terminal).balance_minor == 2000
        if tender == "voucher":  # no more is on it than was taken off, and that is what the order and the day say
            assert (found.due_minor, found.paid_minor, found.tenders[0].refunded_minor) == (990, 0, 990)
            assert (sales.voucher_minor, sales.refunded_minor) == (0, 990)
            assert "refunded_double" not in found.warnings
        else:  # it has left two drawers
            assert (found.paid_minor, found.tenders[0].refunded_minor, sales.cash_minor) == (-990, 1980, -990)
            assert "refunded_double" in found.warnings
    assert views(one.services) == views(two.services)


def test_money_given_back_to_a_cancelled_voucher_is_told_on_the_order(shop: Terminal) -> None:
    issue(shop)
    before, after = shop.place("burger"), shop.place("burger")
    pay(shop, before)
    pay(shop, after)
    shop.do("payments.refund", order_id=before, reason="burnt")
    shop.do("vouchers.cancel", code=CODE, reason="lost")
    assert "voucher_stranded" not in order(shop, after).warnings
    shop.do("payments.refund", order_id=after, reason="burnt")
    assert "voucher_stranded" in order(shop, after).warnings
    assert "voucher_stranded" not in order(shop, before).warnings  # it was on it when somebody cancelled it


def test_in_whatever_order_its_events_come_a_voucher_is_the_same(tmp_path: Path) -> None:
    shop = Terminal(tmp_path / "shop")
    shop.publish()
    issue(shop)
    order_id = shop.place("burger")
    pay(shop, order_id)
    shop.do("payments.refund", order_id=order_id, reason="burnt")
    pay(shop, shop.place("burger", "salad"))
    told = [e for e in shop.events if e.stream.name == "vouchers"]
    assert len(told) == 4
    for n, shuffled in enumerate(itertools.permutations(told)):
        other = Terminal(tmp_path / str(n), "device-2")
        for event in shuffled:
            other.hear([event])
        assert voucher(other) == voucher(shop)
    assert voucher(shop).balance_minor == 220
    assert shop.services.business_day(NOW_MS) == "2026-03-01"


def test_what_was_given_back_counts_though_the_payment_is_heard_of_as_the_later_one(shop: Terminal) -> None:
    """What was lost with its terminal and written again may be dated after what answered to it."""
    issue(shop, 2000)
    voucher_id = voucher_id_of(CODE)
    shop.say([Draft(RETURNED, voucher_id, Returned("r", "p", 300))])
    shop.say([Draft(REDEEMED, voucher_id, Redeemed("p", "order", 1000))])
    assert voucher(shop).balance_minor == 1300
