"""What two and three terminals do with each other, frame by frame."""

from __future__ import annotations

import pytest

from server.event import Stream
from server.replication import frames
from server.replication.actions import Fetch, Send, Store
from server.replication.flow import WINDOW_BYTES
from server.replication.frames import Events, FrontierIs, Have, Summary
from server.replication.sending import HEAL_AFTER_S
from tests.unit.replication.lab import Lab, Stranger, Terminal


def pair() -> tuple[Lab, Terminal, Terminal, int, int]:
    lab = Lab()
    a, b = lab.terminal(), lab.terminal()
    la, lb = lab.connect(a, b)
    lab.settle()
    lab.log.clear()
    return lab, a, b, la, lb


def events_sent(lab: Lab) -> list[tuple[str, int, int]]:
    """(topic, first, last) of every events frame, in the order sent."""
    return [(f.topic, f.first_seq, f.first_seq + len(f.events) - 1) for _, f in lab.log if isinstance(f, Events)]


def test_a_new_event_goes_out_at_once_without_reading_the_log() -> None:
    lab, a, b, _la, _ = pair()
    a.did.clear()
    batch = a.append("orders")
    assert [type(action) for action in a.did] == [Send]
    lab.settle()
    assert b.head(batch.stream) == 1


def test_it_is_acknowledged_only_once_it_is_durable() -> None:
    lab, a, b, _la, lb = pair()
    b.hold_disk = True
    batch = a.append("orders")
    lab.settle()
    assert a.replica.replicas(batch.stream, 1) == 0
    assert not lab.frames_of(Have)
    b.commit()
    lab.settle()
    assert a.replica.replicas(batch.stream, 1) == 1
    assert lab.frames_of(Have, lb) == [Have({a.log.log_id: {"orders": 1}})]


@pytest.mark.parametrize("durable", [True, False])
def test_a_frame_of_which_all_is_known_is_acknowledged_too(durable: bool) -> None:
    """Another one was quicker, and whoever wrote it waits for an answer with a customer before it."""
    lab, a, b, _la, _lb = pair()
    b.hold_disk = True
    batch = a.append("orders")
    lab.settle()
    if durable:
        b.commit()
    slower = Stranger(b)
    b.do(slower.hello())
    b.do(slower.send(FrontierIs({})))
    b.did.clear()
    b.do(slower.events(batch, a.log.header))
    acknowledged = Send(slower.link, frames.encode(Have({a.log.log_id: {"orders": 1}})))
    if not durable:
        assert acknowledged not in b.did
        b.commit()
    assert acknowledged in b.did


def test_one_commit_is_acknowledged_in_one_frame() -> None:
    lab, a, b, _la, lb = pair()
    b.hold_disk = True
    for topic in ("orders", "stock", "payments"):
        a.append(topic, 2)
        a.append(topic, 1)
    lab.settle()
    b.commit()
    assert lab.frames_of(Have, lb) == [Have({a.log.log_id: {"stock": 3, "orders": 3, "payments": 3}})]


def test_nothing_is_sent_back_to_where_it_came_from() -> None:
    lab, a, _b, _la, lb = pair()
    a.append("orders", 5)
    lab.run(10)
    assert len(events_sent(lab)) == 1
    assert not lab.frames_of(Events, lb)


def test_after_a_cut_it_goes_on_from_exactly_where_it_was() -> None:
    lab, a, b, la, _lb = pair()
    a.append("orders", 7)
    lab.settle()
    lab.cut(la)
    a.append("orders", 2)
    a.append("stock", 1)
    b.append("kitchen", 3)
    lab.log.clear()
    lab.connect(b, a)
    lab.settle()
    assert sorted(events_sent(lab)) == [("kitchen", 1, 3), ("orders", 8, 9), ("stock", 1, 1)]
    assert a.log.held().keys() == b.log.held().keys()


def test_what_was_on_its_way_in_a_cut_is_sent_again() -> None:
    lab, a, b, la, _ = pair()
    batch = a.append("orders", 3)
    lab.cut(la)
    lab.connect(a, b)
    lab.settle()
    assert b.head(batch.stream) == 3


