"""How one part of Pilotlight starts another: by a command, or, at once, as a copy of itself."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Protocol

ROOT = str(Path(__file__).resolve().parents[1])

RUN = f"import sys; {ROOT!r} in sys.path or sys.path.insert(0, {ROOT!r}); from app.cli import main; sys.exit(main())"


def command(*arguments: str) -> list[str]:
    """`pilotlight ARGUMENTS…` by this very program. `-P`: what lies in the folder in which somebody happens to be
    (a `json.py`, an `app/`) is no part of it."""
    return [sys.executable, "-P", "-c", RUN, *arguments]


class Child(Protocol):
    """Of `subprocess.Popen`, what is asked of a child whose output is read."""

    pid: int
    returncode: int | None
    stdout: IO[bytes] | None

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class Forked:
    """A child that begins with all that this process has loaded: Python, the arguments and the settings are a fifth of
    a second of work on a slow machine, before a customer sees anything. It runs `run` and ends with its status. Raises
    `OSError`. Only where `can_fork`."""

    def __init__(self, run: Callable[[], int], environment: Mapping[str, str]) -> None:
        """`environment` comes on top of this process's."""
        reading, writing = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)
            _be(run, writing, environment)
        os.close(writing)
        self.stdout: IO[bytes] | None = os.fdopen(reading, "rb", 0)

    def poll(self) -> int | None:
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        until = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if until is not None and time.monotonic() >= until:
                raise subprocess.TimeoutExpired("a screen", timeout or 0.0)
            time.sleep(0.01)
        return status

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:  # until then its id is nobody else's
            os.kill(self.pid, number)


def can_fork() -> bool:
    """A copy has none of the other threads, and may find their locks held for ever. A pipe must not come to lie where
    a closed stdin, stdout or stderr was."""
    alone = threading.active_count() == 1
    return sys.platform == "linux" and alone and None not in (sys.stdin, sys.stdout, sys.stderr)


def _be(run: Callable[[], int], writing: int, environment: Mapping[str, str]) -> None:
    """The child's life. Nothing of the parent's call stack may run in it."""
    status = 1
    try:
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(writing, 1)
        os.close(nothing)
        os.close(writing)
        os.environ.update(environment)
        status = run()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)
