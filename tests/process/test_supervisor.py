"""A screen's server is kept running, and found when it runs already."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from app.supervisor import NICE, Supervisor, alive, read_endpoint, server_runs
from tests.process.shop import Server, eventually


def test_a_server_that_dies_is_started_again(tmp_path: Path) -> None:
    arguments = ["--data", str(tmp_path), "--no-mdns"]
    with Supervisor(tmp_path, arguments) as supervisor:
        first = supervisor.wait_ready()["pid"]
        os.kill(first, signal.SIGKILL)

        def reborn() -> int | None:
            endpoint = read_endpoint(tmp_path)
            return endpoint["pid"] if endpoint and endpoint["pid"] != first else None

        second = eventually(reborn)
        assert second
    assert eventually(lambda: not alive(second))


def test_a_server_that_runs_already_is_used_and_left_running(tmp_path: Path) -> None:
    server = Server(tmp_path, "--no-mdns").start()
    try:
        with Supervisor(tmp_path, ["--data", str(tmp_path)]) as supervisor:
            assert supervisor.wait_ready()["pid"] == server.endpoint["pid"]
        assert server_runs(tmp_path)
    finally:
        server.kill()


def test_a_server_has_its_turns_after_its_screen(tmp_path: Path) -> None:
    with Supervisor(tmp_path, ["--data", str(tmp_path), "--no-mdns"]) as supervisor:
        theirs = os.getpriority(os.PRIO_PROCESS, supervisor.wait_ready()["pid"])
    assert theirs == min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICE)


def test_a_server_that_can_not_start_leaves_its_last_words(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("store = ")
    with Supervisor(tmp_path, ["--data", str(tmp_path)]) as supervisor:
        assert eventually(lambda: "settings.toml" in supervisor.failure)


def test_what_lies_in_the_folder_it_is_started_from_is_no_part_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("websockets.py", "json.py", "app.py"):
        (tmp_path / name).write_text("raise SystemExit('somebody else')")
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "data"
    with Supervisor(data, ["--data", str(data), "--no-mdns"]) as supervisor:
        assert supervisor.wait_ready()["pid"]
