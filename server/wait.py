"""How long a customer will wait, from the kitchen's own queue: a range in minutes, or nothing. Pure. One answer for
screens and for phones.

The kitchen is taken for one line. What a ticket cost it is the time from its release, or from the ticket done before it
if that was later, to its being done: while it is busy that is its pace, however many cook at once, and while it is idle
that is how long one dish takes. A new order waits for all that are open and for itself; it is never faster than a quick
one of the last was. Too few tickets, an old pace or a wide guess say nothing: a wrong number is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import fmean, quantiles, stdev
from typing import NamedTuple

LAST = 12
"""So many of the last tickets tell the pace."""

FEWEST = 4
FRESH_MS = 45 * 60_000
"""A pace of an hour ago is that of another kitchen."""

LEAST_DOUBT = 0.15
"""Of the guess, to either side: nobody cooks like a clock."""

WIDEST = 2.5
"""More times than that from the low end to the high one is no answer."""

LONGEST_MIN = 90
MINUTE_MS = 60_000


class Range(NamedTuple):
    """Whole minutes, `low` ≤ `high`, both at least 1."""

    low: int
    high: int


class Done(NamedTuple):
    released_ms: int
    done_ms: int


def costs(done: Iterable[Done]) -> list[int]:
    """Milliseconds each of the tickets cost, in the order they were done."""
    ordered = sorted(done, key=lambda t: t.done_ms)
    before = 0
    found = []
    for ticket in ordered:
        found.append(max(0, ticket.done_ms - max(before, ticket.released_ms)))
        before = ticket.done_ms
    return found


def expected(done: Iterable[Done], ahead: int, now_ms: int) -> Range | None:
    """`ahead`: tickets that are open before this one."""
    ordered = sorted((t for t in done if t.released_ms <= t.done_ms), key=lambda t: t.done_ms)
    # what came before the first is not known, so neither is what it cost
    both = list(zip(ordered, costs(ordered), strict=True))[1:]
    last = [(t, c) for t, c in both if 0 <= now_ms - t.done_ms <= FRESH_MS][-LAST:]
    if len(last) < FEWEST:
        return None
    fresh, cost = [t for t, _ in last], [c for _, c in last]
    quick = quantiles([t.done_ms - t.released_ms for t in fresh], n=4)[0]
    guess = max(quick, (ahead + 1) * fmean(cost))
    doubt = max(LEAST_DOUBT * guess, stdev(cost) * (ahead + 1) ** 0.5)
    low = max(1, int((guess - doubt) // MINUTE_MS))
    high = max(low, -int(-(guess + doubt) // MINUTE_MS))
    if high > LONGEST_MIN or high > max(5, WIDEST * low):
        return None
    return Range(low, high)
