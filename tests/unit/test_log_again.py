"""Own events that have lost their place, by damage or in a fork, are written again, and count once."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clock import Clock
from server.event import (
    MAX_BATCH_EVENTS,
    MAX_FOLLOWED,
    Batch,
    Draft,
    Event,
    Header,
    Stream,
    decode,
    encode,
    encode_again,
    original,
)
from server.keys import DeviceKey, chain, genesis
from server.log import Fork, Log, forks, verify
from tests.unit.logs import copy, number, open_log, out, placed

ORDERS = 400
ONE_BYTE_MORE = "UPDATE events SET raw = CAST(raw || x'00' AS BLOB)"


async def events_of(log: Log) -> list[Event]:
    events, after = [], 0
    while True:
        more, after = await log.events(after)
        if not more:
            return events
        events += more


async def facts(log: Log) -> set[tuple[Stream, int, bytes]]:
    """What folds see: each event as it was written first."""
    firsts = [log.as_first(event) for event in await events_of(log)]
    return {(event.stream, event.seq, event.raw) for event in firsts}


async def write_all_again(log: Log) -> None:
    while await log.write_again():
        pass


async def fill(log: Log, numbers: Iterable[int]) -> None:
    for n in numbers:
        await log.append([placed(n, "x" * (n % 60)), out(f"item-{n % 9}")], command_id=f"c{n}", result=n)


async def filled(folder: Path) -> Stream:
    log = await open_log(folder)
    await fill(log, range(1, ORDERS + 1))
    await log.close()
    return Stream(log.log_id, "orders")


def change(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / "log.db")) as db:
        db.execute(statement, values)
        db.commit()
    (folder / "log.damaged").touch()  # found while it was in use


def one_event_changed(folder: Path) -> None:
    change(folder, f"{ONE_BYTE_MORE} WHERE stream = 1 AND seq = 100")


def one_bit_flipped(folder: Path) -> None:
    """In the middle of an event, and in the one after it."""
    for seq, at in ((100, 60), (101, 3)):
        with closing(sqlite3.connect(folder / "log.db")) as db:
            raw = db.execute("SELECT raw FROM events WHERE stream = 1 AND seq = ?", (seq,)).fetchone()[0]
        other = raw[:at] + bytes([raw[at] ^ 4]) + raw[at + 1 :]
        change(folder, "UPDATE events SET raw = ? WHERE stream = 1 AND seq = ?", other, seq)


def one_hash_changed(folder: Path) -> None:
    change(folder, "UPDATE events SET hash = zeroblob(32) WHERE stream = 1 AND seq = 100")


def one_seal_changed(folder: Path) -> None:
    change(folder, "UPDATE events SET seal = zeroblob(64) WHERE stream = 1 AND seq = 100")


def one_event_gone(folder: Path) -> None:
    change(folder, "DELETE FROM events WHERE stream = 1 AND seq = 100")


@pytest.mark.parametrize(
    ("damage", "lost"),
    [
        (one_event_changed, {100}),
        (one_bit_flipped, set()),
        (one_hash_changed, set()),
        (one_seal_changed, set()),
        (one_event_gone, {100, 101}),
    ],
    ids=lambda d: getattr(d, "__name__", "lost"),
)
async def test_what_stands_behind_a_damaged_place_is_written_again(
    tmp_path: Path, damage: Callable[[Path], None], lost: set[int]
) -> None:
    own = await filled(tmp_path)
    damage(tmp_path)
    log = await open_log(tmp_path)
    assert log.salvaged is not None
    assert log.salvaged.orphans == log.orphans
    answer = await log.answered("c300")
    assert answer is not None
    assert answer.result == 300, "a command is not done again only because its events wait"
    assert [e.command_id for e in answer.events] == ["c300", "c300"], "nor is it answered with nothing"
    assert [number(e) for e in answer.events if e.type == "orders.placed/1"] == [300]
    await write_all_again(log)
    assert log.orphans == 0

    orders = {number(e) for e in await events_of(log) if e.stream.topic == "orders"}
    assert orders == set(range(1, ORDERS + 1)) - lost
    firsts = {(stream, seq) for stream, seq, _ in await facts(log)}
    assert firsts >= {(own, n) for n in orders}, "each has the place that it had first"
    answer = await log.answered("c300")
    assert answer is not None
    assert [number(e) for e in answer.events if e.type == "orders.placed/1"] == [300]
    newest = await log.append([placed(1000)])
    assert all(newest[0].hlc > e.hlc for e in await events_of(log) if e.position != newest[0].position)
    await log.close()
    assert verify(tmp_path).ok
    again = await open_log(tmp_path)
    assert again.salvaged is None
    assert again.orphans == 0
    await again.close()


async def test_what_neighbours_give_back_is_not_written_again(tmp_path: Path) -> None:
    folder = tmp_path / "till"
    own = await filled(folder)
    shutil.copytree(folder, tmp_path / "twin")
    one_event_gone(folder)
    log, twin = await open_log(folder), await open_log(tmp_path / "twin")
    assert log.orphans
    for stream in twin.frontier():
        await copy(stream, twin, log)
    waiting = await log.answered("c300")
    assert await log.write_again(wait=True) == 0
    assert await log.write_again() == 0
    for answer in (waiting, await log.answered("c300")):
        assert answer is not None
        assert 300 in [number(e) for e in answer.events if e.type == "orders.placed/1"]
    assert log.frontier() == twin.frontier()
    assert own in log.frontier()
    assert await facts(log) == await facts(twin)
    await log.close()
    await twin.close()


async def test_what_comes_back_after_it_was_written_again_counts_once(tmp_path: Path) -> None:
    folder = tmp_path / "till"
    await filled(folder)
    shutil.copytree(folder, tmp_path / "twin")
    one_event_changed(folder)
    log, twin = await open_log(folder), await open_log(tmp_path / "twin")
    await write_all_again(log)
    for stream in twin.frontier():
        await copy(stream, twin, log)
    assert await facts(log) == await facts(twin)
    third = await open_log(tmp_path / "third", DeviceKey.generate())
    for stream in log.frontier():
        await copy(stream, log, third)
    assert await facts(third) == await facts(twin)
    await third.close()
    third = await open_log(tmp_path / "third")  # the former log's header is in the file
    assert await facts(third) == await facts(twin)
    for one in (log, twin, third):
        await one.close()
    assert verify(tmp_path / "third").ok


async def test_damaged_twice_nothing_is_forgotten(tmp_path: Path) -> None:
    own = await filled(tmp_path)
    one_event_changed(tmp_path)
    log = await open_log(tmp_path)
    await log.write_again()  # some
    assert log.orphans
    await log.close()
    change(tmp_path, f"{ONE_BYTE_MORE} WHERE position = (SELECT max(position) - 50 FROM events)")
    log = await open_log(tmp_path)
    await write_all_again(log)
    firsts = {seq for stream, seq, _ in await facts(log) if stream == own}
    assert len(firsts) >= ORDERS - 2
    assert 100 not in firsts
    await log.close()
    assert verify(tmp_path).ok


# -- a disk that was set back, and written on ------------------------------------------------------------------------


async def forked(tmp_path: Path, clock: Clock | None = None) -> tuple[Log, Log]:
    """A till whose disk was set back to order 50 and which then sold 51 to 70 anew, by this clock, and a neighbour that
    holds 51 to 60 of before. Returns both."""
    folder = tmp_path / "till"
    log = await open_log(folder)
    await fill(log, range(1, 51))
    await log.close()
    shutil.copytree(folder, tmp_path / "then")
    log = await open_log(folder)
    await fill(log, range(51, 61))
    neighbour = await open_log(tmp_path / "neighbour", DeviceKey.generate())
    for stream in log.frontier():
        await copy(stream, log, neighbour)
    await log.close()
    put_back(tmp_path / "then", folder)
    log = await open_log(folder, clock=clock)
    await fill(log, range(151, 171))
    return log, neighbour


def put_back(image: Path, folder: Path) -> None:
    for name in ("log.db", "log.db-wal", "log.db-shm", "log.reached"):
        (folder / name).unlink(missing_ok=True)
        if (image / name).exists():
            shutil.copyfile(image / name, folder / name)


async def meet(a: Log, b: Log) -> set[Stream]:
    """What two machines do with each other's streams; returns those that are forked between them."""
    parted = set()
    for source, target in ((a, b), (b, a)):
        for stream in source.frontier():
            left = target.mending.get(stream)
            if left and source.frontier()[stream] >= left.seq:
                batch = await source.read(stream, left.seq - 1, 1)
                if batch and batch.first_seq == left.seq and batch.hashes[0] == left.hash:
                    await _evidence(stream, source, target)  # the protocol turns it away
                    continue
            if stream not in parted:
                try:
                    held = target.held().get(stream)
                    if held and held.seq and source.frontier()[stream] >= held.seq:
                        await _compare(stream, source, target, held.seq)
                    await copy(stream, source, target)
                except Fork:
                    parted.add(stream)
                    await _evidence(stream, a, b)
                    await _evidence(stream, b, a)
    return parted


