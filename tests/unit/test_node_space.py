"""A server whose disk is full, with some of it kept for that."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.event import Batch, Draft, Stream, encode
from server.keys import DeviceKey, chain, genesis
from server.machine import Machine
from server.node import Node
from server.services.health import events as health
from server.services.membership.events import JOINED, Joined
from tests.sim.disk import Disk
from tests.unit import disks
from tests.unit.test_node import MENU, command, settings, tea

PATIENCE_S = 20.0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with disks.small_disk(tmp_path / "disk", 160) as folder:
        yield folder


async def test_it_sells_on_and_says_once_that_the_disk_is_full(disk: Path) -> None:
    node = await Node.open(settings(disk / "data", reserve_mb=24))
    await node.command("menu.publish", command(menu=MENU))
    await node._space.look()
    assert not node.status().warnings
    ballast = disks.fill(disk)
    for _ in range(3):
        await node.command("orders.place", tea())
        await node._space.look()
    (warning,) = node.status().warnings
    assert warning.startswith("The disk is full. This terminal sells on")
    assert "16 MB are left" in warning
    assert node.status().healthy
    events, _ = await node.log.events(0, {"health"}, 1000)
    alarms = [e.data(health.Alarm).code for e in events if e.type == health.ALARM]
    assert alarms == ["disk_full"]
    ballast.unlink()
    await node._space.look()
    assert not node.status().warnings
    assert node.log.reserve.left == 24 << 20
    await node.close()


async def test_another_prefix_that_a_full_disk_did_not_take_is_said_when_there_is_room(
    tmp_path: Path, running: list[Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its order numbers would stay those of another terminal until the next start."""
    monkeypatch.setattr("server.engine.JOIN_AGAIN_S", 0.05)
    disk, machine = Disk(tmp_path, random.Random(1)), Machine()
    machine.connect = disk.connect  # type: ignore[method-assign]
    node = await Node.open(settings(tmp_path, mdns=False), machine=machine)
    running.append(node)
    (own,) = node.services.members()
    other = DeviceKey.generate()
    header = other.new_header(node.settings.store)
    stream = Stream(header.log_id, "membership")
    joined = Draft(JOINED, other.device_id, Joined(other.device_id, "Twin", "pos", own.prefix))
    raw = encode(1, 1 << 16, joined, None)
    digest = chain(genesis(stream), raw)
    await node.log.store(Batch(stream, 1, [raw], [digest], other.seal(digest)), header)
    disk.full = True
    async with asyncio.timeout(PATIENCE_S):
        while not any(member.lost_prefix for member in node.services.members()):
            await asyncio.sleep(0.02)
        while not node.log.unhealthy:  # it has tried
            await asyncio.sleep(0.02)
        disk.full = False
        while any(member.lost_prefix for member in node.services.members()):
            await asyncio.sleep(0.02)
