"""Cards taken while the card terminal has no line to the bank: how much of that a shop bears; pure.

Nobody has looked whether such a card is covered: until the bank has said yes to what is forwarded, it is the shop's
risk.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

ORDER_MINOR = 50_00
"""Of one order. A family's lunch; more than that is worth asking for another way to pay."""

DAY_MINOR = 500_00
"""Of all that is not forwarded yet: what a small shop can lose in a day without closing."""

HOURS = 24
"""The oldest may wait so long. Terminals need not keep them longer, and banks decline more the later they come."""

HOUR_MS = 3_600_000


class OfflineLimits(msgspec.Struct, frozen=True):
    """`order_minor` 0: no card is ever taken without a line."""

    order_minor: int = ORDER_MINOR
    day_minor: int = DAY_MINOR
    hours: int = HOURS


class Stored(msgspec.Struct, frozen=True):
    """One that waits to be forwarded: how much, and since when."""

    amount_minor: int
    ms: int


def online_only(amount_minor: int, stored: Iterable[Stored], now_ms: int, limits: OfflineLimits) -> bool:
    """Whether the terminal must ask the bank about this one, or refuse it."""
    waiting = list(stored)
    oldest_ms = min((one.ms for one in waiting), default=now_ms)
    return (
        amount_minor > limits.order_minor
        or amount_minor + sum(one.amount_minor for one in waiting) > limits.day_minor
        or now_ms - oldest_ms > limits.hours * HOUR_MS
    )
