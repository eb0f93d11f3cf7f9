"""How much work each bench does: `FULL` for figures, `QUICK` for a look, `TINY` to see that it runs."""

from __future__ import annotations

import msgspec


class Scale(msgspec.Struct, frozen=True):
    name: str
    runs: int  # of a fast figure
    slow_runs: int  # of one that takes seconds
    appends: int  # one at a time, a run
    grouped: int
    said: int  # events of a fan-out, a run
    many_peers: int
    caught_up: int
    synced: int  # events that NATS writes through: it takes a commit for each
    cuts: int
    few: int  # events of a short history
    many: int  # of a long one
    meetings: int  # of two terminals that share it
    day_orders: int
    taps: int  # orders through the screens: half with the line to head office, half without


FULL = Scale("full", 7, 3, 200, 6_000, 80, 16, 100_000, 4_000, 30, 10_000, 1_000_000, 15, 300, 120)
QUICK = Scale("quick", 3, 1, 100, 2_000, 30, 4, 20_000, 1_000, 4, 5_000, 50_000, 5, 30, 20)
TINY = Scale("tiny", 2, 1, 20, 300, 5, 2, 3_000, 500, 2, 500, 2_000, 2, 5, 4)
SCALES = {scale.name: scale for scale in (FULL, QUICK, TINY)}
