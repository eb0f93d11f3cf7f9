"""Kill -9, failing and full disks, folders in use: what was acknowledged stays, what was not is not claimed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.clock import Clock
from server.event import Refused, Stream
from server.keys import DeviceKey
from server.log import Log, LogFailed, reader, verify
from server.log import turns as turns_module
from tests.sim.disk import Disk
from tests.unit import disks
from tests.unit.logs import Writer, number, open_log, out, placed

LOOP = [sys.executable, "-m", "tests.unit.append_loop"]


def start_loop(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([*LOOP, str(folder)], stdout=subprocess.PIPE, text=True)


async def acknowledged_are_there(folder: Path, acks: list[int]) -> None:
    """Opens the folder again: every acknowledged command and its events are found, and everything verifies."""
    log = await open_log(folder)
    numbers = [number(e) for e in (await log.events(0, {"orders"}, 10**6))[0]]
    assert len(numbers) == len(set(numbers))
    assert set(acks) <= set(numbers)
    for n in acks[-3:]:
        answer = await log.answered(f"c{n}")
        assert answer is not None
        assert answer.result == n
        assert len(answer.events) == 2
    await log.append([placed(10**6)])
    await log.close()
    assert verify(folder).ok


async def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    acks: list[int] = []
    for round in range(3):
        loop = start_loop(tmp_path)
        assert loop.stdout is not None
        lines = [loop.stdout.readline() for _ in range(60 + 37 * round)]
        loop.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
        lines += loop.stdout.readlines()
        loop.wait()
        loop.stdout.close()
        acks = [int(line.split()[1]) for line in lines if line.startswith("ack") and line.endswith("\n")]
        assert len(acks) > 20
        log = await open_log(tmp_path)
        # A later round repeats the command ids of the first: they must all be answered from then.
        assert {number(e) for e in (await log.events(0, {"orders"}, 10**6))[0]} >= set(acks)
        await log.close()
    await acknowledged_are_there(tmp_path, acks)


def test_a_failed_fsync_is_never_acknowledged_and_stops_the_log(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("needs strace")
    inject = [strace, "-f", "-qq", "-o", os.devnull, "-e", "trace=fdatasync", "-e"]
    run = subprocess.run(
        [*inject, "inject=fdatasync:error=EIO:when=30", *LOOP, str(tmp_path), "60"],
        capture_output=True,
        text=True,
        timeout=100,
    )
    lines = run.stdout.splitlines()
    if not lines and "ptrace" in run.stderr:
        pytest.skip("strace may not trace here")
    acks = [int(line.split()[1]) for line in lines if line.startswith("ack")]
    failed = lines[1 + len(acks) :]
    assert acks, run.stderr
    # fsync failed once; it would succeed again, but the log does not believe it.
    assert len(acks) + len(failed) == 60
    assert set(failed) == {"failed not_saved unhealthy"}
    assert acks == list(range(1, len(acks) + 1))
    asyncio.run(acknowledged_are_there(tmp_path, acks))


async def test_a_failed_fsync_on_a_full_disk_stops_the_log_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a full disk refuses is refused for a while; what was lost by an fsync is lost, and space does not bring it
    back."""
    monkeypatch.setattr("server.log.trouble.FULL_BELOW_BYTES", 2**62)  # whatever is free, it is hardly anything
    disk = Disk(tmp_path / "data", random.Random(1))
    disk.folder.mkdir()
    key = DeviceKey.load_or_make(disk.folder / "device.key")
    log = await Log.open(disk.folder, key=key, store="corner", clock=Clock(), connect=disk.connect)
    await log.append([placed(1)])
    disk.failing = "SQLITE_IOERR_FSYNC"
    for n in (2, 3):
        with pytest.raises(LogFailed, match="restart this terminal"):
            await log.append([placed(n)])
    await log.close()
    again = await open_log(disk.folder, key, store="corner")
    await again.append([placed(4)])
    await again.close()
    assert verify(disk.folder).ok


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with disks.small_disk(tmp_path / "disk", 8) as folder:
        yield folder


