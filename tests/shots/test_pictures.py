"""The kiosk looks as it was accepted: a part of what `make shots` compares, in three whole visits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shots.__main__ import OUT, shoot, shop
from tests.shots.accepted import ACCEPTED, changes

VISITS = (("1080x1920", "plain"), ("1080x1920", "arabic-contrast"), ("1920x1080", "german"))
EXTRAS = ("help", "languages", "search", "search-empty", "filters", "filtered", "filtered-empty")
VIEWS = ("attract", "start", "menu", "dish", "dish-missing", "combo", "basket", "pay", "done")


def names() -> set[str]:
    wanted = {f"kiosk-{size}-{look}-{view}".replace("-plain-", "-") for size, look in VISITS for view in VIEWS}
    return wanted | {f"kiosk-1080x1920-{view}" for view in EXTRAS}


@pytest.mark.timeout(600)
def test_every_view_looks_as_it_was_accepted(tmp_path: Path) -> None:
    with shop(tmp_path) as (server, _):
        for size in dict.fromkeys(size for size, _ in VISITS):
            looks = [look for s, look in VISITS if s == size]
            assert shoot("kiosk", size, server, tmp_path / "shots", looks) == []
    beside = OUT / "different"
    found = changes(tmp_path / "shots" / "small", beside, names())
    assert found == {}, f"look at {beside}; where it is right now: make shots ACCEPT=1 ARGS=kiosk"


def test_what_is_kept_stays_small() -> None:
    sizes = [path.stat().st_size for path in ACCEPTED.glob("*.webp")]
    assert sum(sizes) < 6_000_000
    assert max(sizes) < 60_000
