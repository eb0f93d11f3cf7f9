"""One writer, two branches (a restored or cloned disk): first seen stays, the other is evidence, nobody is cut off."""

from __future__ import annotations

import pytest

from server.event import Stream
from server.keys import verify_seal
from server.replication.actions import Fetch, Send
from server.replication.frames import Ask, Events, FrontierIs, decode
from server.replication.protocol import LEFT_WAIT_S
from tests.unit.replication.lab import Lab, Stranger, Terminal
from tests.unit.replication.memory_log import MemoryLog


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


def test_what_was_asked_of_the_log_before_is_not_taken_for_our_branch() -> None:
    """The log answers in any order: what was to be sent to the peer comes first, and the branch that it is to see."""
    _lab, a, b, stream = branches(0, 3, 1)
    other = Stranger(a)
    theirs = b.log.read(stream, 0, 9, 10_000)
    assert theirs is not None
    other.hello()
    asked = other.send(FrontierIs({stream.log_id: {stream.topic: (1, theirs.hashes[0])}}))
    a.replica._holdings.learn(stream, 1, a.log.rows[stream][0][1])
    asked += other.events(theirs, b.log.headers[stream.log_id])
    fetches = [action for action in asked if isinstance(action, Fetch)]
    assert [fetch.after_seq for fetch in fetches] == [1, 0]
    sent = []
    for fetch in fetches:
        batch = a.log.read(stream, fetch.after_seq, fetch.max_events, fetch.max_bytes)
        sent += a.replica.fetched(other.link, stream, batch, a.lab.now)
    shown = [decode(action.frame) for action in sent if isinstance(action, Send)]
    assert [(e.first_seq, e.prior is not None) for e in shown if isinstance(e, Events)] == [(1, True)]


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


@pytest.mark.parametrize("known", [True, False], ids=["its head is known", "its head was asked for before"])
def test_a_fork_right_at_a_floor_is_shown_and_nobody_is_cut_off(known: bool) -> None:
    """Two have come equally far: what one of them goes on with does not follow on what the other holds."""
    lab, a, b, stream = branches(1, 4, 2)
    a.log.drop_below(stream, 3)
    a.start()
    lab.connect(a, b)
    if not known:
        lab.settle_hellos()
        a.replica.peers()
        for peer in a.replica._sender.peers():
            peer.their_hashes.clear()
    lab.run(15)
    assert (a.head(stream), b.head(stream)) == (5, 3)
    assert a.closes() == b.closes() == [], "it is not the peer's doing"
    for node in (a, b):
        assert {(alarm.code, alarm.stream) for alarm in node.alarms()} == {("fork", stream)}
        (peer,) = node.replica.peers()
        assert (peer.events_behind, peer.we_behind) == (0, 0)
    (alarm,) = b.alarms()
    assert alarm.evidence is not None
    assert alarm.evidence.events == [row[0] for row in a.log.rows[stream]]


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


@pytest.mark.parametrize(("ours", "theirs"), [(2, 4), (4, 2), (3, 3), (1, 1)])
def test_what_a_writer_took_for_a_branch_that_it_left_is_shown_to_who_holds_that_branch(ours: int, theirs: int) -> None:
    """They met before it had anything in its place, and could not tell each other that they differ."""
    lab, a, b, stream = branches(3, ours, theirs)
    writer = lab.terminals[2]
    anew = lab.terminal(number=9, log=MemoryLog(writer.log.key, "north", b"begun anew after"))
    anew.log.headers |= writer.log.headers
    anew.log.rows[stream] = []
    anew.start()
    anew.replica._holdings.left[stream] = (4, b.log.rows[stream][3][1])
    lab.connect(anew, b)
    lab.run(5)
    assert anew.head(stream) == 0
    lab.connect(anew, a)
    lab.run(15)
    assert (a.head(stream), b.head(stream), anew.head(stream)) == (3 + ours, 3 + theirs, 3 + ours)
    for node in (a, b, anew):
        for peer in node.replica.peers():
            assert (peer.events_behind, peer.we_behind) == (0, 0), f"{node.me.label} and {peer.label}"
    lab.log.clear()
    lab.run(15)
    assert not lab.frames_of(Ask), "all know what the others hold"


@pytest.mark.parametrize("writer_first", [True, False])
def test_a_writer_is_shown_the_branch_that_only_a_neighbour_has_heard_of(writer_first: bool) -> None:
    """One terminal carries the line to head office: the writer itself never meets who holds its other branch."""
    lab = Lab()
    office, carrier, writer = lab.terminal(""), lab.terminal(), lab.terminal()
    link, _ = lab.connect(writer, office, to_office=True)
    writer.append("orders", 2)
    lab.settle()
    old = writer.log.copy()
    batch = writer.append("orders", 3)
    lab.settle()
    lab.cut(link)
    writer.log = old
    writer.start()
    writer.append("orders", 1, data={"other": 1})
    first, _ = lab.connect(writer, carrier)
    lab.settle()
    if not writer_first:
        lab.cut(first)
    lab.connect(carrier, office, to_office=True)
    lab.run(5)
    assert [alarm.code for alarm in carrier.alarms()] == ["fork"]
    if not writer_first:
        assert not writer.alarms()
        lab.connect(carrier, writer)
        lab.run(5)
    assert {(alarm.code, alarm.stream) for alarm in writer.alarms()} == {("fork", batch.stream)}
    seen = [alarm.evidence.events for alarm in writer.alarms() if alarm.evidence is not None]
    assert seen == [[row[0] for row in node.log.rows[batch.stream]] for node in (office, carrier)]
    assert not [close for node in (writer, carrier, office) for close in node.closes()]


