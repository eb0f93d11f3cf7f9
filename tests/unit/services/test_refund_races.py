"""One payment given back at several terminals at once: the money is the same on every machine, in whatever order they
hear of each other, and what was given twice is said."""

from __future__ import annotations

import random
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from server.event import Event, Refused

from .test_vouchers import CODE, issue, order, voucher
from .world import Terminal, views

DAY = "2026-03-01"


def shop_of(folder: Path, terminals: int) -> list[Terminal]:
    """Three terminals and head office, which hears everything and says nothing."""
    found = [Terminal(folder / str(n), f"device-{n}") for n in range(terminals)]
    found[0].publish()
    issue(found[0], 5000)
    return found


def spread(events: list[Event], to: Terminal, chance: random.Random) -> None:
    """Each stream in its order, the streams as they come."""
    streams: dict[Any, list[Event]] = {}
    for event in events:
        streams.setdefault(event.stream, []).append(event)
    while streams:
        stream = chance.choice(list(streams))
        left = streams[stream]
        n = chance.randint(1, len(left))
        to.hear(left[:n])
        streams[stream] = left[n:]
        if not streams[stream]:
            del streams[stream]


def refund_apart(terminal: Terminal, wishes: list[dict[str, Any]]) -> list[Event]:
    before = len(terminal.events)
    for body in wishes:
        try:
            decision = terminal.desk.decide("payments.refund", body, body["command_id"], terminal.now_ms)
        except Refused:
            continue  # this terminal knows that nothing is left of it
        if decision.payment is None:
            terminal.say(decision.drafts)
    return terminal.events[before:]


@pytest.mark.parametrize("round", range(25))
def test_whoever_gives_back_what_where_the_money_is_the_same_everywhere(tmp_path: Path, round: int) -> None:
    seed = time.time_ns() % 1_000_000_000 + round
    print("seed", seed)
    chance = random.Random(seed)
    apart = shop_of(tmp_path, 3)
    order_id = apart[0].place("burger")  # 9.90
    tender = chance.choice(["cash", "voucher"])
    paid = apart[0].do(
        "payments.capture", order_id=order_id, tender=tender, **({"code": CODE} if tender == "voucher" else {})
    )
    for other in apart[1:]:
        other.hear(apart[0].events)
    wishes = [
        {
            "command_id": str(uuid.UUID(int=chance.getrandbits(128))),
            "order_id": order_id,
            "reason": "cold",
            "payment_id": paid["payment_id"],
            **({"amount_minor": chance.randint(1, 990)} if chance.random() < 0.6 else {}),
        }
        for _ in range(3)
    ]
    told = [refund_apart(one, chance.sample(wishes, chance.randint(0, 3))) for one in apart]
    office = Terminal(tmp_path / "office", "office", store="")
    spread(apart[0].events[: len(apart[0].events) - len(told[0])], office, chance)
    for n, one in enumerate(apart):
        spread([event for m, said in enumerate(told) if m != n for event in said], one, chance)
    spread([event for said in told for event in said], office, chance)

    given: dict[str, int] = {}
    for event in sorted((e for said in told for e in said if e.type == "payments.refunded/1"), key=lambda e: e.order):
        given.setdefault(event.data()["refund_id"], event.data()["amount_minor"])
    out = sum(given.values())
    counted = min(out, 990) if tender == "voucher" else out
    for one in (*apart, office):
        found, [sales] = order(one, order_id), one.services.stores_sales(DAY).values()
        assert found.paid_minor == 990 - counted
        assert found.tenders[0].refunded_minor == counted
        assert ("refunded_double" in found.warnings) == (tender == "cash" and out > 990)
        assert (sales.paid_minor, sales.refunded_minor) == (990 - counted, counted)
        assert (sales.cash_minor if tender == "cash" else sales.voucher_minor) == 990 - counted
        assert voucher(one).balance_minor == (5000 - 990 + counted if tender == "voucher" else 5000)
    assert all(views(one.services) == views(apart[0].services) for one in apart)
    for one in apart:  # as a rebuild makes it
        before = views(one.services)
        for model in one.services._models:
            model.start_over()
        one.services.apply(one.events)
        assert views(one.services) == before


@pytest.mark.parametrize("tender", ["cash", "voucher"])
def test_one_command_sent_to_two_terminals_apart_gives_back_once(tmp_path: Path, tender: str) -> None:
    one, two = shop_of(tmp_path, 2)
    order_id = one.place("burger")
    one.do("payments.capture", order_id=order_id, tender=tender, **({"code": CODE} if tender == "voucher" else {}))
    two.hear(one.events)
    before = len(one.events), len(two.events)
    body = {"command_id": str(uuid.uuid4()), "order_id": order_id, "reason": "cold", "amount_minor": 400}
    assert one.do("payments.refund", **body) == two.do("payments.refund", **body)
    news = one.events[before[0] :], two.events[before[1] :]
    one.hear(news[1])
    two.hear(news[0])
    for terminal in (one, two):
        found = order(terminal, order_id)
        assert (found.paid_minor, found.tenders[0].refunded_minor) == (590, 400)
        assert "refunded_double" not in found.warnings
        assert voucher(terminal).balance_minor == (4410 if tender == "voucher" else 5000)