async def _compare(stream: Stream, source: Log, target: Log, seq: int) -> None:
    batch = await source.read(stream, seq - 1, 1)
    if batch is not None:
        await target.store(batch, source.headers()[stream.log_id])


async def _evidence(stream: Stream, source: Log, target: Log) -> None:
    """As the mesh does: the batch with the first event that differs is kept aside, from that one on."""
    mine = {e.seq: e.raw for e in await events_of(target) if e.stream == stream}
    at = 0
    while batch := await source.read(stream, at, MAX_BATCH_EVENTS):
        last = len(batch.events) - 1
        different = [i for i, raw in enumerate(batch.events) if mine.get(batch.first_seq + i, raw) != raw]
        for i in range(different[0], last + 1) if different else ():
            seal = batch.seal if i == last else None
            await target.set_aside(stream, batch.first_seq + i, batch.events[i], batch.hashes[i], seal)
        if different:
            return
        at = batch.last_seq


async def end(log: Log, folder: Path) -> Log:
    log.end("another branch was written")
    await log.close()
    return await open_log(folder)


async def test_both_branches_of_a_fork_are_everywhere_in_the_end(tmp_path: Path) -> None:
    log, neighbour = await forked(tmp_path)
    both = await facts(log) | await facts(neighbour)
    parted = await meet(log, neighbour)
    assert len(parted) == 2, "orders and stock"
    assert all(log.to_be_mended(stream, 51) for stream in parted)
    former = log.log_id
    log = await end(log, tmp_path / "till")
    assert log.log_id != former
    assert not any(log.to_be_mended(stream, 51) for stream in parted)
    answer = await log.answered("c155")
    assert answer is not None
    assert answer.result == 155
    assert [e.command_id for e in answer.events] == ["c155", "c155"]
    assert not await meet(log, neighbour)
    await write_all_again(log)
    assert not await meet(log, neighbour)
    assert await facts(log) == both
    assert await facts(neighbour) == both
    assert log.frontier() == neighbour.frontier()
    for one in (log, neighbour):
        await one.close()
    assert verify(tmp_path / "till").ok
    assert verify(tmp_path / "neighbour").ok


