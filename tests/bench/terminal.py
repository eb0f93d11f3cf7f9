"""A terminal as a process of its own, for `bench_mesh`: does what it is told on stdin, answers in JSON lines.

say N GAP_MS   append N events one at a time        fill N   write N events of realistic orders
time N         answers once N events have been seen  seen     when each `said` event was sent and seen, in ns
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvloop

from server.event import Batch, Draft
from tests.bench.bench_protocol import _order
from tests.process.terminals import Terminal

FILL_AT_ONCE = 512


class Worker:
    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.seen: list[tuple[int, int]] = []
        self.count = 0
        self.last_ns = 0
        self.news = asyncio.Event()
        self.started_ns, self.started_s = 0, 0.0

    async def watch(self) -> None:
        """The subscriber whose view counts."""
        async for events in self.terminal.log.subscribe(topics={"stock"}):
            now = time.monotonic_ns()
            self.seen += [(event.data()["sent_ns"], now) for event in events]
            self.news.set()

    def stored(self, batches: list[Batch], own: bool) -> None:
        self.last_ns = time.monotonic_ns()
        self.count += sum(len(batch.events) for batch in batches)
        self.news.set()

    async def say(self, n: int, gap_ms: float) -> None:
        for _ in range(n):
            draft = Draft("stock.said/1", "a", {"sent_ns": time.monotonic_ns()})
            await self.terminal.log.append([draft])
            await asyncio.sleep(gap_ms / 1000)

    async def fill(self, n: int) -> None:
        rand, pending, number = random.Random(n), [], 0
        while number < n:
            while len(pending) < FILL_AT_ONCE:
                pending += [Draft(*one) for one in _order(rand, number + len(pending))]
            now, pending = pending[: min(FILL_AT_ONCE, n - number)], pending[FILL_AT_ONCE:]
            await self.terminal.log.append(now)
            number += len(now)

    async def wait(self, question: Callable[[], bool]) -> None:
        while not question():
            self.news.clear()
            await self.news.wait()

    async def obey(self, verb: str, *numbers: float) -> Any:
        if verb == "say":
            await self.say(int(numbers[0]), numbers[1])
        elif verb == "fill":
            await self.fill(int(numbers[0]))
        elif verb == "hold":
            await self.wait(lambda: self.count >= numbers[0])
            spent_s = time.process_time() - self.started_s
            facts = {"started_ns": self.started_ns, "at_ns": self.last_ns, "spent_s": spent_s}
            return {**facts, "bytes_in": self.terminal.mesh.traffic()[0]}
        elif verb == "seen":
            await self.wait(lambda: len(self.seen) >= numbers[0])
            return self.seen
        elif verb == "peers":
            while len(self.terminal.mesh.connected_terminals()) < numbers[0]:
                await asyncio.sleep(0.01)
        return None


async def main(folder: str, peers: list[str]) -> None:
    terminal = Terminal(Path(folder), Path(folder).name, peers=peers)
    worker = Worker(terminal)
    await terminal.start()  # calls go out once this has returned
    worker.started_ns, worker.started_s = time.monotonic_ns(), time.process_time()
    terminal.log.on_stored.append(worker.stored)
    watcher = asyncio.create_task(worker.watch())
    print(json.dumps({"address": terminal.address}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        verb, *numbers = line.split()
        print(json.dumps(await worker.obey(verb, *map(float, numbers))), flush=True)
    await terminal.stop()
    await watcher


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2:]))
