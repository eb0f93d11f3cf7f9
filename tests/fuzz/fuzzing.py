"""One fuzzer: cases from a seed, one after the other, the promising ones varied. The same seed, the same cases."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable

import msgspec

from tests.fuzz.cases import Case, Step, read, smaller
from tests.fuzz.cover import Line, lines_of
from tests.fuzz.generate import VICTIMS, Maker, Material
from tests.fuzz.run import Victim, replay
from tests.fuzz.world import World

STEPS = 300
TRACE_EVERY = 12
"""Every so manyth case is run with its lines counted; the others are not slowed down by it."""

MAX_POOL = 300
VARY = 0.35
"""Part of the cases that vary one of the pool instead of being made up."""


class Tally(msgspec.Struct):
    """What a fuzzer did. `codes`: why links were closed."""

    frames: int = 0
    cases: int = 0
    seconds: float = 0.0
    codes: Counter[str] = msgspec.field(default_factory=Counter)
    faults: list[tuple[Case, int]] = []  # with the number of the case
    lines: set[Line] = set()

    def add(self, other: Tally) -> None:
        self.frames += other.frames
        self.cases += other.cases
        self.seconds = max(self.seconds, other.seconds)
        self.codes += other.codes
        self.faults = [*self.faults, *other.faults]
        self.lines = self.lines | other.lines


def kind_of(fault: str) -> str:
    """The same for faults that differ in names and numbers only."""
    return re.sub(r"[a-z2-7]{16}(/\S*)?|[0-9]+", "*", fault)[:60]


class Fuzzer:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.world = World()
        self.material = Material(self.world)
        self.pool: list[Case] = []
        self.tally = Tally()

    def run(self, go_on: Callable[[Tally], bool], told: Callable[[Case, int], None] | None = None) -> Tally:
        """Cases for as long as `go_on` says; stops looking for more faults of a kind that it has found."""
        began, known = time.monotonic(), set[str]()
        while go_on(self.tally):
            number = self.tally.cases
            case = self.one(number)
            self.tally.cases += 1
            kind = kind_of(case.fault)
            if case.fault and kind not in known:
                known.add(kind)
                case = smaller(case, lambda c, kind=kind: kind_of(replay(self.world, c)) == kind)
                self.tally.faults.append((case, number))
                if told:
                    told(case, number)
            self.tally.seconds = time.monotonic() - began
        return self.tally

    def one(self, number: int) -> Case:
        """The case of this number, done; its `fault` says what was wrong."""
        rand = random.Random(f"{self.seed}/{number}")
        old = rand.choice(self.pool) if self.pool and rand.random() < VARY else None
        case = Case(old.victim if old else rand.choice(VICTIMS), [])
        if number % TRACE_EVERY:
            self._play(case, rand, old)
            return case
        new = lines_of(lambda: self._play(case, rand, old)) - self.tally.lines
        if new:
            self.tally.lines |= new
            self.pool.append(case)
            del self.pool[:-MAX_POOL]
        return case

    def _play(self, case: Case, rand: random.Random, old: Case | None) -> None:
        victim = Victim(self.world, case.victim)
        maker = Maker(self.world, self.material, rand)
        try:
            for step in maker.varied(old.steps) if old else ():
                case.steps.append(step)
                victim.do(step)
            while len(case.steps) < STEPS:
                case.steps.append(maker.step(victim))
                victim.do(case.steps[-1])
            victim.end()
        except Exception as e:
            case.fault = f"{type(e).__name__}: {e}"[:300]
        self.tally.frames += victim.frames
        self.tally.codes.update(victim.codes)


def replayed(path: str) -> str:
    """What is wrong with a case that was kept, or `""`."""
    from pathlib import Path

    return replay(World(), read(Path(path)))


__all__ = ["Case", "Fuzzer", "Step", "Tally", "replayed"]
