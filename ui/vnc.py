"""Serves a screen over VNC on loopback where there is no display.

Qt's VNC plug-in (`QT_QPA_PLATFORM=vnc`) listens on every interface and has no password, and offers no setting for
either. So as soon as the listening socket exists, in the first turns of the event loop and before the screen is
drawn, it is replaced under its file descriptor by one that is bound to loopback.
"""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

MAX_TURNS = 100
"""The plug-in needs two or three; one that needs more than this has failed and said so on stderr."""


def listening_descriptor(port: int) -> int | None:
    """This process's file descriptor that listens on `port`, or None."""
    for name in os.listdir("/proc/self/fd"):
        fd = int(name)
        try:
            if not stat.S_ISSOCK(os.fstat(fd).st_mode):
                continue
            with socket.socket(fileno=os.dup(fd)) as s:
                if s.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) and s.getsockname()[1] == port:
                    return fd
        except (OSError, IndexError, TypeError):
            continue
    return None


def available() -> bool:
    """Whether confining works here: it reads `/proc`, so only on Linux."""
    return Path("/proc/self/fd").is_dir()


def confine(plugin_port: int, port: int, turn: Callable[[], None]) -> int:
    """Moves the plug-in's server from every interface's `plugin_port` to loopback's `port` (0 picks one).

    `turn` lets Qt's event loop turn once; the plug-in listens from one of the first turns on. Call it right after the
    QGuiApplication was made. Returns the loopback port. Raises `OSError` when the plug-in does not listen or `port` is
    taken.
    """
    fd = None
    for _ in range(MAX_TURNS):
        turn()
        fd = listening_descriptor(plugin_port)
        if fd is not None:
            break
    if fd is None:
        raise OSError(f"Qt's VNC server does not listen on port {plugin_port}")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as loopback:
        loopback.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        loopback.bind(("127.0.0.1", port))
        loopback.listen(5)
        loopback.setblocking(False)
        os.dup2(loopback.fileno(), fd)
        return int(loopback.getsockname()[1])
