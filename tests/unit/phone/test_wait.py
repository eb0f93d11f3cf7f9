"""How long a guest still waits, on the phone."""

from __future__ import annotations

import msgspec

from server.phone import wait
from server.services.kitchen.events import Ticket

NOW = 1_780_000_000_000
MINUTE = 60_000


def ticket(order_id: str, released: int, done: int | None = None) -> Ticket:
    fields = {
        "order_id": order_id,
        "number": "A1",
        "dining": "here",
        "released_ms": released,
        "done_ms": done,
        "lines": [],
    }
    return msgspec.convert(fields, Ticket)


def test_an_order_waits_for_those_before_it_and_less_the_longer_it_waited() -> None:
    done = [ticket(f"d{n}", NOW - (12 - n) * 4 * MINUTE, NOW - (11 - n) * 4 * MINUTE) for n in range(10)]
    before = [ticket(f"b{n}", NOW - 2 * MINUTE + n) for n in range(2)]
    mine = ticket("mine", NOW - MINUTE)
    after = ticket("after", NOW)
    soon = wait.of_order("mine", [*done, mine, after], NOW)
    later = wait.of_order("mine", [*done, *before, mine, after], NOW)
    assert soon is not None
    assert later is not None
    assert soon.high < later.high
    much_later = wait.of_order("mine", [*done, *before, mine, after], NOW + 5 * MINUTE)
    assert much_later is not None
    assert much_later.high < later.high
    assert wait.of_order("nobody", done, NOW) is None
