"""A log that was put back to an older state of itself is known by the file beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from server.log import verify
from server.log.reached import REACHED_FILE, Reached, reached
from tests.unit.logs import open_log, placed

OF_ANOTHER = b"otherlogotherlog 00000000000000000099 5bf8eca4\n"


async def sold(folder: Path, *numbers: int) -> str:
    """Opens, sells, closes; returns the log's id."""
    log = await open_log(folder)
    for n in numbers:
        await log.append([placed(n)])
    await log.close()
    return log.log_id


async def test_a_log_that_was_put_back_is_not_continued(tmp_path: Path) -> None:
    folder = tmp_path / "till"
    first = await sold(folder, 1, 2, 3)
    shutil.copyfile(folder / "log.db", tmp_path / "old")
    assert await sold(folder, 4, 5) == first, "a log that is as it was is continued"
    with (folder / "log.db").open("r+b") as file:  # in its place: to the file system it is the same file
        file.write((tmp_path / "old").read_bytes())
        file.truncate()
    log = await open_log(folder)
    assert log.log_id != first
    assert log.set_back == 2
    await log.append([placed(6)])
    await log.close()
    assert verify(folder).ok
    again = await open_log(folder)
    assert again.log_id == log.log_id
    assert again.set_back == 0
    await again.close()


@pytest.mark.parametrize("content", [None, b"", b"junk", b"\xff\xfe", OF_ANOTHER])
async def test_what_says_nothing_of_this_log_ends_nothing(tmp_path: Path, content: bytes | None) -> None:
    first = await sold(tmp_path, 1, 2, 3)
    if content is None:
        (tmp_path / REACHED_FILE).unlink()
    else:
        (tmp_path / REACHED_FILE).write_bytes(content)
    assert await sold(tmp_path, 4) == first
    assert reached(tmp_path, first) == 4


async def test_no_flipped_bit_in_it_speaks_of_entries_that_never_were(tmp_path: Path) -> None:
    first = await sold(tmp_path, 1, 2, 3)
    written = (tmp_path / REACHED_FILE).read_bytes()
    for bit in range(len(written) * 8):
        flipped = bytearray(written)
        flipped[bit // 8] ^= 1 << bit % 8
        (tmp_path / REACHED_FILE).write_bytes(flipped)
        assert reached(tmp_path, first) in (0, 3)
    assert await sold(tmp_path, 4) == first


def test_a_disk_that_does_not_take_it_stops_nothing(tmp_path: Path) -> None:
    note = Reached(tmp_path / "is-not-there", "a" * 16)
    note.note(1)
    note.note(2)
    note.close()
    assert reached(tmp_path, "a" * 16) == 0
