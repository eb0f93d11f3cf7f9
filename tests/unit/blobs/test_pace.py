"""The pace on a line that is made up: a queue in front of a bottleneck, pieces one after the other."""

from __future__ import annotations

import heapq
import random

import pytest

from server.blobs.pace import HIGHEST_RATE, LEAST_PIECE_BYTES, Pace

MBIT = 125_000.0
FRAMES_BYTES = 60
"""Around each piece on the wire."""


class Line:
    """`bytes_per_s` down, `delay_s` each way, a queue without end. Answers come in order."""

    def __init__(self, bytes_per_s: float, delay_s: float, chance: random.Random, jitter_s: float = 0.0) -> None:
        self.bytes_per_s, self.delay_s, self.jitter_s = bytes_per_s, delay_s, jitter_s
        self.chance = chance
        self.free_at = 0.0
        self.carried = 0
        self.arrivals: list[tuple[float, int]] = []  # answers under way
        self.queued_s: list[float] = []  # what an order would have waited, at each moment looked at

    def answer(self, size: int, now: float) -> float:
        """When the answer to an ask made now is here."""
        at = now + self.delay_s + self.chance.random() * self.jitter_s
        self.free_at = max(self.free_at, at) + (size + FRAMES_BYTES) / self.bytes_per_s
        self.carried += size
        return self.free_at + self.delay_s


def run(pace: Pace, line: Line, until: float, now: float = 0.0) -> float:
    arrivals, look_at = line.arrivals, now
    while now < until:
        wait_s = pace.wait_s(now)
        if wait_s == 0.0:
            size = pace.size()
            pace.asked(size, now)
            heapq.heappush(arrivals, (line.answer(size, now), size))
            continue
        times = [look_at] + ([now + wait_s] if wait_s is not None else []) + ([arrivals[0][0]] if arrivals else [])
        now = max(now, min(times)) + 1e-9
        if now >= look_at:
            line.queued_s.append(max(0.0, line.free_at - (now + line.delay_s)))
            look_at = now + line.chance.random() * 0.02
        while arrivals and arrivals[0][0] <= now:
            pace.came(heapq.heappop(arrivals)[1], now)
    return now


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("delay_s", [0.001, 0.02, 0.15])
def test_an_order_hardly_waits_behind_pictures_on_a_slow_line(seed: int, delay_s: float) -> None:
    line = Line(MBIT, delay_s, random.Random(seed), jitter_s=0.002)
    pace = Pace(0.0)
    now = run(pace, line, 20.0)
    line.queued_s.clear()
    carried = line.carried
    run(pace, line, now + 120.0, now)
    waits = sorted(line.queued_s)
    assert sum(waits) / len(waits) < 0.004 + 0.02 * delay_s, "on average not even a piece's time"
    assert waits[int(len(waits) * 0.9)] < 0.010 + 0.02 * delay_s
    assert (line.carried - carried) / 120.0 > 0.45 * MBIT, "and most of the line is used"


def test_a_fast_line_is_used() -> None:
    line = Line(100e6, 0.0002, random.Random(1))
    pace = Pace(0.0)
    now = run(pace, line, 10.0)
    carried = line.carried
    run(pace, line, now + 5.0, now)
    assert (line.carried - carried) / 5.0 > 0.8 * HIGHEST_RATE


def test_a_line_that_becomes_slow_is_left_alone_soon() -> None:
    line = Line(10 * MBIT, 0.02, random.Random(1), jitter_s=0.002)
    pace = Pace(0.0)
    now = run(pace, line, 30.0)
    line.bytes_per_s = MBIT / 2
    now = run(pace, line, now + 5.0, now)
    line.queued_s.clear()
    run(pace, line, now + 30.0, now)
    assert sorted(line.queued_s)[len(line.queued_s) // 2] < 0.012
    assert pace.rate < MBIT / 2


def test_a_line_that_becomes_fast_is_used_in_time() -> None:
    line = Line(MBIT / 4, 0.02, random.Random(1), jitter_s=0.002)
    pace = Pace(0.0)
    now = run(pace, line, 30.0)
    line.bytes_per_s = 8 * MBIT
    now = run(pace, line, now + 90.0, now)
    assert pace.rate > 2 * MBIT


def test_it_starts_small_and_never_asks_for_less_than_is_worth_it() -> None:
    pace = Pace(0.0)
    assert pace.size() == LEAST_PIECE_BYTES
    assert pace.wait_s(0.0) == 0.0


def test_asking_for_what_is_not_there_costs_no_waiting() -> None:
    """A neighbour that lacks a whole new menu says so within a moment."""
    pace, now = Pace(0.0), 0.0
    for _ in range(500):
        wait_s = pace.wait_s(now)
        assert wait_s is not None
        now += wait_s
        pace.asked(pace.size(), now)
        now += 0.001
        pace.absent(now)
    assert now < 1.0


def test_many_small_pictures_come_as_fast_as_a_large_one() -> None:
    line, pace, now = Line(100e6, 0.0002, random.Random(1)), Pace(0.0), 0.0
    left = 0
    while now < 10.0:  # twenty kilobytes, then the disk takes a moment, and so on
        wait_s = pace.wait_s(now)
        if wait_s == 0.0 and left > 0:
            size = min(pace.size(), left)
            pace.asked(size, now)
            heapq.heappush(line.arrivals, (line.answer(size, now), size))
            left -= size
        elif line.arrivals:
            at, size = heapq.heappop(line.arrivals)
            now = max(now, at)
            pace.came(size, now)
        elif left > 0:
            now += wait_s or 0.0
        else:
            now += 0.01
            pace.forget(now)
            left = 20_000
    assert line.carried / now > 500_000


def test_what_was_asked_before_a_rest_is_no_measure() -> None:
    pace = Pace(0.0)
    now = 0.0
    for _ in range(200):
        now += max(pace.wait_s(now) or 0.0, 0.01)
        pace.asked(512, now)
        pace.came(512, now + 0.005)
    before = pace.rate
    pace.asked(512, now)
    pace.rested(now + 3.0)
    pace.came(512, now + 3.0)
    assert pace.rate == before
    assert pace.in_flight == 0
