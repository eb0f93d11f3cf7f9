"""Keeps a server running for a screen: starts one if none runs on the data folder, restarts it if it dies, or says
nothing any more: in a loop, stopped, or waiting for ever for what it should not wait for.

The server is a process of its own, so a busy server never costs a frame and a crashed screen never costs an order.
A server whose screen was killed goes on; the next screen finds it by its `endpoint.json`.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from app.child import command
from app.saying import warn

ENDPOINT_FILE = "endpoint.json"
LAST_WORDS_FILE = "server.err"
OLD_WORDS_FILE = "server.err.old"
MOST_WORDS_BYTES = 1 << 20
"""Of what a server warns of; then it begins anew, and what was before is kept once. A till runs for months."""

FIRST_BACKOFF_S = 0.2
MAX_BACKOFF_S = 5.0
STEADY_S = 10.0
"""A server that lived this long was not failing at start; its successor starts without delay."""

START_TIMEOUT_S = 30.0

ASK_EVERY_S = 3.0
ANSWER_WITHIN_S = 4.0
MOST_SILENCES = 4
"""A server that gives no answer so many times in a row, each within that time, is ended and started again, 16 to 19
seconds after its last word. Killing one costs no order, and an answer takes a well one a few milliseconds beside all
that it does. It is counted, and not timed: a machine that slept through it has asked once."""

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
"""Windows has no SIGKILL, and ends a process by either."""

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


def mark_of(pid: int) -> str:
    """What tells a process from one that has its id later: after a power cut most machines start the same programs in
    the same order. `""` where the system does not tell."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return f"{boot}/{stat.rpartition(')')[2].split()[19]}"  # the boot, and the tick of it at which it was started


def running(folder: Path) -> dict[str, Any] | None:
    """What the server that runs on a folder says of itself; None where none does, or it has not got so far."""
    endpoint = read_endpoint(folder)
    if endpoint is None:
        return None
    pid, mark = endpoint.get("pid"), endpoint.get("process")
    if not isinstance(pid, int) or pid <= 0 or not alive(pid):
        return None
    return endpoint if not mark or mark == mark_of(pid) else None


def server_runs(folder: Path) -> bool:
    return running(folder) is not None


def is_silent(api: str) -> bool:
    """Whether nobody answers who should. One that ends, or has ended, is not silent: that shows in another way."""
    import socket  # a screen starts sooner without

    host, _, port = api.removeprefix("http://").rpartition(":")
    question = f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((host, int(port)), ANSWER_WITHIN_S) as line:
            line.sendall(question.encode())
            line.recv(1)
    except TimeoutError:
        return True
    except (OSError, ValueError):
        pass
    return False


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
        self._silences = 0  # in a row
        self._ask_at = 0.0
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
        """Raises `OSError` where the machine has no room for another process just now."""
        with self._last_words() as err:
            child = subprocess.Popen(
                command("server", *self.arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=err,
            )
        with contextlib.suppress(OSError, AttributeError):  # gone already; Windows has no such call
            os.setpriority(os.PRIO_PROCESS, child.pid, os.getpriority(os.PRIO_PROCESS, 0) + NICE)
        return child

    def _last_words(self) -> BinaryIO:
        """Where they go; nowhere on a disk that takes nothing: what the server makes of that it says itself."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / LAST_WORDS_FILE
            path.unlink(missing_ok=True)
            return path.open("ab")  # at the end, wherever that is after `_trim`
        except OSError:
            return open(os.devnull, "wb")

    def _watch(self) -> None:
        """Without a server a screen is nothing: whatever is in the way of watching one, it is tried again."""
        while not self._stop.is_set():
            try:
                self._watch_on()
            except Exception as e:
                warn(f"The server can't be watched ({type(e).__name__}: {e}). It is tried again.")
                self._stop.wait(MAX_BACKOFF_S)

    def _watch_on(self) -> None:
        backoff = FIRST_BACKOFF_S
        while not self._stop.is_set():
            if self._child is None and server_runs(self.folder):
                self._stop.wait(0.5)
                self._ask()
                continue
            started = time.monotonic()
            try:
                self._child = self._child or self._start()
            except OSError as e:
                self.failure = f"The server can't be started ({e.strerror})."
                self._stop.wait(MAX_BACKOFF_S)
                continue
            while self._child.poll() is None and not self._stop.wait(0.1):
                self._ask()
            if self._stop.is_set():
                return
            self._child = None
            with contextlib.suppress(OSError):
                lines = (self.folder / LAST_WORDS_FILE).read_text(errors="replace").strip().splitlines()
                self.failure = lines[-1] if lines else ""
            if time.monotonic() - started > STEADY_S:
                backoff = FIRST_BACKOFF_S
            self._stop.wait(backoff)
            backoff = min(backoff * 2, MAX_BACKOFF_S)

    def _ask(self) -> None:
        """Whether the server still lives; ends it where it has not for long."""
        if time.monotonic() < self._ask_at:
            return
        self._trim()
        server = running(self.folder)
        silent = server is not None and is_silent(str(server["api"]))
        self._silences = self._silences + 1 if silent else 0
        self._ask_at = time.monotonic() + (0.0 if silent else ASK_EVERY_S)
        if self._silences < MOST_SILENCES or server is None or running(self.folder) != server or self._stop.is_set():
            return
        self._silences = 0
        warn("The server answered nothing any more; it is started again.")
        with contextlib.suppress(OSError):
            os.kill(server["pid"], KILL)

    def _trim(self) -> None:
        path = self.folder / LAST_WORDS_FILE
        with contextlib.suppress(OSError):
            if path.stat().st_size > MOST_WORDS_BYTES:
                path.with_name(OLD_WORDS_FILE).write_bytes(path.read_bytes()[-MOST_WORDS_BYTES:])
                os.truncate(path, 0)

    def wait_ready(self, timeout_s: float = START_TIMEOUT_S) -> dict[str, Any]:
        """The endpoint of a running server. Raises `TimeoutError` with the server's own last words."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            endpoint = running(self.folder)
            if endpoint is not None:
                return endpoint
            time.sleep(0.02)
        raise TimeoutError(self.failure or f"The server did not start within {timeout_s:.0f} s.")
