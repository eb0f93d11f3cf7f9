"""Several fuzzers at once, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator

from tests.fuzz.cases import Case, write
from tests.fuzz.fuzzing import Fuzzer, Tally
from tests.sim.seals import remembered

SEED_STRIDE = 1_000_000
"""Between the seeds of two jobs."""


def job(order: tuple[int, float, int]) -> Tally:
    seed, seconds, frames = order
    end = time.monotonic() + seconds if seconds else float("inf")

    def told(case: Case, number: int) -> None:
        path = write(case)
        print(f"FAULT (seed {seed}, case {number}, {len(case.steps)} steps): {case.fault}")
        print(f"    again: python -m tests.fuzz --replay {path}", flush=True)

    def go_on(tally: Tally) -> bool:
        return time.monotonic() < end and (not frames or tally.frames < frames)

    with remembered():  # the same seal over the same hash is verified once: that is where the time would go
        return Fuzzer(seed).run(go_on, told)


def tallies(seed: int, seconds: float, frames: int, jobs: int) -> Iterator[Tally]:
    """What each job did, as they end; each has a seed of its own and its share of the frames."""
    share = -(-frames // jobs) if frames else 0
    orders = [(seed + i * SEED_STRIDE, seconds, share) for i in range(jobs)]
    if jobs == 1:
        yield job(orders[0])
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap_unordered(job, orders)
