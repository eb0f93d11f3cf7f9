"""A forked server is a server like any other: how it ended is known, and it has the environment of its start."""

from __future__ import annotations

import json
import signal
import tempfile
from pathlib import Path

import pytest

from tests.process.nursery import Forked, nursery

parent = nursery()
pytestmark = pytest.mark.skipif(parent is None, reason="needs fork")


def started(*arguments: object) -> tuple[Forked, str]:
    """The process and the first line that it says."""
    assert parent is not None
    with tempfile.TemporaryFile() as words:
        process = parent.start([*map(str, arguments), "--json"], words.fileno())
        return process, process.stdout.readline().decode()


def test_how_it_ended_is_known(tmp_path: Path) -> None:
    server = ("server", "--data", tmp_path, "--no-mdns", "--sync-port", 0, "--api-port", 0)
    process, line = started(*server)
    assert process.poll() is None
    assert json.loads(line)["pid"] == process.pid
    second, _ = started(*server)
    assert second.wait(60) == 1, "another one runs on this folder"
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    process, _ = started(*server)
    process.kill()
    assert process.wait(60) == -signal.SIGKILL
    assert process.poll() == -signal.SIGKILL


def test_it_has_the_environment_of_its_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PILOTLIGHT_API_PORT", "any")
    process, line = started("server", "--data", tmp_path, "--no-mdns")
    assert process.wait(60) == 1
    assert line == ""
