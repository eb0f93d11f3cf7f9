"""Terminals with real logs find, tell and heal each other over real websockets."""

from __future__ import annotations

import asyncio
import random
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from app.relay import Relay
from server.log import verify
from tests.process.terminals import Terminal, in_step, until

Make = Callable[..., Terminal]


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    """Makes terminals, and stops those that still run."""
    made: list[Terminal] = []

    def one(label: str, **options: Any) -> Terminal:
        terminal = Terminal(tmp_path / label, label, **options)
        made.append(terminal)
        return terminal

    yield one
    for terminal in made:
        if hasattr(terminal, "mesh"):
            await terminal.stop()


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    line = Relay("127.0.0.1", 1)
    await line.start()
    yield line
    await line.close()


async def test_what_one_says_the_other_holds(make: Make) -> None:
    a = await make("a").start()
    b = await make("b").start(peers=[a.address])
    await until(lambda: a.connected() == {"b"} and b.connected() == {"a"})
    await a.say("one", "two")
    await b.say("three", topic="stock")
    await in_step(a, b)
    assert await a.words() == await b.words() == {"one", "two", "three"}
    assert b.log.headers()[a.log.log_id] == a.log.header


async def test_a_saying_counts_its_replicas(make: Make) -> None:
    a = await make("a").start()
    alone = await a.say("alone")
    assert await a.mesh.replicated(alone, 1, 0.05) == 0
    b = await make("b").start(peers=[a.address])
    assert await a.mesh.replicated(alone, 1, 20) == 1
    c = await make("c").start(peers=[a.address])
    await until(lambda: len(a.mesh.connected_terminals()) == 2)
    assert await a.mesh.replicated(await a.say("both"), 2, 20) == 2
    await in_step(a, b, c)


@pytest.mark.parametrize("seed", range(3))
async def test_five_terminals_converge_in_any_order_of_start(make: Make, seed: int) -> None:
    order = list("abcde")
    random.Random(seed).shuffle(order)
    running: list[Terminal] = []
    for label in order:
        terminal = make(label)
        await terminal.start(peers=[t.address for t in running])
        running.append(terminal)
        await terminal.say(*(f"{label}{i}" for i in range(20)))
    await in_step(*running)
    await asyncio.gather(*(t.say(f"{t.label}-live-{i}") for t in running for i in range(10)))
    await in_step(*running)
    assert len(await running[0].words()) == 5 * 30


async def test_a_terminal_comes_back_after_days(make: Make) -> None:
    a, b = await make("a").start(), make("b")
    await b.start(peers=[a.address])
    await in_step(a, b)
    await b.stop()
    for i in range(30):
        await a.say(f"missed {i}")
    await b.start()
    await b.say("back again")
    await in_step(a, b)
    assert len(await b.words()) == 31


async def test_events_pass_through_a_middle_terminal(make: Make) -> None:
    b = await make("b").start()
    a = await make("a").start(peers=[b.address])
    c = await make("c").start(peers=[b.address])
    await until(lambda: b.connected() == {"a", "c"})
    await a.say("from a")
    await c.say("from c")
    await in_step(a, b, c)
    assert a.connected() == c.connected() == {"b"}
    assert await a.words() == await c.words() == {"from a", "from c"}


