"""`python -m tests.sim.costs --seed 1`: where a simulated shop-day's time goes, by order and by event applied.

An event is applied by every machine that holds it: it is written to the log there, folded into tables, and told to the
neighbours. Clocks stand around the parts named here, and each part's time is without that of the parts inside it; the
clocks themselves take some of it, so the parts are good for their shares, and `make sim` for the speed.
"""

from __future__ import annotations

import argparse
import functools
import gc
import sqlite3
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from server.keys import DeviceKey
from server.log.log import Log
from server.log.writer import Writer
from server.replication import frames, verify
from server.replication.exchange import Exchange
from server.replication.protocol import Replica
from server.services.desk import Desk
from server.services.shop import Services
from tests.sim import checks
from tests.sim.day import Result, run
from tests.sim.disk import Disk
from tests.sim.loop import Scheduler
from tests.sim.network import Direction, End
from tests.sim.plan import SIZES
from tests.sim.terminal import Terminal
from tests.sim.trace import Trace

log_verify = import_module("server.log.verify")
opening = import_module("server.log.log")

PARTS: tuple[tuple[str, tuple[tuple[Any, str], ...]], ...] = (
    ("tables: folding in Python", ((Services, "apply"),)),
    ("log: staging a transaction in Python", ((Writer, "turn"),)),
    ("log: telling of a commit", ((Log, "_committed"),)),
    ("replication: frames in", ((Replica, "receive"),)),
    ("replication: commits in, ticks", ((Replica, "stored"), (Replica, "tick"), (Replica, "fetched"))),
    ("replication: carrying out", ((Exchange, "do"),)),
    ("frames: msgspec, zstd", ((frames, "encode"), (frames, "decode"))),
    ("Ed25519: making seals", ((DeviceKey, "seal"),)),
    ("Ed25519: checking seals", ((verify, "_check_seal"), (log_verify.StreamCheck, "_check_seal"))),
    ("deciding commands", ((Desk, "decide"),)),
    ("opening logs and tables", ((opening, "prepare"), (Services, "__init__"))),
    ("simulator: network and trace", ((Direction, "put"), (Direction, "arrive"), (End, "arrived"), (Trace, "frame"))),
    ("simulator: crashes, files", ((Disk, "crash"), (Terminal, "_lay_down"))),
    (
        "simulator: invariants",
        (
            *((checks, name) for name in ("limits", "settled", "held_by_another", "after_its_causes", "differences")),
            *(
                (checks, name)
                for name in ("everything", "rising", "promises", "once", "money", "read_models", "verify")
            ),
            (checks.LineWatch, "look"),
            (checks.StatusWatch, "look"),
            (checks.StockWatch, "done"),
        ),
    ),
    ("simulator: clearing up", ((gc, "collect"),)),
)

SQL = "SQLite: statements"
COMMITS = "SQLite: commits"
REST = "event loop, coroutines, all else"


class Clocks:
    """Time by part, without that of parts inside it."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self.times: dict[str, int] = {}
        self._inside = [0.0]

    def around(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        now, inside = time.perf_counter, self._inside

        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            inside.append(0.0)
            began = now()
            try:
                return function(*arguments, **named)
            finally:
                took = now() - began
                self.spent[part] = self.spent.get(part, 0.0) + took - inside.pop()
                self.times[part] = self.times.get(part, 0) + 1
                inside[-1] += took

        return timed

    def watch(self) -> None:
        """From now on, for good: this process does nothing else."""
        for part, places in PARTS:
            for owner, name in places:
                setattr(owner, name, self.around(part, getattr(owner, name)))
        real = sqlite3.connect

        def connect(*arguments: Any, **named: Any) -> sqlite3.Connection:
            base = named.pop("factory", sqlite3.Connection)
            return real(*arguments, **named, factory=self._timed(base))

        sqlite3.connect = connect  # type: ignore[assignment]

    def _timed(self, base: type[sqlite3.Connection]) -> type[sqlite3.Connection]:
        execute, commit = self.around(SQL, base.execute), self.around(COMMITS, base.execute)

        def either(connection: sqlite3.Connection, statement: str, *values: Any) -> Any:
            return (commit if statement == "COMMIT" else execute)(connection, statement, *values)

        methods = {name: self.around(SQL, getattr(base, name)) for name in ("executemany", "executescript")}
        return type("Timed", (base,), methods | {"execute": either, "__exit__": self.around(COMMITS, base.__exit__)})


def rows(clocks: Clocks, result: Result, whole_s: float, steps: int) -> list[tuple[str, int, float]]:
    """What, how often, seconds; the largest first, and the whole last."""
    found = [(part, clocks.times[part], spent) for part, spent in clocks.spent.items()]
    found.append((f"{REST} ({steps} steps)", steps, whole_s - sum(clocks.spent.values())))
    return [*sorted(found, key=lambda row: -row[2]), ("all", result.orders, whole_s)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.sim.costs", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", choices=(*SIZES, "own"), default="day", help="own: as the seed has it")
    args = parser.parse_args()
    run(2, "small")  # what is made once in a process
    schedulers: list[Scheduler] = []
    begin = Scheduler.__init__

    def noted(scheduler: Scheduler) -> None:
        begin(scheduler)
        schedulers.append(scheduler)

    Scheduler.__init__ = noted  # type: ignore[method-assign]
    clocks = Clocks()
    clocks.watch()
    began = time.perf_counter()
    result = run(args.seed, None if args.size == "own" else args.size)
    whole_s = time.perf_counter() - began
    orders, events = max(1, result.orders), max(1, result.events)
    print(
        f"seed {result.seed} ({result.size}): {result.orders} orders placed at {result.terminals} terminals, "
        f"{result.events} events applied, {result.frames} frames, {len(result.faults)} faults, "
        f"{result.cpu_s:.2f} CPU s with the clocks\n"
    )
    print("| what | times | µs each | µs an event applied | ms an order | share |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for what, times, spent in rows(clocks, result, whole_s, schedulers[-1].steps):
        each = f"{spent / max(1, times) * 1e6:.1f}"
        print(
            f"| {what} | {times} | {each} | {spent / events * 1e6:.0f} | {spent / orders * 1e3:.2f} "
            f"| {100 * spent / whole_s:.1f} % |"
        )


if __name__ == "__main__":
    main()
