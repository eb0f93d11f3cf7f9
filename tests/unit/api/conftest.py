"""One real server a test: log, services and API on a loopback port, driven over real HTTP and websockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.api.serving import Served, serving


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Served]:
    """A shop's server with a menu."""
    async with serving(tmp_path / "shop", store="corner", label="Counter", role="pos") as served:
        await served.publish()
        yield served


@pytest.fixture
async def bare(tmp_path: Path) -> AsyncIterator[Served]:
    """A shop's server without a menu."""
    async with serving(tmp_path / "bare", store="corner", label="Counter", role="pos") as served:
        yield served
