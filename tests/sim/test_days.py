"""Two hundred days, each from a seed, on which everything may go wrong; and that a seed is the same day everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.engine import Engine
from server.event import Event
from server.replication.holdings import Holdings
from tests.sim.__main__ import main
from tests.sim.day import run
from tests.sim.many import in_parallel
from tests.sim.minimise import minimise
from tests.sim.plan import draw

ROOT = Path(__file__).resolve().parents[2]
SEEDS = 200
JOBS = 2


@pytest.mark.timeout(900)
def test_after_a_bad_day_nothing_is_lost_and_all_hold_the_same() -> None:
    failed = [r for r in in_parallel(range(1, SEEDS + 1), JOBS) if r.problems]
    assert not failed, "\n".join(f"make sim SEED={r.seed} TRACE=1: {r.problems[:3]}" for r in failed)


def test_who_must_give_way_with_a_full_disk_takes_another_prefix_when_there_is_space() -> None:
    """Two terminals chose the same; it was tried once."""
    assert run(115, None, kinds=("cut off", "full disk")).problems == []


def test_a_seed_is_the_same_day_in_every_process() -> None:
    """Another process, another order of sets and dicts by hash, another place in memory: the same words, in order."""
    said = []
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "tests.sim", "--seeds", "1000+4", "--verbose", "--no-minimise"],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=False,
        )
        said.append([line.rpartition("digest ")[2] for line in done.stdout.splitlines() if "digest" in line])
        assert len(said[-1]) == 4, done.stderr
    assert said[0] == said[1]


def test_a_plan_is_drawn_from_the_seed_alone() -> None:
    assert draw(4711) == draw(4711) != draw(4712)


def test_a_server_that_thanks_too_early_is_seen_and_told_with_how_to_replay_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A simulator that finds nothing proves nothing."""

    async def at_once(engine: Engine, events: list[Event]) -> None:
        return None

    monkeypatch.setattr(Engine, "replicate", at_once)
    monkeypatch.setattr(sys, "argv", ["sim", "--seeds", "1+3", "--first"])
    assert main() == 1
    said = capsys.readouterr().out
    assert said.startswith("seed 1 ")
    assert "and has it alone" in said
    assert "it takes no fault" in said
    assert "make sim SEED=1 TRACE=1" in said
    assert "0 of 1 seeds clean" in said


def test_the_faults_that_a_failure_takes_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal forgets that its disk did not take a neighbour's events: of many troubles, full disks are left."""
    monkeypatch.setattr(Holdings, "roll_back", lambda holdings, stream: None)
    kinds = ("full disk", "crash", "resets")
    found = (run(seed, "shop", kinds=kinds) for seed in range(1, 40))
    result = next(r for r in found if r.problems and len(r.faults) > 3)
    needed = minimise(result, kinds)
    assert len(needed) < len(result.faults)
    assert "full disk" in {fault.kind for fault in needed}
