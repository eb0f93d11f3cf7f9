"""Bad input on the sync port: refused, closed, backed off, nothing stored, and the shop goes on."""

from __future__ import annotations

import pytest

from server.event import Batch, Header
from server.replication import frames
from server.replication.frames import MAX_FRAME_BYTES
from server.replication.verify import MAX_SEQ
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
