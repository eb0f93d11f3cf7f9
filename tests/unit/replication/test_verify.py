from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.event import Batch, Stream, encode_again
from server.keys import chain, genesis
from server.replication.frames import Events
from server.replication.holdings import Holdings
from server.replication.verify import BrokenRule, Duplicate, Fork, Fresh, check_header, examine
from tests.unit.replication.lab import key, memory_log
from tests.unit.replication.memory_log import MemoryLog

WRITER = memory_log(1)
STREAM = Stream(WRITER.log_id, "orders")
PARTS = [WRITER.append("orders", count, hlc=(i + 1) << 30) for i, count in enumerate((3, 1, 4, 1, 5))]
WHOLE = 14


def frame(batch: Batch, **changes: object) -> Events:
    fields: dict[str, object] = {"first_seq": batch.first_seq, "events": batch.events, "seal": batch.seal}
    return Events(*batch.stream, **(fields | changes))  # type: ignore[arg-type]


def holding(*batches: Batch) -> Holdings:
    holdings = Holdings({}, {WRITER.log_id: WRITER.header})
    for batch in batches:
        assert holdings.commit(batch)
    return holdings


def judge(events: Events, holdings: Holdings) -> Fresh | Duplicate | Fork:
    return examine(events, STREAM, WRITER.header, holdings)


def broken(events: Events, holdings: Holdings) -> str:
    with pytest.raises(BrokenRule) as rule:
        judge(events, holdings)
    assert rule.value.text
    return rule.value.code


def span(first: int, last: int) -> Batch:
    """Events `first` to `last`, where `last` is a seal."""
    rows = WRITER.rows[STREAM][first - 1 : last]
    seal = rows[-1][2]
    assert seal
    return Batch(STREAM, first, [r[0] for r in rows], [r[1] for r in rows], seal)


def test_the_first_batch_is_fresh_and_proven_to_the_writers_own_hashes() -> None:
    fresh = judge(frame(PARTS[0]), holding())
    assert fresh == Fresh(PARTS[0], None)


def test_a_batch_that_overlaps_is_trimmed_to_what_is_new() -> None:
    fresh = judge(frame(span(2, 8)), holding(PARTS[0], PARTS[1]))
    assert isinstance(fresh, Fresh)
    assert fresh.batch == span(5, 8)


def test_a_batch_chains_on_what_is_still_on_its_way_to_the_disk() -> None:
    holdings = holding(PARTS[0])
    holdings.coming(PARTS[1], None)
    assert judge(frame(PARTS[2]), holdings) == Fresh(PARTS[2], None)
    assert isinstance(judge(frame(PARTS[1]), holdings), Duplicate)
    holdings.roll_back(STREAM)
    assert broken(frame(PARTS[2]), holdings) == "gap"
    assert judge(frame(PARTS[1]), holdings) == Fresh(PARTS[1], None)


def test_what_is_held_is_a_duplicate() -> None:
    assert isinstance(judge(frame(PARTS[0]), holding(PARTS[0], PARTS[1])), Duplicate)


def test_a_gap_is_refused() -> None:
    assert broken(frame(PARTS[1]), holding()) == "gap"
    assert broken(frame(PARTS[2]), holding(PARTS[0])) == "gap"


def test_a_changed_event_breaks_the_seal() -> None:
    batch = PARTS[0]
    tampered = batch.events[1].replace(b"a1", b"a2")
    assert tampered != batch.events[1]
    assert broken(frame(batch, events=[batch.events[0], tampered, batch.events[2]]), holding()) == "bad_seal"


def test_events_left_out_or_swapped_are_refused() -> None:
    first, second, third = PARTS[0].events
    assert broken(frame(PARTS[0], events=[first, third]), holding()) == "bad_event"
    assert broken(frame(PARTS[0], events=[second, first, third]), holding()) == "bad_event"
    assert broken(frame(PARTS[0], events=[first, second]), holding()) == "bad_seal"


def test_another_seal_is_refused() -> None:
    assert broken(frame(PARTS[0], seal=PARTS[1].seal), holding()) == "bad_seal"
    assert broken(frame(PARTS[0], seal=key(5).seal(PARTS[0].hashes[-1])), holding()) == "bad_seal"
    assert broken(frame(PARTS[0], seal=b""), holding()) == "bad_batch"


def test_events_of_another_topic_are_not_taken_for_this_one() -> None:
    other = WRITER.copy()
    elsewhere = other.append("payments", 2, hlc=1 << 30)
    assert broken(frame(elsewhere), holding()) == "bad_event"
    renamed = other.append("orders", 2, hlc=1 << 31)
    assert broken(frame(renamed, first_seq=1, prior=None), holding()) in ("bad_event", "bad_seal")


