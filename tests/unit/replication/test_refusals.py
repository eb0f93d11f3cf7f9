"""Bad input on the sync port: refused, closed, backed off, nothing stored, and the shop goes on."""

from __future__ import annotations

import pytest

from server.event import MAX_SEQ, Batch, Header
from server.replication import frames
from server.replication.actions import Alarm, Close
from server.replication.frames import MAX_FRAME_BYTES
from tests.unit.replication.lab import Lab, Stranger, Terminal, key, memory_log, refusal


@pytest.fixture
def node() -> Terminal:
    return Lab().terminal()


@pytest.fixture
def stranger(node: Terminal) -> Stranger:
    stranger = Stranger(node)
    stranger.hello()
    return stranger


@pytest.fixture
def batch(stranger: Stranger) -> Batch:
    return stranger.log.append("orders", 3, hlc=1 << 40)


def test_garbage(stranger: Stranger) -> None:
    assert refusal(stranger.send(b"\x00\xffgarbage")) == "bad_frame"


def test_a_frame_over_the_limit(stranger: Stranger) -> None:
    assert refusal(stranger.send(b"\x00" * (MAX_FRAME_BYTES + 1))) == "frame_too_large"


def test_a_broken_chain(stranger: Stranger, batch: Batch) -> None:
    events = [batch.events[0], batch.events[1].replace(b"a1", b"a6"), batch.events[2]]
    assert refusal(stranger.events(batch, events=events)) == "bad_seal"


def test_a_bad_seal(stranger: Stranger, batch: Batch) -> None:
    assert refusal(stranger.events(batch, seal=bytes(64))) == "bad_seal"


def test_a_gap(stranger: Stranger, batch: Batch) -> None:
    later = stranger.log.append("orders", 1, hlc=2 << 40)
    assert refusal(stranger.events(later)) == "gap"


def test_a_stream_of_somebody_else_with_an_invented_header(node: Terminal, stranger: Stranger) -> None:
    victim = memory_log(33)
    fake = Header(1, stranger.log.key.public_key, victim.header.nonce, "north")
    forged = memory_log(33)
    forged.key = stranger.log.key
    batch = forged.append("orders", 1, hlc=1 << 40)
    assert refusal(stranger.events(batch, fake)) == "bad_header"
    again = Stranger(node, link=9001)
    again.hello()
    assert refusal(again.events(batch, victim.header)) == "bad_seal"


def test_our_own_stream_is_not_a_strangers_to_write(node: Terminal, stranger: Stranger) -> None:
    forged = node.log.copy()
    forged.key = stranger.log.key
    assert refusal(stranger.events(forged.append("orders", 1, hlc=1 << 40), node.log.header)) == "bad_seal"


def test_a_log_whose_header_never_came(stranger: Stranger, batch: Batch) -> None:
    assert refusal(stranger.events(batch, header=None) if False else stranger.send(bare(batch))) == "unknown_log"


def bare(batch: Batch) -> frames.Events:
    return frames.Events(*batch.stream, batch.first_seq, batch.events, batch.seal)


def test_streams_of_another_store(stranger: Stranger) -> None:
    south = memory_log(44, "south")
    batch = south.append("orders", 1, hlc=1 << 40)
    assert refusal(stranger.events(batch, south.header)) == "out_of_scope"


def test_topics_of_head_office_that_are_not_for_stores(stranger: Stranger) -> None:
    office = memory_log(45, "")
    assert refusal(stranger.events(office.append("reports", 1, hlc=1 << 40), office.header)) == "out_of_scope"


def test_a_store_cannot_bring_another_stores_streams_to_head_office() -> None:
    office = Lab().terminal("")
    stranger = Stranger(office, store="north")
    stranger.hello()
    south = memory_log(44, "south")
    assert refusal(stranger.events(south.append("orders", 1, hlc=1 << 40), south.header)) == "out_of_scope"


@pytest.mark.parametrize("topic", ["", "Orders", "a b", "x" * 200, "menu/../../etc"])
def test_topics_that_are_none(stranger: Stranger, topic: str) -> None:
    stranger.log.rows.clear()
    assert refusal(stranger.events(stranger.log.append(topic, 1, hlc=1 << 40))) == "bad_batch"


def test_a_frontier_that_nobody_can_have(node: Terminal, stranger: Stranger) -> None:
    assert refusal(stranger.send(frames.Have({"log": {"orders": MAX_SEQ + 1}}))) == "bad_frontier"
    again = Stranger(node, link=9001)
    again.hello()
    assert refusal(again.send(frames.FrontierIs({"log": {"orders": (2**63, b"")}}))) == "bad_frontier"


