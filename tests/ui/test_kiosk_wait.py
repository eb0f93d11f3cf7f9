"""What the kiosk says about the wait: close to what a kitchen then does, or nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from server.wait import Done, Range, costs, expected
from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import ticket
from tests.ui.visit import TALL, WIDE, Till, enter, order, pay, set_up
from ui.kiosk.wait import Queue

MIN = 60_000
NOW = 10_000 * MIN


def done(*spans: tuple[float, float]) -> list[Done]:
    """(released, done) in minutes before now."""
    return [Done(int(NOW - a * MIN), int(NOW - b * MIN)) for a, b in spans]


CALM = done((30, 26), (24, 20), (18, 14), (12, 8), (6, 2))  # four minutes each, one at a time
BUSY = done((30, 20), (29, 18), (28, 16), (27, 14), (26, 12), (25, 10))  # one every two minutes


def test_an_idle_kitchen_takes_as_long_as_a_dish_takes() -> None:
    assert costs(CALM) == [4 * MIN] * 5
    assert expected(CALM, 0, NOW) == Range(3, 5)


def test_a_busy_kitchen_takes_its_pace_times_its_queue() -> None:
    assert costs(BUSY)[1:] == [2 * MIN] * 5
    found = expected(BUSY, 5, NOW)
    assert found is not None
    assert found.low <= 12 <= found.high


def test_more_open_tickets_are_never_a_shorter_wait() -> None:
    highs = [r.high for n in range(8) if (r := expected(CALM, n, NOW)) is not None]
    assert highs == sorted(highs)
    assert len(highs) >= 4


@pytest.mark.parametrize(
    "tickets",
    [[], CALM[:4], [Done(t.released_ms - 60 * MIN, t.done_ms - 60 * MIN) for t in CALM]],
    ids=["nothing", "few", "old"],
)
def test_nothing_is_said_when_it_is_not_known(tickets) -> None:
    assert expected(tickets, 2, NOW) is None


def test_nothing_is_said_when_the_kitchen_is_unsteady_or_hopelessly_behind() -> None:
    assert expected(done((40, 39.9), (30, 29.9), (28, 3), (2.2, 2.1)), 1, NOW) is None
    assert expected(CALM, 50, NOW) is None


def test_clocks_that_jump_and_tickets_that_lie_say_nothing_absurd() -> None:
    assert expected([Done(NOW + 9 * MIN, NOW + 10 * MIN)] * 6, 1, NOW) is None
    assert expected([Done(NOW, NOW - 5 * MIN)] * 6, 1, NOW) is None
    found = expected([Done(NOW - MIN, NOW - MIN)] * 6, 0, NOW)
    assert found is None or found.low >= 1


@pytest.mark.parametrize("seed", range(5))
def test_the_range_holds_what_a_simulated_kitchen_then_does(seed) -> None:
    """One line of cooks, orders by chance; most customers are served within what they were told."""
    chance = random.Random(seed)
    free, at = 0.0, 0.0
    past: list[Done] = []
    told = held = 0
    for _ in range(200):
        at += chance.expovariate(1 / 4.0)
        ahead = sum(t.done_ms > at * MIN for t in past)
        known = [t for t in past if t.done_ms <= at * MIN]
        free = max(free, at) + chance.uniform(2.0, 4.0)
        found = expected(known, ahead, int(at * MIN))
        if found is not None:
            told += 1
            held += found.low - 1 <= free - at <= found.high + 1
        past.append(Done(int(at * MIN), int(free * MIN)))
    assert told > 100, seed
    assert held / told > 0.75, (seed, held, told)


def test_the_queue_follows_its_tickets() -> None:
    queue = Queue()
    queue.take_all([ticket("A1"), ticket("A2", done_ms=5), ticket("A3", voided=True)])
    assert len(queue._open) == 1
    queue.take("order-A1", ticket("A1", done_ms=7))
    queue.take("order-A2", None)
    assert not queue._open
    assert len(queue._done) == 1
    for n in range(500):
        queue.take(f"o{n}", {"released_ms": n + 1, "done_ms": n + 2, "order_id": f"o{n}"})
    assert len(queue._done) <= 60


def cooked(n: int, minutes_ago: float, took: float = 4, ahead_ms: int = 0) -> dict[str, Any]:
    end = int((time.time() - minutes_ago * 60) * 1000) + ahead_ms
    return {**ticket(f"B{n}"), "released_ms": int(end - took * MIN), "done_ms": end}


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_the_thank_you_says_how_long_it_will_take(desk: Desk, show: Callable[..., Hand], size) -> None:
    set_up(desk)
    desk.views["tickets"] = [cooked(n, 2 + 6 * n) for n in range(6)]
    Till(desk)
    hand = show("kiosk", size, languages=["en"])
    enter(hand)
    order(hand, "burgers", "burger")
    pay(hand)
    hand.until(lambda: hand.vm.page == "done")
    assert hand.vm.thanks.wait == "Ready in about 3 to 5 minutes"
    hand.until(lambda: hand.sees("kiosk.done.wait"))


def test_with_a_clock_that_was_never_set_the_wait_goes_by_the_servers_time(
    desk: Desk, show: Callable[..., Hand]
) -> None:
    set_up(desk)
    years = 6 * 365 * 24 * 60 * MIN
    desk.views["status"] = {**desk.views["status"], "clock_ahead_ms": years}
    desk.views["tickets"] = [cooked(n, 2 + 6 * n, ahead_ms=years) for n in range(6)]
    Till(desk)
    hand = show("kiosk", TALL, languages=["en"])
    enter(hand)
    order(hand, "burgers", "burger")
    pay(hand)
    hand.until(lambda: hand.vm.page == "done")
    assert hand.vm.thanks.wait == "Ready in about 3 to 5 minutes"


def test_who_pays_at_the_counter_is_not_promised_a_time(desk: Desk, show: Callable[..., Hand]) -> None:
    set_up(desk)
    desk.views["tickets"] = [cooked(n, 2 + 6 * n) for n in range(6)]
    Till(desk)
    hand = show("kiosk", TALL, languages=["en"])
    enter(hand)
    order(hand, "burgers", "burger")
    pay(hand, "counter")
    hand.until(lambda: hand.vm.page == "done")
    assert hand.vm.thanks.wait == ""
    assert not hand.sees("kiosk.done.wait")
