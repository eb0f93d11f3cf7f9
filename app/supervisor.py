"""Keeps a server running for a screen: starts one if none runs on the data folder, restarts it if it dies.

The server is a process of its own, so a busy server never costs a frame and a crashed screen never costs an order.
A server whose screen was killed goes on; the next screen finds it by its `endpoint.json`.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from app.child import command

ENDPOINT_FILE = "endpoint.json"
FIRST_BACKOFF_S = 0.2
MAX_BACKOFF_S = 5.0
STEADY_S = 10.0
"""A server that lived this long was not failing at start; its successor starts without delay."""

START_TIMEOUT_S = 30.0
NICE = 5
"""A server's turns at a core come after those of its screen, about one to three where both want it: with a whole
evening to catch up it has work for seconds, and a frame has 16 ms."""


def read_endpoint(folder: Path) -> dict[str, Any] | None:
    """What the running server wrote about itself, or None when there is none or it is half gone."""
    try:
        endpoint = json.loads((folder / ENDPOINT_FILE).read_text())
    except (OSError, ValueError):
        return None
    return endpoint if isinstance(endpoint, dict) and "api" in endpoint else None


def alive(pid: int) -> bool:
    """Whether a process with this id runs. A zombie does not count: it holds nothing any more."""
    if Path("/proc/self").exists():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return False
        return stat.rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def server_runs(folder: Path) -> bool:
    endpoint = read_endpoint(folder)
    return endpoint is not None and alive(int(endpoint.get("pid", 0)))


class Supervisor:
    """Watches one server from a thread, so that a screen's event loop has nothing to do with it.

    `arguments` are those of `pilotlight server`. Use as a context manager; on exit a server that this supervisor
    started is asked to stop (SIGTERM), one that it found running is left alone.
    """

    def __init__(self, folder: Path, arguments: list[str]) -> None:
        self.folder = folder
        self.arguments = arguments
        self.failure = ""  # the last sentence a server printed before it gave up
        self._child: subprocess.Popen[bytes] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def __enter__(self) -> Supervisor:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=2)
        child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=10)

    def _start(self) -> subprocess.Popen[bytes]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "server.err").open("wb") as err:
            child = subprocess.Popen(
                command("server", *self.arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=err,
            )
        with contextlib.suppress(OSError, AttributeError):  # gone already; Windows has no such call
            os.setpriority(os.PRIO_PROCESS, child.pid, os.getpriority(os.PRIO_PROCESS, 0) + NICE)
        return child

    def _watch(self) -> None:
        backoff = FIRST_BACKOFF_S
        while not self._stop.is_set():
            if self._child is None and server_runs(self.folder):
                self._stop.wait(0.5)
                continue
            started = time.monotonic()
            self._child = self._start()
            while self._child.poll() is None and not self._stop.wait(0.1):
                pass
            if self._stop.is_set():
                return
            self._child = None
            with contextlib.suppress(OSError):
                lines = (self.folder / "server.err").read_text(errors="replace").strip().splitlines()
                self.failure = lines[-1] if lines else ""
            if time.monotonic() - started > STEADY_S:
                backoff = FIRST_BACKOFF_S
            self._stop.wait(backoff)
            backoff = min(backoff * 2, MAX_BACKOFF_S)

    def wait_ready(self, timeout_s: float = START_TIMEOUT_S) -> dict[str, Any]:
        """The endpoint of a running server. Raises `TimeoutError` with the server's own last words."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            endpoint = read_endpoint(self.folder)
            if endpoint is not None and alive(int(endpoint.get("pid", 0))):
                return endpoint
            time.sleep(0.02)
        raise TimeoutError(self.failure or f"The server did not start within {timeout_s:.0f} s.")
