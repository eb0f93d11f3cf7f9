"""A fault, and its course through one day."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, NamedTuple

from tests.sim.network import Host
from tests.sim.terminal import Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day


class Fault(NamedTuple):
    """`who`: index of the terminal it happens to."""

    number: int
    kind: str
    at: float
    lasts_s: float
    who: int
    seed: str

    def __str__(self) -> str:
        return f"{self.kind} (terminal {self.who}, from {self.at:.2f} s on, for {self.lasts_s:.2f} s)"


class Course:
    """One fault in one day. A kind is a generator: what it does before `yield` begins it, what after ends it."""

    def __init__(self, day: Day, fault: Fault, happens: Happens) -> None:
        self.day, self.fault, self._happens = day, fault, happens
        self.rand = random.Random(fault.seed)
        self._running: Generator[None, None, None] | None = None

    @property
    def terminal(self) -> Terminal:
        return self.day.terminals[self.fault.who]

    @property
    def victim(self) -> Terminal:
        """The terminal, or now and then head office."""
        return self.day.office if self.rand.random() < 0.15 else self.terminal

    def begin(self) -> None:
        if self.day.calm:
            return
        self.day.note(f"FAULT {self.fault} begins")
        self._running = self._happens(self)
        next(self._running, None)

    def end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            next(running, None)
            self.day.note(f"FAULT {self.fault} ends")

    def others(self, of: Terminal) -> list[Host]:
        """The hosts of its store, and head office's."""
        return [t.host for t in self.day.all if (t is not of and t.spec.store in (of.spec.store, "")) or of.office]


Happens = Callable[[Course], Generator[None, None, None]]
