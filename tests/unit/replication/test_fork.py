"""One writer, two branches (a restored or cloned disk): first seen stays, the other is evidence, nobody is cut off."""

from __future__ import annotations

import pytest

from server.event import Stream
from server.keys import verify_seal
from tests.unit.replication.lab import Lab, Terminal


def branches(common: int, ours: int, theirs: int) -> tuple[Lab, Terminal, Terminal, Stream]:
    """`a` and `b` hold the stream of a third terminal that was restored to `common` and went on apart."""
    lab = Lab()
    a, b, writer = lab.terminal(), lab.terminal(), lab.terminal()
    for _ in range(common):
        writer.append("orders")
    stream = Stream(writer.log.log_id, "orders")
    twin = writer.log.copy()
    for log, node, count in ((writer.log, a, ours), (twin, b, theirs)):
        for i in range(count):
            log.append("orders", 1, hlc=(i + 5) << 40, data={"branch": node.me.label, "n": i})
        node.log.headers |= log.headers
        node.log.rows = {stream: list(log.rows[stream])}
        node.start()
    return lab, a, b, stream


CASES = [(0, 1, 1), (0, 3, 1), (1, 1, 1), (3, 2, 5), (5, 4, 4), (40, 30, 1), (40, 1, 30), (40, 25, 25)]


@pytest.mark.parametrize(("common", "ours", "theirs"), CASES)
def test_a_fork_raises_an_alarm_and_changes_nothing(common: int, ours: int, theirs: int) -> None:
    lab, a, b, stream = branches(common, ours, theirs)
    before = [list(node.log.rows[stream]) for node in (a, b)]
    lab.connect(a, b)
    lab.run(15)
    assert [node.log.rows[stream] for node in (a, b)] == before
    for node, other in ((a, b), (b, a)):
        (alarm,) = node.alarms()
        assert alarm.code == "fork"
        assert alarm.stream == stream
        assert alarm.evidence
        evidence = alarm.evidence
        header = node.log.headers[stream.log_id]
        assert verify_seal(header.public_key, evidence.hashes[-1], evidence.seal)
        at = evidence.first_seq - 1
        assert [row[0] for row in other.log.rows[stream][at : evidence.last_seq]] == evidence.events
        mine = [row[0] for row in node.log.rows[stream][at : evidence.last_seq]]
        assert mine != evidence.events[: len(mine)]


@pytest.mark.parametrize(("common", "ours", "theirs"), CASES)
def test_machines_on_two_branches_are_in_step_with_all_that_they_take(common: int, ours: int, theirs: int) -> None:
    lab, a, b, _stream = branches(common, ours, theirs)
    link, _ = lab.connect(a, b)
    lab.run(15)
    for _ in range(2):
        for node in (a, b):
            (peer,) = node.replica.peers()
            assert (peer.events_behind, peer.we_behind) == (0, 0), "neither will ever take the other's branch"
        lab.cut(link)
        link, _ = lab.connect(b, a)
        lab.run(15)


def test_a_fork_in_one_stream_holds_up_no_other() -> None:
    lab, a, b, _stream = branches(3, 2, 2)
    lab.connect(a, b)
    lab.run(5)
    batch = a.append("stock", 3)
    lab.run(5)
    assert b.head(batch.stream) == 3
    assert a.closes() == b.closes() == []


@pytest.mark.parametrize("floor", [1, 2, 3])
def test_a_fork_above_a_floor_is_shown_to_who_holds_the_other_branch(floor: int) -> None:
    """Also right above it, where what comes before is gone."""
    lab, a, b, stream = branches(3, 1, 1)
    a.log.drop_below(stream, floor)
    a.start()
    lab.connect(a, b)
    lab.run(5)
    assert [alarm.code for alarm in b.alarms()] == ["fork"]


def test_a_fork_below_a_floor_is_left_behind_and_the_stream_goes_on_from_the_floor() -> None:
    """We know that it differs, and can't show it any more."""
    lab, a, b, stream = branches(1, 4, 1)
    second = a.log.rows[stream][1][1]
    a.log.drop_below(stream, 4)
    a.start()
    a.replica._holdings.learn(stream, 2, second)
    lab.connect(a, b)
    lab.run(10)
    assert (b.head(stream), b.log.floors[stream]) == (5, a.log.floors[stream])
    assert a.closes() == b.closes() == []


def test_a_branch_that_grows_later_is_still_not_taken() -> None:
    lab, a, b, stream = branches(3, 2, 4)
    lab.connect(a, b)
    lab.run(2)
    lab.cut(next(iter(lab.ends)))
    lab.connect(b, a)
    lab.run(10)
    assert (a.head(stream), b.head(stream)) == (5, 7)
    assert len(a.alarms()) == len(b.alarms()) == 1, "one alarm for one fork"
    assert a.closes() == b.closes() == []


def test_a_restored_terminal_gets_its_own_events_back() -> None:
    lab = Lab()
    writer, peer = lab.terminal(), lab.terminal()
    link, _ = lab.connect(writer, peer)
    lab.settle()
    old = writer.log.copy()
    batch = writer.append("orders", 5)
    lab.settle()
    lab.cut(link)
    writer.log = old
    writer.start()
    lab.connect(writer, peer)
    lab.settle()
    assert writer.head(batch.stream) == 5
    assert [alarm.code for alarm in writer.alarms()] == ["overtaken"], "it must not write on where it stands"


def test_a_restored_terminal_that_wrote_before_it_met_a_peer_learns_of_its_fork() -> None:
    lab = Lab()
    writer, peer = lab.terminal(), lab.terminal()
    link, _ = lab.connect(writer, peer)
    lab.settle()
    writer.append("orders", 2)
    lab.settle()
    old = writer.log.copy()
    writer.append("orders", 5)
    lab.settle()
    lab.cut(link)
    writer.log = old
    writer.start()
    lab.connect(writer, peer)
    writer.append("orders", 1, data={"other": 1})  # before anything was heard
    stream = Stream(writer.log.log_id, "orders")
    for _ in range(100):
        lab.run(0.1)
        assert writer.replica.replicas(stream, 3) == 0, "another event with this number is no copy of it"
        assert [p.device_id for p in writer.replica.lacking(stream, 3)] == [peer.me.device_id]
    assert {alarm.code for alarm in writer.alarms()} == {"overtaken", "fork"}
    assert {alarm.stream for alarm in writer.alarms()} == {Stream(writer.log.log_id, "orders")}
    assert writer.closes() == peer.closes() == []


def test_head_office_that_has_another_branch_is_not_said_to_hold_ours() -> None:
    """By what it holds a store lets go of what is old."""
    lab = Lab()
    writer, office = lab.terminal(), lab.terminal("")
    link, _ = lab.connect(writer, office, to_office=True)
    writer.append("orders", 2)
    writer.append("stock", 2)
    lab.settle()
    old = writer.log.copy()
    writer.append("orders", 5)
    lab.settle()
    lab.cut(link)
    writer.log = old
    writer.start()
    lab.connect(writer, office, to_office=True)
    writer.append("orders", 1, data={"other": 1})
    lab.run(10)
    assert writer.replica.office_holds() == {Stream(writer.log.log_id, "stock"): 2}
