"""What the tests of whole nodes share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from server.node import Node


@pytest.fixture
async def running() -> AsyncIterator[list[Node]]:
    """The nodes of a test, each put here when it is opened; closed when the test is over."""
    nodes: list[Node] = []
    yield nodes
    for node in nodes:
        await node.close()
