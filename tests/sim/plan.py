"""What a seed stands for: which machines, which orders when, which faults. All is drawn before the day begins.

Each order and each fault carries a seed of its own, so that leaving one out changes nothing about the others.
"""

from __future__ import annotations

import random
from typing import NamedTuple

from server.services.membership.state import PREFIXES
from tests.sim.faults import KINDS, Fault

SIZES = ("small", "shop", "chain", "large", "day")
MAX_GAP_S = {"day": 0.2}
USUAL_GAP_S = 1.5
"""Between two orders time is simulated for this long at most; of a longer quiet only the clock's leap is left."""

PACES = ((0.0002, 0.002), (0.002, 0.03), (0.03, 0.25))
"""Seconds that a machine takes for work besides the disk's: quick, common, and an old one under load."""

DISK_KINDS = ("power cut", "full disk", "failed fsync", "unreadable disk")

NIGHTS_IN = 0.2
NIGHTS_WITHOUT_OFFICE = 0.6
"""Of all days, so many go on over nights; and of those on which head office is away, when what is old must stay."""

ADDRESSES = 1_000
"""The number of such a fault among a day's."""

NEW_ADDRESSES_IN = 0.06
"""Of all days, on so many a shop's router is changed."""

ROLES = ("kiosk", "pos", "kitchen", "pos", "kiosk", "board", "kiosk", "pos", "kitchen", "kiosk", "pos", "kiosk")


class TerminalPlan(NamedTuple):
    store: str
    role: str
    pace: tuple[float, float]
    skew_ms: int
    joins_at: float
    mdns: bool


class OrderPlan(NamedTuple):
    at: float
    leap_ms: int  # of everybody's clock, just before it
    seed: str


class Plan(NamedTuple):
    seed: int
    size: str
    terminals: list[TerminalPlan]
    orders: list[OrderPlan]
    per_hour: int
    seconds: float
    faults: list[Fault]
    another_version: int  # index of the terminal that writes events nobody else knows, or -1
    watched: int
    twins: str  # the prefix that two terminals would both choose, or ""
    nights: int = 0  # that pass between two orders; then what is older than a day leaves the terminals

    @property
    def disks_fail(self) -> bool:
        return any(f.kind in DISK_KINDS for f in self.faults)


def draw(seed: int, size: str | None = None, kinds: tuple[str, ...] | None = None) -> Plan:
    """The plan of a seed. `size` and `kinds` (of faults) override what it would be."""
    rand = random.Random(f"{seed}/plan")
    by_seed = rand.choices(SIZES, (60, 25, 12, 3, 0))[0]
    size = size or by_seed
    stores, count = _machines(rand, size)
    mdns = rand.random() < 0.7
    skewed = rand.random() < 0.35
    paces = [rand.choice(PACES[:2]) if rand.random() < 0.8 else PACES[2] for _ in range(len(stores))]
    if size == "day":
        paces = [PACES[1]] * len(stores)  # machines as shops have them
    late = rand.random() < 0.25
    orders, per_hour, seconds = _orders(rand, seed, count, MAX_GAP_S.get(size, USUAL_GAP_S))
    terminals = [
        TerminalPlan(
            store,
            ROLES[sum(other == store for other in stores[:i]) % len(ROLES)],
            paces[i],
            rand.choice((-1, 1)) * rand.choice((500, 20_000, 90_000, 3_600_000, 5 * 3_600_000)) if skewed else 0,
            rand.uniform(2, max(3.0, seconds / 2)) if late and i and i == len(stores) - 1 else 0.0,
            mdns or rand.random() < 0.3,
        )
        for i, store in enumerate(stores)
    ]
    faults = _faults(rand, seed, terminals, seconds, kinds)
    faults += _new_addresses(random.Random(f"{seed}/addresses"), seed, terminals, seconds) if kinds is None else []
    twins = rand.choice(PREFIXES) if rand.random() < 0.12 else ""
    version = rand.randrange(len(terminals)) if rand.random() < 0.3 else -1
    watched = rand.randrange(len(terminals) + 1)
    away = any(f.kind == "office away" for f in faults)
    orders, nights = _nights(random.Random(f"{seed}/nights"), orders, NIGHTS_WITHOUT_OFFICE if away else NIGHTS_IN)
    return Plan(seed, size, terminals, orders, per_hour, seconds, faults, version, watched, twins, nights)


def _new_addresses(rand: random.Random, seed: int, terminals: list[TerminalPlan], seconds: float) -> list[Fault]:
    """Not drawn among the others, so that these are what they were."""
    if rand.random() >= NEW_ADDRESSES_IN:
        return []
    at = rand.uniform(3.0, max(3.5, seconds - 1))
    return [Fault(ADDRESSES, "new addresses", at, 1.0, rand.randrange(len(terminals)), f"{seed}/fault/addresses")]


def _nights(rand: random.Random, orders: list[OrderPlan], share: float) -> tuple[list[OrderPlan], int]:
    """Mostly none."""
    if rand.random() >= share or len(orders) < 4:
        return orders, 0
    before = rand.sample(range(2, len(orders)), min(rand.choice((1, 2, 3)), len(orders) - 3))
    night_ms = rand.randint(26 * 3_600_000, 60 * 3_600_000)
    return [o._replace(leap_ms=o.leap_ms + night_ms) if i in before else o for i, o in enumerate(orders)], len(before)


def _machines(rand: random.Random, size: str) -> tuple[list[str], int]:
    """Each terminal's store, and how many orders are taken."""
    if size == "small":
        return ["north"] * rand.randint(2, 3), rand.randint(5, 16)
    if size == "shop":
        return ["north"] * rand.randint(3, 5), rand.randint(10, 30)
    if size == "chain":
        return ["north"] * rand.randint(1, 3) + ["south"] * rand.randint(2, 3), rand.randint(10, 30)
    if size == "large":
        return ["north"] * rand.randint(3, 6) + ["south"] * rand.randint(3, 6), rand.randint(40, 90)
    return ["north"] * 5, 300


def _orders(rand: random.Random, seed: int, count: int, gap_s: float) -> tuple[list[OrderPlan], int, float]:
    per_hour = rand.choice((10, 30, 60, 120, 300, 600))
    at, orders = 2.0, []
    for i in range(count):
        gap = rand.expovariate(per_hour / 3600)
        step = min(gap, rand.uniform(0.05, gap_s))
        at += step
        orders.append(OrderPlan(at, int((gap - step) * 1000), f"{seed}/order/{i}"))
    return orders, per_hour, at + 3.0


def _faults(
    rand: random.Random, seed: int, terminals: list[TerminalPlan], seconds: float, only: tuple[str, ...] | None
) -> list[Fault]:
    """A good day now and then, a few troubles mostly, many sometimes."""
    count = rand.choice((0, 1, 2, 3, 4, 5, 6, 8, 10))
    kinds = [kind for kind in KINDS.values() if (kind.weight if only is None else kind.name in only)]
    if not kinds:
        return []
    chosen = rand.sample(kinds, min(len(kinds), rand.randint(1, 5)))
    faults = []
    for i in range(count if only is None else max(count, len(only))):
        kind = rand.choices(chosen, [max(1, k.weight) for k in chosen])[0]
        at = rand.uniform(1.0, seconds)
        lasts = min(rand.expovariate(1 / kind.lasts_s) + 0.1, 4 * kind.lasts_s)
        faults.append(Fault(i, kind.name, at, lasts, rand.randrange(len(terminals)), f"{seed}/fault/{i}"))
    return sorted(faults, key=lambda f: f.at)