@pytest.mark.parametrize("floor", [51, 52, 58])
async def test_a_branch_whose_beginning_was_let_go_of_is_written_again(tmp_path: Path, floor: int) -> None:
    """The shop's word that old sales are archived meant the other branch."""
    folder = tmp_path / "till"
    log, neighbour = await forked(tmp_path)
    for stream in [stream for stream in log.frontier() if stream.log_id == log.log_id]:
        other = await neighbour.read(stream, 50, 1)
        assert other is not None
        assert other.first_seq == 51
        await log.raise_floor(stream, floor)
        await log.set_aside(stream, 51, other.events[0], other.hashes[0], other.seal)
        assert log.to_be_mended(stream, 51)
    both = await facts(log) | await facts(neighbour)
    log = await end(log, folder)
    assert not await meet(log, neighbour)
    await write_all_again(log)
    assert not await meet(log, neighbour)
    assert await facts(log) == both
    assert await facts(neighbour) == both
    assert log.frontier() == neighbour.frontier()
    log = await end(log, folder)
    assert log.frontier().items() >= neighbour.frontier().items(), "it is brought together once"
    for one in (log, neighbour):
        await one.close()
    assert verify(folder).ok


async def test_what_only_a_neighbour_holds_of_a_branch_that_was_left_is_written_again(tmp_path: Path) -> None:
    """The disk was set back twice; what was sold in between is with somebody who had not heard of its first past."""
    folder = tmp_path / "till"
    log, neighbour = await forked(tmp_path)
    await log.close()
    shutil.copytree(folder, tmp_path / "then again")
    log = await open_log(folder)
    await fill(log, range(171, 181))
    witness = await open_log(tmp_path / "witness", DeviceKey.generate())
    for stream in log.frontier():
        await copy(stream, log, witness)
    everything = await facts(log) | await facts(neighbour)
    await log.close()
    put_back(tmp_path / "then again", folder)
    log = await open_log(folder)
    assert await meet(log, neighbour)
    log = await end(log, folder)
    await meet(log, neighbour)
    await write_all_again(log)
    assert await log.answered("c175") is None, "what it was set back from it can't know"
    for _ in range(2):
        await meet(log, witness)
        await write_all_again(log)
        count = len(await events_of(log))
    await meet(log, neighbour)
    assert len(await events_of(log)) == count, "told twice, written once"
    answer = await log.answered("c175")
    assert answer is not None, "asked again it is not done again"
    assert [event.command_id for event in answer.events] == ["c175", "c175"]
    for one in (log, neighbour, witness):
        assert await facts(one) == everything
        await one.close()
    assert verify(folder).ok


