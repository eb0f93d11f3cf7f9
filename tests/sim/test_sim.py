from __future__ import annotations

import pytest

from tests.sim.scenario import run


@pytest.mark.parametrize("shape", ["shop", "chain"])
@pytest.mark.parametrize("seed", range(1, 13))
def test_after_a_bad_day_all_hold_the_same(seed: int, shape: str) -> None:
    result = run(seed, shape)
    assert result.problems == [], f"python -m tests.sim --seeds {seed} --shape {shape}"
    assert result.events > 50, "nothing much has happened on that day"


def test_a_seed_is_the_same_day_every_time() -> None:
    assert run(4711) == run(4711)
