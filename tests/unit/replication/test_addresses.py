"""Terminals tell each other where their neighbours are: those of the same store only, bounded, and nothing useless."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from server.replication import frames
from server.replication.acquaintances import FORGET_AFTER_MS, MAX_KNOWN, Acquaintances
from server.replication.actions import PeerState, Send
from server.replication.frames import Summary
from server.replication.greeting import MAX_NEIGHBOURS, is_address
from tests.unit.replication.lab import Lab, Stranger, Terminal, refusal
from tests.unit.replication.test_roster import state


class Caller(Stranger):
    """A stranger who has come from `host`, or was dialled at `host`."""

    def __init__(
        self, target: Terminal, number: int, host: str, *, store: str = "north", dialled: bool = False, port: int = 7001
    ) -> None:
        super().__init__(target, number, store, link=9000 + number)
        target.replica.disconnect(self.link, target.lab.now)
        self.link += 100
        to_office = dialled and store == ""
        target.replica.connect(self.link, target.lab.now, dialled=dialled, to_office=to_office, address=host)
        self.hello(sync_port=port, dial=0 if dialled else 1)

    @property
    def device_id(self) -> str:
        return self.log.header.device_id

    def told(self) -> dict[str, str] | None:
        """What this one is told while everybody gives signs of life; None for nothing."""
        lab, replica = self.target.lab, self.target.replica
        told: list[dict[str, str] | None] = []
        for _ in range(12):
            lab.now += 1
            for peer in replica.peers():
                replica.receive(peer.link, frames.encode(Summary({}, 0, 0)), lab.now)
            for action in replica.tick(lab.now):
                if isinstance(action, Send) and action.link == self.link:
                    message = frames.decode(action.frame)
                    if isinstance(message, Summary) and message.neighbours is not None:
                        told.append(message.addresses)
        assert told, "it is told again every ten seconds"
        return told[-1]

    def tells(self, addresses: dict[str, str], neighbours: list[str] | None = None) -> list[object]:
        names = list(addresses) if neighbours is None else neighbours
        summary = Summary({}, 0, 0, neighbours=names, addresses=addresses)
        return list(self.send(summary))

    def state(self) -> PeerState:
        found = self.target.replica.peer(self.link)
        assert found
        return found


def test_neighbours_are_told_where_the_others_are() -> None:
    node = Lab().terminal()
    a = Caller(node, 50, "10.0.0.1")
    b = Caller(node, 51, "10.0.0.2:7600", dialled=True)
    c = Caller(node, 52, "fd00::3", port=7003)
    silent = Caller(node, 53, "10.0.0.4", port=0)
    assert a.told() == {b.device_id: "10.0.0.2:7600", c.device_id: "[fd00::3]:7003"}
    assert silent.told() == {**(a.told() or {}), a.device_id: "10.0.0.1:7001"}


def test_a_loopback_address_is_told_on_this_machine_only() -> None:
    node = Lab().terminal()
    near, far = Caller(node, 50, "127.0.0.1"), Caller(node, 51, "10.0.0.2")
    also_near = Caller(node, 52, "localhost:7600", dialled=True)
    unknown = Caller(node, 53, "")
    assert far.told() is None
    assert near.told() == {far.device_id: "10.0.0.2:7001", also_near.device_id: "localhost:7600"}
    assert unknown.told() == {far.device_id: "10.0.0.2:7001"}


def test_head_office_is_told_none_and_tells_none() -> None:
    node = Lab().terminal()
    Caller(node, 50, "10.0.0.1")
    office = Caller(node, 51, "10.9.9.9:7400", store="", dialled=True)
    terminal = Caller(node, 52, "10.0.0.3")
    assert office.told() is None
    assert office.device_id not in (terminal.told() or {})
    office.tells({"x" * 16: "10.0.0.9:7000"})
    assert office.state().addresses == {}

    head = Lab().terminal("")
    north, south = Caller(head, 50, "10.0.0.1"), Caller(head, 51, "10.0.0.2", store="south")
    Caller(head, 52, "10.0.0.3")
    assert north.told() is None
    assert south.told() is None


def test_what_is_told_is_shown_and_a_later_list_replaces_it() -> None:
    node = Lab().terminal()
    a = Caller(node, 50, "10.0.0.1")
    a.tells({"b" * 16: "10.0.0.2:7000", a.device_id: "10.0.0.1:1", node.me.device_id: "10.0.0.3:1"})
    assert a.state().addresses == {"b" * 16: "10.0.0.2:7000"}
    a.send(Summary({}, 0, 0))
    assert a.state().addresses, "nothing said is nothing changed"
    a.tells({"c" * 16: "10.0.0.2:7000"}, neighbours=[])
    assert a.state().addresses == {}, "it has no such neighbour"


def test_loopback_told_from_afar_is_not_believed() -> None:
    node = Lab().terminal()
    far, near = Caller(node, 50, "10.0.0.1"), Caller(node, 51, "127.0.0.1")
    for caller in (far, near):
        caller.tells({"b" * 16: "127.0.0.1:7000"})
    assert far.state().addresses == {}
    assert near.state().addresses == {"b" * 16: "127.0.0.1:7000"}


@pytest.mark.parametrize(
    "lie",
    [
        {"b" * 16: "nowhere"},
        {"b" * 16: "10.0.0.1:0"},
        {"b" * 16: "10.0.0.1:70000"},
        {"b" * 16: "[.]:7000"},
        {"b" * 16: "http://x:1"},
        {"b" * 16: "x" * 300 + ":7000"},
        {"b" * 1000: "10.0.0.1:7000"},
        {f"{i:016}": "10.0.0.1:7000" for i in range(MAX_NEIGHBOURS + 1)},
    ],
)
def test_an_address_that_is_none_ends_the_link(lie: dict[str, str]) -> None:
    caller = Caller(Lab().terminal(), 50, "10.0.0.1")
    assert refusal(caller.tells(lie, neighbours=[])) == "bad_summary"  # type: ignore[arg-type]


def test_an_old_peer_says_nothing_of_addresses_and_ignores_them() -> None:
    new = msgspec.msgpack.decode(frames.encode(Summary({}, 1, 2, False, False, ["a"], {"a": "b:1"}))[1:])
    assert new == [5, {}, 1, 2, False, False, ["a"], {"a": "b:1"}], "the last field: who does not know it ignores it"
    old = b"\x00" + msgspec.msgpack.encode(new[:7])
    assert frames.decode(old) == Summary({}, 1, 2, False, False, ["a"])


def test_what_may_be_told() -> None:
    assert all(map(is_address, ["10.0.0.1:7000", "till-2.local:1", "[fe80::1]:65535"]))
    assert not any(map(is_address, ["", ":1", "a:", "a:b", "a b:1", "[fe80::1%eth0]:1", "::1:7000", "a:1\n"]))


def met(device_id: str, address: str = "10.0.0.1:7000", **facts: object) -> PeerState:
    return state(device_id, address=address, **facts)


def test_acquaintances_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    first = Acquaintances("s1", path)
    first.load(1000)
    first.update([met("a", addresses={"b": "10.0.0.2:7000"}), met("office", store="")], 1000)
    where = {"a": ["10.0.0.1:7000"], "b": ["10.0.0.2:7000"]}
    assert {d: k.addresses for d, k in first.known.items()} == where
    first.save(1000)
    second = Acquaintances("s1", path)
    second.load(2000)
    assert {d: k.addresses for d, k in second.known.items()} == where
    other_store = Acquaintances("s2", path)
    other_store.load(2000)
    assert not other_store.known


@pytest.mark.parametrize("text", ["", "[]", '{"store":"s1"}', '{"store":"s1","terminals":{"a":7}}', "\x00" * 300_000])
def test_a_broken_file_is_no_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "known.json").write_text(text)
    acquaintances = Acquaintances("s1", tmp_path / "known.json")
    acquaintances.load(1000)
    assert not acquaintances.known


def test_a_disk_that_is_full_is_not_fatal(tmp_path: Path) -> None:
    acquaintances = Acquaintances("s1", tmp_path / "missing" / "known.json")
    acquaintances.update([met("a")], 1000)
    acquaintances.save(1000)


def test_who_was_not_heard_of_for_a_week_is_forgotten() -> None:
    acquaintances = Acquaintances("s1", None)
    acquaintances.update([met("a"), met("b")], 1000)
    acquaintances.update([met("a")], 2000)
    acquaintances.update([], 1001 + FORGET_AFTER_MS)
    assert list(acquaintances.known) == ["a"]


def test_a_liar_does_not_push_out_those_who_were_met() -> None:
    acquaintances = Acquaintances("s1", None)
    acquaintances.update([met("a")], 1000)
    lies = {f"{i:016}": "10.0.0.9:7000" for i in range(500)}
    acquaintances.update([met("liar", addresses=lies)], 2000)
    assert len(acquaintances.known) == MAX_KNOWN
    assert "a" in acquaintances.known
    acquaintances.update([met("new")], 3000)
    assert len(acquaintances.known) == MAX_KNOWN
    assert "new" in acquaintances.known
