"""Positions that a log gave out mean the same event, or are known not to."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from server.log.starts import MOST, Starts
from tests.unit.logs import open_log, placed


async def sell(folder: Path, numbers: range) -> tuple[int, str]:
    """Opens it, sells and closes; the position that it gave out last, and its mark."""
    log = await open_log(folder)
    for n in numbers:
        await log.append([placed(n)])
    await log.close()
    return log.position, log.starts.mark(log.position)


async def test_a_position_is_known_over_restarts(tmp_path: Path) -> None:
    first = await sell(tmp_path, range(5))
    second = await sell(tmp_path, range(5, 9))
    log = await open_log(tmp_path)
    assert log.starts.is_here(*first)
    assert log.starts.is_here(*second)
    assert log.starts.is_here(log.position, log.starts.mark(log.position))
    assert not log.starts.is_here(second[0], first[1]), "the first start did not come so far"
    assert not log.starts.is_here(first[0], "another")
    assert log.starts.mark(first[0]) == first[1], "what is told of an event stays the same"
    await log.close()


async def test_a_position_from_behind_what_a_disk_was_set_back_to_is_not_taken_for_another(tmp_path: Path) -> None:
    folder = tmp_path / "till"
    before = await sell(folder, range(5))
    shutil.copytree(folder, tmp_path / "image")
    lost = await sell(folder, range(5, 9))
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "image", folder)
    anew = await sell(folder, range(105, 119))
    log = await open_log(folder)
    assert log.position > lost[0]
    assert log.starts.is_here(*before)
    assert log.starts.is_here(*anew)
    assert not log.starts.is_here(*lost)
    await log.close()


async def test_marks_that_can_not_be_read_are_forgotten_and_old_ones_in_time(tmp_path: Path) -> None:
    first = await sell(tmp_path, range(3))
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        db.execute("UPDATE meta SET value = CAST('x' || value AS BLOB) WHERE key = 'starts'")
        db.commit()
    log = await open_log(tmp_path)
    assert not log.starts.is_here(*first)
    assert log.starts.is_here(log.position, log.starts.mark(log.position))
    await log.close()
    for _ in range(MOST):
        await (log := await open_log(tmp_path)).close()
    assert len(log.starts.marks) == MOST


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.integers(0, 60), st.integers(0, 5))
def test_each_start_gave_what_lies_before_the_next(steps: list[int], position: int, which: int) -> None:
    begins = [sum(steps[:i]) for i in range(len(steps))]
    starts = Starts([(str(i), begin) for i, begin in enumerate(begins)])
    which = min(which, len(steps) - 1)
    last = which == len(steps) - 1
    assert starts.is_here(position, str(which)) == (last or position <= begins[which + 1])
    assert starts.is_here(position, starts.mark(position)), "as it is told, so it is known"
