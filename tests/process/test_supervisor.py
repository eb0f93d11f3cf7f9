"""A screen's server is kept running, and found when it runs already."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from app.child import command
from app.supervisor import (
    ENDPOINT_FILE,
    LAST_WORDS_FILE,
    MOST_WORDS_BYTES,
    NICE,
    OLD_WORDS_FILE,
    Supervisor,
    alive,
    is_silent,
    read_endpoint,
    running,
    server_runs,
)
from tests.process.shop import Server, eventually

OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
PATIENCE_S = 60.0
"""On a machine of which much else is wanted."""


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


def test_who_has_a_dead_servers_id_since_is_no_server(tmp_path: Path) -> None:
    """The power is cut, and the next morning the machine gives that number to another program."""
    Server(tmp_path, "--no-mdns").start().kill()
    endpoint = json.loads((tmp_path / ENDPOINT_FILE).read_text())
    (tmp_path / ENDPOINT_FILE).write_text(json.dumps(endpoint | {"pid": os.getpid()}))
    assert not server_runs(tmp_path)
    with Supervisor(tmp_path, ["--data", str(tmp_path), "--no-mdns"]) as supervisor:
        assert supervisor.wait_ready()["pid"] != os.getpid()


@pytest.mark.parametrize("pid", ["7", None, -1, 0, 1.5])
def test_an_endpoint_without_a_process_is_of_no_server(tmp_path: Path, pid: object) -> None:
    (tmp_path / ENDPOINT_FILE).write_text(json.dumps({"api": "http://127.0.0.1:1", "token": "x", "pid": pid}))
    assert not server_runs(tmp_path)
    with Supervisor(tmp_path, ["--data", str(tmp_path), "--no-mdns"]) as supervisor:
        assert supervisor.wait_ready()["pid"]


@pytest.mark.parametrize("whose", ["its own", "found"])
def test_a_server_that_says_nothing_any_more_is_ended_and_started_again(tmp_path: Path, whose: str) -> None:
    arguments = ["--data", str(tmp_path), "--no-mdns"]
    server = Server(tmp_path, "--no-mdns").start() if whose == "found" else None
    with Supervisor(tmp_path, arguments) as supervisor:
        first = supervisor.wait_ready()["pid"]
        os.kill(first, signal.SIGSTOP)
        found = eventually(lambda: (now := running(tmp_path)) and now["pid"] != first and now, PATIENCE_S)
        assert found, "another one serves"
        assert not alive(first)
        assert not is_silent(found["api"])
    if server is not None:
        server.kill()


def test_a_server_starts_also_where_its_last_words_can_not_be_kept(tmp_path: Path) -> None:
    """A disk that is full, or something that lies in the way."""
    (tmp_path / LAST_WORDS_FILE).mkdir()
    with Supervisor(tmp_path, ["--data", str(tmp_path), "--no-mdns"]) as supervisor:
        assert supervisor.wait_ready()["pid"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("role", ["server", "kiosk"])
def test_a_terminal_runs_also_where_nobody_can_take_what_it_says(tmp_path: Path, role: str) -> None:
    """Its output goes to a file on a disk that is full."""
    arguments = [role, "--data", str(tmp_path), "--no-mdns"]
    with Path("/dev/full").open("wb") as full:
        process = subprocess.Popen(command(*arguments), stdout=full, stderr=full, env=os.environ | OFFSCREEN)
    try:
        found = eventually(lambda: running(tmp_path) or process.poll() is not None, PATIENCE_S)
        assert process.poll() is None
        assert found
        assert not is_silent(found["api"])
    finally:
        process.terminate()
        assert process.wait(PATIENCE_S) in (0, 120), "Python itself can't say goodbye"


def test_what_a_server_warns_of_for_months_does_not_fill_the_disk(tmp_path: Path) -> None:
    words = tmp_path / LAST_WORDS_FILE
    with Supervisor(tmp_path, ["--data", str(tmp_path), "--no-mdns"]) as supervisor:
        sync_port = supervisor.wait_ready()["sync_port"]
        with words.open("ab") as file:
            file.write(b"a warning\n" * (MOST_WORDS_BYTES // 8))
        assert eventually(lambda: words.stat().st_size < 100_000, PATIENCE_S)
        kept = words.with_name(OLD_WORDS_FILE).read_bytes()
        assert len(kept) == MOST_WORDS_BYTES
        assert kept.endswith(b"a warning\n")
        with socket.create_connection(("127.0.0.1", sync_port)) as line:
            line.sendall(b"garbage\r\n\r\n")
            line.recv(100)
        assert eventually(lambda: b"no websocket handshake" in words.read_bytes(), PATIENCE_S)
        assert b"\0" not in words.read_bytes(), "it goes on at its new beginning"


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
