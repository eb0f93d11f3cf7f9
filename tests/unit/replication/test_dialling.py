"""Calling others: soon, not in step, not forever at full speed, and at once when they show themselves."""

from __future__ import annotations

import asyncio

import pytest

from server.event import Refused
from server.replication.dialling import LONGEST_WAIT_S, Backoff, Ended, Target, office_uri, peer_uri


def test_waits_grow_from_a_tenth_of_a_second_to_five_seconds() -> None:
    backoff = Backoff(lambda: 0.5)
    waits = [backoff.next() for _ in range(20)]
    assert waits[0] == pytest.approx(0.1)
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_S
    backoff.reset()
    assert backoff.next() == pytest.approx(0.1)
    backoff.longest()
    assert backoff.next() == LONGEST_WAIT_S


def test_two_terminals_do_not_wait_equally_long() -> None:
    assert Backoff(lambda: 0.0).next() < Backoff(lambda: 1.0).next()


def test_addresses() -> None:
    assert peer_uri("192.168.1.20:7420") == "ws://192.168.1.20:7420"
    assert peer_uri("[fe80::1]:7420") == "ws://[fe80::1]:7420"
    assert office_uri("wss://office.example:7400") == "wss://office.example:7400"


@pytest.mark.parametrize("text", ["", "http://office:1", "ws://", "ws://office", "ws://office:0", "office:7400"])
def test_an_office_address_that_is_none(text: str) -> None:
    with pytest.raises(Refused, match="ws://office"):
        office_uri(text)


class Phone:
    """Takes calls, and says how they end."""

    def __init__(self, *ends: Ended) -> None:
        self.ends = list(ends)
        self.called: list[str] = []
        self.more = asyncio.Event()

    async def call(self, target: Target) -> Ended:
        self.called.append(target.uri)
        if not self.ends:
            self.more.set()
            await asyncio.sleep(3600)
        return self.ends.pop(0)


UNREACHABLE = Ended(False, "unreachable", False)


async def test_addresses_take_turns_until_one_answers() -> None:
    phone = Phone(UNREACHABLE, UNREACHABLE)
    task = asyncio.create_task(Target(["ws://a:1", "ws://b:1"]).run(phone.call, lambda _: True))
    await asyncio.wait_for(phone.more.wait(), 20)
    assert phone.called == ["ws://a:1", "ws://b:1", "ws://a:1"]
    task.cancel()


async def test_ourselves_are_not_called_again() -> None:
    target = Target(["ws://me:1"])
    phone = Phone(Ended(False, "self", False))
    task = asyncio.create_task(target.run(phone.call, lambda _: True))
    await asyncio.sleep(0.5)
    target.wake()
    await asyncio.sleep(0.1)
    assert phone.called == ["ws://me:1"]
    task.cancel()


async def test_a_peer_that_is_connected_is_not_called_and_one_that_is_lost_is() -> None:
    connected = True
    target = Target(["ws://a:1"], device_id="a")
    phone = Phone()
    task = asyncio.create_task(target.run(phone.call, lambda _: not connected))
    await asyncio.sleep(0.1)
    target.wake()
    await asyncio.sleep(0.1)
    assert not phone.called
    connected = False
    target.wake()
    await asyncio.wait_for(phone.more.wait(), 20)
    task.cancel()


async def test_a_peer_that_shows_itself_is_called_at_once_where_it_is_now() -> None:
    refused = Ended(True, "wrong_version", True)
    phone = Phone(refused)
    target = Target(["ws://a:1"])
    task = asyncio.create_task(target.run(phone.call, lambda _: True))
    await asyncio.sleep(0.1)
    assert phone.called == ["ws://a:1"]
    target.seen(["ws://a:2"])
    await asyncio.wait_for(phone.more.wait(), 2)
    assert phone.called == ["ws://a:1", "ws://a:2"]
    task.cancel()
