"""What a fault is: a function that does something bad to a shop, and the row of docs/reliability.md that it proves.

A fault takes a `Lab`, raises `AssertionError` when a promise was broken and `Cannot` when this machine can't show it,
and returns one sentence of what was seen.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.faults import kinds

Size = Literal["quick", "full"]


PACKAGES = {
    "faketime": "faketime",
    "ip": "iproute2",
    "losetup": "mount",
    "mkfs.ext4": "e2fsprogs",
    "mount": "mount",
    "nft": "nftables",
    "prlimit": "util-linux",
    "setpriv": "util-linux",
    "strace": "strace",
}
"""Debian's packages for what kinds of fault call."""


class Cannot(Exception):
    """This machine can't show it: it needs root, Linux, or a program that is not installed. `install` are Debian
    packages that would help."""

    def __init__(self, why: str, *install: str) -> None:
        super().__init__(why)
        self.install = install


@dataclass(frozen=True)
class Row:
    """One row of the reliability page, in a shop's words: what goes wrong, what the people there see, and what is
    guaranteed all the same."""

    area: str
    what: str
    seen: str
    holds: str


@dataclass
class Lab:
    """What one run of a fault has: an empty folder, chance, and how much to do. `full`: not in a hurry."""

    folder: Path
    seed: int
    full: bool = False
    cycles: int | None = None
    rand: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.rand = random.Random(self.seed)

    def times(self, full: int, quick: int) -> int:
        """How often: as asked for, or by the size of the run."""
        return self.cycles or (full if self.full else quick)

    def say(self, text: str) -> None:
        print(f"    {text}", flush=True)


@dataclass(frozen=True)
class Fault:
    """`size` "quick": also in pytest's selection, then with `Lab.full` False."""

    name: str
    row: Row
    size: Size
    run: Callable[[Lab], str]


FAULTS: dict[str, Fault] = {}


def fault(
    name: str, *, area: str, what: str, seen: str, holds: str, size: Size = "full"
) -> Callable[[Callable[[Lab], str]], Callable[[Lab], str]]:
    """Registers the function under a name that is typed and is in the page."""

    def register(run: Callable[[Lab], str]) -> Callable[[Lab], str]:
        assert name not in FAULTS, f"two faults are called {name}"
        FAULTS[name] = Fault(name, Row(area, what, seen, holds), size, run)
        return run

    return register


def load() -> dict[str, Fault]:
    """All faults, in the order of their files."""
    for module in sorted(m.name for m in pkgutil.iter_modules(kinds.__path__)):
        importlib.import_module(f"{kinds.__name__}.{module}")
    return FAULTS


def need(*programs: str) -> None:
    """Raises `Cannot` for a program that is not installed."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise lacks(*missing)


def lacks(*programs: str) -> Cannot:
    """For programs that are not installed: says what to type."""
    packages = list(dict.fromkeys(PACKAGES[program] for program in programs))
    return Cannot(f"needs {' and '.join(programs)}: apt-get install {' '.join(packages)}", *packages)


@dataclass(frozen=True)
class Ended:
    """How a run ended: `failure` is None when everything held; `cannot`: this machine can't show it, and `install`
    would help."""

    sentence: str
    seconds: float
    failure: BaseException | None = None
    cannot: bool = False
    install: tuple[str, ...] = ()


def run(one: Fault, lab: Lab) -> Ended:
    """Runs a fault in the lab's folder, which is empty at first, and is removed unless it failed."""
    shutil.rmtree(lab.folder, ignore_errors=True)
    lab.folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    try:
        sentence = one.run(lab)
    except Cannot as e:
        return Ended(str(e), time.monotonic() - began, cannot=True, install=e.install)
    except Exception as e:
        return Ended(f"{type(e).__name__}: {str(e)[:600]}", time.monotonic() - began, e)
    shutil.rmtree(lab.folder, ignore_errors=True)
    return Ended(sentence, time.monotonic() - began)
