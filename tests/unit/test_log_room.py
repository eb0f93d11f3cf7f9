"""Room made beforehand, and tidying up when nobody waits: what a commit need not wait for."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.log import room as room_module
from server.log import verify
from server.log.room import SPARE, make_room
from server.log.writer import CHECKPOINT_BYTES, WAL_ROOM_BYTES
from tests.unit import disks
from tests.unit.logs import number, open_log, placed


async def until(question: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not question():
            await asyncio.sleep(0.02)


@pytest.fixture
def roomy(tmp_path: Path) -> Path:
    if shutil.disk_usage(tmp_path).free < SPARE * WAL_ROOM_BYTES:
        pytest.skip("this disk is nearly full")
    return tmp_path


async def test_commits_write_over_what_is_there_and_a_dead_process_left_them_readable(roomy: Path) -> None:
    log = await open_log(roomy / "till")
    wal = roomy / "till" / "log.db-wal"
    for n in range(50):
        await log.append([placed(n)], command_id=f"c{n}")
    assert wal.stat().st_size == WAL_ROOM_BYTES
    shutil.copytree(roomy / "till", roomy / "as it was")  # as a kill leaves it
    await log.close()
    log = await open_log(roomy / "as it was")
    assert [number(e) for e in (await log.events(0))[0]] == list(range(50))
    await log.append([placed(50)])
    await log.close()
    assert verify(roomy / "as it was").ok


async def test_it_is_tidied_up_when_nobody_waits(roomy: Path) -> None:
    log = await open_log(roomy)
    note = "x" * 100_000
    sent = 0
    while sent < CHECKPOINT_BYTES:
        await log.append([placed(sent, note)])
        sent += len(note)
    await until(lambda: (roomy / "log.db").stat().st_size >= CHECKPOINT_BYTES)
    size = (roomy / "log.db-wal").stat().st_size
    await log.append([placed(1, note)])
    assert (roomy / "log.db-wal").stat().st_size == size, "it begins anew"
    await log.close()
    assert verify(roomy).ok


def test_a_disk_that_is_nearly_full_keeps_its_space(tmp_path: Path) -> None:
    wal = tmp_path / "log.db-wal"
    wal.write_bytes(b"as it was")
    make_room(tmp_path, shutil.disk_usage(tmp_path).free // SPARE + 10_000_000)
    assert wal.read_bytes() == b"as it was"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with disks.small_disk(tmp_path / "disk", 8) as folder:
        yield folder


def test_room_that_can_not_be_made_leaves_all_as_it_was(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Free space is a guess: somebody else may take it first."""
    monkeypatch.setattr(room_module, "SPARE", 0)
    wal = small_disk / "log.db-wal"
    wal.write_bytes(b"as it was")
    make_room(small_disk, 20_000_000)
    assert wal.read_bytes() == b"as it was"


def test_without_a_file_there_is_nothing_to_make(tmp_path: Path) -> None:
    make_room(tmp_path, 1000)
    assert not list(tmp_path.iterdir())
