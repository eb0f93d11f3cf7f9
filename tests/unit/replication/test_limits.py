"""What others can make grow here ends somewhere, and the others of the shop don't notice."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from server.event import Stream
from server.replication import callers, discovery, frames, holdings, listener, protocol, safekeeping
from server.replication.actions import Me
from server.replication.discovery import Discovery
from server.replication.found import Found
from server.replication.greeting import MAX_TOPICS
from server.replication.holdings import RECENT_HASHES
from server.replication.link import Link
from server.replication.roster import Roster
from server.replication.safekeeping import Safekeeping
from server.replication.scope import View
from server.replication.wire import WireEnded
from tests.process.terminals import Terminal, until
from tests.process.test_mesh_trouble import stranger
from tests.unit.replication.lab import Lab, Stranger, refusal
from tests.unit.replication.test_roster import NOW_MS, state


def test_made_up_devices_are_not_taken_in_and_the_shop_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MAX_STREAMS", 4)
    node = Lab().terminal()

    def says(one: Stranger) -> Stream:
        batch = one.log.append("orders", 1, hlc=1 << 40)
        node.do(one.events(batch))
        return batch.stream

    devices = [Stranger(node, number, link=9000 + number) for number in range(50, 58)]
    for one in devices:
        node.do(one.hello())
        stream = says(one)
    assert len(node.log.held()) == 4
    assert node.head(stream) == 0
    assert [alarm.code for alarm in node.alarms()] == ["too_many_streams"]
    assert not node.closes()
    assert node.head(says(devices[0])) == 2, "a stream that is held goes on"


def test_nobody_holds_so_many_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MAX_PEER_STREAMS", 3)
    one = Stranger(Lab().terminal())
    one.hello()
    claim = frames.FrontierIs({f"log{n}": {"orders": (1, bytes(32))} for n in range(4)})
    assert refusal(one.send(claim)) == "bad_frontier"


def test_a_hello_that_names_a_thousand_topics_is_none() -> None:
    assert refusal(Stranger(Lab().terminal()).hello(topics=[f"t{n}" for n in range(MAX_TOPICS + 1)])) == "bad_hello"


def test_a_peer_that_is_gone_leaves_no_digest_behind() -> None:
    node = Lab().terminal()
    digests = node.replica._holdings._digests
    for number in range(20):
        one = Stranger(node, 60 + number, link=9000 + number)
        node.do(one.hello(topics=[f"topic{number}"]))
        node.do(node.replica.tick(node.lab.now + 2))
        assert View("north", frozenset({f"topic{number}"})) in digests
        node.do(node.replica.disconnect(9000 + number, node.lab.now))
    assert not digests


def test_hashes_behind_a_head_are_few() -> None:
    lab = Lab()
    node = lab.terminal()
    batch = node.append("orders", 100)
    for seq in range(1, 100):
        node.replica._holdings.learn(batch.stream, seq, bytes(32))
    assert len(node.replica._holdings._recent[batch.stream]) == RECENT_HASHES


def test_devices_that_came_and_went_are_forgotten_oldest_first() -> None:
    roster = Roster(3)
    for n in range(10):
        roster.update([(state(f"d{n}"), "")], 10.0, NOW_MS)
    assert [peer.device_id for peer in roster.all([], [], NOW_MS)] == ["d7", "d8", "d9"]


def test_those_who_were_late_are_remembered_up_to_a_number() -> None:
    sales = Safekeeping()
    for n in range(3 * safekeeping.MAX_LATE):
        sales.was_missed([(f"d{n}", f"till {n}")], NOW_MS)
    assert len(sales.late) == len(sales._culprits) == safekeeping.MAX_LATE


# -- the rim ----------------------------------------------------------------------------------------------------------


async def test_a_thousand_announced_terminals_are_not_all_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers, "MAX_FOUND", 8)
    a = await Terminal(tmp_path / "a", "a").start()
    b = await Terminal(tmp_path / "b", "b").start()
    a.mesh._seen(Found(b.device_id, "s1", "pos", "b", ("127.0.0.1",), b.port, 0))
    await until(lambda: a.connected() == {"b"})
    for n in range(100):
        name = f"{n:016d}".translate(str.maketrans("0189", "abcd"))
        a.mesh._seen(Found(name, "s1", "pos", f"no {n}", ("127.0.0.1",), 9, 0))
    assert [target.device_id for target in a.mesh._callers.shown].count(b.device_id) == 1
    assert len(a.mesh._callers.shown) == 8
    assert a.connected() == {"b"}
    await b.stop()
    await a.stop()


async def test_announcements_in_a_heap_are_not_all_asked_about_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "MAX_ASKING", 5)
    asked = Discovery(Me("a" * 16, "s1", "a", "pos", "log"), "127.0.0.1", lambda _: None)

    async def forever(*_: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asked, "_ask", forever)
    added = discovery.ServiceStateChange.Added
    for n in range(50):
        letters = f"{n:016d}".translate(str.maketrans("0189", "abcd"))
        asked._changed(None, discovery.SERVICE, f"{letters}.{discovery.SERVICE}", added)  # type: ignore[arg-type]
    assert len(asked._asking) == 5
    await asked.close()


async def test_a_stranger_with_a_frame_that_never_ends_is_put_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listener, "MAX_STRANGER_BYTES", 100_000)
    a = await Terminal(tmp_path / "a", "a").start()
    async with stranger(a) as socket:
        await socket.ping()
        head = b"\x82\xff" + (7_000_000).to_bytes(8, "big") + bytes(4)
        socket.transport.write(head + bytes(3_000_000))
        await until(lambda: socket.close_code is not None)
    assert "did not introduce itself" in caplog.text
    b = await Terminal(tmp_path / "b", "b", peers=[a.address]).start()
    await until(lambda: a.connected() == {"b"})
    await b.stop()
    await a.stop()


class Stuffed:
    """A wire that always has another frame."""

    def __init__(self) -> None:
        self.read = 0

    def send_now(self, frame: bytes) -> bool:
        return True

    async def send(self, frame: bytes) -> None:
        await asyncio.Event().wait()

    async def receive(self) -> bytes:
        self.read += 1
        if self.read > 100:
            raise WireEnded("lost")
        await asyncio.sleep(0)
        return bytes(100)

    async def close(self) -> None: ...

    def abort(self) -> None: ...


@pytest.mark.parametrize("crowded", [False, True])
async def test_nothing_more_is_read_from_a_peer_whose_events_wait_for_the_disk(
    monkeypatch: pytest.MonkeyPatch, crowded: bool
) -> None:
    monkeypatch.setattr("server.replication.link.MAX_STORING_BYTES", 10_000 if crowded else 300)
    wire = Stuffed()
    link = Link(1, wire, dialled=False, address="10.0.0.9")
    others = [crowded]

    def receive(one: Link, frame: bytes) -> None:
        one.hold_back(len(frame))

    running = asyncio.create_task(link.run(receive, 5, lambda: others[0]))
    for _ in range(50):
        await asyncio.sleep(0)
    assert wire.read == (1 if crowded else 4)
    others[0] = False
    while not running.done():
        link.hold_back(-link.storing)
        await asyncio.sleep(0)
    assert wire.read == 101
    await running


def test_a_peer_that_does_not_read_fills_its_own_queue_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.replication.link.MAX_QUEUED_BYTES", 1_000)
    monkeypatch.setattr(Stuffed, "send_now", lambda self, frame: False)
    link = Link(1, Stuffed(), dialled=False, address="10.0.0.9")
    assert [link.send(bytes(400)) for _ in range(3)] == [True, True, False], "and the exchange hangs up"
    assert link.queued == 1_200


def test_the_limits_of_a_shop_and_of_head_office_differ() -> None:
    assert holdings.MAX_STREAMS < holdings.MAX_STREAMS_AT_OFFICE