async def test_another_device_that_goes_on_with_a_backup_writes_nothing_of_its_forks_again(tmp_path: Path) -> None:
    """It would say that it wrote it itself, and all would count twice."""
    log, neighbour = await forked(tmp_path)
    parted = await meet(log, neighbour)
    log = await end(log, tmp_path / "till")
    await meet(log, neighbour)
    assert log.mending
    await log.close()
    (tmp_path / "till" / "device.key").unlink()
    log = await open_log(tmp_path / "till", DeviceKey.generate())
    held = await facts(log)
    assert not log.mending
    await write_all_again(log)
    for stream in parted:
        batch = await neighbour.read(stream, 50, 1)
        assert batch is not None
        await log.set_aside(stream, 51, batch.events[0], b"o" * 32, batch.seal)
    log.orphans = 1
    await write_all_again(log)
    assert await facts(log) == held
    for one in (log, neighbour):
        await one.close()


async def test_a_branch_that_is_first_shown_when_its_log_has_ended_is_brought_together_with_ours(
    tmp_path: Path,
) -> None:
    """A neighbour said that it holds more, so that this log ended; where the two parted it has let go of."""
    log, neighbour = await forked(tmp_path)
    ours, former = await facts(log), log.log_id
    log = await end(log, tmp_path / "till")
    told: list[Stream] = []
    log.on_fork.append(lambda stream, *_: told.append(stream))
    streams = [
        stream for stream in neighbour.frontier() if stream.log_id == former and stream.name in ("orders", "stock")
    ]
    for stream in streams:
        seq = neighbour.frontier()[stream]
        batch = await neighbour.read(stream, seq - 1, 1)
        assert batch is not None
        await log.set_aside(stream, seq, batch.events[0], batch.hashes[0], batch.seal, seen=True)
    assert sorted(told) == sorted(streams), "it ends once more"
    assert all(log.to_be_mended(stream, neighbour.frontier()[stream]) for stream in streams)
    log = await end(log, tmp_path / "till")
    assert not await meet(log, neighbour)
    await write_all_again(log)
    assert not await meet(log, neighbour)
    assert ours <= await facts(neighbour)
    assert await facts(log) == await facts(neighbour)
    told.clear()
    for stream in streams:
        await _evidence(stream, neighbour, log)
    assert not told, "and that is known from then on"
    for one in (log, neighbour):
        await one.close()
    assert verify(tmp_path / "till").ok


async def test_what_was_let_go_of_is_not_written_again_because_a_neighbour_still_shows_it(tmp_path: Path) -> None:
    folder = tmp_path / "till"
    log = await open_log(folder)
    await fill(log, range(1, 21))
    shown = [await log.read(stream, 0, MAX_BATCH_EVENTS) for stream in log.frontier()]
    log = await end(log, folder)
    for batch in shown:
        assert batch is not None
        await log.raise_floor(batch.stream, 12)
        for i, (raw, digest) in enumerate(zip(batch.events, batch.hashes, strict=True)):
            await log.set_aside(batch.stream, batch.first_seq + i, raw, digest, None, seen=True)
    assert not log.orphans
    await log.close()


