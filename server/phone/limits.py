"""How much a phone may ask: buckets that fill up again, by address and by visit. Pure; `now` is seconds of any clock.

A guest who taps fast stays far below; a program that asks a thousand times a second is answered 429 and waits for it.
Behind a router that hides its phones all of them have one address, so an address may more than a visit.
"""

from __future__ import annotations

from typing import NamedTuple

MAX_KNOWN = 4_096
"""Buckets remembered; with more the one that was used the longest ago is forgotten, which makes it full again."""

TOO_MUCH = "This phone asks too much at once. Nothing was done; please wait a moment."


class Rate(NamedTuple):
    """`burst` at once, and `per_s` in the long run."""

    burst: float
    per_s: float


ADDRESS = Rate(400, 60)
"""A menu's pictures on thirty phones behind one router."""

LINK = Rate(20, 4)
"""Of one link, when all that its address may is used up: behind one router a phone that asks without end is not to keep
the others from ordering. A page, its dishes and its order are far below."""

FILES = Rate(600, 120)
"""Of what the pages are made of, by address. It costs next to nothing, and without it nobody could begin."""

VISIT = Rate(60, 8)
"""Of calls that ask the node something; pictures and files are not among them."""

ORDERS = Rate(6, 1 / 20)
"""Sent orders, and those sent again when the line is bad; a kitchen is not to be flooded by one phone."""


class Buckets:
    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._left: dict[str, tuple[float, float]] = {}  # by whom: what is left, and when that was

    def take(self, who: str, now: float) -> bool:
        """Whether one more is allowed."""
        left, when = self._left.pop(who, (self._rate.burst, now))
        left = min(self._rate.burst, left + (now - when) * self._rate.per_s)
        allowed = left >= 1
        self._left[who] = (left - 1 if allowed else left, now)
        if len(self._left) > MAX_KNOWN:
            del self._left[next(iter(self._left))]
        return allowed