async def test_a_full_disk_is_said_and_forgotten_when_there_is_space_again(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns_module, "PROBE_S", 0.05)
    data = small_disk / "data"
    log = await open_log(data)
    await log.append([placed(1)])
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 5_000_000)
    peer = Writer()
    acks = [1, *await fill(log)]
    with pytest.raises(LogFailed):
        await log.store(peer.batch(placed(1, "x" * 200_000)), peer.header)
    assert peer.stream not in log.held()
    assert [number(e) for e in (await log.events(0, {"orders"}))[0]] == acks  # reading goes on
    await asyncio.sleep(0.2)
    assert log.unhealthy is not None
    ballast.unlink()
    await healthy(log)
    await log.append([placed(5000)])
    await log.close()
    assert verify(data).ok
    log = await open_log(data)
    assert [number(e) for e in (await log.events(0))[0]] == [*acks, 5000]
    await log.close()


async def test_a_disk_with_space_again_is_well_again_also_when_there_is_always_something_to_write(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns_module, "PROBE_S", 0.5)
    log = await open_log(small_disk / "data")
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 5_000_000)
    await fill(log)
    ballast.unlink()
    for n in range(5000, 5400):
        with contextlib.suppress(LogFailed):
            await log.append([placed(n)])
        if log.unhealthy is None:
            break
        await asyncio.sleep(0.05)
    assert log.unhealthy is None
    await log.close()


async def fill(log: Log) -> list[int]:
    """Appends until the disk is full; returns what was acknowledged."""
    acks: list[int] = []
    for n in range(2, 1000):
        try:
            await log.append([placed(n, "x" * 20_000)], command_id=f"c{n}", result=n)
        except LogFailed as e:
            failure = e
            break
        acks.append(n)
    assert failure.code == "not_saved"
    assert "full" in failure.text
    assert log.unhealthy == failure.text
    return acks


async def test_a_server_started_on_a_full_disk_shows_what_it_has_and_waits_for_space(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns_module, "PROBE_S", 0.05)
    data = small_disk / "data"
    log = await open_log(data)
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 5_000_000)
    acks = await fill(log)
    await log.close()  # there is no space to bring the write-ahead log into the database
    log = await open_log(data)
    assert log.unhealthy is not None
    assert [number(e) for e in (await log.events(0))[0]] == acks
    with pytest.raises(LogFailed):
        await log.append([placed(1, "x" * 400_000)])
    ballast.unlink()
    await healthy(log)
    await log.append([placed(5000)])
    await log.close()
    log = await open_log(data)
    assert [number(e) for e in (await log.events(0))[0]] == [*acks, 5000]
    await log.close()


async def healthy(log: Log) -> None:
    for _ in range(400):
        if log.unhealthy is None:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(log.unhealthy)


