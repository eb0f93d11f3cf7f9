"""What one flipped bit hides in a write-ahead log, and what a death in the middle of a salvage leaves, comes back."""

from __future__ import annotations

import importlib
import os
import random
import shutil
from pathlib import Path

import pytest

from server.event import Refused
from server.log import Log, verify
from server.log.salvage import UNFINISHED_FILE
from tests.unit.logs import number, open_log, placed

ORDERS = 60
SEED = int(os.environ.get("LOG_NEWEST_SEED", "1"))


async def died(folder: Path, orders: int = ORDERS, at: str = "died") -> Path:
    """A folder as a server that was killed leaves it: all that it sold lies in the write-ahead log."""
    log = await open_log(folder / "live")
    for n in range(1, orders + 1):
        await log.append([placed(n, "x" * (n % 50))], command_id=f"c{n}", result=n)
    shutil.copytree(folder / "live", folder / at, ignore=shutil.ignore_patterns("*-shm", "lock"))
    await log.close()
    return folder / at


async def sold(log: Log) -> set[int]:
    """The numbers of all orders, also of those that wait to be written again: these are, first."""
    while await log.write_again():
        pass
    return {number(log.as_first(event)) for event in (await log.events(0, ["orders"], 10_000))[0]}


def flip(path: Path, at: int, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(data)


@pytest.mark.parametrize("round_", range(12))
async def test_a_flipped_bit_in_the_write_ahead_log_costs_one_order_at_most(tmp_path: Path, round_: int) -> None:
    rand = random.Random(f"{SEED}/{round_}")
    folder = await died(tmp_path)
    wal = folder / "log.db-wal"
    used = len(wal.read_bytes().rstrip(b"\0"))
    at, bit = (5 if round_ == 0 else rand.randrange(used)), rand.randrange(8)
    print(f"LOG_NEWEST_SEED={SEED}, byte {at} of {used}, bit {bit}")
    flip(wal, at, bit)
    log = await open_log(folder)
    found = await sold(log)
    await log.close()
    assert len(set(range(1, ORDERS + 1)) - found) <= 1
    assert verify(folder).ok


async def test_a_check_sees_that_the_newest_part_is_cut_off(tmp_path: Path) -> None:
    folder = await died(tmp_path)
    flip(folder / "log.db-wal", (folder / "log.db-wal").stat().st_size // 20, 3)
    try:
        problems = verify(folder).problems
    except Refused as e:
        problems = [e.text]
    assert problems


async def test_what_was_never_damaged_is_no_damage(tmp_path: Path) -> None:
    folder = await died(tmp_path)
    assert verify(folder).ok
    log = await open_log(folder)
    assert log.salvaged is None
    assert await sold(log) == set(range(1, ORDERS + 1))
    await log.close()


@pytest.mark.parametrize("dies_in", ["merged", "open_writer", "carry_over", "_sync"])
async def test_a_salvage_that_dies_goes_on(tmp_path: Path, dies_in: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = await died(tmp_path)
    flip(folder / "log.db-wal", 5, 2)

    class Dead(BaseException):
        pass

    calls = 0
    salvage_module = importlib.import_module("server.log.salvage")  # `server.log.salvage` is the function, too
    real = getattr(salvage_module, dies_in)

    def dies(*args: object, **more: object) -> object:
        nonlocal calls
        calls += 1
        if dies_in != "_sync" or calls > 4:
            raise Dead
        return real(*args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(salvage_module, dies_in, dies)
        with pytest.raises(Dead):
            await open_log(folder)
    assert (folder / UNFINISHED_FILE).exists()
    with pytest.raises(Refused, match="interrupted"):
        verify(folder)
    log = await open_log(folder)
    assert await sold(log) == set(range(1, ORDERS + 1))
    await log.close()
    assert not (folder / UNFINISHED_FILE).exists()
    assert len(list(folder.glob("damaged-*"))) == 1
    assert verify(folder).ok


async def test_a_note_that_comes_back_after_the_salvage_costs_nothing(tmp_path: Path) -> None:
    """The power goes just when the salvage is over, and the disk still has the note that it was begun."""
    folder = await died(tmp_path)
    flip(folder / "log.db-wal", 5, 2)
    log = await open_log(folder)
    await sold(log)
    await log.append([placed(ORDERS + 1)])
    [aside] = folder.glob("damaged-*")
    await log.close()
    (folder / UNFINISHED_FILE).write_text(f"{aside.name} moved")
    log = await open_log(folder)
    assert await sold(log) == set(range(1, ORDERS + 2))
    await log.close()


@pytest.mark.parametrize(
    "note", [b"\xff\xfe\x01", b"\0" * 20, b"", b" moved", b"damaged-19990101-000000 moved", b"../there"]
)
@pytest.mark.parametrize("salvaged_before", [False, True])
async def test_a_note_that_is_not_as_it_was_written_costs_no_log(
    tmp_path: Path, note: bytes, salvaged_before: bool
) -> None:
    folder = await died(tmp_path)
    if salvaged_before:
        flip(folder / "log.db-wal", 5, 2)
        log = await open_log(folder)
        await sold(log)
        await log.close()
    (folder / UNFINISHED_FILE).write_bytes(note)
    log = await open_log(folder)
    assert await sold(log) == set(range(1, ORDERS + 1))
    await log.close()
    assert not (tmp_path / "there").exists()


async def test_where_the_note_of_a_salvage_is_lost_the_folder_tells_how_far_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies when the damaged log lies aside and a part of the new one stands in its place."""
    folder = await died(tmp_path)
    flip(folder / "log.db-wal", 5, 2)

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(importlib.import_module("server.log.salvage"), "carry_over", dies)
        with pytest.raises(KeyboardInterrupt):
            await open_log(folder)
    assert (folder / "log.db").exists()
    (folder / UNFINISHED_FILE).write_bytes(b"dam\xffged")
    log = await open_log(folder)
    assert await sold(log) == set(range(1, ORDERS + 1))
    await log.close()


@pytest.mark.parametrize("kib", [4, 8, 20, 40])
async def test_a_disk_without_room_for_a_salvage_loses_nothing(tmp_path: Path, kib: int) -> None:
    """The system lets no file grow beyond a limit, as a full disk would."""
    resource = pytest.importorskip("resource")
    folder = await died(tmp_path)
    flip(folder / "log.db-wal", 5, 2)
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (kib * 1024, usual[1]))
    try:
        with pytest.raises(Refused) as refused:
            await open_log(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert "\n" not in refused.value.text
    log = await open_log(folder)
    assert await sold(log) == set(range(1, ORDERS + 1))
    await log.close()
    assert not [path for path in folder.rglob("*") if path.name.startswith("merged")]
