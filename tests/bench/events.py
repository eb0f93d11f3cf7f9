"""Orders as a shop's day makes them, the same for every side of a bench."""

from __future__ import annotations

import random
from collections.abc import Iterator

from server.event import Draft
from tests.bench.bench_protocol import _order


def order_drafts(seed: int) -> Iterator[Draft]:
    """Events of orders without end: each is placed, with one to four lines, then goes on in four small steps."""
    rand, number = random.Random(seed), 0
    while True:
        for one in _order(rand, number):
            yield Draft(*one)
            number += 1


def placed_drafts(seed: int) -> Iterator[Draft]:
    """Only the first event of each order."""
    return (draft for draft in order_drafts(seed) if draft.type.startswith("orders.placed"))
