"""How the servers of these tests are started."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.process.shop import Server

AS_INSTALLED = ("test_guard", "test_shop", "test_supervisor")
"""Tests of the start itself, or of a whole shop as it is set up: their servers are processes of their own from the
command on."""


@pytest.fixture(scope="module", autouse=True)
def _servers_are_forked(request: pytest.FixtureRequest) -> Iterator[None]:
    Server.forks = request.module.__name__.rpartition(".")[2] not in AS_INSTALLED
    yield
    Server.forks = False
