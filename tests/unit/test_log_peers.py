"""The log and the streams of others: storing, trimming, gaps, forks, floors."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from server.clock import MAX_AHEAD_MS, Clock, wall_ms
from server.event import Batch, Stream
from server.log import Fork, Gap, LogFailed, verify
from server.log.reached import REACHED_FILE
from tests.unit.logs import Writer, copy, number, open_log, out, placed


async def test_two_logs_that_hold_the_same_streams_are_equal(tmp_path: Path) -> None:
    a, b = await open_log(tmp_path / "a"), await open_log(tmp_path / "b")
    await a.append([placed(n) for n in range(1300)])
    await b.append([placed(n) for n in range(3)])
    assert await copy(Stream(a.log_id, "orders"), a, b) == 1300
    assert await copy(Stream(b.log_id, "orders"), b, a) == 3
    assert a.frontier() == b.frontier()
    assert a.held() == b.held()
    assert set(a.headers()) == set(b.headers())
    raws_a = {(e.stream, e.seq): e.raw for e in (await a.events(0, limit=5000))[0]}
    raws_b = {(e.stream, e.seq): e.raw for e in (await b.events(0, limit=5000))[0]}
    assert raws_a == raws_b
    await a.close()
    await b.close()
    assert verify(tmp_path / "a").ok
    assert verify(tmp_path / "b").ok


async def test_what_is_held_already_is_trimmed(tmp_path: Path) -> None:
    log, peer = await open_log(tmp_path), Writer()
    first = peer.batch(placed(1), placed(2))
    second = peer.batch(placed(3), placed(4), placed(5))
    both = Batch(peer.stream, 1, first.events + second.events, first.hashes + second.hashes, second.seal)
    told: list[tuple[int, int, bool]] = []
    log.on_stored.append(lambda batches, own: told.extend((b.first_seq, b.last_seq, own) for b in batches))
    assert await log.store(first, peer.header) == 2
    assert await log.store(first, peer.header) == 0
    assert await log.store(both, peer.header) == 3
    assert await log.store(both, peer.header) == 0
    assert await log.store(first, peer.header) == 0
    assert told == [(1, 2, False), (3, 5, False)]
    assert [number(e) for e in (await log.events(0))[0]] == [1, 2, 3, 4, 5]
    await log.close()
    assert verify(tmp_path).ok


async def test_any_overlapping_batches_in_any_order_store_every_event_once(tmp_path: Path) -> None:
    log, peer = await open_log(tmp_path), Writer()
    singles = [peer.batch(placed(n)) for n in range(40)]
    rng = random.Random(7)
    while log.frontier().get(peer.stream) != 40:
        at = rng.randrange(40)
        parts = singles[at : at + rng.randint(1, 9)]
        events, hashes = [p.events[0] for p in parts], [p.hashes[0] for p in parts]
        try:
            await log.store(Batch(peer.stream, at + 1, events, hashes, parts[-1].seal), peer.header)
        except Gap as e:
            assert e.first_seq == at + 1 > e.held_seq + 1  # noqa: PT017
    assert [number(e) for e in (await log.events(0))[0]] == list(range(40))
    await log.close()
    assert verify(tmp_path).ok


async def test_a_gap_is_refused_and_stops_nothing_else(tmp_path: Path) -> None:
    log, peer = await open_log(tmp_path), Writer()
    first, _, third = peer.batch(placed(1)), peer.batch(placed(2)), peer.batch(placed(3))
    results = await asyncio.gather(
        log.store(first, peer.header), log.store(third, peer.header), log.append([placed(9)]), return_exceptions=True
    )
    assert results[0] == 1
    assert isinstance(results[1], Gap)
    assert (results[1].held_seq, results[1].first_seq) == (1, 3)
    assert isinstance(results[2], list)
    await log.close()
    assert verify(tmp_path).ok


async def test_of_a_fork_the_first_seen_stays_and_the_other_is_evidence(tmp_path: Path) -> None:
    log, peer = await open_log(tmp_path), Writer()
    await log.store(peer.batch(placed(1)), peer.header)
    twin = Writer()
    twin.key, twin.header, twin.stream, twin.hash, twin.seq = peer.key, peer.header, peer.stream, peer.hash, peer.seq
    first = peer.batch(placed(2))
    await log.store(first, peer.header)
    other = twin.batch(placed(666), placed(667))
    told: list[tuple[Stream, int, bytes, bytes]] = []
    log.on_fork.append(lambda *fork: told.append(fork))
    for _ in range(2):
        with pytest.raises(Fork) as e:
            await log.store(other, twin.header)
        assert (e.value.stream, e.value.seq) == (peer.stream, 2)
    await log.set_aside(peer.stream, 2, other.events[0], other.hashes[0], None)
    assert told == [(peer.stream, 2, first.hashes[0], other.hashes[0])]  # once, however often it comes
    await log.set_aside(peer.stream, 3, other.events[1], other.hashes[1], other.seal)
    assert [fork[1] for fork in told] == [2, 3]
    assert [number(event) for event in (await log.events(0))[0]] == [1, 2]
    await log.store(peer.batch(placed(3)), peer.header)  # the stream itself goes on
    await log.close()
    assert verify(tmp_path).ok


async def test_a_batch_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    log, peer, other = await open_log(tmp_path), Writer(), Writer()
    batch = peer.batch(placed(1), placed(2))
    bad = [
        (msgspec.structs.replace(batch, hashes=[b"x" * 32, batch.hashes[1]]), peer.header),
        (msgspec.structs.replace(batch, hashes=batch.hashes[:1]), peer.header),
        (msgspec.structs.replace(batch, events=[], hashes=[]), peer.header),
        (batch, other.header),
    ]
    for wrong, header in bad:
        with pytest.raises(ValueError, match=peer.stream.log_id):
            await log.store(wrong, header)
    late = Writer()
    with pytest.raises(ValueError, match="time"):
        await log.store(late.batch(placed(1), hlc=2**63), late.header)
    assert log.position == 0
    assert log.held() == {}
    await log.close()


async def test_our_clock_follows_what_we_hear_and_a_far_future_raises_an_alarm(tmp_path: Path) -> None:
    log, peer = await open_log(tmp_path), Writer()
    ahead: list[int] = []
    log.on_ahead.append(lambda stream, ms: ahead.append(ms))
    soon = wall_ms() + 20_000 << 16
    await log.store(peer.batch(placed(1), hlc=soon), peer.header)
    assert (await log.append([placed(2)]))[0].hlc > soon
    assert ahead == []
    await log.store(peer.batch(placed(3), hlc=wall_ms() + 3_600_000 << 16), peer.header)
    assert (await log.append([placed(4)]))[0].wall_ms < wall_ms() + 30_000
    assert len(ahead) == 1
    assert ahead[0] > MAX_AHEAD_MS
    await log.close()
    log = await open_log(tmp_path)  # and after a restart
    [event] = await log.append([placed(5)])
    assert soon < event.hlc < wall_ms() + 30_000 << 16
    await log.close()


async def test_our_own_lost_events_may_come_back_from_a_peer(tmp_path: Path) -> None:
    """A disk that lied about what it had saved: what a peer still holds is taken back, and numbers go on after it."""
    log, peer = await open_log(tmp_path / "a"), await open_log(tmp_path / "b")
    for n in range(4):
        await log.append([placed(n)])
    stream = Stream(log.log_id, "orders")
    await copy(stream, log, peer)
    await log.close()
    forget_after(tmp_path / "a", 2)
    (tmp_path / "a" / REACHED_FILE).unlink()  # nor had it saved this
    log = await open_log(tmp_path / "a")
    assert log.frontier() == {stream: 2}
    assert await copy(stream, peer, log) == 2
    assert [(e.seq, number(e)) for e in await log.append([placed(5)])] == [(5, 5)]
    await log.close()
    await peer.close()
    assert verify(tmp_path / "a").ok


def forget_after(folder: Path, seq: int) -> None:
    """Of a log at rest with one stream."""
    with closing(sqlite3.connect(folder / "log.db")) as db:
        digest = db.execute("SELECT hash FROM events WHERE seq = ?", (seq,)).fetchone()[0]
        db.execute("DELETE FROM events WHERE seq > ?", (seq,))
        db.execute("UPDATE streams SET seq = ?, position = ?, hash = ?", (seq, seq, digest))
        db.commit()


async def test_a_stream_may_begin_at_a_floor(tmp_path: Path) -> None:
    a, b = await open_log(tmp_path / "a"), await open_log(tmp_path / "b")
    stream = Stream(a.log_id, "orders")
    for n in range(1, 11):
        await a.append([placed(n)], command_id=f"c{n}", result=n)
    whole = a.held()[stream]
    assert await a.raise_floor(stream, 4) == 4
    assert await a.raise_floor(stream, 3) == 0
    held = a.held()[stream]
    assert (held.seq, held.hash, held.floor_seq) == (10, whole.hash, 4)
    assert await a.read(stream, 3) is None
    batch = await a.read(stream, 4)
    assert batch is not None
    with pytest.raises(Gap):
        await b.store(batch, a.header)
    assert await b.store(batch, a.header, floor=(4, held.floor_hash)) == 6
    assert b.held()[stream] == held
    assert await a.answered("c4") is None  # forgotten with its event: nobody asks again months later
    answer = await a.answered("c5")
    assert answer is not None
    assert answer.result == 5
    await a.close()
    await b.close()
    assert verify(tmp_path / "a").ok
    assert verify(tmp_path / "b").ok


async def test_many_events_are_dropped_in_parts_while_others_read_on(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    stream = Stream(log.log_id, "orders")
    for at in range(0, 12_000, 2000):
        await log.append([placed(at + n) for n in range(2000)])
    await log.close()
    log = await open_log(tmp_path)  # so that everything is read from the disk
    last = log.position

    async def read() -> int:
        cursor = seen = 0
        while cursor < last:
            events, cursor = await log.events(cursor, limit=700)
            assert events == sorted(events, key=lambda e: e.position)
            seen += len(events)
        return seen

    readers = [asyncio.create_task(read()) for _ in range(4)]
    dropped = []
    while n := await log.raise_floor(stream, 11_000):
        dropped.append(n)
    assert sum(dropped) == 11_000
    assert len(dropped) > 1
    assert all(1000 <= seen <= 12_000 for seen in await asyncio.gather(*readers))
    assert log.held()[stream].floor_seq == 11_000
    await log.close()
    assert verify(tmp_path).ok


async def test_a_stream_whose_events_were_all_dropped_goes_on_where_it_was(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    await log.append([placed(1), placed(2)])
    stream = Stream(log.log_id, "orders")
    assert await log.raise_floor(stream, 99) == 2
    await log.close()
    assert verify(tmp_path).ok
    log = await open_log(tmp_path)
    [event] = await log.append([placed(3)])
    assert (event.seq, event.position) == (3, 3)
    assert [number(e) for e in (await log.events(0))[0]] == [3]
    await log.close()
    assert verify(tmp_path).ok


async def test_an_order_does_not_wait_behind_a_neighbours_backlog(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    writer = Writer()
    batches = [writer.batch(*(placed(n) for n in range(512))) for _ in range(40)]
    done: list[str] = []

    async def store(batch: Batch) -> None:
        await log.store(batch, writer.header)
        done.append("theirs")

    async def sell() -> None:
        await log.append([placed(1)])
        done.append("ours")

    async with asyncio.TaskGroup() as tasks:
        for batch in batches:
            tasks.create_task(store(batch))
        tasks.create_task(sell())
    assert len(done) == 41
    assert done.index("ours") < 20, "at most a transaction that was under way and its own"
    await log.close()


async def test_what_others_send_is_refused_before_own_sales_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = await open_log(tmp_path)
    monkeypatch.setattr("server.log.log.MAX_WAITING_OTHERS", 0)
    writer = Writer()
    with pytest.raises(LogFailed) as refused:
        await log.store(writer.batch(placed(1)), writer.header)
    assert refused.value.code == "busy"
    assert len(await log.append([placed(2)])) == 1
    monkeypatch.setattr("server.log.log.MAX_WAITING", 0)
    with pytest.raises(LogFailed, match="try again in a moment"):
        await log.append([placed(3)])
    await log.close()


async def test_dropped_events_give_their_space_back_to_the_disk(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    stream = Stream(log.log_id, "orders")
    for at in range(0, 6000, 1000):
        await log.append([placed(at + n) for n in range(1000)])
    while await log.raise_floor(stream, 5900):
        pass
    pages = rounds = 0
    while returned := await log.shrink(20, 50):
        assert returned <= 50
        rounds += 1
        pages += returned
    assert rounds < pages / 10
    assert pages > 50
    [event] = await log.append([placed(1)])
    assert event.seq == 6001
    await log.close()
    assert verify(tmp_path).ok
    assert (tmp_path / "log.db").stat().st_size < 60 * 4096


async def test_a_terminal_that_was_away_long_goes_on_from_the_floor(tmp_path: Path) -> None:
    """What it held of that stream goes; its own streams, and head office's copy, never skip anything. Nor does anybody
    who was away for less than a day is long: who passes on only what is newest has nothing dropped."""
    later_ms = 0
    a = await open_log(tmp_path / "a", clock=Clock(lambda: wall_ms() + later_ms))
    b = await open_log(tmp_path / "b")
    office = await open_log(tmp_path / "office", store="")
    stream = Stream(a.log_id, "orders")
    await a.append([placed(n) for n in range(5)])
    first = await a.read(stream, 0)
    assert first is not None
    for log in (b, office):
        assert await log.store(first, a.header) == 5
    await a.append([placed(n) for n in range(7)])
    assert await a.raise_floor(stream, 6) == 6
    soon = await a.read(stream, 6)
    assert soon is not None
    with pytest.raises(Gap):
        await b.store(soon, a.header, floor=(6, a.held()[stream].floor_hash))
    later_ms = 100 * 86_400_000
    await a.append([placed(n) for n in range(8)])
    assert await a.raise_floor(stream, 12) == 6
    held = a.held()[stream]
    batch = await a.read(stream, 12)
    assert batch is not None
    assert await b.store(batch, a.header, floor=(12, held.floor_hash)) == 8
    assert b.held()[stream] == held
    await b.close()
    b = await open_log(tmp_path / "b")
    assert [event.seq for event in (await b.events(0))[0]] == list(range(13, 21))
    with pytest.raises(Gap):
        await office.store(batch, a.header, floor=(12, held.floor_hash))
    for log in (a, b, office):
        await log.close()
    assert verify(tmp_path / "b").ok
    assert verify(tmp_path / "office").ok


async def test_a_command_whose_events_come_back_is_known_to_be_done(tmp_path: Path) -> None:
    """A backup from before the command is put into another machine: the log goes on under another key and name."""
    first, backup = tmp_path / "first", tmp_path / "backup"
    log = await open_log(first)
    await log.append([placed(1)], command_id="before", result="1")
    await log.close()
    backup.mkdir()
    shutil.copy(first / "log.db", backup)
    log = await open_log(first)
    done = await log.append([placed(2), placed(3)], command_id="after", result="2")
    again = await open_log(backup)
    assert again.log_id != log.log_id
    assert await again.answered("after") is None
    await copy(Stream(log.log_id, "orders"), log, again)
    known = await again.answered("after")
    assert known is not None
    assert ([e.raw for e in known.events], known.result) == ([e.raw for e in done], None)
    repeated = await again.append([placed(4)], command_id="after", result="3")
    assert [e.raw for e in repeated] == [e.raw for e in done]
    before = await again.answered("before")
    assert before is not None
    assert before.result == "1"
    await log.close()
    await again.close()
    again = await open_log(backup)  # and it is still known after a restart
    assert await again.answered("after") is not None
    await again.close()


async def test_what_another_device_was_asked_is_not_taken_for_asked_here(tmp_path: Path) -> None:
    a = await open_log(tmp_path / "a")
    b = await open_log(tmp_path / "b", clock=Clock(lambda: wall_ms() - 3_600_000))  # it has been here for an hour
    await a.append([placed(1)], command_id="theirs", result="1")
    await copy(Stream(a.log_id, "orders"), a, b)
    assert await b.answered("theirs") is None
    await a.close()
    await b.close()


@pytest.mark.parametrize(("minutes", "known"), [(0.5, True), (9, True), (11, False)])
async def test_what_was_asked_just_before_a_new_terminal_took_anothers_place_is_known(
    tmp_path: Path, minutes: float, known: bool
) -> None:
    """The machine burnt, and its customer asks the new one again."""
    burnt = await open_log(tmp_path / "burnt", clock=Clock(lambda: wall_ms() - int(minutes * 60_000)))
    done = await burnt.append([placed(1), placed(2)], command_id="asked", result="1")
    new = await open_log(tmp_path / "new")
    await copy(Stream(burnt.log_id, "orders"), burnt, new)
    answer = await new.answered("asked")
    assert (answer is not None) is known
    if answer is not None:
        assert [e.raw for e in answer.events] == [e.raw for e in done]
    await new.append([out("bacon")], command_id="own", result="2")
    await new.close()
    await burnt.close()
    assert verify(tmp_path / "new").ok
