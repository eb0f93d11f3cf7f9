from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.unit.logs import open_log


@pytest.fixture
def till(tmp_path: Path) -> Path:
    """A data folder with an empty log."""

    async def make() -> None:
        await (await open_log(tmp_path / "till")).close()

    asyncio.run(make())
    return tmp_path / "till"