async def test_a_command_that_was_done_on_two_branches_is_answered_with_the_first_of_them(tmp_path: Path) -> None:
    """It was asked for again after the disk was set back. What came between is another's."""
    key = DeviceKey.generate()
    log = await open_log(tmp_path / "till", key)
    stream = Stream(log.log_id, "orders")
    raws, hashes, digest = [], [], genesis(stream)
    for seq, command_id in enumerate(("again", "another", "again"), 1):
        raws.append(encode(seq, seq << 16, placed(seq), command_id))
        digest = chain(digest, raws[-1])
        hashes.append(digest)
    await log.store(Batch(stream, 1, raws, hashes, key.seal(digest)), log.header)
    answer = await log.answered("again")
    assert answer is not None
    assert [event.seq for event in answer.events] == [1]
    await log.close()
    assert verify(tmp_path / "till").ok, "what is whole is not called damaged"


async def test_what_was_taken_out_goes_on_above_the_floor_of_a_neighbour_who_has_let_go_of_the_rest(
    tmp_path: Path,
) -> None:
    """Only head office still has what is below, and perhaps no line to here."""
    log, neighbour = await forked(tmp_path)
    ours = await facts(log)
    parted = await meet(log, neighbour)
    for stream in parted:
        await neighbour.raise_floor(stream, neighbour.frontier()[stream] - 1)
    log = await end(log, tmp_path / "till")
    log.archived = lambda stream: 1000
    for stream in parted:
        assert log.frontier()[stream] < neighbour.frontier()[stream] - 1
        held = neighbour.held()[stream]
        batch = await neighbour.read(stream, held.floor_seq)
        assert batch is not None
        header = neighbour.headers()[stream.log_id]
        await log.store(batch, header, floor=(held.floor_seq, held.floor_hash))
        assert log.held()[stream] == held
    await write_all_again(log)
    assert not await meet(log, neighbour)
    newest = {fact for fact in await facts(neighbour) if fact[1] == neighbour.frontier().get(fact[0])}
    assert newest | ours <= await facts(log)
    for one in (log, neighbour):
        await one.close()
    assert verify(tmp_path / "till").ok


async def test_an_own_branch_that_gives_way_to_a_floor_is_written_again(tmp_path: Path) -> None:
    """Nobody could tell it that its stream was parted: the neighbours have let go of the place where it was."""
    log, neighbour = await forked(tmp_path)
    await neighbour.close()
    ours, former = await facts(log), log.log_id
    log = await end(log, tmp_path / "till")
    log.archived = lambda stream: 1000
    key, header = DeviceKey.load_or_make(tmp_path / "till" / "device.key"), log.headers()[former]
    for topic, draft in (("orders", placed(99)), ("stock", out("x"))):
        stream, floor = Stream(former, topic), (80, b"f" * 32)
        raw = encode(81, time.time_ns() // 1_000_000 << 16, draft, None)
        digest = chain(floor[1], raw)
        await log.store(Batch(stream, 81, [raw], [digest], key.seal(digest)), header, floor=floor)
        assert log.held()[stream].floor_seq == 80
    assert log.orphans, "that there is something to write is known at once"
    await write_all_again(log)
    assert ours <= await facts(log)
    answer = await log.answered("c155")
    assert answer is not None
    assert [event.command_id for event in answer.events] == ["c155", "c155"]
    await log.close()
    assert verify(tmp_path / "till").ok


async def tell_of_the_newest(log: Log, neighbour: Log) -> list[Stream]:
    """What the neighbour can say at first of a fork far back: its newest event of each stream is another one."""
    streams = [stream for stream in neighbour.frontier() if stream.log_id == log.log_id]
    for stream in streams:
        seq = neighbour.frontier()[stream]
        batch = await neighbour.read(stream, seq - 1, 1)
        assert batch is not None
        await log.set_aside(stream, seq, batch.events[0], batch.hashes[0], batch.seal)
        assert log.to_be_mended(stream, seq)
    return streams


async def test_a_fork_far_back_is_found_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "FURTHER_BACK", 0)
    log, neighbour = await forked(tmp_path)
    both = await facts(log) | await facts(neighbour)
    streams = await tell_of_the_newest(log, neighbour)
    log = await end(log, tmp_path / "till")
    assert [log.mending[stream].cut for stream in streams] == [50, 50], "right before the first that differs"
    assert not await meet(log, neighbour)
    await write_all_again(log)
    assert not await meet(log, neighbour)
    assert await facts(log) == await facts(neighbour) == both
    assert log.frontier() == neighbour.frontier()
    for one in (log, neighbour):
        await one.close()
    assert verify(tmp_path / "till").ok


