"""A terminal whose machine lost its clock: an empty battery, and no line to ask anybody over."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from server import clock
from server.clock import LostTime
from server.machine import THIS_MACHINE, LostMachine
from server.node import Node
from server.node.folder import this_machine
from server.services.health import events as health
from tests.unit.test_node import MENU, command, settings, tea

SINCE_THE_START_MS = 3_600_000
NIGHT_MS = 9 * 3_600_000
PATIENCE_S = 20.0


async def test_it_sells_under_the_newest_time_that_it_knows_and_says_so(tmp_path: Path) -> None:
    node = await Node.open(settings(tmp_path))
    await node.command("menu.publish", command(menu=MENU))
    await node.command("orders.place", tea())
    await node.close()
    newest_ms = clock.wall_ms()
    shows = [SINCE_THE_START_MS]
    lost = LostMachine(LostTime(newest_ms, lambda: shows[0]))
    node = await Node.open(settings(tmp_path), machine=lost)
    answer = await node.command("orders.place", tea())
    order = node.order(answer.result["order_id"])
    assert order is not None
    assert datetime.fromisoformat(order.placed_at).timestamp() * 1000 >= newest_ms
    assert node.status().healthy
    assert node.status().clock_ahead_ms == newest_ms - SINCE_THE_START_MS
    assert node.now_ms() == newest_ms
    (warning,) = node.status().warnings
    assert warning.startswith("This machine's clock was never set.")
    events, _ = await node.log.events(0, {"health"}, 1000)
    assert "clock_not_set" in [e.data(health.Alarm).code for e in events if e.type == health.ALARM]
    shows[0] = newest_ms + NIGHT_MS
    assert not node.status().warnings
    assert node.status().clock_ahead_ms == 0
    await node.close()


async def test_it_takes_the_time_of_whoever_it_hears(tmp_path: Path, running: list[Node]) -> None:
    other = await Node.open(settings(tmp_path / "other", mdns=False))
    running.append(other)
    await other.command("menu.publish", command(menu=MENU))
    await other.start()
    lost = LostTime(clock.wall_ms() - NIGHT_MS, lambda: SINCE_THE_START_MS)
    peers = [f"127.0.0.1:{other.sync_port}"]
    till = await Node.open(settings(tmp_path / "till", mdns=False, peers=peers), machine=LostMachine(lost))
    running.append(till)
    await till.start()
    before_ms = clock.wall_ms()
    await other.command("orders.place", tea())
    async with asyncio.timeout(PATIENCE_S):
        while not till.orders():
            await asyncio.sleep(0.02)
    assert before_ms <= lost.wall_ms() <= clock.wall_ms()
    events, _ = await till.log.events(0, {"health"}, 1000)
    assert "clock_ahead" not in [e.data(health.Alarm).code for e in events if e.type == health.ALARM]


def test_a_machine_whose_clock_is_set_goes_by_it(tmp_path: Path) -> None:
    assert this_machine(tmp_path) is THIS_MACHINE
