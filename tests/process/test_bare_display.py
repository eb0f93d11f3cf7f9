"""An X session with nothing but the terminal: no window manager makes it fill the display."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process.shop import eventually

ROOT = Path(__file__).resolve().parents[2]
SIZE = (1366, 768)  # of no terminal's own
PATIENCE_S = 90.0
pytestmark = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb")

CORNERS = """
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
seen = app.primaryScreen().grabWindow(0).toImage()
right, bottom = seen.width() - 2, seen.height() - 2
print(sum(seen.pixelColor(x, y).lightness() > 20 for x, y in ((1, 1), (right, 1), (1, bottom), (right, bottom))))
"""


@pytest.fixture
def display() -> Iterator[dict[str, str]]:
    """The environment of a program on a display with black ground."""
    width, height = SIZE
    with subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        name = server.stdout.readline().strip()
        given = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "QT_QUICK_BACKEND")}
        yield given | {"DISPLAY": f":{name}", "QT_QPA_PLATFORM": "xcb"}
        server.terminate()


def corners(environment: dict[str, str]) -> int:
    """In how many corners of the display something is shown."""
    told = subprocess.run([sys.executable, "-c", CORNERS], env=environment, capture_output=True, text=True, check=False)
    return int(told.stdout or 0)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_kiosk_fills_a_display_that_nobody_manages(tmp_path: Path, display: dict[str, str]) -> None:
    assert corners(display) == 0
    words = ["kiosk", "--data", str(tmp_path), "--store", "bare", "--no-mdns"]
    with subprocess.Popen(
        [sys.executable, "-m", "app.cli", *words], cwd=ROOT, env=display, stdout=subprocess.DEVNULL
    ) as kiosk:
        try:
            assert eventually(lambda: corners(display) == 4, PATIENCE_S)
        finally:
            kiosk.send_signal(signal.SIGTERM)
            kiosk.wait(30)
