"""Of what a voucher pays a terminal that burns can leave one half: the others write the other half, and once."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from server.event import Draft, Event
from server.services.halves import HALF_MS
from server.services.payments.events import CAPTURED, REFUNDED, Captured, Refunded
from server.services.vouchers.events import RETURNED, Returned, voucher_id_of
from server.services.vouchers.state import view

from .test_refund_races import DAY
from .test_vouchers import CODE, issue, order, voucher
from .world import NOW_MS, Terminal, views

WAYS = [(back, topic) for back in (False, True) for topic in ("payments", "vouchers")]
LATER_MS = NOW_MS + 10 * HALF_MS


def burnt(folder: Path, *, back: bool, topic: str) -> tuple[list[Terminal], str, list[Event], dict[str, Any]]:
    """Two terminals of a shop whose third burned while a voucher paid (or was given `back` to), when they had heard
    only what it said of one `topic`. Returns them, the order, what nobody has heard, and the command."""
    till, *others = (Terminal(folder / name, f"device-{name}") for name in ("burnt", "one", "two"))
    till.publish()
    issue(till, 5000)
    order_id = till.place("burger")
    paid = {"command_id": str(uuid.uuid4()), "order_id": order_id, "tender": "voucher", "code": CODE}
    body, name = paid, "payments.capture"
    if back:
        till.do("payments.capture", **paid)
        body = {"command_id": str(uuid.uuid4()), "order_id": order_id, "reason": "cold", "amount_minor": 400}
        name = "payments.refund"
    before = len(till.events)
    till.do(name, **body)
    said = till.events[before:]
    heard = [e for e in said if e.stream.name == topic]
    lost = [e for e in said if e.stream.name != topic]
    assert len(heard) == len(lost) == 1
    for other in others:
        other.hear([*till.events[:before], *heard])
    return others, order_id, lost, {"name": name, **body}


def check(terminals: list[Terminal], order_id: str, *, back: bool) -> None:
    for one in terminals:
        found, [sales] = order(one, order_id), one.services.stores_sales(DAY).values()
        returned = 400 if back else 0
        assert (found.paid_minor, found.due_minor) == (990 - returned, returned)
        assert found.tenders[0].refunded_minor == returned
        assert sales.voucher_minor == 990 - returned
        assert voucher(one).balance_minor == 5000 - 990 + returned
        assert not {"voucher_double", "refunded_double", "overpaid"} & set(found.warnings)
    assert views(terminals[0].services) == views(terminals[1].services)


@pytest.mark.parametrize(("back", "topic"), WAYS)
def test_the_half_that_burned_is_written_again_and_counts_once(tmp_path: Path, back: bool, topic: str) -> None:
    (one, two), order_id, lost, _ = burnt(tmp_path, back=back, topic=topic)
    assert one.services.halves(NOW_MS + HALF_MS // 2) == [], "it may still be on its way"
    before = len(one.events), len(two.events)
    for terminal in (one, two):  # both find it, and neither has heard the other
        drafts = terminal.services.halves(LATER_MS)
        assert len(drafts) == 1
        terminal.say(drafts)
        assert terminal.services.halves(LATER_MS) == []
    news = one.events[before[0] :], two.events[before[1] :]
    one.hear(news[1])
    two.hear(news[0])
    check([one, two], order_id, back=back)
    for terminal in (one, two):  # what was lost turns up after all
        terminal.hear(lost)
        assert terminal.services.halves(LATER_MS) == []
    check([one, two], order_id, back=back)


@pytest.mark.parametrize(("back", "topic"), WAYS)
def test_who_asks_again_elsewhere_is_answered_and_both_halves_are_there(tmp_path: Path, back: bool, topic: str) -> None:
    (one, two), order_id, lost, asked = burnt(tmp_path, back=back, topic=topic)
    before = len(one.events)
    result = one.do(asked.pop("name"), **asked)
    assert result["amount_minor"] == (400 if back else 990)
    one.say(one.services.halves(LATER_MS))
    two.hear(one.events[before:])
    check([one, two], order_id, back=back)
    one.hear(lost)
    two.hear(lost)
    check([one, two], order_id, back=back)


@pytest.mark.parametrize("back", [False, True])
def test_who_asks_again_where_the_vouchers_half_is_known_is_given_the_other_and_no_more(
    tmp_path: Path, back: bool
) -> None:
    (one, _), order_id, _, asked = burnt(tmp_path, back=back, topic="vouchers")
    if back:  # of what is left now it would be less
        asked.pop("amount_minor")
        one.do("payments.refund", order_id=order_id, reason="late", amount_minor=300)
    before = len(one.events)
    result = one.do(asked.pop("name"), **asked)
    assert [e.stream.name for e in one.events[before:]] == ["payments"]
    assert result["amount_minor"] == (400 if back else 990)
    assert one.services.halves(LATER_MS) == []
    assert order(one, order_id).paid_minor == (290 if back else 990)
    assert voucher(one).balance_minor == 5000 - order(one, order_id).paid_minor


def test_of_a_payment_of_which_only_the_vouchers_return_is_known_the_redemption_is_written_too(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    shop.publish()
    issue(shop, 5000)
    order_id, voucher_id = shop.place("burger"), voucher_id_of(CODE)
    shop.say([Draft(CAPTURED, order_id, Captured("p", "voucher", 990, voucher=voucher_id))])
    shop.say([Draft(REFUNDED, order_id, Refunded("r", "p", "voucher", 400, "cold"))])
    shop.say([Draft(RETURNED, voucher_id, Returned("r", "p", 400))])
    shop.say(shop.services.halves(LATER_MS))
    assert voucher(shop).balance_minor == 5000 - 990 + 400


def test_what_is_whole_is_left_alone(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    shop.publish()
    assert shop.services.halves(LATER_MS) == []
    issue(shop, 5000)
    for back in (None, 400, 990):
        order_id = shop.place("burger")
        shop.do("payments.capture", order_id=order_id, tender="voucher", code=CODE)
        if back:
            shop.do("payments.refund", order_id=order_id, reason="cold", amount_minor=back)
    shop.do("payments.capture", order_id=shop.place("burger"), tender="cash")
    assert shop.services.halves(LATER_MS) == []


def test_one_code_issued_at_two_terminals_apart_is_said_and_the_first_counts(tmp_path: Path) -> None:
    one, two = Terminal(tmp_path / "1", "device-1"), Terminal(tmp_path / "2", "device-2")
    one.publish()
    two.hear(one.events)
    before = len(one.events), len(two.events)
    issue(one, 2000)
    issue(two, 3000)
    news = one.events[before[0] :], two.events[before[1] :]
    assert two.hear(news[0]).issued_twice == one.hear(news[1]).issued_twice == {voucher_id_of(CODE)}
    first = min(e.order for e in (*news[0], *news[1]))
    amount = 2000 if first == news[0][0].order else 3000
    for terminal in (one, two):
        found = view(voucher(terminal))
        assert found is not None
        assert (found.amount_minor, found.balance_minor, found.again_minor) == (amount, amount, 5000 - amount)
    assert views(one.services) == views(two.services)


def test_one_command_that_issued_at_two_terminals_apart_issued_once(tmp_path: Path) -> None:
    one, two = Terminal(tmp_path / "1", "device-1"), Terminal(tmp_path / "2", "device-2")
    one.publish()
    two.hear(one.events)
    before = len(two.events)
    body = {"command_id": str(uuid.uuid4()), "code": CODE, "amount_minor": 2000}
    assert one.do("vouchers.issue", **body) == two.do("vouchers.issue", **body)
    assert not one.hear(two.events[before:]).issued_twice
    found = view(voucher(one))
    assert found is not None
    assert (found.balance_minor, found.again_minor) == (2000, 0)
