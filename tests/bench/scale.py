"""How much work each bench does: `FULL` for figures, `TINY` to see that it runs."""

from __future__ import annotations

import msgspec


class Scale(msgspec.Struct, frozen=True):
    runs: int  # of a fast figure
    appends: int  # one at a time, a run
    grouped: int
    said: int  # events of a fan-out, a run
    many_peers: int
    caught_up: int
    synced: int  # events that NATS writes through: it takes a commit for each
    cuts: int
    few: int  # events of a short history
    many: int  # of a long one
    day_orders: int
    taps: int  # orders through the screens: half with the line to head office, half without


FULL = Scale(5, 200, 6_000, 80, 16, 100_000, 10_000, 30, 10_000, 1_000_000, 300, 100)
TINY = Scale(2, 20, 300, 5, 2, 3_000, 500, 2, 500, 2_000, 5, 8)
