"""The line to head office: who carries it, who takes over, what passes. Real logs, real websockets."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.relay import Relay
from tests.process.terminals import Terminal, in_step, office, until


@pytest.fixture
async def line() -> AsyncIterator[Relay]:
    relay = Relay("127.0.0.1", 1)
    await relay.start()
    yield relay
    await relay.close()


@pytest.fixture
async def head(tmp_path: Path, line: Relay) -> AsyncIterator[Terminal]:
    terminal = await office(tmp_path / "office").start()
    line.aim("127.0.0.1", terminal.port)
    yield terminal
    await terminal.stop()


@pytest.fixture
async def shop(tmp_path: Path, line: Relay, head: Terminal) -> AsyncIterator[list[Terminal]]:
    """Three connected terminals that reach head office through `line`, the lowest device id first."""
    made = [Terminal(tmp_path / label, label, office=f"ws://127.0.0.1:{line.port}") for label in "abc"]
    made.sort(key=lambda t: t.device_id)
    running: list[Terminal] = []
    for terminal in made:
        running.append(await terminal.start(peers=[t.address for t in running]))
    yield running
    for terminal in running:
        await terminal.stop()


def states(shop: list[Terminal]) -> list[str]:
    return [terminal.mesh.office_state().state for terminal in shop]


async def test_the_lowest_device_id_carries_the_line(shop: list[Terminal], head: Terminal) -> None:
    await until(lambda: states(shop) == ["uplink", "standby", "standby"])
    await until(lambda: head.connected() == {shop[0].label})
    for terminal in shop:
        await terminal.say(f"sold at {terminal.label}")
    await head.say("soup of the day", topic="menu")
    await in_step(head, *shop)
    assert not [peer for peer in shop[1].mesh.peers() if peer.office]


async def test_another_takes_over_when_the_carrier_goes(shop: list[Terminal], head: Terminal) -> None:
    await until(lambda: states(shop) == ["uplink", "standby", "standby"])
    await shop[0].mesh.close()
    await until(lambda: states(shop[1:]) == ["uplink", "standby"])
    await shop[2].say("sold meanwhile")
    await in_step(head, *shop[1:])


async def test_the_line_that_was_cut_is_resumed(shop: list[Terminal], head: Terminal, line: Relay) -> None:
    await until(lambda: states(shop) == ["uplink", "standby", "standby"])
    line.cut()
    await until(lambda: states(shop) == ["offline"] * 3)
    for terminal in shop:
        await terminal.say(*(f"{terminal.label} {i}" for i in range(50)))
    await in_step(*shop)
    assert not await head.words()
    line.restore()
    await in_step(head, *shop)
    await until(lambda: states(shop) == ["uplink", "standby", "standby"])


async def test_a_carrier_with_a_line_of_its_own_that_fails_hands_over(
    shop: list[Terminal], head: Terminal, tmp_path: Path
) -> None:
    """The lowest one's own address for head office leads nowhere: it says so, and the next carries."""
    await until(lambda: states(shop) == ["uplink", "standby", "standby"])
    await shop[0].stop()
    await shop[0].start(office="ws://127.0.0.1:9", peers=[t.address for t in shop[1:]])
    await until(lambda: states(shop) == ["standby", "uplink", "standby"])
    await shop[0].say("by way of the next")
    await in_step(head, *shop)


async def test_a_silent_line_counts_as_offline_and_comes_back(
    shop: list[Terminal], head: Terminal, line: Relay
) -> None:
    await until(lambda: states(shop) == ["uplink", "standby", "standby"])
    line.cut(silent=True)
    await shop[0].say("into the silence")
    await until(lambda: "uplink" not in states(shop))
    line.restore()
    await in_step(head, *shop)


async def test_stores_meet_at_head_office_and_do_not_see_each_other(tmp_path: Path, head: Terminal) -> None:
    address = f"ws://{head.address}"
    one = await Terminal(tmp_path / "one", "one", store="s1", office=address).start()
    two = await Terminal(tmp_path / "two", "two", store="s2", office=address).start()
    await one.say("of one")
    await two.say("of two")
    await head.say("for all", topic="menu")
    await head.say("for two only", topic="menu/s2")
    await head.say("books of head office", topic="reports")
    await until(lambda: len(head.log.frontier()) == 5)
    await until(lambda: len(one.log.frontier()) == 2 and len(two.log.frontier()) == 3)
    assert await one.words() == {"of one", "for all"}
    assert await two.words() == {"of two", "for all", "for two only"}
    assert {(p.store, p.label) for p in head.mesh.peers()} == {("s1", "one"), ("s2", "two")}
    await until(lambda: all(p.events_behind == 0 for p in head.mesh.peers()))
    await one.stop()
    await two.stop()


FROZEN = """
import asyncio, sys
from pathlib import Path
from tests.process.terminals import Terminal
async def main():
    t = await Terminal(Path(sys.argv[1]), "frozen", office=sys.argv[2]).start()
    print(t.port, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


async def test_another_takes_over_when_the_carrier_freezes(tmp_path: Path, head: Terminal, line: Relay) -> None:
    """A process that is stopped keeps its sockets open and says nothing more."""
    address = f"ws://127.0.0.1:{line.port}"
    folders = [tmp_path / f"t{i}" for i in range(8)]
    lowest, other = sorted((Terminal(folder, folder.name) for folder in folders), key=lambda t: t.device_id)[:2]
    carrier = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FROZEN, str(lowest.folder), address, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert carrier.stdout is not None
        port = int(await carrier.stdout.readline())
        await other.start(office=address, peers=[f"127.0.0.1:{port}"])
        await until(lambda: states([other]) == ["standby"])
        carrier.send_signal(signal.SIGSTOP)
        await other.say("sold while it hangs")
        await until(lambda: states([other]) == ["uplink"])
        await until(lambda: other.label in head.connected())
        await in_step(head, other)
        carrier.send_signal(signal.SIGCONT)
        await until(lambda: states([other]) == ["standby"])
    finally:
        carrier.kill()
        await carrier.wait()
        await other.stop()
