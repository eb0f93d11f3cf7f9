"""The sync port lets honest terminals in and keeps the others waiting."""

from __future__ import annotations

from server.replication.gate import FORGIVEN_AFTER_S, LINES_A_MINUTE, LONGEST_WAIT_S, MAX_OFFENDERS, Gate, Limits

HERE = "10.0.0.1"


def test_strangers_and_connections_have_limits() -> None:
    gate = Gate(Limits(connections=4, strangers=2, strangers_each=2))
    assert gate.enter(1, HERE) is None
    assert gate.enter(2, HERE) is None
    assert gate.enter(3, "10.0.0.2") is not None, "two strangers are enough"
    gate.greeted(1)
    gate.greeted(1)
    assert gate.enter(3, HERE) is None
    gate.greeted(2)
    gate.greeted(3)
    assert gate.enter(4, HERE) is None
    gate.greeted(4)
    assert gate.enter(5, HERE) is not None, "four connections are enough"
    gate.leave(2)
    gate.leave(2)
    gate.leave(99)
    assert gate.enter(5, HERE) is None


def test_a_stranger_that_leaves_makes_room() -> None:
    gate = Gate(Limits(connections=9, strangers=1, strangers_each=1))
    gate.enter(1, HERE)
    gate.leave(1)
    assert gate.enter(2, HERE) is None


def test_one_address_cannot_keep_the_others_out() -> None:
    gate = Gate(Limits(connections=99, strangers=9, strangers_each=3))
    assert [gate.enter(i, HERE) is None for i in range(4)] == [True, True, True, False]
    assert gate.enter(10, "10.0.0.2") is None
    assert all(gate.enter(20 + i, "127.0.0.1") is None for i in range(5)), "loopback is everybody's"


def test_an_address_that_misbehaves_waits_longer_each_time_and_is_forgiven() -> None:
    gate = Gate(Limits(9, 9, 9))
    assert gate.wait_s("10.0.0.1", 0) == 0
    waits = []
    for now in range(10):
        gate.offence("10.0.0.1", now)
        waits.append(gate.wait_s("10.0.0.1", now))
    assert waits == sorted(waits)
    assert waits[0] < 0.2
    assert waits[-1] == LONGEST_WAIT_S
    assert gate.wait_s("10.0.0.2", 9) == 0, "others are not to blame"
    assert gate.wait_s("10.0.0.1", 9 + FORGIVEN_AFTER_S + 1) == 0


def test_an_address_cannot_flood_the_log() -> None:
    gate = Gate(Limits(9, 9, 9))
    lines = sum(gate.offence("10.0.0.1", i / 100) for i in range(1000))
    assert lines == LINES_A_MINUTE
    assert gate.offence("10.0.0.1", 70), "a minute later it may be heard of again"


def test_ever_new_addresses_do_not_fill_the_memory() -> None:
    gate = Gate(Limits(9, 9, 9))
    for i in range(MAX_OFFENDERS + 100):
        gate.offence(f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}", 0)
    assert gate.wait_s("10.0.0.0", 0) == 0, "the oldest is forgotten"
    assert gate.wait_s("10.0.16.1", 0) > 0
