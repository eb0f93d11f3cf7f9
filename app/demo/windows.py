"""Where the demo's windows go, and on what kind of display."""

from __future__ import annotations

import os
import subprocess
import sys

from app.display import is_missing

# Shares of the screen: x, y, width, height. The kiosk stands on the left, as tall as it gets.
PLACES = {
    "kiosk": (0.0, 0.0, 0.28, 1.0),
    "pos": (0.28, 0.0, 0.40, 0.5),
    "kitchen": (0.28, 0.5, 0.72, 0.5),
    "board": (0.68, 0.0, 0.32, 0.5),
}
HEADLESS = {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
DEFAULT_SCREEN = (1920, 1080)


def has_display() -> bool:
    if os.environ.get("QT_QPA_PLATFORM"):
        return os.environ["QT_QPA_PLATFORM"] not in ("offscreen", "minimal")
    return not is_missing()


def screen_size() -> tuple[int, int]:
    """The usable screen in logical pixels, asked of Qt in a process of its own so that this one stays without Qt."""
    script = (
        "from PySide6.QtGui import QGuiApplication\n"
        "app = QGuiApplication([])\n"
        "g = app.primaryScreen().availableGeometry()\n"
        "print(g.width(), g.height())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)
    try:
        width, height = done.stdout.split()
        return int(width), int(height)
    except ValueError:
        return DEFAULT_SCREEN


def placed(role: str, screen: tuple[int, int]) -> list[str]:
    """`--size` and `--position` of a role's window."""
    x, y, w, h = PLACES[role]
    width, height = screen
    border = 40  # a window manager's title bar, so that one window's does not cover another
    return [
        "--size",
        f"{int(w * width) - 8}x{int(h * height) - border}",
        "--position",
        f"{int(x * width) + 4},{int(y * height) + border}",
    ]
