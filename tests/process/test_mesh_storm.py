"""Cuts, stops and late joiners at random over sockets: in the end all hold the same. `PILOTLIGHT_SEED` replays."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

import pytest

from app.relay import Relay
from server.log import verify
from tests.process.terminals import Terminal, in_step, office

TERMINALS = 5
STEPS = 40


class Storm:
    """A shop with head office behind a relay; each terminal knows some of the others only."""

    def __init__(self, folder: Path, rand: random.Random) -> None:
        self.rand = rand
        self.head = office(folder / "office")
        self.line = Relay("127.0.0.1", 1)
        self.shop = [Terminal(folder / f"t{i}", f"t{i}") for i in range(TERMINALS)]
        self.running: list[Terminal] = []
        self.said = 0

    async def begin(self) -> None:
        await self.head.start()
        await self.line.start()
        self.line.aim("127.0.0.1", self.head.port)
        await self.join()

    async def join(self) -> None:
        """One that does not run starts, knowing where it was told last time, or two that run now."""
        absent = [t for t in self.shop if t not in self.running]
        if not absent:
            return
        terminal = self.rand.choice(absent)
        if "peers" not in terminal.options:
            known = self.rand.sample(self.running, min(2, len(self.running)))
            terminal.options["peers"] = [t.address for t in known]
            terminal.options["office"] = f"ws://127.0.0.1:{self.line.port}"
        self.running.append(await terminal.start())

    async def leave(self) -> None:
        if len(self.running) > 1:
            terminal = self.rand.choice(self.running)
            self.running.remove(terminal)
            await terminal.stop()

    async def say(self) -> None:
        terminal = self.rand.choice(self.running)
        count = self.rand.choice((1, 1, 2, 50))
        words = [f"{self.said + i}" for i in range(count)]
        self.said += count
        await terminal.say(*words, topic=self.rand.choice(("orders", "stock", "kitchen")))

    async def step(self) -> None:
        deed = self.rand.choices(("say", "join", "leave", "cut", "silence", "restore"), (12, 3, 2, 1, 1, 3))[0]
        if deed in ("say", "join", "leave"):
            await getattr(self, deed)()
        elif deed == "restore":
            self.line.restore()
        else:
            self.line.cut(silent=deed == "silence")
        await asyncio.sleep(self.rand.choice((0, 0, 0.01, 0.1, 0.3)))

    async def settle(self) -> None:
        self.line.restore()
        while len(self.running) < TERMINALS:
            await self.join()
        await in_step(self.head, *self.running, seconds=60)

    async def end(self) -> None:
        for terminal in [*self.running, self.head]:
            await terminal.stop()
        await self.line.close()


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("n", range(4))
async def test_after_the_storm_all_hold_the_same(tmp_path: Path, n: int) -> None:
    seed = int(os.environ.get("PILOTLIGHT_SEED") or random.randrange(2**32))
    print(f"PILOTLIGHT_SEED={seed}")
    storm = Storm(tmp_path, random.Random(seed))
    await storm.begin()
    try:
        for _ in range(STEPS):
            await storm.step()
        await storm.settle()
        assert await storm.head.words() == {str(i) for i in range(storm.said)}
    finally:
        await storm.end()
    assert all(verify(terminal.folder).ok for terminal in [*storm.shop, storm.head])
