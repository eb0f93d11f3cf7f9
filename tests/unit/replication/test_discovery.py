"""What a terminal announces on the network, and what it makes of what others announce."""

from __future__ import annotations

import asyncio
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zeroconf import ServiceStateChange

from server.replication import discovery
from server.replication.actions import Me
from server.replication.discovery import SERVICE, Discovery, announcement, own_addresses, understand
from server.replication.found import Found

A = "a" * 16


def me(device_id: str, store: str = "s1", port: int = 7000) -> Me:
    return Me(device_id, store, f"terminal {device_id[0]}", "pos", "log", port)


def txt(record: dict[str, str]) -> dict[bytes, bytes | None]:
    return {key.encode(): value.encode() for key, value in record.items()}


def test_what_is_announced_is_understood() -> None:
    found = understand(txt(announcement(me(A), 8080)), ["192.168.1.7"])
    assert found == Found(A, "s1", "pos", "terminal a", ("192.168.1.7",), 7000, 8080)
    assert found.uris == ["ws://192.168.1.7:7000"]


def test_an_ipv6_address_is_written_as_one() -> None:
    found = understand(txt(announcement(me(A), 0)), ["fe80::1"])
    assert found
    assert found.uris == ["ws://[fe80::1]:7000"]


def test_a_long_label_is_cut_between_letters() -> None:
    record = announcement(Me(A, "s1", "Käse" * 40, "pos", "log", 1), 0)
    assert len(record["label"].encode()) <= 60
    assert ("Käse" * 40).startswith(record["label"])


def test_records_that_make_no_sense_are_not_understood() -> None:
    good = announcement(me(A), 0)
    for wrong in [
        {"device": "A" * 16},
        {"device": ""},
        {"sync": "0"},
        {"sync": "99999"},
        {"sync": "-1"},
        {"sync": "²"},
        {"api": "x"},
        {"store": ""},
    ]:
        assert understand(txt({**good, **wrong}), ["10.0.0.1"]) is None, wrong
    assert understand(txt(good), []) is None
    assert understand(txt(good), ["224.0.0.1", "0.0.0.0", "nonsense"]) is None


@given(
    st.dictionaries(
        st.one_of(st.sampled_from([b"store", b"device", b"sync", b"api", b"label"]), st.binary(max_size=8)),
        st.one_of(st.none(), st.binary(max_size=300)),
    ),
    st.lists(st.text(max_size=20), max_size=20),
)
def test_nothing_that_can_be_announced_raises(record: dict[bytes, bytes | None], addresses: list[str]) -> None:
    understand(record, addresses)


def test_this_machine_has_an_address() -> None:
    assert own_addresses()


async def test_terminals_of_one_store_find_each_other_on_loopback() -> None:
    # Names of its own, because others may run this test on the same machine.
    a, b, c, store = ("".join(random.choices("abcdefghij234567", k=16)) for _ in range(4))
    seen: dict[str, list[Found]] = {a: [], b: [], c: []}
    nodes = [
        Discovery(me(a, store, port=7001), "127.0.0.1", seen[a].append, 8001),
        Discovery(me(b, store, port=7002), "127.0.0.1", seen[b].append),
        Discovery(me(c, store[::-1], port=7003), "127.0.0.1", seen[c].append),
    ]
    try:
        for node in nodes:
            await node.start()
        until = time.monotonic() + 20
        while not (seen[a] and seen[b]) and time.monotonic() < until:
            await asyncio.sleep(0.05)
        assert {(f.device_id, f.uris[0]) for f in seen[a]} == {(b, "ws://127.0.0.1:7002")}
        assert {(f.device_id, f.uris[0], f.api_port) for f in seen[b]} == {(a, "ws://127.0.0.1:7001", 8001)}
        assert not seen[c], "another store is none of its business"
    finally:
        for node in nodes:
            await node.close()


async def test_what_keeps_mdns_from_beginning_keeps_it_only_for_a_while(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its address is not there yet when the program starts."""
    monkeypatch.setattr(discovery, "WATCH_EVERY_S", 0.05)
    monkeypatch.setattr(discovery, "AGAIN_AFTER_S", 0.1)
    a, b, store = ("".join(random.choices("abcdefghij234567", k=16)) for _ in range(3))
    seen: list[Found] = []
    node = Discovery(me(a, store, port=7001), "192.0.2.7", seen.append)
    other = Discovery(me(b, store, port=7002), "127.0.0.1", lambda _: None)
    try:
        await other.start()
        await node.start()
        await asyncio.sleep(0.5)
        assert node._zeroconf is None
        assert len([r for r in caplog.records if "--peer" in r.message]) == 1, "it is said once"
        node._host = "127.0.0.1"
        until = time.monotonic() + 20
        while not seen and time.monotonic() < until:
            await asyncio.sleep(0.05)
        assert {found.device_id for found in seen} == {b}
    finally:
        for one in (node, other):
            await one.close()


async def test_a_flood_of_made_up_terminals_is_forgotten_and_the_real_ones_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(discovery, "MAX_HEARD", 50)
    monkeypatch.setattr(discovery, "WATCH_EVERY_S", 0.1)
    a, b, store = ("".join(random.choices("abcdefghij234567", k=16)) for _ in range(3))
    seen: list[Found] = []
    node = Discovery(me(a, store, port=7001), "127.0.0.1", seen.append)
    other = Discovery(me(b, store, port=7002), "127.0.0.1", lambda _: None)
    try:
        await node.start()
        flooded = node._zeroconf
        assert flooded
        for n in range(60):
            name = f"{n:016}.{SERVICE}"
            node._changed(flooded.zeroconf, SERVICE, name, ServiceStateChange.Added)
        until = time.monotonic() + 20
        while node._zeroconf in (flooded, None) and time.monotonic() < until:
            await asyncio.sleep(0.05)
        assert node._zeroconf is not flooded, "all that was heard is still remembered"
        assert node._heard <= 50
        await other.start()
        while not seen and time.monotonic() < until:
            await asyncio.sleep(0.05)
        assert {found.device_id for found in seen} == {b}
    finally:
        for one in (node, other):
            await one.close()
