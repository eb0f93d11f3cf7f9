"""Terminals as real processes on loopback: `python -m tests.bench.bench_mesh`.

How long until a subscriber on another terminal sees what one has appended; how fast and in how many bytes a terminal
that comes new (or after weeks) catches up; how soon things go on when a line that was cut is back.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from app.relay import Relay

SAID = 1000
GAP_MS = 3.0
CAUGHT_UP = 100_000
REPEATS = 3
CUTS = 5
CUT_S = 2.0
OUT = Path(__file__).resolve().parents[2] / "out"

Row = dict[str, Any]


class Process:
    """A `tests.bench.terminal`."""

    def __init__(self, folder: Path, *peers: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.terminal", str(folder), *peers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=OUT.parent,
        )
        self.address: str = self.answer()["address"]

    def tell(self, words: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()

    def answer(self) -> Any:
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())

    def ask(self, words: str) -> Any:
        self.tell(words)
        return self.answer()

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@contextmanager
def running(folder: Path, *peers: str) -> Iterator[Process]:
    process = Process(folder, *peers)
    try:
        yield process
    finally:
        process.close()


def visible(folder: Path, others: int) -> tuple[float, float]:
    """p50 and p99 in ms of: append begun on one → a subscriber on another terminal has it."""
    with ExitStack() as stack:
        first = stack.enter_context(running(folder / "first"))
        rest = [stack.enter_context(running(folder / f"other{i}", first.address)) for i in range(others)]
        first.ask(f"peers {others}")
        first.ask("say 50 5")  # warm
        first.ask(f"say {SAID} {GAP_MS}")
        took: list[float] = []
        for one in rest:
            took += [(seen - sent) / 1e6 for sent, seen in one.ask(f"seen {SAID + 50}")[50:]]
    return statistics.median(took), statistics.quantiles(took, n=100)[98]


def commit_ms(folder: Path) -> float:
    """What two durable commits take at least on this disk: the writer's and the receiver's."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "raw").open("wb") as file:
        took = []
        for _ in range(200):
            begun = time.perf_counter()
            file.write(b"x" * 500)
            file.flush()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - begun)
    return statistics.median(took) * 1000


def catch_up(folder: Path) -> tuple[float, float]:
    """Events/s and bytes an event, from the first call to the last event durable at the receiver."""
    speeds, sizes = [], []
    with running(folder / "source") as source:
        source.ask(f"fill {CAUGHT_UP}")
        for i in range(REPEATS):
            with running(folder / f"new{i}", source.address) as target:
                done = target.ask(f"hold {CAUGHT_UP}")
            speeds.append(CAUGHT_UP / ((done["at_ns"] - done["started_ns"]) / 1e9))
            sizes.append(done["bytes_in"] / CAUGHT_UP)
    return max(speeds), min(sizes)


def resume(folder: Path) -> tuple[float, float]:
    """Median and worst ms from the line's return to the first event from beyond it, which was appended meanwhile."""
    took: list[float] = []
    with Relay.in_thread() as line, running(folder / "a") as a:
        line.aim(*_address(a.address))
        with running(folder / "b", f"127.0.0.1:{line.port}") as b:
            a.ask("peers 1")
            a.ask("say 1 0")
            b.ask("seen 1")
            for i in range(CUTS):
                line.cut()
                time.sleep(CUT_S)
                a.ask("say 1 0")
                restored = time.monotonic_ns()
                line.restore()
                took.append((b.ask(f"seen {i + 2}")[-1][1] - restored) / 1e6)
    return statistics.median(took), max(took)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


def row(name: str, value: float, unit: str, limit: float | None = None, target: float | None = None) -> Row:
    """`target` is a least value for rates and a greatest for the rest."""
    ok = None
    if target is not None:
        ok = value >= target if unit.endswith("/s") else value <= target
    ratio = value / limit if limit else None
    return {"name": name, "value": value, "unit": unit, "limit": limit, "ratio": ratio, "target": target, "ok": ok}


def rows() -> list[Row]:
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUT, prefix="bench-mesh-") as name:
        folder = Path(name)
        commits = 2 * commit_ms(folder / "disk")
        one, one_late = visible(folder / "two", 1)
        four, four_late = visible(folder / "five", 4)
        speed, size = catch_up(folder / "catch-up")
        back, back_late = resume(folder / "resume")
    return [
        row("append → visible on another terminal, 1 peer, p50", one, "ms", commits),
        row("append → visible on another terminal, 1 peer, p99", one_late, "ms", commits),
        row("append → visible on another terminal, 4 peers, p50", four, "ms", commits),
        row("append → visible on another terminal, 4 peers, p99", four_late, "ms", commits),
        row(f"catch-up of {CAUGHT_UP:,} events between two processes", speed, "events/s", None, 120_000),
        row("catch-up, bytes on the wire an event", size, "bytes", None, 60),
        row(f"line back after {CUT_S:.0f} s → next event, median", back, "ms"),
        row(f"line back after {CUT_S:.0f} s → next event, worst of {CUTS}", back_late, "ms"),
    ]


if __name__ == "__main__":
    for each in rows():
        print(f"{each['name']:<58} {each['value']:>12,.2f} {each['unit']:<9} target {each['target']} {each['ok']}")