async def test_where_times_do_not_tell_how_far_back_the_second_try_comes_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forks, "FURTHER_BACK", 0)
    stopped = time.time_ns() // 1_000_000  # the clock was set back with the disk
    log, neighbour = await forked(tmp_path, Clock(lambda: stopped))
    both = await facts(log) | await facts(neighbour)
    streams = await tell_of_the_newest(log, neighbour)
    log = await end(log, tmp_path / "till")
    assert all(log.mending[stream].cut > 50 for stream in streams)
    parted = await meet(log, neighbour)
    assert parted == set(streams)
    assert all(log.to_be_mended(stream, log.mending[stream].cut) for stream in streams), "it ends once more"
    log = await end(log, tmp_path / "till")
    assert all(log.mending[stream].cut == 0 for stream in streams)
    assert not await meet(log, neighbour)
    await write_all_again(log)
    assert not await meet(log, neighbour)
    assert await facts(log) == await facts(neighbour) == both
    assert log.frontier() == neighbour.frontier()
    for one in (log, neighbour):
        await one.close()
    assert verify(tmp_path / "till").ok


async def test_a_disk_that_is_damaged_after_a_fork_remembers_what_was_done_about_it(tmp_path: Path) -> None:
    log, neighbour = await forked(tmp_path)
    await meet(log, neighbour)
    log = await end(log, tmp_path / "till")
    both = await facts(log) | await facts(neighbour)
    mending, waiting = dict(log.mending), log.orphans
    assert mending
    assert waiting
    await log.close()
    (tmp_path / "till" / "log.damaged").touch()
    log = await open_log(tmp_path / "till")
    assert log.mending == mending
    assert log.orphans == waiting
    await meet(log, neighbour)
    await write_all_again(log)
    assert await facts(log) >= both
    size = (tmp_path / "till" / "log.db-wal").stat().st_size
    assert await log.write_again() == 0
    assert (tmp_path / "till" / "log.db-wal").stat().st_size == size, "nothing to be done is not written down"
    for one in (log, neighbour):
        await one.close()


async def test_neighbours_on_both_branches_get_both(tmp_path: Path) -> None:
    log, first = await forked(tmp_path)
    second = await open_log(tmp_path / "second", DeviceKey.generate())
    await meet(log, second)  # it holds the other branch
    both = await facts(log) | await facts(first)
    await meet(log, first)
    log = await end(log, tmp_path / "till")
    await write_all_again(log)
    await meet(log, second)
    assert await facts(second) >= await facts(log)
    await meet(log, first)  # gives back what was sold before
    await write_all_again(log)
    await meet(log, second)
    for one in (log, first, second):
        await meet(log, one)
        assert await facts(one) == both
    assert await log.write_again() == 0
    for one in (log, first, second):
        await one.close()
    assert verify(tmp_path / "till").ok


async def test_only_its_own_device_writes_events_again(tmp_path: Path) -> None:
    await filled(tmp_path)
    one_event_gone(tmp_path)
    (tmp_path / "device.key").unlink()
    log = await open_log(tmp_path)
    assert log.orphans == 0
    assert await log.write_again() == 0
    await log.close()


# -- bytes ------------------------------------------------------------------------------------------------------------