def test_stock_goes_first_and_health_last() -> None:
    lab = Lab()
    a, b = lab.terminal(), lab.terminal()
    topics = ["health", "loyalty", "menu", "payments", "kitchen", "orders", "stock"]
    for topic in topics:
        a.append(topic, 3)
    lab.connect(a, b)
    lab.settle()
    assert [topic for topic, _, _ in events_sent(lab)] == topics[::-1]


def test_within_one_commit_the_order_is_the_same() -> None:
    lab, a, _b, *_ = pair()
    batches = [a.log.append(topic, 1, hlc=1 << 40) for topic in ("health", "payments", "stock")]
    a.do(a.replica.stored(batches, True, lab.now))
    assert [topic for topic, _, _ in events_sent(lab)] == ["stock", "payments", "health"]


def unacked(lab: Lab, link: int) -> int:
    return sum(len(e) for f in lab.frames_of(Events, link) for e in f.events)  # type: ignore[union-attr]


def test_no_more_than_four_megabytes_are_under_way() -> None:
    lab, a, b, la, _lb = pair()
    b.hold_disk = True
    stream = Stream(a.log.log_id, "orders")
    for _ in range(100):
        a.append("orders", 100, data={"text": "x" * 1000})
    lab.settle()
    assert WINDOW_BYTES * 0.8 < unacked(lab, la) <= WINDOW_BYTES
    while b.waiting:
        b.commit()
        lab.settle()
    assert b.head(stream) == 10_000


