"""A server whose disk is full, with some of it kept for that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.node import Node
from server.services.health import events as health
from tests.unit import disks
from tests.unit.test_node import MENU, command, settings, tea


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
