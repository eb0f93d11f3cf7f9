"""One terminal of a store carries the line to head office; which one, and who is next."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.replication.dialling import Ended
from server.replication.uplink import PATIENCE_S, SILENT_AFTER_S, OfficeLine, Rival, elect


def rival(device_id: str, **facts: Any) -> Rival:
    return Rival(**{"device_id": device_id, "carries": False, "reachable": True, "silent_s": 0.1, **facts})


def test_alone_it_carries() -> None:
    assert elect("m", True, False, [])
    assert elect("m", None, False, [])
    assert elect("m", False, False, []), "nobody else will ever find out that the line is back"


def test_a_lower_one_that_carries_is_left_to_it() -> None:
    assert not elect("m", True, False, [rival("a", carries=True)])
    assert not elect("m", True, True, [rival("a", carries=True)])


def test_a_higher_one_that_carries_is_relieved() -> None:
    assert elect("m", True, False, [rival("z", carries=True)])
    assert elect("m", None, False, [rival("z", carries=True)])


def test_a_higher_one_carries_for_one_that_cannot_reach_head_office() -> None:
    assert not elect("m", False, False, [rival("z", carries=True)])


def test_the_line_is_kept_until_the_lower_one_really_has_it() -> None:
    assert elect("m", True, True, [rival("a")])
    assert not elect("m", True, False, [rival("a")])


def test_a_lower_one_that_could_and_does_not_is_waited_for_only_a_moment() -> None:
    assert not elect("m", True, False, [rival("a", idle_s=PATIENCE_S - 0.1)])
    assert elect("m", True, False, [rival("a", idle_s=PATIENCE_S)])


def test_a_silent_carrier_is_not_waited_for() -> None:
    assert not elect("m", True, False, [rival("a", carries=True, silent_s=SILENT_AFTER_S - 0.1)])
    assert elect("m", True, False, [rival("a", carries=True, silent_s=SILENT_AFTER_S)])
    assert SILENT_AFTER_S < 2, "takeover within two seconds"


def test_a_lower_one_that_says_head_office_is_unreachable_is_passed_over() -> None:
    assert elect("m", True, False, [rival("a", reachable=False)])


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.booleans(), min_size=1), st.sets(st.sampled_from("abcdefgh")))
def test_a_shop_in_which_all_hear_all_settles_on_the_lowest_that_can(
    reachable: dict[str, bool], carrying: set[str]
) -> None:
    """Everybody applies the rule at once, again and again; calls succeed exactly for those who can reach the office."""
    carriers = {device for device in carrying if reachable.get(device)}
    for round_ in range(6):
        idle_s = PATIENCE_S * 2 if round_ >= 3 else 0.0
        wanting = {
            me
            for me, can in reachable.items()
            if elect(
                me,
                can,
                me in carriers,
                [
                    rival(other, carries=other in carriers, reachable=could, idle_s=idle_s)
                    for other, could in reachable.items()
                    if other != me
                ],
            )
        }
        carriers = {device for device in wanting if reachable[device]}
    able = [device for device, can in reachable.items() if can]
    assert carriers == ({min(able)} if able else set())


class World:
    """Head office as a switch."""

    def __init__(self) -> None:
        self.up = True
        self.calls = self.probes = 0
        self.told: list[bool] = []
        self.ended: asyncio.Future[str] | None = None
        self.line = OfficeLine(
            "m", call=self.call, probe=self.probe, hang_up=self.hang_up, on_reachable=self.told.append
        )

    async def call(self) -> Ended:
        self.calls += 1
        if not self.up:
            return Ended(False, "unreachable", False)
        self.ended = asyncio.get_running_loop().create_future()
        code = await self.ended
        self.ended = None
        return Ended(True, code, False)

    async def probe(self) -> bool:
        self.probes += 1
        return self.up

    def hang_up(self) -> None:
        if self.ended and not self.ended.done():
            self.ended.set_result("stand_by")

    def step(self, *rivals: Rival, now: float, silent_s: float = 0.1) -> None:
        self.line.step(rivals, silent_s if self.ended else None, now)


@pytest.fixture
def world() -> World:
    return World()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_it_calls_stands_down_and_steps_in_again(world: World) -> None:
    world.step(now=0)
    runner = asyncio.create_task(world.line.run())
    await settle()
    world.step(now=1)
    assert world.told == [True]
    world.step(rival("a", carries=True), now=2)
    await settle()
    assert world.ended is None, "it has hung up"
    assert world.told == [True], "and still says that it could"
    world.step(rival("a", carries=True, silent_s=5), now=3)
    await settle()
    assert world.ended is not None
    runner.cancel()


async def test_a_line_that_breaks_is_told_at_once(world: World) -> None:
    world.step(now=0)
    runner = asyncio.create_task(world.line.run())
    await settle()
    world.step(now=1)
    assert world.ended
    world.ended.set_result("lost")
    await settle()
    assert world.told == [True, False]
    runner.cancel()


async def test_a_line_that_falls_silent_is_told_before_it_breaks(world: World) -> None:
    world.step(now=0)
    runner = asyncio.create_task(world.line.run())
    await settle()
    world.step(now=1)
    world.step(now=5, silent_s=4)
    assert world.told == [True, False]
    world.step(now=6, silent_s=0.1)
    assert world.told == [True, False, True]
    runner.cancel()


async def test_while_another_carries_it_only_asks_whether_it_could(world: World) -> None:
    world.step(rival("a", carries=True), now=0)
    runner = asyncio.create_task(world.line.run())
    await settle()
    assert (world.calls, world.probes, world.told) == (0, 1, [True])
    runner.cancel()


async def test_when_another_reaches_head_office_it_tries_at_once_itself(world: World) -> None:
    world.up = False
    world.step(rival("z", reachable=False), now=0)
    runner = asyncio.create_task(world.line.run())
    await settle()
    assert (world.calls, world.told) == (1, [False])
    world.line._backoff.longest()
    world.up = True
    for now in (1, 2, 3):
        world.step(rival("z", carries=True), now=now)
        await settle()
    assert (world.probes, world.told) == (1, [False, True])
    assert world.calls == 2, "and relieves the higher one"
    runner.cancel()
