"""Whether a window can be shown here, known without Qt: where it finds no display it ends the process itself."""

from __future__ import annotations

import os
import platform

from server.event import Refused


def is_missing() -> bool:
    """Only Linux knows machines without one; and who names a platform of Qt knows why."""
    if platform.system() != "Linux" or os.environ.get("QT_QPA_PLATFORM"):
        return False
    return not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def check_display() -> None:
    """Raises `Refused("no_display")`."""
    if is_missing():
        raise Refused(
            "no_display",
            "There is no display here: start it in a desktop session, or with QT_QPA_PLATFORM=vnc, which shows it to a "
            "VNC viewer at 127.0.0.1:5900.",
        )