@given(
    seq=st.integers(1, 2**53),
    hlc=st.integers(1, 2**63 - 1),
    follows=st.integers(0, MAX_FOLLOWED - 1),
    command_id=st.none() | st.text(max_size=40),
    data=st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**64 - 1)
        | st.floats(allow_nan=False)
        | st.text()
        | st.binary(),
        lambda s: st.lists(s) | st.dictionaries(st.text(), s),
        max_leaves=8,
    ),
    nonce=st.binary(min_size=16, max_size=16),
    again=st.integers(1, 2**53),
)
def test_the_original_is_the_very_same_bytes(
    seq: int, hlc: int, follows: int, command_id: str | None, data: object, nonce: bytes, again: int
) -> None:
    key = DeviceKey.generate()
    former, present = key.new_header("riverside", nonce), key.new_header("riverside")
    first = encode(seq, hlc, Draft("orders.placed/1", "o", data), command_id, follows)
    event = decode(Stream(present.log_id, "orders"), encode_again(again, first, (former.nonce, seq)), 7)
    assert event.seq == again
    back = original(event, present)
    assert back.raw == first
    assert back == decode(Stream(former.log_id, "orders"), first, 7)
    twice = decode(event.stream, encode_again(3, event.raw, (present.nonce, again)))
    assert original(twice, present).raw == first, "its first place is the one that counts"


def test_nobody_writes_anothers_events_again() -> None:
    victim, thief = DeviceKey.generate().new_header("riverside"), DeviceKey.generate().new_header("riverside")
    first = encode(1, 1, Draft("orders.placed/1", "o", {}), None)
    event = decode(Stream(thief.log_id, "orders"), encode_again(1, first, (victim.nonce, 1)))
    assert original(event, thief).stream.log_id != victim.log_id
    assert Header(1, thief.public_key, victim.nonce, "riverside").log_id == original(event, thief).stream.log_id


async def test_a_copy_of_a_copy_knows_of_what_was_asked_of_either(tmp_path: Path) -> None:
    """A disk went from one device to the next, and today on to a third: who asks there again for what the first or the
    second did last, and the neighbours tell of, has not it done once more."""
    earlier = Clock(lambda: time.time_ns() // 1_000_000 - 24 * 3_600_000)
    neighbour = await open_log(tmp_path / "neighbour")
    folder = tmp_path / "first"
    asked = []
    for name in ("second", "third"):
        log = await open_log(folder, clock=earlier)
        await log.append([placed(1)])
        await log.close()
        shutil.copytree(folder, tmp_path / name)
        (tmp_path / name / "device.key").unlink()  # where it was copied to it is another device
        log = await open_log(folder, clock=earlier)
        command_id = f"done at {folder.name}"
        await log.append([placed(2)], command_id=command_id, result="done")
        asked.append((command_id, Stream(log.log_id, "orders")))
        await copy(asked[-1][1], log, neighbour)
        await log.close()
        folder = tmp_path / name
    await (await open_log(folder)).close()
    third = await open_log(folder)  # also after its first start
    for command_id, stream in asked:
        assert await third.answered(command_id) is None
        await copy(stream, neighbour, third)
        answer = await third.answered(command_id)
        assert answer is not None, command_id
        assert [e.command_id for e in answer.events] == [command_id]
    await third.close()
    await neighbour.close()


async def test_who_takes_the_place_of_a_terminal_with_a_clock_ahead_knows_what_that_did_last(tmp_path: Path) -> None:
    ahead = Clock(lambda: time.time_ns() // 1_000_000 + 30_000)
    burnt, neighbour = await open_log(tmp_path / "burnt", clock=ahead), await open_log(tmp_path / "neighbour")
    await burnt.append([placed(1)], command_id="asked of the one that burnt", result="done")
    stream = Stream(burnt.log_id, "orders")
    await copy(stream, burnt, neighbour)
    new = await open_log(tmp_path / "new")
    await copy(stream, neighbour, new)
    assert await new.answered("asked of the one that burnt") is not None
    for log in (burnt, neighbour, new):
        await log.close()


async def test_own_times_rise_though_another_clock_was_ahead_and_ours_is_set_back_a_little(tmp_path: Path) -> None:
    """Another's time, a minute ahead by the clock that was just set back, is left; what we wrote ourselves is not."""
    now_ms = [time.time_ns() // 1_000_000]
    log = await open_log(tmp_path / "log", clock=Clock(lambda: now_ms[0]))
    other = await open_log(tmp_path / "other", clock=Clock(lambda: now_ms[0] + 50_000))
    (first,) = await log.append([placed(1)])
    await other.append([placed(2)])
    await copy(Stream(other.log_id, "orders"), other, log)
    now_ms[0] -= 20_000
    (second,) = await log.append([placed(3)])
    assert first.hlc < second.hlc < (now_ms[0] + 50_000) << 16
    for one in (log, other):
        await one.close()
