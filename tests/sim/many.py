"""Many seeds, in one process or in several."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from functools import partial

from tests.sim.day import Result, run


def one(size: str | None, kinds: tuple[str, ...] | None, trace: int, seed: int) -> Result:
    try:
        return run(seed, size, kinds=kinds, trace=trace)
    except Exception as e:
        return Result(seed, size or "?", [f"the run itself broke: {type(e).__name__}: {e}"])


def results(work: partial[Result], wanted: Iterable[int], jobs: int) -> Iterator[Result]:
    if jobs <= 1:
        yield from map(work, wanted)
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(work, wanted)


def in_parallel(wanted: Iterable[int], jobs: int) -> list[Result]:
    """For tests: the days of these seeds, in as many processes."""
    return list(results(partial(one, None, None, 0), wanted, jobs))