def test_bytes_that_are_no_event_are_refused_even_when_sealed() -> None:
    for raw in (b"", b"\xc1", b"\x80", msgspec.msgpack.encode([1, -5, "t", "a", {}]), b"\x91" * 100_000):
        digest = chain(holding().hash_at(STREAM, 0) or b"", raw)
        assert broken(frame(PARTS[0], events=[raw], seal=WRITER.key.seal(digest)), holding()) == "bad_event"


def test_empty_and_endless_batches_are_refused() -> None:
    assert broken(frame(PARTS[0], events=[]), holding()) == "bad_batch"
    assert broken(frame(PARTS[0], events=[b"x"] * 513), holding()) == "bad_batch"
    assert broken(frame(PARTS[0], first_seq=0), holding()) == "bad_batch"
    assert broken(frame(PARTS[0], first_seq=2**60), holding()) == "bad_batch"
    assert broken(frame(PARTS[0], events=[bytes(4 * 1024 * 1024 + 1)]), holding()) == "bad_batch"


def test_a_stream_may_begin_at_a_floor_when_nothing_of_it_is_held() -> None:
    prior = PARTS[1].hashes[-1]
    fresh = judge(frame(PARTS[2], prior=prior), holding())
    assert fresh == Fresh(PARTS[2], (4, prior))
    assert broken(frame(PARTS[2], prior=bytes(32)), holding()) == "bad_seal"
    assert broken(frame(PARTS[2], prior=prior), holding(PARTS[0])) == "gap"


def forked() -> MemoryLog:
    """The writer's disk, restored to after event 4 and written on."""
    restored = WRITER.copy()
    restored.rows[STREAM] = restored.rows[STREAM][:4]
    return restored


def test_a_branch_from_a_hash_we_know_is_a_fork_with_its_evidence() -> None:
    other = forked().append("orders", 2, hlc=99 << 30)
    fork = judge(frame(other), holding(*PARTS))
    assert fork == Fork(5, other)


def test_a_branch_shown_with_the_hash_before_it_is_a_fork() -> None:
    restored = forked()
    other = [restored.append("orders", 1, hlc=(90 + i) << 30) for i in range(30)]
    holdings = holding(*PARTS)
    late = frame(other[9], prior=other[8].hashes[-1])  # event 14: ours is known, 13 was forgotten
    assert judge(late, holdings) == Fork(14, other[9])


def test_a_branch_that_nobody_sealed_is_no_fork_but_a_broken_rule() -> None:
    liar = forked().append("orders", 2, hlc=99 << 30)
    assert broken(frame(liar, seal=key(9).seal(liar.hashes[-1])), holding(*PARTS)) == "bad_seal"


def test_only_the_header_that_hashes_to_the_log_id_speaks_for_a_log() -> None:
    check_header(WRITER.header, WRITER.log_id)
    with pytest.raises(BrokenRule) as rule:
        check_header(memory_log(2).header, WRITER.log_id)
    assert rule.value.code == "bad_header"


@given(st.data())
def test_whatever_comes_in_whatever_order_what_is_stored_is_the_writers_own(data: st.DataObject) -> None:
    seals = [0, 3, 4, 8, 9, 14]
    holdings = holding()
    stored: list[bytes] = []
    for _ in range(data.draw(st.integers(1, 12))):
        last = data.draw(st.sampled_from(seals[1:]))
        first = data.draw(st.integers(1, last))
        if first > len(stored) + 1:
            assert broken(frame(span(first, last)), holdings) == "gap"
            continue
        outcome = judge(frame(span(first, last)), holdings)
        if isinstance(outcome, Fresh):
            assert outcome.batch.first_seq == len(stored) + 1
            stored += outcome.batch.events
            holdings.coming(outcome.batch, outcome.floor)
            if data.draw(st.booleans()):
                holdings.commit(outcome.batch)
        else:
            assert isinstance(outcome, Duplicate)
            assert last <= len(stored)
    assert stored == [row[0] for row in WRITER.rows[STREAM][: len(stored)]]


def test_a_branch_that_was_given_up_is_not_brought_back() -> None:
    """Its writer took it out of the stream, for the sake of the other branch that its neighbours hold."""
    holdings = holding(PARTS[0])
    fourth = span(4, 4)
    holdings.left[STREAM] = (4, fourth.hashes[0])
    assert judge(frame(span(4, 8)), holdings) == Fork(4, span(4, 8))
    holdings.left[STREAM] = (4, b"\1" * 32)
    assert isinstance(judge(frame(span(4, 8)), holdings), Fresh)


@pytest.mark.parametrize("origin", [(b"short", 1), (b"\1" * 16, 0), (b"\1" * 16, 2**60)])
def test_an_event_that_was_never_written_where_it_says_is_refused(origin: tuple[bytes, int]) -> None:
    first = encode_again(1, WRITER.rows[STREAM][0][0], origin)
    digest = chain(genesis(STREAM), first)
    assert broken(Events(*STREAM, first_seq=1, events=[first], seal=WRITER.key.seal(digest)), holding()) == "bad_event"