def most_in_flight(line_s: float) -> int:
    """Event bytes unacknowledged at the worst, in a catch-up of 8 MB over a line with acks after `line_s` seconds."""
    lab = Lab()
    a, b = lab.terminal(), lab.terminal()
    for _ in range(80):
        a.append("orders", 100, data={"text": "x" * 1000})
    stream = Stream(a.log.log_id, "orders")
    la, _ = lab.connect(a, b)
    lab.settle_hellos()
    worst = 0
    while b.head(stream) < 8000:
        sent = unacked(lab, la)
        worst = max(worst, sent - b.head(stream) * sent // max(1, events_sent(lab)[-1][2]))
        lab.now += line_s
        lab.settle_once()
    return worst


def test_catching_up_takes_the_whole_window_of_a_quick_line_and_little_of_a_slow_one() -> None:
    assert most_in_flight(0.01) > WINDOW_BYTES * 0.6
    assert most_in_flight(3.0) < WINDOW_BYTES * 0.3


def test_an_event_larger_than_the_window_goes_alone() -> None:
    lab, a, b, la, _lb = pair()
    big = {"text": "menu " * 800_000}
    first, second = a.append("menu", 1, data=big), a.append("menu", 1, data=big)
    assert len(first.events[0]) * 2 > WINDOW_BYTES
    b.hold_disk = True
    lab.settle()
    assert len(lab.frames_of(Events, la)) == 1
    b.commit()
    lab.settle()
    b.commit()
    lab.settle()
    assert b.head(second.stream) == 2


def test_catching_up_does_not_wait_for_the_disk() -> None:
    lab = Lab()
    a, b = lab.terminal(), lab.terminal()
    for _ in range(5):
        a.append("orders", 400)
    b.hold_disk = True
    lab.connect(a, b)
    lab.settle()
    stores = [action.batch for action in b.did if isinstance(action, Store)]
    assert [(s.first_seq, s.last_seq) for s in stores] == [
        (1, 400),
        (401, 800),
        (801, 1200),
        (1201, 1600),
        (1601, 2000),
    ]
    b.commit()
    assert b.head(Stream(a.log.log_id, "orders")) == 2000


def test_a_full_disk_blames_nobody_and_the_rest_comes_when_there_is_room() -> None:
    lab, a, b, _la, _lb = pair()
    b.disk_error = "not_saved"
    first = a.append("orders", 2)
    lab.settle()
    second = a.append("orders", 2)
    lab.run(3)
    assert b.head(first.stream) == 0
    assert a.replica.replicas(first.stream, 1) == 0
    b.disk_error = None
    lab.run(10)
    assert b.head(second.stream) == 4
    assert a.closes() == []
    assert b.closes() == []


def triangle(*edges: str) -> tuple[Lab, list[Terminal]]:
    lab = Lab()
    nodes = sorted((lab.terminal() for _ in range(3)), key=lambda t: t.me.device_id)
    for edge in edges:
        lab.connect(nodes[int(edge[0])], nodes[int(edge[1])])
    lab.settle()
    lab.log.clear()
    return lab, nodes


def test_it_is_relayed_at_once_to_those_the_writer_does_not_reach() -> None:
    lab, (a, _b, c) = triangle("01", "12")
    batch = a.append("orders")
    lab.settle()
    assert c.head(batch.stream) == 1
    assert len(events_sent(lab)) == 2


def test_it_is_not_relayed_to_those_the_writer_reaches_itself() -> None:
    lab, (a, b, c) = triangle("01", "12", "02")
    for writer in (a, b, c):
        writer.append("orders")
    lab.run(10)
    assert len(events_sent(lab)) == 6, "each to two"


def test_only_one_of_several_relays_sends() -> None:
    lab = Lab()
    writer, far, *relays = (lab.terminal() for _ in range(5))
    for relay in relays:
        lab.connect(writer, relay)
        lab.connect(relay, far)
    lab.settle()
    lab.log.clear()
    batch = writer.append("orders")
    lab.settle()
    assert far.head(batch.stream) == 1
    assert len(events_sent(lab)) == 4, "three to the relays, one on to the far one"


def test_a_newcomer_is_brought_up_to_date_by_one_peer() -> None:
    lab, (a, b, c) = triangle("01", "12", "02")
    gone = lab.terminal()
    link, _ = lab.connect(gone, a)
    lab.settle()
    gone.append("orders", 10)
    lab.settle()
    lab.cut(link)
    lab.run(2)
    lab.log.clear()
    new = lab.terminal()
    for node in (a, b, c):
        lab.connect(new, node)
    lab.run(5)
    assert new.head(Stream(gone.log.log_id, "orders")) == 10
    assert len(events_sent(lab)) <= 3


def test_when_the_one_who_should_send_is_cut_off_another_does() -> None:
    lab, (a, _b, c) = triangle("01", "12", "02")
    link = next(end for end, node in lab.ends.items() if node is a and lab.ends[lab.peer[end]] is c)
    batch = a.append("orders")
    lab.queue[lab.peer[link]].clear()
    lab.cut(link)
    lab.settle()
    assert c.head(batch.stream) == 1, "at once: the neighbours have changed"


def test_when_the_one_who_should_send_does_not_another_does_after_a_while() -> None:
    lab, (a, _b, c) = triangle("01", "12", "02")
    link = next(end for end, node in lab.ends.items() if node is a and lab.ends[lab.peer[end]] is c)
    batch = a.append("orders")
    lab.queue[lab.peer[link]].clear()  # lost without a trace
    lab.run(1)
    assert c.head(batch.stream) == 0
    lab.run(HEAL_AFTER_S + 1)
    assert c.head(batch.stream) == 1


def test_lost_acknowledgements_are_made_good_by_the_summary() -> None:
    lab, a, _b, la, lb = pair()
    batch = a.append("orders")
    lab.deliver(lb)
    lab.queue[la].clear()
    assert a.replica.replicas(batch.stream, 1) == 0
    lab.run(2.5)
    assert a.replica.replicas(batch.stream, 1) == 1
    assert a.replica.peers()[0].events_behind == 0


def test_a_lost_frontier_is_asked_for() -> None:
    lab = Lab()
    a, b = lab.terminal(), lab.terminal()
    batch = a.append("orders")
    la, lb = lab.connect(a, b)
    lab.deliver(la)
    lab.deliver(lb)
    lab.queue[la].clear()
    lab.queue[lb].clear()
    lab.run(3)
    assert b.head(batch.stream) == 1


def test_a_summary_of_a_quiet_shop_is_a_few_bytes() -> None:
    lab = Lab()
    a, b = lab.terminal(), lab.terminal()
    for number in range(2000):
        a.append(f"topic-{number}")
    lab.connect(a, b)
    lab.run(5)
    sent = [action.frame for action in a.did if isinstance(action, Send)]
    assert isinstance(frames.decode(sent[-1]), Summary)
    assert len(sent[-1]) < 40
    assert len(lab.frames_of(FrontierIs)) == 2, "the whole is told once"


def test_a_long_frontier_goes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MAX_FRONTIER_ENTRIES", 10)
    lab = Lab()
    a, b = lab.terminal(), lab.terminal()
    for number in range(95):
        a.append(f"topic-{number}")
        b.append(f"topic-{number}")
    lab.connect(a, b)
    lab.settle()
    assert len(lab.frames_of(FrontierIs)) == 20
    assert len(a.log.held()) == len(b.log.held()) == 190


def test_a_stream_that_was_cut_below_starts_at_its_floor_elsewhere() -> None:
    lab = Lab()
    a, b = lab.terminal(), lab.terminal()
    for _ in range(4):
        a.append("orders", 10)
    stream = Stream(a.log.log_id, "orders")
    a.log.drop_below(stream, 20)
    a.start()
    lab.connect(a, b)
    lab.settle()
    assert b.head(stream) == 40
    assert b.log.floors[stream] == a.log.floors[stream]
    a.append("orders", 1)
    lab.settle()
    assert b.head(stream) == 41


def test_a_floor_that_rises_while_links_are_up_counts_for_the_next_newcomer() -> None:
    lab, a, b, _, _ = pair()
    for _ in range(3):
        a.append("orders", 10)
    lab.settle()
    stream = Stream(a.log.log_id, "orders")
    a.log.drop_below(stream, 20)
    a.replica.floor_raised(stream, *a.log.floors[stream])
    c = lab.terminal()
    lab.connect(c, a)
    lab.run(1)
    assert c.head(stream) == 30
    assert c.log.floors[stream] == a.log.floors[stream]
    a.append("orders")
    lab.run(1)
    assert b.head(stream) == c.head(stream) == 31


def test_who_was_away_for_longer_than_sales_are_kept_goes_on_from_the_floor() -> None:
    lab, a, b, la, _ = pair()
    a.append("orders", 10)
    lab.settle()
    lab.cut(la)
    lab.now += 90 * 86400
    for _ in range(2):
        a.append("orders", 10)
    stream = Stream(a.log.log_id, "orders")
    a.log.drop_below(stream, 20)
    a.start()
    lab.connect(a, b)
    lab.run(10)
    assert b.head(stream) == 30
    assert b.log.floors[stream] == a.log.floors[stream]
    a.append("orders", 1)
    lab.run(1)
    assert b.head(stream) == 31
    c = lab.terminal()
    lab.connect(c, b)  # and passes on from there
    lab.run(5)
    assert c.head(stream) == 31
    assert c.log.floors[stream] == a.log.floors[stream]


def test_nobody_has_a_terminal_drop_what_it_holds_by_passing_on_only_what_is_newest() -> None:
    lab, a, b, la, _ = pair()
    a.append("orders", 10)
    lab.settle()
    lab.cut(la)
    for _ in range(2):
        newest = a.append("orders", 10)
    liar = Stranger(b)
    b.do(liar.hello())
    prior = a.log.rows[newest.stream][19][1]
    b.do(liar.events(newest, a.log.header, prior=prior))
    assert b.head(newest.stream) == 10
    assert len(b.log.rows[newest.stream]) == 10
    lab.connect(a, b)
    lab.run(1)
    assert len(b.log.rows[newest.stream]) == 30


def test_head_office_and_a_writer_skip_nothing_by_themselves() -> None:
    """Head office keeps everything: its log says when it goes on without what it lost, and until then it is offered the
    rest now and then. What a writer has lost of its own is another story."""
    lab = Lab()
    office, a, b = lab.terminal(""), lab.terminal(), lab.terminal()
    links = [lab.connect(a, office, to_office=True), lab.connect(a, b)]
    lab.settle()
    a.append("orders", 10)
    lab.settle()
    lab.cut(links[0][0])
    older = a.log.copy()
    for _ in range(2):
        a.append("orders", 10)
    lab.settle()
    stream = Stream(a.log.log_id, "orders")
    for node in (a, b):
        node.log.drop_below(stream, 20)
    lab.cut(links[1][0])
    a.start()
    lab.connect(a, office, to_office=True)
    lab.run(10)
    assert office.head(stream) == 10
    assert 0 < sum(isinstance(action, Fetch) for action in a.did) < 10
    assert not office.closes()
    a.log = older
    a.start()
    b.start()
    lab.connect(b, a)
    lab.run(10)
    assert a.head(stream) == 10
    assert "overtaken" in {alarm.code for alarm in a.alarms()}


def test_a_store_is_told_only_of_what_it_may_hold() -> None:
    lab = Lab()
    office, north, south = lab.terminal(""), lab.terminal("north"), lab.terminal("south")
    for topic in ("menu", "menu/north", "menu/south", "settings", "reports"):
        office.append(topic)
    north.append("orders")
    south.append("orders")
    lab.connect(north, office, to_office=True)
    lab.connect(south, office, to_office=True)
    lab.run(5)
    told = {
        (log_id, topic)
        for link, frame in lab.log
        if lab.ends[lab.peer[link]] is north
        for log_id, topic in mentioned(frame)
    }
    assert {topic for log_id, topic in told if log_id == office.log.log_id} == {"menu", "menu/north", "settings"}
    assert {log_id for log_id, _ in told} == {office.log.log_id, north.log.log_id}
    assert len(office.log.held()) == 7
    assert {s.topic for s in north.log.held()} == {"orders", "menu", "menu/north", "settings"}
    for node in (office, north, south):
        assert node.closes() == []


def mentioned(frame: frames.Frame) -> set[tuple[str, str]]:
    if isinstance(frame, Events):
        return {(frame.log_id, frame.topic)}
    if isinstance(frame, FrontierIs | Have):
        return {(log_id, topic) for log_id, topics in frame.entries.items() for topic in topics}
    if isinstance(frame, Summary):
        return {(log_id, topic) for log_id, topics in frame.changed.items() for topic in topics}
    return set()


def test_a_peer_gets_only_the_topics_it_asked_for() -> None:
    lab = Lab()
    node = lab.terminal()
    node.append("orders")
    node.append("payments")
    sensor = Stranger(node)
    node.do(sensor.hello(topics=["orders"]))
    told = sensor.send(frames.FrontierIs({}))
    assert {f.topic for f in sent_to(node, told) if isinstance(f, Events)} == set()
    fetches = [action for action in told if isinstance(action, Fetch)]
    assert [fetch.stream.topic for fetch in fetches] == ["orders"]


def sent_to(node: Terminal, actions: list[object]) -> list[frames.Frame]:
    return [frames.decode(action.frame) for action in actions if isinstance(action, Send)]


def test_how_far_behind_each_is_can_be_read() -> None:
    lab, a, b, _la, _lb = pair()
    b.hold_disk = True
    a.append("orders", 3)
    a.append("stock", 2)
    lab.settle()
    assert a.replica.peers()[0].events_behind == 5
    assert b.replica.peers()[0].we_behind == 5
    b.commit()
    lab.settle()
    assert a.replica.peers()[0].events_behind == 0
    assert b.replica.peers()[0].we_behind == 0


def test_the_header_of_a_log_travels_once_on_a_link() -> None:
    lab, a, _b, la, _lb = pair()
    for topic in ("orders", "orders", "stock"):
        a.append(topic)
    lab.settle()
    assert [f.header is not None for f in lab.frames_of(Events, la)] == [True, False, False]  # type: ignore[union-attr]


def test_a_fetch_that_finds_nothing_is_tried_again() -> None:
    lab = Lab()
    a, b = lab.terminal(), lab.terminal()
    batch = a.append("orders")
    rows = a.log.rows.pop(batch.stream)
    lab.connect(a, b)
    lab.run(2)
    assert b.head(batch.stream) == 0
    a.log.rows[batch.stream] = rows
    lab.run(5)
    assert b.head(batch.stream) == 1


def test_answers_for_links_that_are_gone_are_ignored() -> None:
    lab, a, _b, la, _lb = pair()
    lab.cut(la)
    stream = Stream(a.log.log_id, "orders")
    assert a.replica.fetched(la, stream, None, lab.now) == []
    assert a.replica.rejected(la, stream, "not_saved", "full", lab.now) == []
    assert a.replica.receive(la, b"", lab.now) == []
    assert a.replica.disconnect(la, lab.now) == []
