"""Space that is kept for the day on which the disk is full: with it the log goes on where another would stop."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.clock import Clock
from server.keys import DeviceKey
from server.log import Log, LogFailed, verify
from server.log import reserve as reserve_module
from server.log.reserve import LOW_BYTES, RESERVE_FILE, SLICE_BYTES, Reserve
from tests.unit import disks
from tests.unit.logs import STORE, number, placed

SIZE = 2 * SLICE_BYTES


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with disks.small_disk(tmp_path / "disk", 80) as folder:
        yield folder


async def open_log(folder: Path) -> Log:
    folder.mkdir(exist_ok=True)
    key = DeviceKey.load_or_make(folder / "device.key")
    return await Log.open(folder, key=key, store=STORE, clock=Clock(), reserve_bytes=SIZE)


async def until_it_is_refused(log: Log) -> None:
    for n in range(1000, 1400):
        await log.append([placed(n, "x" * 100_000)])


async def test_what_is_asked_for_on_a_full_disk_is_saved_and_nobody_is_refused(disk: Path) -> None:
    data = disk / "data"
    log = await open_log(data)
    log.reserve.fill()
    assert log.reserve.left == SIZE
    assert not log.reserve.is_used
    ballast = disks.fill(disk)
    for n in range(60):
        await log.append([placed(n, "x" * 100_000)])
    assert log.unhealthy is None
    assert log.reserve.left == SIZE - SLICE_BYTES, "no more of it than is needed"
    assert log.reserve.is_used
    disks.fill(disk)
    with pytest.raises(LogFailed, match="The disk is full"):
        await until_it_is_refused(log)
    assert log.reserve.left == 0
    assert log.reserve.is_used
    ballast.unlink()
    await log.close()
    assert verify(data).ok


async def test_a_terminal_starts_on_a_full_disk_and_sells(disk: Path) -> None:
    data = disk / "data"
    log = await open_log(data)
    await log.append([placed(1)])
    log.reserve.fill()
    await log.close()
    ballast = disks.fill(disk)
    log = await open_log(data)
    await log.append([placed(2)])
    assert log.unhealthy is None
    assert [number(e) for e in (await log.events(0, {"orders"}, 10))[0]] == [1, 2]
    assert log.reserve.is_used
    ballast.unlink()
    log.reserve.fill()
    assert log.reserve.left == SIZE, "whole again, for the next time"
    assert not log.reserve.is_used
    await log.close()


def test_space_is_given_before_anything_fails(disk: Path) -> None:
    reserve = Reserve(disk, SIZE)
    reserve.fill()
    disks.fill(disk)
    reserve.give_when_low()
    assert reserve.left == SIZE - SLICE_BYTES
    assert shutil.disk_usage(disk).free >= LOW_BYTES
    reserve.give_when_low()
    assert reserve.left == SIZE - SLICE_BYTES


@pytest.mark.parametrize("how", ["by the system", "by zeros"])
def test_it_is_never_what_fills_a_disk(disk: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    if how == "by zeros":
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
    free = shutil.disk_usage(disk).free
    reserve = Reserve(disk, free // 3)
    reserve.fill()
    assert not list(disk.iterdir())
    monkeypatch.setattr(reserve_module, "SPARE", 0)  # free space is a guess: somebody else may take it first
    Reserve(disk, 2 * free).fill()
    assert not list(disk.iterdir())
    reserve.fill()
    assert reserve.left == free // 3
    assert shutil.disk_usage(disk).free <= free - free // 3, "it has its blocks"
    Reserve(disk, 2 * free).fill()
    assert (disk / RESERVE_FILE).stat().st_size == free // 3, "as it was"


def test_without_a_reserve_nothing_is_kept_and_what_is_there_is_used_up(tmp_path: Path) -> None:
    none = Reserve(tmp_path)
    none.fill()
    assert not list(tmp_path.iterdir())
    assert not none.give()
    assert not none.is_used
    (tmp_path / RESERVE_FILE).write_bytes(bytes(10))
    assert none.give()
    assert none.left == 0
    assert not none.give()