async def test_a_store_does_not_talk_to_another_store(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    a = await make("a").start()
    await a.say("ours")
    stranger = await make("stranger", store="s2").start(peers=[a.address])
    await stranger.say("theirs")
    await until(lambda: "wrong_store" in caplog.text)
    await asyncio.sleep(0.3)
    assert a.connected() == stranger.connected() == set()
    assert await a.words() == {"ours"}
    assert await stranger.words() == {"theirs"}


async def test_catching_up_goes_on_where_the_line_was_cut(make: Make, relay: Relay) -> None:
    a = await make("a").start()
    for first in range(0, 12_000, 500):
        await a.say(*(f"order {i} {random.Random(i).randbytes(100).hex()}" for i in range(first, first + 500)))
    relay.aim("127.0.0.1", a.port)
    relay.delay_s = 0.02  # a line slow enough to be cut in the middle
    b = await make("b").start(peers=[f"127.0.0.1:{relay.port}"], host="127.0.0.2")  # it can't be called back
    await until(lambda: sum(b.log.frontier().values()) > 2_000)
    relay.cut()
    await until(lambda: not b.connected() and not a.connected())
    held = sum(b.log.frontier().values())
    assert held < 12_000
    before_cut, relay.bytes_up, relay.bytes_down = relay.bytes_down, 0, 0
    relay.delay_s = 0.0
    relay.restore()
    await in_step(a, b)
    whole = before_cut + relay.bytes_down
    assert relay.bytes_down < whole * (12_000 - held) / 12_000 * 1.4 + 50_000, "much was sent twice"


async def test_catching_up_survives_the_death_of_the_process(make: Make) -> None:
    a = await make("a").start()
    for first in range(0, 20_000, 500):
        await a.say(*(f"order {i}" for i in range(first, first + 500)))
    new = make("new")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bench.terminal",
        str(new.folder),
        "127.0.0.1",
        a.address,
        stdin=asyncio.subprocess.PIPE,
    )
    await until(lambda: any(peer.events_behind < 20_000 for peer in a.mesh.peers()))
    process.kill()
    await process.wait()
    await new.start(peers=[a.address])
    await in_step(a, new)
    await new.stop()
    assert verify(new.folder).ok


async def test_a_silent_line_is_given_up_and_called_again(make: Make, relay: Relay) -> None:
    a = await make("a").start()
    relay.aim("127.0.0.1", a.port)
    b = await make("b").start(peers=[f"127.0.0.1:{relay.port}"], host="127.0.0.2")  # it can't be called back
    await in_step(a, b)
    await until(lambda: b.connected() == {"a"})
    relay.cut(silent=True)
    await a.say("while the line was silent")
    await until(lambda: not b.connected() and not a.connected())
    relay.restore()
    await in_step(a, b)


async def test_who_called_over_a_line_that_is_silent_is_called_back(make: Make, relay: Relay) -> None:
    a = await make("a").start()
    relay.aim("127.0.0.1", a.port)
    b = await make("b").start(peers=[f"127.0.0.1:{relay.port}"])
    await until(lambda: b.connected() == {"a"} and a.connected() == {"b"})
    relay.cut(silent=True)
    await a.say("while the line was silent")
    await in_step(a, b)


async def test_both_calling_each_other_end_with_one_link(make: Make) -> None:
    a = await make("a").start()
    b = await make("b").start()
    await a.stop()
    await a.start(peers=[b.address, b.address])
    await b.stop()
    await b.start(peers=[a.address])
    await until(lambda: a.connected() == {"b"} and b.connected() == {"a"})
    await asyncio.sleep(1.0)
    assert len(a.mesh.connected_terminals()) == len(b.mesh.connected_terminals()) == 1
    await a.say("still talking")
    await in_step(a, b)


async def test_a_terminal_given_its_own_address_gives_up_calling_it(make: Make) -> None:
    a = make("a")
    await a.start()
    port = a.port
    await a.stop()
    await a.start(sync_port=port, peers=[f"127.0.0.1:{port}"])
    await until(lambda: not a.mesh.peers())


async def test_a_lost_peer_stays_on_the_list(make: Make) -> None:
    a = await make("a").start()
    b = await make("b").start(peers=[a.address])
    await in_step(a, b)
    await until(lambda: a.connected() == {"b"})
    changes: list[int] = []
    a.mesh.on_change.append(lambda: changes.append(1))
    await b.stop()
    await until(lambda: not a.connected())
    (peer,) = a.mesh.peers()
    assert (peer.label, peer.device_id, peer.events_behind) == ("b", b.device_id, 0)
    assert peer.state in ("connecting", "lost")
    assert peer.last_seen_ms > 0
    assert changes


async def test_terminals_find_each_other_without_being_told(make: Make) -> None:
    """By mDNS on loopback; and again after one has come back on another port."""
    store = uuid.uuid4().hex
    a = await make("a", store=store, mdns=True).start()
    b = await make("b", store=store, mdns=True).start()
    await until(lambda: a.connected() == {"b"} and b.connected() == {"a"})
    await b.stop()
    await until(lambda: not a.connected())
    await a.say("while b was away")
    await b.start(sync_port=0)
    await in_step(a, b)