def test_a_peer_cannot_fill_our_memory_with_streams(stranger: Stranger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.replication.protocol.MAX_PEER_STREAMS", 50)
    claims = {f"log{i}": {"orders": 1} for i in range(60)}
    assert refusal(stranger.send(frames.Have(claims))) == "bad_frontier"


def test_a_peer_that_holds_as_many_streams_as_may_be_still_gets_on(
    node: Terminal, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.replication.protocol.MAX_PEER_STREAMS", 3)
    for seq in (1, 2):
        assert not stranger.send(frames.Have({node.log.log_id: {f"orders/{i}": seq for i in range(3)}}))
    assert refusal(stranger.send(frames.Have({node.log.log_id: {"orders/9": 1}}))) == "bad_frontier"


def test_after_a_refusal_nothing_more_is_heard(stranger: Stranger, batch: Batch) -> None:
    refusal(stranger.send(b"?"))
    assert stranger.events(batch) == []


def test_a_header_with_an_impossible_key(stranger: Stranger) -> None:
    header = Header(1, b"short", b"n" * 16, "north")
    batch = stranger.log.append("orders", 1, hlc=1 << 40)
    assert refusal(stranger.events(batch, header, log_id=header.log_id)) == "bad_header"


def test_a_curve_point_that_is_none_is_a_bad_seal_not_a_crash(node: Terminal) -> None:
    header = Header(1, b"\xff" * 32, b"n" * 16, "north")
    stranger = Stranger(node)
    stranger.hello()
    batch = stranger.log.append("orders", 1, hlc=1 << 40)
    assert refusal(stranger.events(batch, header, log_id=header.log_id)) == "bad_seal"


def test_the_rest_of_the_shop_does_not_notice() -> None:
    lab = Lab()
    a, b = lab.terminal(), lab.terminal()
    lab.connect(a, b)
    lab.settle()
    for number in range(20):
        stranger = Stranger(a, link=5000 + number)
        refusal(stranger.send(lab.random.randbytes(100)))
        a.append("orders")
        lab.settle()
    assert b.head(a.append("orders").stream) == 20
    lab.settle()
    assert a.closes() == []
    assert b.closes() == []


def test_an_invented_terminal_writes_only_under_its_own_name(node: Terminal) -> None:
    """Until terminals are enrolled anybody on the network may be one; but what it writes carries its own key."""
    stranger = Stranger(node)
    stranger.hello()
    batch = stranger.log.append("orders", 1, hlc=1 << 40)
    node.do(stranger.events(batch))
    assert node.head(batch.stream) == 1
    assert key(77).public_key == node.log.headers[batch.stream.log_id].public_key


@pytest.mark.parametrize("name", ["", "x" * 10_000, "log", "LOG" * 5 + "A", "\n"])
def test_claims_are_for_names_that_a_stream_can_have(node: Terminal, name: str) -> None:
    """One name of 8 MB compresses to nothing; a peer that claims many of those would fill our memory."""
    good = node.log.log_id
    claims: list[frames.Frame] = []
    for log_id, topic in ((name, "orders"), (good, name or "/")):
        claims.append(frames.Have({log_id: {topic: 1}}))
        claims.append(frames.FrontierIs({log_id: {topic: (1, bytes(32))}}))
        claims.append(frames.Summary({log_id: {topic: 1}}, 0, 0))
    claims.append(frames.FrontierIs({good: {"orders": (1, b"x" * 100)}}))
    for link, claim in enumerate(claims if name != "log" else claims[:3], 9100):
        again = Stranger(node, link=link)
        again.hello()
        assert refusal(again.send(claim)) == "bad_frontier"


def test_what_is_asked_for_over_and_over_is_told_once_a_second(node: Terminal, stranger: Stranger) -> None:
    """An ask is two bytes and its answer may be megabytes."""
    answers = sum(len(stranger.send(frames.Ask())) for _ in range(100))
    assert answers == 1
    node.lab.now += 1.0
    assert len(stranger.send(frames.Ask())) == 1


def test_only_events_may_be_as_large_as_a_frame(stranger: Stranger) -> None:
    """What they become in memory is as large as they are; of small values it is twenty times that."""
    many = {f"orders/{n:x}": 1 for n in range(350_000)}
    assert refusal(stranger.send(frames.encode(frames.Have({stranger.log.log_id: many})))) == "frame_too_large"


def test_claims_about_thousands_of_our_streams_are_one_alarm(node: Terminal, stranger: Stranger) -> None:
    claims = {node.log.log_id: {f"orders/{n}": (5, bytes(32)) for n in range(1_000)}}
    alarms = [a for a in stranger.send(frames.FrontierIs(claims)) if isinstance(a, Alarm)]
    assert [alarm.code for alarm in alarms] == ["overtaken"]


def test_nothing_is_kept_of_peers_that_ask_for_topics_of_their_own_making(node: Terminal) -> None:
    for number in range(50):
        one = Stranger(node, 300 + number, link=9200 + number)
        one.hello(topics=[f"topic{number}"])
        node.replica.disconnect(9200 + number, node.lab.now)
    assert node.replica._holdings._digests == {}


def test_a_stores_id_may_hold_spaces_and_so_may_the_topics_meant_for_it() -> None:
    lab = Lab()
    shop, office = lab.terminal("Main Street 5"), lab.terminal("")
    lab.connect(shop, office, to_office=True)
    lab.settle()
    batch = office.append("menu/Main Street 5")
    lab.settle()
    assert shop.head(batch.stream) == 1


def test_a_stream_that_begins_at_a_floor_is_not_another_one_of_its_writer(node: Terminal, stranger: Stranger) -> None:
    """The chain is bound to a stream's name by its first link, and a peer that tells a floor leaves that out."""
    writer = memory_log(33)
    writer.append("orders", 3, hlc=1 << 40)
    middle = writer.append("orders", 2, hlc=2 << 40)
    prior = writer.rows[middle.stream][2][1]
    assert refusal(stranger.events(middle, writer.header, topic="stock", prior=prior)) == "bad_event"
    again = Stranger(node, link=9001)
    again.hello()
    node.do(again.events(middle, writer.header, prior=prior))
    assert node.head(middle.stream) == 5


def test_a_topic_with_a_scope_is_not_taken_from_its_middle(node: Terminal) -> None:
    office = memory_log(45, "")
    office.append("menu/south", 3, hlc=1 << 40)
    middle = office.append("menu/south", 1, hlc=2 << 40)
    stranger = Stranger(node)
    stranger.hello()
    prior = office.rows[middle.stream][2][1]
    assert refusal(stranger.events(middle, office.header, topic="menu/north", prior=prior)) == "bad_batch"


def test_nobody_is_called_forked_by_the_events_of_another_of_its_streams(node: Terminal, stranger: Stranger) -> None:
    """Who passes events on could accuse their writer, and it would begin a new log."""
    writer = memory_log(33)
    for topic, count in (("stock", 4), ("orders", 2), ("orders", 2)):
        batch = writer.append(topic, count, hlc=1 << 40)
        if topic == "stock":
            node.do(stranger.events(batch, writer.header))
    prior = writer.rows[batch.stream][1][1]
    assert refusal(stranger.events(batch, writer.header, topic="stock", prior=prior)) == "bad_event"
    assert not [a for a in node.did if isinstance(a, Alarm)]
    again = Stranger(node, link=9001)
    again.hello()
    assert refusal(again.events(batch, writer.header, topic="stock", prior=bytes(32))) == "bad_event"


@pytest.mark.parametrize(
    "changes",
    [
        {"label": "x\ny"},
        {"label": "\x1b[2J"},
        {"role": "r" * 100},
        {"topics": ["t"] * 1000},
        {"topics": ["no topic"]},
        {"neighbours": ["n" * 1000]},
    ],
)
def test_a_hello_holds_nothing_that_is_long_or_cannot_be_shown(node: Terminal, changes: dict[str, object]) -> None:
    assert refusal(Stranger(node).hello(**changes)) == "bad_hello"


@pytest.mark.parametrize(("nonce", "store"), [(b"n" * 1000, "north"), (b"n" * 16, "n" * 1000), (b"n" * 16, "a\nb")])
def test_a_header_is_small_for_it_is_kept_for_ever(node: Terminal, nonce: bytes, store: str) -> None:
    header = Header(1, key(88).public_key, nonce, store)
    stranger = Stranger(node)
    changes = {"header": header, "log_id": header.log_id, "device_id": header.device_id, "store": store}
    assert refusal(stranger.hello(**changes)) == "bad_header"


def test_what_a_peer_says_makes_no_other_lines_in_a_log(node: Terminal) -> None:
    (close,) = Stranger(node).send(frames.Refuse("co\nde", "all is well\n2026-01-01 ERROR \x1b[31m"))
    assert isinstance(close, Close)
    assert close.code.isprintable()
    assert close.text.isprintable()
