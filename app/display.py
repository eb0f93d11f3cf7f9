"""Whether a window can be shown here, known without Qt: where it finds no display it ends the process itself."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import socket
from pathlib import Path

from server.event import Refused

DO = (
    "start it in a desktop session, or with QT_QPA_PLATFORM=vnc, which shows it to a VNC viewer at 127.0.0.1:5900 "
    "(DISPLAY and WAYLAND_DISPLAY name a session)."
)
X_PORT = 6000
"""Of display 0 on another machine; one more for each further one (X(7), "Display names")."""

WAIT_S = 2.0


def is_missing() -> bool:
    """Only Linux knows machines without one; and who names a platform of Qt knows why."""
    return bool(reason())


def check_display() -> None:
    """Raises `Refused("no_display")`."""
    if why := reason():
        raise Refused("no_display", f"{why}: {DO}")


def reason() -> str:
    """Why no window can be shown, without a full stop; empty when one can."""
    if platform.system() != "Linux" or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    x, wayland = os.environ.get("DISPLAY", ""), os.environ.get("WAYLAND_DISPLAY", "")
    if not x and not wayland:
        return "There is no display here"
    if (x and _x_answers(x)) or (wayland and _wayland_answers(wayland)):
        return ""
    return f"The display {' or '.join(name for name in (x, wayland) if name)} does not answer"


def _x_answers(name: str) -> bool:
    found = re.fullmatch(r"(?P<host>.*):(?P<number>\d+)(\.\d+)?", name)
    if found is None:
        return False
    number = int(found["number"])
    if found["host"] not in ("", "unix"):
        host = found["host"].rpartition("/")[2].strip("[]")
        with contextlib.suppress(OSError, OverflowError), socket.create_connection((host, X_PORT + number), WAIT_S):
            return True
        return False
    path = f"/tmp/.X11-unix/X{number}"
    return _listens(path) or _listens(f"\0{path}")


def _wayland_answers(name: str) -> bool:
    return _listens(str(Path(os.environ.get("XDG_RUNTIME_DIR", ""), name)))


def _listens(address: str) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
        line.settimeout(WAIT_S)
        line.connect(address)
        return True
    return False
