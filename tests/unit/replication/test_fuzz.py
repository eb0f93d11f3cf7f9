"""Whatever bytes a peer sends: no exception leaves the Replica, and only the writers' own events are stored."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from server.event import Stream
from server.replication import frames
from server.replication.actions import Close, Store
from tests.unit.replication.lab import Lab, Stranger, memory_log

TRUTH = memory_log(77)
BATCHES = [TRUTH.append(topic, count, hlc=1 << 40) for topic in ("orders", "stock") for count in (1, 3, 2)]
LOG = TRUTH.log_id


def events(i: int, **changes: object) -> frames.Events:
    batch = BATCHES[i]
    fields: dict[str, object] = {
        "log_id": LOG,
        "topic": batch.stream.topic,
        "first_seq": batch.first_seq,
        "events": batch.events,
        "seal": batch.seal,
        "header": TRUTH.header,
    }
    return frames.Events(**(fields | changes))  # type: ignore[arg-type]


seqs = st.one_of(st.integers(-2, 8), st.integers(-(2**63), 2**64 - 1))
names = st.one_of(st.sampled_from([LOG, "orders", "stock", "menu", ""]), st.text(max_size=10))
hashes = st.one_of(st.sampled_from([b.hashes[-1] for b in BATCHES]), st.binary(max_size=40))
entries = st.dictionaries(names, st.dictionaries(names, seqs, max_size=3), max_size=3)
whole = st.dictionaries(names, st.dictionaries(names, st.tuples(seqs, hashes), max_size=3), max_size=3)
plausible = st.one_of(
    st.builds(events, st.integers(0, 5)),
    st.builds(
        lambda i, **changes: events(i, **changes),
        st.integers(0, 5),
        first_seq=seqs,
        topic=names,
        prior=st.one_of(st.none(), hashes),
        seal=st.one_of(st.sampled_from([b.seal for b in BATCHES]), st.binary(max_size=64)),
        events=st.one_of(st.sampled_from([b.events for b in BATCHES]), st.lists(st.binary(max_size=20), max_size=4)),
    ),
    st.builds(frames.Have, entries),
    st.builds(frames.FrontierIs, whole, st.booleans()),
    st.builds(
        frames.Summary,
        entries,
        st.integers(-1, 2**64 - 1),
        seqs,
        st.booleans(),
        st.booleans(),
        st.one_of(st.none(), st.lists(names, max_size=3)),
    ),
    st.just(frames.Ask()),
    st.builds(frames.Refuse, names, names),
)


def encoded(frame: frames.Frame) -> bytes:
    return b"\0" + msgspec.msgpack.encode(frame)


def mutated(frame: bytes, seed: int) -> bytes:
    rand = random.Random(seed)
    mutant = bytearray(frame)
    for _ in range(rand.randint(1, 3)):
        mutant[rand.randrange(len(mutant))] = rand.randrange(256)
    return bytes(mutant[: rand.randint(1, len(mutant))] if rand.random() < 0.2 else mutant)


frames_of_a_liar = st.one_of(
    plausible.map(encoded),
    st.builds(mutated, plausible.map(encoded), st.integers(0, 2**32)),
    st.binary(max_size=100),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(frames_of_a_liar, max_size=12), st.booleans(), st.booleans())
def test_a_liar_gets_nothing_stored_but_the_truth(sent: list[bytes], hold_disk: bool, hello: bool) -> None:
    lab = Lab()
    node = lab.terminal()
    node.append("orders", 2)
    node.hold_disk = hold_disk
    liar = Stranger(node)
    if hello:
        node.do(liar.hello())
    for frame in sent:
        node.do(liar.send(frame))
        lab.now += 0.3
        node.do(node.replica.tick(lab.now))
    node.commit()
    for action in node.did:
        if isinstance(action, Store):
            assert hello
            batch = action.batch
            rows = TRUTH.rows[batch.stream][batch.first_seq - 1 : batch.last_seq]
            assert batch.events == [row[0] for row in rows]
    assert set(node.log.rows) <= {Stream(node.log.log_id, "orders"), *TRUTH.rows}
    assert sum(isinstance(action, Close) for action in node.did) <= 1
    honest = lab.terminal(number=2)
    lab.connect(honest, node)
    lab.settle()
    assert honest.log.held().keys() == node.log.held().keys(), "the next peer is served as ever"