async def test_a_disk_too_full_to_start_on_is_said_in_one_sentence(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(b"x" * (8 * 1024 * 1024 - 16_384))
    with pytest.raises(Refused) as e:
        await open_log(small_disk / "data", key=Writer().key)
    assert e.value.code in ("disk_full", "data_folder")
    assert_one_sentence(e.value.text)


def assert_one_sentence(text: str) -> None:
    assert text.endswith(".")
    assert "\n" not in text


async def test_a_second_process_on_a_folder_is_refused_in_one_sentence(tmp_path: Path) -> None:
    loop = start_loop(tmp_path)
    assert loop.stdout is not None
    try:
        loop.stdout.readline()
        with pytest.raises(Refused) as e:
            await open_log(tmp_path)
        assert e.value.code == "data_folder_in_use"
        assert str(loop.pid) in e.value.text
        assert_one_sentence(e.value.text)
    finally:
        loop.kill()
        loop.wait()
        loop.stdout.close()
    log = await open_log(tmp_path)  # the system dropped the dead one's lock
    await log.close()


async def test_a_second_log_in_the_same_process_is_refused_too(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    with pytest.raises(Refused, match=str(os.getpid())):
        await open_log(tmp_path)
    await log.append([placed(1)])
    await log.close()
    await (await open_log(tmp_path)).close()


async def test_a_folder_that_can_not_be_written_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused) as e:
        await Log.open(tmp_path / "file" / "data", key=Writer().key, store="s", clock=Clock())
    assert e.value.code == "data_folder"
    assert_one_sentence(e.value.text)


async def test_a_clock_that_was_never_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as e:
        await Log.open(tmp_path, key=Writer().key, store="s", clock=Clock(lambda: 86_400_000))
    assert e.value.code == "clock_not_set"
    assert_one_sentence(e.value.text)
    assert not (tmp_path / "log.db").exists()


async def test_a_log_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    await log.append([placed(1)])
    await log.close()
    path = tmp_path / "log.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    with pytest.raises(Refused) as e:
        await open_log(tmp_path)
    assert e.value.code == "newer_log"
    assert_one_sentence(e.value.text)
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["text", "header"])
async def test_a_damaged_log_is_never_called_good(tmp_path: Path, damage: str) -> None:
    log = await open_log(tmp_path)
    await log.append([placed(1)])
    await log.close()
    path = tmp_path / "log.db"
    if damage == "text":
        path.write_text("this is not a database, and it is long enough to be looked at as one" * 20)
    else:
        with sqlite3.connect(path) as db:
            db.execute("UPDATE headers SET raw = x'00'")
        db.close()
    with pytest.raises(Refused) as e:
        verify(tmp_path)
    assert e.value.code == "log_damaged"


async def test_another_program_that_holds_the_file_is_waited_for_and_then_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.log.schema.BUSY_S", 0.1)
    log = await open_log(tmp_path)
    other = sqlite3.connect(tmp_path / "log.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LogFailed, match="Another program"):
        await log.append([placed(1)])
    assert log.unhealthy is None
    other.execute("ROLLBACK")
    other.close()
    [event] = await log.append([placed(2)])
    assert event.seq == 1
    await log.close()
    assert verify(tmp_path).ok


async def test_nothing_of_a_failed_transaction_is_left_in_memory(tmp_path: Path) -> None:
    log, peer = await open_log(tmp_path), Writer()
    await log.append([placed(1)])
    before = (dict(log.held()), log.position, set(log.headers()))
    other = sqlite3.connect(tmp_path / "log.db", isolation_level=None)
    other.execute("CREATE TRIGGER no BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no'); END")
    results = await asyncio.gather(
        log.append([placed(2)], command_id="c2"),
        log.append([out("bacon")]),
        log.store(peer.batch(placed(1)), peer.header),
        return_exceptions=True,
    )
    assert all(isinstance(r, LogFailed) and r.code == "not_saved" for r in results)
    assert (log.held(), log.position, set(log.headers())) == before
    other.execute("DROP TRIGGER no")
    other.close()
    await log.close()
    log = await open_log(tmp_path)
    [event] = await log.append([placed(2)], command_id="c2")
    assert event.seq == 2
    assert log.frontier() == {Stream(log.log_id, "orders"): 2}
    await log.close()
    assert verify(tmp_path).ok


async def test_a_command_asked_again_is_not_told_an_event_in_which_a_bit_has_flipped(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    for n in range(1, 4):
        await log.append([placed(n, "xxxx")], command_id=f"c{n}")
    await log.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "log.db")) as db:
        assert reader.answer(db, "c2") is not None
        position, raw = db.execute("SELECT position, raw FROM events ORDER BY position LIMIT 1 OFFSET 1").fetchone()
        db.execute("UPDATE events SET raw = ? WHERE position = ?", (raw.replace(b"xxxx", b"xyxx"), position))
        assert reader.answer(db, "c1") is not None
        with pytest.raises(sqlite3.DatabaseError, match="as it was written"):
            reader.answer(db, "c2")
        assert reader.answer(db, "c3") is not None, "what follows is as it was"
