"""The durable log: appending, commands, streams, cursors."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import msgspec
import pytest

from server.clock import MAX_HELD_MS, Clock, wall_ms
from server.event import MAX_BATCH_EVENTS, MAX_EVENT_BYTES, MAX_FOLLOWED, Draft, Event, Refused, Stream
from server.keys import DeviceKey, genesis, verify_seal
from server.log import Log, LogFailed, own_store, verify
from server.log.log import SUBSCRIBE_BYTES
from server.log.recent import MAX_EVENTS
from server.log.writer import OVERDUE_BYTES
from tests.unit.logs import check_chain, number, open_log, out, placed


async def test_what_was_appended_is_there_after_a_restart(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    written = await log.append([placed(1), out("bacon"), placed(2)])
    await log.close()
    again = await open_log(tmp_path)
    assert again.log_id == log.log_id
    assert again.position == 3
    assert (await again.events(0))[0] == written
    assert again.frontier() == {Stream(log.log_id, "orders"): 2, Stream(log.log_id, "stock"): 1}
    assert again.held() == log.held()
    await again.close()


async def test_numbers_times_and_positions_rise(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    events = [e for n in range(20) for e in await log.append([placed(n), out("bacon")])]
    assert [e.position for e in events] == list(range(1, 41))
    assert [e.seq for e in events if e.stream.topic == "orders"] == list(range(1, 21))
    assert [e.hlc for e in events] == sorted({e.hlc for e in events})
    await log.close()


async def test_a_clock_that_was_set_back_a_little_does_not_send_events_into_the_past(tmp_path: Path) -> None:
    log = await open_log(tmp_path, clock=Clock(lambda: wall_ms() + MAX_HELD_MS - 5_000))
    [before] = await log.append([placed(1)])
    await log.close()
    log = await open_log(tmp_path)
    [after] = await log.append([placed(2)])
    assert after.hlc > before.hlc
    await log.close()


async def test_a_clock_that_was_set_right_is_believed(tmp_path: Path) -> None:
    """One wrong hour, or year, must not date all that comes after it; also not when it is set right at work."""
    ahead_ms = 3 * 3600 * 1000
    log = await open_log(tmp_path, clock=Clock(lambda: wall_ms() + ahead_ms))
    [before] = await log.append([placed(1)])
    ahead_ms = 0
    [during] = await log.append([placed(2)])
    assert abs(during.wall_ms - wall_ms()) < MAX_HELD_MS
    await log.close()
    log = await open_log(tmp_path)
    [after] = await log.append([placed(3)])
    assert before.hlc > after.hlc > during.hlc
    await log.close()


async def test_what_answers_to_a_later_time_says_so(tmp_path: Path) -> None:
    """It sorts after that, keeps its own time, and what was appended with it keeps its order."""
    log = await open_log(tmp_path)
    later = (wall_ms() + 3 * 3600 * 1000) << 16
    answer = msgspec.structs.replace(placed(1), follows=later)
    events = await log.append([out("bacon"), answer, out("egg"), placed(2)])
    assert events[0].order[0] == events[0].hlc
    assert [e.order[0] for e in events[1:]] == [later + 1, later + 2, later + 3]
    assert all(abs(e.wall_ms - wall_ms()) < MAX_HELD_MS for e in events)
    held, _ = await log.events(0)
    assert [e.order for e in held] == [e.order for e in events]
    [plain] = await log.append([msgspec.structs.replace(placed(3), follows=(wall_ms() - 1000) << 16)])
    assert plain.follows == 0
    [forged] = await log.append([msgspec.structs.replace(placed(4), follows=MAX_FOLLOWED)])
    assert forged.follows == 0
    await log.close()


async def test_chain_and_seals_hold_however_much_is_appended_at_once(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    await log.append([placed(n, "x" * (n % 900)) for n in range(3 * MAX_BATCH_EVENTS + 7)])
    await log.append([placed(0, "x" * 1_000_000)])
    stream = Stream(log.log_id, "orders")
    at, before, count = 0, genesis(stream), 0
    while batch := await log.read(stream, at):
        check_chain(batch, before)
        assert verify_seal(log.header.public_key, batch.hashes[-1], batch.seal)
        assert len(batch.events) <= MAX_BATCH_EVENTS
        at, before, count = batch.last_seq, batch.hashes[-1], count + len(batch.events)
    assert count == 3 * MAX_BATCH_EVENTS + 8
    await log.close()


async def test_a_batch_ends_at_a_seal_within_the_limits_if_there_is_one(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    for n in range(6):
        await log.append([placed(2 * n), placed(2 * n + 1)])
    stream = Stream(log.log_id, "orders")
    assert (await log.read(stream, 0, max_events=5)).last_seq == 4  # type: ignore[union-attr]
    assert (await log.read(stream, 0, max_events=1)).last_seq == 2  # type: ignore[union-attr]
    assert (await log.read(stream, 1, max_events=2)).last_seq == 2  # type: ignore[union-attr]
    assert (await log.read(stream, 3, max_bytes=1)).last_seq == 4  # type: ignore[union-attr]
    assert (await log.read(stream, 0)).last_seq == 12  # type: ignore[union-attr]
    assert await log.read(stream, 12) is None
    assert await log.read(stream, 99) is None
    assert await log.read(Stream(log.log_id, "nothing"), 0) is None
    await log.close()


async def test_one_append_is_recorded_whole_or_not_at_all(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    huge = Draft("orders.placed/1", "o", {"note": "x" * MAX_EVENT_BYTES})
    good = asyncio.create_task(log.append([placed(1)]))
    with pytest.raises(Refused) as e:
        await log.append([placed(2), huge])
    assert e.value.code == "too_large"
    with pytest.raises(TypeError):
        await log.append([placed(3), Draft("orders.placed/1", "o", object())])
    await good
    await log.append([placed(4)])
    assert [number(event) for event in (await log.events(0))[0]] == [1, 4]
    await log.close()
    assert verify(tmp_path).ok


async def test_a_command_repeated_answers_the_same_and_writes_nothing(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    first = await log.append([placed(1), out("bacon")], command_id="c1", result={"number": 7})
    assert await log.append([placed(2)], command_id="c1") == first
    assert [e.command_id for e in first] == ["c1", "c1"]
    await log.close()
    log = await open_log(tmp_path)
    assert await log.append([placed(3)], command_id="c1") == first
    answer = await log.answered("c1")
    assert answer is not None
    assert (answer.events, answer.result) == (first, {"number": 7})
    assert await log.answered("c2") is None
    assert log.position == 2
    await log.close()


async def test_a_double_tap_in_the_same_instant_is_one_order(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    answers = await asyncio.gather(*(log.append([placed(n)], command_id="c1") for n in range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert log.position == 1
    await log.close()


async def test_a_command_may_lead_to_nothing_and_is_still_answered(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    assert await log.append([], command_id="c1", result=[1]) == []
    answer = await log.answered("c1")
    assert answer is not None
    assert (answer.events, answer.result) == ([], [1])
    assert await log.append([]) == []
    await log.close()


async def test_an_append_goes_to_its_end_when_its_caller_goes_away(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    task = asyncio.create_task(log.append([placed(1)], command_id="c1"))
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert [number(e) for e in await log.append([placed(2)], command_id="c1")] == [1]
    await log.close()


async def test_many_at_once_are_all_recorded_in_few_transactions(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    commits = 0

    def count(batches: object, own: bool) -> None:
        nonlocal commits
        commits += 1

    log.on_stored.append(count)
    await asyncio.gather(*(log.append([placed(n)]) for n in range(1000)))
    assert log.position == 1000
    assert commits < 500
    await log.close()
    assert verify(tmp_path).ok


async def test_whoever_is_told_of_a_commit_finds_it_done(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    told: list[tuple[int, bool]] = []

    def on_stored(batches: list, own: bool) -> None:  # type: ignore[type-arg]
        for batch in batches:
            assert log.held()[batch.stream].seq == batch.last_seq
            assert log.held()[batch.stream].hash == batch.hashes[-1]
            told.append((batch.last_seq, own))

    def broken(batches: object, own: bool) -> None:
        raise RuntimeError("a callback that fails must not stop the log")

    log.on_stored += [broken, on_stored]
    await log.append([placed(1)])
    await log.append([placed(2), placed(3)])
    assert told == [(1, True), (3, True)]
    await log.close()


async def test_another_key_begins_a_log_of_its_own(tmp_path: Path) -> None:
    key = DeviceKey.generate()
    ids = []
    for k in (key, key, DeviceKey.generate()):
        log = await open_log(tmp_path, key=k, store="riverside")
        await log.append([placed(1)])
        ids.append(log.log_id)
        assert set(log.headers()) == set(ids)
        await log.close()
    assert ids[0] == ids[1]
    assert len(set(ids)) == 2
    assert verify(tmp_path).ok


async def test_the_folder_of_one_store_does_not_become_anothers(tmp_path: Path) -> None:
    key = DeviceKey.generate()
    await (await open_log(tmp_path, key=key, store="riverside")).close()
    with pytest.raises(Refused) as refused:
        await open_log(tmp_path, key=key, store="hill")
    assert refused.value.code == "wrong_store"
    assert "riverside" in refused.value.text
    assert own_store(tmp_path) == "riverside"
    await (await open_log(tmp_path, key=key, store="riverside")).close()


# -- cursors ---------------------------------------------------------------------------------------------------------


async def walk(log: Log, topics: set[str] | None, limit: int) -> list[Event]:
    seen: list[Event] = []
    cursor = 0
    while True:
        events, after = await log.events(cursor, topics, limit)
        assert len(events) <= limit
        seen += events
        if not events and after == cursor:
            return seen
        cursor = after


async def many_topics(log: Log) -> None:
    for n in range(12):
        await log.append(
            [placed(n), Draft("menu.published/1", "m", {"number": n}, topic="menu/riverside"), out("x"), placed(n)]
        )
        await log.append([Draft("menu.published/1", "m", {"number": n})])


@pytest.mark.parametrize("topics", [None, {"orders"}, {"menu"}, {"menu", "stock"}, {"nothing"}])
@pytest.mark.parametrize("limit", [1, 3, 1000])
@pytest.mark.parametrize("source", ["memory", "merge", "walk"])
async def test_a_cursor_misses_nothing(
    tmp_path: Path, topics: set[str] | None, limit: int, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = await open_log(tmp_path)
    await many_topics(log)
    if source != "memory":
        await log.close()
        log = await open_log(tmp_path)
    if source == "walk":
        monkeypatch.setattr("server.log.reader.MERGE_STREAMS", 0)
    everything, cursor = await log.events(0)
    assert cursor == log.position == 60
    wanted = [e for e in everything if topics is None or e.stream.name in topics]
    assert await walk(log, topics, limit) == wanted
    await log.close()


async def test_a_large_answer_is_given_in_parts(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    for n in range(6):
        await log.append([placed(n, "x" * 4_000_000)])
    await log.close()
    log = await open_log(tmp_path)
    first, cursor = await log.events(0)
    assert 0 < len(first) < 6
    assert first[-1].position == cursor
    assert [number(e) for e in await walk(log, None, 1000)] == list(range(6))
    await log.close()


async def test_a_subscriber_is_given_no_more_at_a_time_than_it_may_hold(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    for part in (range(8), range(8, 16)):
        for n in part:
            await log.append([placed(n, "x" * 400_000)])
        given: list[list[int]] = []
        async for events in log.subscribe(0):  # in memory while just written, on the disk after that
            assert len(events) == 1 or sum(len(e.raw) for e in events) <= SUBSCRIBE_BYTES
            given.append([number(e) for e in events])
            if given[-1][-1] == part[-1]:
                break
        assert [n for some in given for n in some] == list(range(part[-1] + 1))
        await log.close()
        log = await open_log(tmp_path)
    await log.close()


async def test_a_subscriber_gets_what_it_missed_and_then_what_comes(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    await log.append([placed(n) for n in range(5)])
    subscription = log.subscribe(2)
    assert [number(e) for e in await anext(subscription)] == [2, 3, 4]
    waiting = asyncio.create_task(anext(subscription))  # type: ignore[arg-type]
    await asyncio.sleep(0.01)
    await log.append([placed(5)])
    assert [number(e) for e in await waiting] == [5]
    await log.close()


async def test_a_subscriber_of_one_topic_does_not_stop_at_what_is_of_others(tmp_path: Path) -> None:
    """Nothing else need happen for it to be told what is there."""
    log = await open_log(tmp_path)
    for draft in (out("bacon"), out("bun"), placed(1)):
        await log.append([draft])
    subscription = log.subscribe(0, {"orders"}, limit=1)
    told = asyncio.create_task(anext(subscription))  # type: ignore[arg-type]
    await asyncio.sleep(0)  # all of it is in memory
    assert told.done()
    assert [number(e) for e in told.result()] == [1]
    await log.close()


@pytest.mark.parametrize("topics", [None, {"orders"}])
async def test_subscribers_see_every_event_once_while_commits_race_with_catching_up(
    tmp_path: Path, topics: set[str] | None
) -> None:
    log = await open_log(tmp_path)
    total = MAX_EVENTS + 3000  # more than memory keeps, so that the slow ones must go to the disk
    await log.append([placed(n) for n in range(1500)])

    async def follow(after: int, pause: float) -> list[int]:
        seen: list[int] = []
        async for events in log.subscribe(after, topics):
            seen += [e.position for e in events if e.stream.name == "orders"]
            if events[-1].data().get("last"):
                return seen
            await asyncio.sleep(pause)
        raise AssertionError("the log was closed")

    followers = [asyncio.create_task(follow(after, pause)) for after in (0, 700, 1500) for pause in (0.0, 0.001, 0.02)]
    for n in range(1500, total, 50):
        await asyncio.gather(*(log.append([placed(n + i), out("bacon")]) for i in range(50)))
    await log.append([Draft("orders.placed/1", "o", {"last": True})])
    orders = [e.position for e in await walk(log, {"orders"}, 1000)]
    for i, seen in enumerate(await asyncio.gather(*followers)):
        after = (0, 700, 1500)[i // 3]
        assert seen == [p for p in orders if p > after]
    await log.close()


async def test_a_subscription_ends_when_the_log_is_closed(tmp_path: Path) -> None:
    log = await open_log(tmp_path)

    async def follow() -> int:
        return sum([len(events) async for events in log.subscribe()])

    waiting = asyncio.create_task(follow())
    await log.append([placed(1)])
    await asyncio.sleep(0.01)
    await log.close()
    assert await waiting == 1


async def test_a_closed_log_says_so(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    running = asyncio.create_task(log.append([placed(1)]))
    await asyncio.sleep(0)
    await log.close()
    await log.close()
    assert len(await running) == 1
    for attempt in (log.append([placed(2)]), log.answered("c1"), log.read(Stream(log.log_id, "orders"), 0)):
        with pytest.raises(LogFailed) as e:
            await attempt
        assert e.value.code == "closed"


async def test_starting_looks_only_at_the_newest_events(tmp_path: Path) -> None:
    """Whatever the length of the log: the heads are read, and the last two events of each stream."""
    log = await open_log(tmp_path)
    await log.append([placed(n) for n in range(100)])
    await log.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "log.db")) as db:
        db.execute("DELETE FROM events WHERE seq < 99")
        db.commit()
    log = await open_log(tmp_path)
    assert log.frontier() == {Stream(log.log_id, "orders"): 100}
    await log.close()


async def test_orders_one_by_one_do_not_make_the_write_ahead_log_grow_on(tmp_path: Path) -> None:
    """Each writes a few whole pages, however short it is; it is these that count towards the next checkpoint."""
    log = await open_log(tmp_path)
    for n in range(700):
        await log.append([placed(n)], command_id=f"command-{n}")
    assert (tmp_path / "log.db-wal").stat().st_size < 2 * OVERDUE_BYTES
    await log.close()
