"""The simulated machinery itself: time that is only counted, real nodes on it, disks that lose power."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from server.event import Draft
from tests.sim.loop import Scheduler, SimLoop
from tests.sim.mutants.copy import ROOT, patched
from tests.sim.mutants.patches import PATCHES
from tests.sim.network import Net
from tests.sim.terminal import Spec, Terminal


class Lab:
    """An office and some terminals of one store."""

    def __init__(self, folder: Path, count: int) -> None:
        self.scheduler = Scheduler()
        self.loop = SimLoop(self.scheduler, "world")
        self.net = Net(self.scheduler, self.loop, random.Random("net"))
        self.office = self._add(folder, Spec("office", "", "office"))
        line = f"ws://{self.office.host.ip}:7400"
        self.terminals = [self._add(folder, Spec(f"t{i}", "north", "pos", office=line)) for i in range(count)]

    def _add(self, folder: Path, spec: Spec) -> Terminal:
        def wall_ms() -> int:
            return 1_772_434_800_000 + int(self.scheduler.now * 1000)

        return Terminal(spec, folder / spec.name, self.net, self.scheduler, f"1/{spec.name}", wall_ms)

    @property
    def all(self) -> list[Terminal]:
        return [self.office, *self.terminals]

    def until(self, condition: object, seconds: float = 30.0) -> None:
        limit = self.scheduler.now + seconds
        pulse = self.loop.create_task(self._pulse())
        self.scheduler.run(lambda: condition() or self.scheduler.now > limit)  # type: ignore[operator]
        pulse.cancel()
        assert condition(), f"not within {seconds} simulated seconds"  # type: ignore[operator]

    async def _pulse(self) -> None:
        while True:
            await asyncio.sleep(0.05)

    def end(self) -> None:
        for terminal in self.all:
            terminal.kill(power=False)
            for loop in terminal.dead_loops:
                loop.bury()
        self.loop.bury()


def in_step(terminals: list[Terminal]) -> bool:
    ready = [t.node for t in terminals if t.node is not None]
    return len(ready) == len(terminals) and len({str(sorted(node.frontier().items())) for node in ready}) == 1


async def append(terminal: Terminal, text: str) -> None:
    await terminal.ask(lambda node: node.log.append([Draft("orders.noted/1", "a", {"text": text})]))


def test_real_nodes_find_each_other_and_come_in_step(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 3)
    for terminal in lab.all:
        terminal.boot()
    lab.until(lambda: all(t.ready for t in lab.all))
    lab.until(lab.loop.create_task(append(lab.terminals[1], "hello")).done)
    lab.until(lambda: in_step(lab.all))
    lab.end()


def test_what_was_acknowledged_before_the_power_went_is_there_afterwards(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 2)
    for terminal in lab.all:
        terminal.boot()
    lab.until(lambda: all(t.ready for t in lab.all))
    lab.until(lab.loop.create_task(append(lab.terminals[0], "kept")).done)
    lab.terminals[0].kill(power=True)
    lab.terminals[0].boot()
    lab.until(lambda: in_step(lab.all))
    node = lab.terminals[0].node
    assert node is not None
    assert {s.topic: seq for s, seq in node.log.frontier().items()}["orders"] == 1
    lab.end()


def test_a_frozen_machine_does_later_what_it_should_have_done_meanwhile(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 2)
    for terminal in lab.all:
        terminal.boot()
    lab.until(lambda: in_step(lab.all))
    lab.terminals[0].freeze()
    lab.until(lab.loop.create_task(append(lab.terminals[1], "missed")).done)
    began = lab.scheduler.now
    lab.until(lambda: lab.scheduler.now > began + 20)
    assert not in_step(lab.all)
    lab.terminals[0].thaw()
    lab.until(lambda: in_step(lab.all))
    lab.end()


def test_a_shop_with_another_router_finds_itself_again(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 3)
    for terminal in lab.all:
        terminal.boot()

    def neighbours() -> list[int]:
        return [len(t.node.mesh.connected_terminals()) for t in lab.terminals if t.node is not None and t.node.mesh]

    lab.until(lambda: neighbours() == [2, 2, 2])
    lab.net.renumber([t.host for t in lab.terminals])
    lab.until(lambda: neighbours() == [0, 0, 0])
    lab.until(lambda: neighbours() == [2, 2, 2])
    lab.end()


def test_a_machine_that_crashed_is_the_same_device_and_one_with_a_copied_disk_is_not(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 1)
    for terminal in lab.all:
        terminal.boot()
    lab.until(lambda: in_step(lab.all))
    (terminal,) = lab.terminals

    def again() -> tuple[str, str]:
        terminal.boot()
        lab.until(lambda: in_step(lab.all))
        assert terminal.node is not None
        return terminal.node.log.device_id, terminal.node.log.log_id

    first = again()
    for power in (False, True):
        terminal.kill(power=power)
        assert again() == first
    backup = tmp_path / "backup"
    terminal.disk.copy_to(backup)
    terminal.kill(power=True)
    terminal.restore(backup)
    restored = again()
    assert restored[0] != first[0]
    assert restored[1] != first[1]
    lab.end()


def test_every_mutant_fits_the_sources_as_they_are() -> None:
    for patch in PATCHES:
        assert patched((ROOT / patch.file).read_text(), patch)
