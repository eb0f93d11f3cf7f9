from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.unit.api.serving import Served, serving


@pytest_asyncio.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(tmp_path, store="corner", label="Kiosk 1", role="kiosk") as served:
        await served.publish()
        yield served