@pytest.mark.parametrize(("ours", "theirs"), [(1, 2), (2, 1), (3, 3)])
def test_a_branch_that_was_left_does_not_come_back_from_above_a_floor(ours: int, theirs: int) -> None:
    """More was taken out than differs, and neighbours have let go of old sales since: what they send goes on from a
    floor, above what is left here."""
    lab, a, b, stream = branches(5, ours, theirs)
    writer = lab.terminals[2]
    anew = lab.terminal(number=9, log=MemoryLog(writer.log.key, "north", b"begun anew after"))
    anew.log.headers |= writer.log.headers
    anew.log.rows[stream] = b.log.rows[stream][:2]
    anew.start()
    anew.replica._holdings.left[stream] = (6, b.log.rows[stream][5][1])
    for node in (a, b):
        node.log.drop_below(stream, 5)
        node.start()
    lab.connect(anew, b)
    lab.run(5)
    assert anew.head(stream) == 2
    lab.connect(anew, a)
    lab.run(20)
    assert (a.head(stream), b.head(stream), anew.head(stream)) == (5 + ours, 5 + theirs, 5 + ours)
    for node in (a, b, anew):
        for peer in node.replica.peers():
            assert (peer.events_behind, peer.we_behind) == (0, 0), f"{node.me.label} and {peer.label}"
            assert not node.replica.under_way(peer.device_id)


def test_a_branch_that_was_left_is_taken_back_when_nobody_has_another() -> None:
    """The other one was on this disk alone, or is with somebody who is gone: all of it is written again anyway."""
    lab, _, b, stream = branches(3, 1, 2)
    writer = lab.terminals[2]
    anew = lab.terminal(number=9, log=MemoryLog(writer.log.key, "north", b"begun anew after"))
    anew.log.headers |= writer.log.headers
    anew.log.rows[stream] = b.log.rows[stream][:3]
    anew.start()
    anew.replica._holdings.left[stream] = (4, b.log.rows[stream][3][1])
    lab.connect(anew, b)
    lab.run(LEFT_WAIT_S - 5)
    assert anew.head(stream) == 3
    assert anew.replica.seeks()
    lab.run(20)
    assert [row[:2] for row in anew.log.rows[stream]] == [row[:2] for row in b.log.rows[stream]]
    assert not anew.replica.seeks()
    for node in (anew, b):
        (peer,) = node.replica.peers()
        assert (peer.events_behind, peer.we_behind) == (0, 0)
        assert not node.replica.under_way()
    assert not [close for node in (anew, b) for close in node.closes()]


def test_a_branch_that_was_to_be_shown_stays_so_when_its_writer_is_to_see_it_anyway() -> None:
    """The log is slow: the holder of the longer branch has found that the writer has another, and before it can show
    its own a neighbour shows it the writer's."""
    lab, a, b, stream = branches(3, 8, 2)
    writer = lab.terminals[2]
    anew = lab.terminal(number=9, log=MemoryLog(writer.log.key, "north", b"begun anew after"))
    anew.log.headers |= writer.log.headers
    anew.log.rows[stream] = list(b.log.rows[stream])
    anew.start()
    a.hold_log = True
    link, _ = lab.connect(a, anew)
    lab.settle()
    a.answer()  # what it would send, which shows that they differ
    assert [asked.link for asked in a.asked] == [link]
    late, a.asked, a.hold_log = a.asked, [], False
    lab.connect(a, b)
    lab.settle()
    a.asked += late
    a.answer()
    lab.run(15)
    for node in (a, b, anew):
        for peer in node.replica.peers():
            assert (peer.events_behind, peer.we_behind) == (0, 0), f"{node.me.label} and {peer.label}"


def test_a_writer_without_what_replaces_a_branch_that_it_left_looks_for_it_at_head_office() -> None:
    lab, a, b, stream = branches(3, 2, 4)
    writer = lab.terminals[2]
    anew = lab.terminal(number=9, log=MemoryLog(writer.log.key, "north", b"begun anew after"))
    anew.log.headers |= writer.log.headers
    anew.log.rows[stream] = []
    anew.start()
    assert not anew.replica.seeks(), "it has left nothing"
    anew.replica._holdings.left[stream] = (4, b.log.rows[stream][3][1])
    lab.connect(anew, b)
    lab.run(5)
    assert anew.replica.seeks(), "nobody here has it"
    office = lab.terminal("")
    office.log.headers |= b.log.headers
    office.log.rows[stream] = list(b.log.rows[stream])
    office.start()
    lab.connect(anew, office, to_office=True)
    lab.run(5)
    assert not anew.replica.seeks(), "it has what was left, and calling again would bring no more"
    anew.start()
    anew.replica._holdings.left[stream] = (4, b.log.rows[stream][3][1])
    lab.connect(anew, a)
    assert anew.replica.seeks()
    lab.run(5)
    assert anew.head(stream) == a.head(stream)
    assert not anew.replica.seeks()


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
