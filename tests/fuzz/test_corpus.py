"""Every input that once failed is harmless now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.cases import CORPUS, read
from tests.fuzz.fuzzing import Fuzzer, Tally
from tests.fuzz.run import replay
from tests.fuzz.world import World


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.json")), ids=lambda path: path.stem)
def test_a_case_that_once_failed_does_no_harm(world: World, path: Path) -> None:
    assert replay(world, read(path)) == ""


def test_the_same_seed_makes_the_same_cases() -> None:
    def some(tally: Tally) -> bool:
        return tally.cases < 6

    first, second = Fuzzer(4711), Fuzzer(4711)
    assert first.run(some).frames == second.run(some).frames
    assert first.one(6).steps == second.one(6).steps
    assert first.tally.codes == second.tally.codes
    assert first.tally.frames > 200
