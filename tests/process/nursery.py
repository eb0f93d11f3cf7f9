"""Starts servers quickly: a process that has read the whole program once, and forks for each server.

Four fifths of a server's start is Python reading it, and a thousand kills need a thousand starts. A fork runs the same
`pilotlight server …` from its first line on, with its own memory, files, threads and the environment of now. Where
there is no `fork`, or where another program comes before the command, an ordinary process is started.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from typing import BinaryIO

PR_SET_PDEATHSIG = 1
MAX_REQUEST_BYTES = 64 * 1024


class Forked:
    """A server that was forked, with as much of `subprocess.Popen` as is used here. How it ended it writes itself, last
    of all; of one that does not the status is that of a kill."""

    def __init__(self, pid: int, stdout: BinaryIO, ended: BinaryIO) -> None:
        self.pid = pid
        self.stdout = stdout
        self._ended = ended
        self._status: int | None = None
        try:
            self._handle: int | None = os.pidfd_open(pid)
        except ProcessLookupError:
            self._handle = None

    def poll(self) -> int | None:
        """None while it runs."""
        if self._handle is not None and not select.select([self._handle], [], [], 0)[0]:
            return None
        if self._status is None:
            if self._handle is not None:
                os.close(self._handle)
                self._handle = None
            with self._ended:
                self._status = int(self._ended.read() or -signal.SIGKILL)
        return self._status

    def wait(self, timeout: float | None = None) -> int:
        if self._handle is not None and not select.select([self._handle], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        status = self.poll()
        assert status is not None
        return status

    def send_signal(self, which: int) -> None:
        if self._handle is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, which)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Nursery:
    """The process that forks. One is enough for a run; it ends when we do."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket = ours
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.process.nursery", str(theirs.fileno())], pass_fds=[theirs.fileno()]
        )
        theirs.close()
        atexit.register(self.close)

    def start(self, arguments: list[str], stderr: int, netns: str = "") -> Forked:
        """Runs `pilotlight` with these arguments, in that network namespace."""
        (told, tells), (ended, ends) = os.pipe(), os.pipe()
        request = json.dumps([arguments, netns, dict(os.environ)]).encode()
        socket.send_fds(self._socket, [request], [tells, stderr, ends])
        os.close(tells)
        os.close(ends)
        pid = int(self._socket.recv(64))
        return Forked(pid, os.fdopen(told, "rb", buffering=0), os.fdopen(ended, "rb"))

    def close(self) -> None:
        self._socket.close()
        self._process.wait()


_nursery: list[Nursery] = []


def nursery() -> Nursery | None:
    """The one of this process; None where the system has no such thing."""
    if not hasattr(os, "pidfd_open"):
        return None
    if not _nursery:
        _nursery.append(Nursery())
    return _nursery[0]


def serve(requests: socket.socket) -> None:
    """Forks for each request, until whoever asks is gone."""
    import uvloop  # noqa: F401 - read now, so that children need not

    import app.cli
    import app.screen
    import app.serve  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here; the system buries them
    while True:
        message, fds, _, _ = socket.recv_fds(requests, MAX_REQUEST_BYTES, 3)
        if not message:
            return
        pid = os.fork()
        if pid == 0:
            requests.close()
            become(*json.loads(message), *fds)
        for fd in fds:
            os.close(fd)
        requests.send(str(pid).encode())


def become(arguments: list[str], netns: str, environment: dict[str, str], stdout: int, stderr: int, ended: int) -> None:
    """In the child: a server like any other, that dies with the nursery."""
    import app.cli

    os.environ.clear()
    os.environ.update(environment)
    if netns:
        namespace = os.open(f"/var/run/netns/{netns}", os.O_RDONLY)
        if ctypes.CDLL(None).setns(namespace, 0) != 0:
            os._exit(1)
        os.close(namespace)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    os.close(stdout)
    os.close(stderr)
    status = 1
    try:
        status = app.cli.main(arguments)
    except SystemExit as e:
        status = e.code if isinstance(e.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
            os.write(ended, str(status).encode())
        os._exit(status)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
