"""The faults that a failure takes: leaves out half of them, a quarter, … one, for as long as it still fails."""

from __future__ import annotations

import re

from tests.sim import plan
from tests.sim.day import Result, run
from tests.sim.faults import Fault

MAX_RUNS = 60


def kind_of(problem: str) -> str:
    """What a problem says, without the names and numbers in it."""
    return re.sub(r"[0-9a-z]*[0-9][0-9a-z-]*|\b[ns]\d+-\w+|office", "#", problem)[:40]


def minimise(result: Result, kinds: tuple[str, ...] | None = None) -> list[Fault]:
    """After Zeller's delta debugging. A run counts as failing if one of its problems is like the first one's."""
    faults = plan.draw(result.seed, result.size, kinds).faults
    wanted = kind_of(result.problems[0])
    runs = 0

    def fails(kept: list[Fault]) -> bool:
        nonlocal runs
        runs += 1
        try:
            found = run(result.seed, result.size, kinds=kinds, keep={f.number for f in kept}).problems
        except Exception as e:
            found = [f"the run itself broke: {type(e).__name__}: {e}"]
        return any(kind_of(p) == wanted for p in found)

    if fails([]):
        return []
    parts = 2
    while len(faults) > 1 and runs < MAX_RUNS:
        size = max(1, len(faults) // parts)
        chunks = [faults[i : i + size] for i in range(0, len(faults), size)]
        for chunk in chunks:
            rest = [f for f in faults if f not in chunk]
            if rest and fails(rest):
                faults, parts = rest, max(2, parts - 1)
                break
        else:
            if size == 1:
                break
            parts = min(len(faults), parts * 2)
    return faults
