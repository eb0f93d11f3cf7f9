"""A terminal as a process of its own, for a bench: does what it is told on stdin, answers in JSON lines.

say N GAP_MS   append N events one at a time
fill N         write N events of realistic orders
hold N         answers once N events are durable here
seen N         when each `said` event was sent and seen by a subscriber here, in ns, once it is N of them
arrived N      the same, but when it came in from the writer, before it is durable here too
peers N        answers once there are links to N terminals
met            ns from the first call until another terminal had greeted us
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import uvloop

from app.serve import SWITCH_S
from server.event import Batch, Draft, decode
from tests.bench.events import order_drafts
from tests.process.terminals import Terminal

FILL_AT_ONCE = 512


class Worker:
    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.seen: list[tuple[int, int]] = []
        self.arrived: list[tuple[int, int]] = []
        self._storing = terminal.log.storing
        terminal.log.storing = self.storing  # type: ignore[method-assign]
        self.count = 0
        self.last_ns = 0
        self.news = asyncio.Event()
        self.started_ns, self.started_s = 0, 0.0
        self.met_ns = 0
        self.meeting = asyncio.Event()

    async def watch(self) -> None:
        """The subscriber whose view counts."""
        async for events in self.terminal.log.subscribe(topics={"stock"}):
            now = time.monotonic_ns()
            self.seen += [(event.data()["sent_ns"], now) for event in events]
            self.news.set()

    def changed(self) -> None:
        if not self.met_ns and self.terminal.mesh.connected_terminals():
            self.met_ns = time.monotonic_ns()
            self.meeting.set()

    def stored(self, batches: list[Batch], own: bool) -> None:
        self.last_ns = time.monotonic_ns()
        self.count += sum(len(batch.events) for batch in batches)
        self.news.set()

    async def say(self, n: int, gap_ms: float) -> None:
        for _ in range(n):
            draft = Draft("stock.said/1", "a", {"sent_ns": time.monotonic_ns()})
            await self.terminal.log.append([draft])
            await asyncio.sleep(gap_ms / 1000)

    def storing(self, batch: Batch, *header: Any, **floor: Any) -> asyncio.Future[int]:
        """The log's, watched."""
        now = time.monotonic_ns()
        if batch.stream.topic == "stock":
            events = [decode(batch.stream, raw) for raw in batch.events]
            self.arrived += [(event.data()["sent_ns"], now) for event in events]
        return self._storing(batch, *header, **floor)

    async def fill(self, n: int) -> None:
        drafts = order_drafts(n)
        while n > 0:
            some = list(islice(drafts, min(n, FILL_AT_ONCE)))
            await self.terminal.log.append(some)
            n -= len(some)

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
        elif verb == "arrived":
            await self.wait(lambda: len(self.seen) >= numbers[0])
            return self.arrived
        elif verb == "met":
            await self.meeting.wait()
            return self.met_ns - self.started_ns
        elif verb == "peers":
            while len(self.terminal.mesh.connected_terminals()) < numbers[0]:
                await asyncio.sleep(0.01)
        return None


async def main(folder: str, host: str, peers: list[str]) -> None:
    sys.setswitchinterval(SWITCH_S)
    terminal = Terminal(Path(folder), Path(folder).name, host=host, peers=peers)
    await terminal.start()  # calls go out once this has returned
    worker = Worker(terminal)
    worker.started_ns, worker.started_s = time.monotonic_ns(), time.process_time()
    terminal.log.on_stored.append(worker.stored)
    terminal.mesh.on_change.append(worker.changed)
    worker.changed()
    watcher = asyncio.create_task(worker.watch())
    print(json.dumps({"address": terminal.address}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        verb, *numbers = line.split()
        print(json.dumps(await worker.obey(verb, *map(float, numbers))), flush=True)
    await terminal.stop()
    await watcher


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
