"""What every screen stands on: it ends when asked, notices that nobody is there, and keeps its faults to itself."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import MENU, ticket

ROOT = Path(__file__).resolve().parents[2]
SHOW = """
import sys
from pathlib import Path
from ui.shell import run_screen

async def shown(screen):
    print("shown", flush=True)

sys.exit(run_screen({role!r}, data=Path({data!r}), windowed=True, size=(800, 600), drive=shown))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
@pytest.mark.parametrize("role", ["pos", "kitchen", "board"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_screen_ends_quietly_when_asked(desk: Desk, role: str, number: signal.Signals) -> None:
    desk.views |= {"menu": MENU, "tickets": [ticket("A1")], "orders": [], "availability": {}, "status": {}}
    script = SHOW.format(role=role, data=str(desk.folder))
    screen = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert screen.stdout is not None
        assert screen.stdout.readline() == "shown\n"
        end = time.monotonic() + 20
        while not desk.watchers and time.monotonic() < end:
            time.sleep(0.02)
        screen.send_signal(number)
        _, stderr = screen.communicate(timeout=30)
        assert (screen.returncode, stderr) == (0, "")
    finally:
        screen.kill()


@pytest.mark.parametrize("windowed", [True, False])
def test_a_position_off_all_displays_is_told_and_the_screen_is_seen_all_the_same(desk: Desk, windowed: bool) -> None:
    desk.views |= {"menu": MENU, "orders": [], "availability": {}, "status": {}}
    script = f"""
import sys
from pathlib import Path
from PySide6.QtGui import QGuiApplication
from ui.shell import run_screen

async def shown(screen):
    print(QGuiApplication.primaryScreen().geometry().intersects(screen.view.geometry()), flush=True)
    raise SystemExit(0)

sys.exit(run_screen("pos", data=Path({str(desk.folder)!r}), windowed={windowed}, size=(600, 400), position=(9000, -50),
                    drive=shown))
"""
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (told.returncode, told.stdout) == (0, "True\n")
    (sentence,) = told.stderr.splitlines()
    assert sentence.startswith("--position 9000,-50 is on no display, so the first one is used. Displays here: 0,0 to ")


def test_a_screen_nobody_touches_becomes_idle_and_a_touch_wakes_it(desk: Desk, show: Callable[..., Hand]) -> None:
    desk.views |= {"menu": MENU, "tickets": [ticket("A1")]}
    hand = show("kitchen", (1280, 800), idle_seconds=1)
    hand.until(lambda: hand.screen.shell.idle)
    hand.tap("kitchen.allday.toggle")
    assert not hand.screen.shell.idle


def test_amounts_and_words_follow_the_language_at_once(desk: Desk, show: Callable[..., Hand]) -> None:
    desk.views |= {"menu": MENU, "tickets": []}
    shell = show("kitchen", (1280, 800)).screen.shell
    shell.set_currency("EUR")
    assert shell.formatMoney.call([350]).toString() == "€3.50"
    shell.set_language("de")
    assert shell.formatMoney.call([350]).toString() == "3,50\u00a0€"
    assert shell.formatExtra.call([90]).toString() == "+0,90\u00a0€"
    shell.resetLanguage()
    assert shell.tr.call(["kitchen.caught_up"]).toString() == "All caught up"


def test_a_picture_is_written_when_pictures_are_wanted(desk: Desk, show: Callable[..., Hand], tmp_path: Path) -> None:
    desk.views |= {"menu": MENU, "tickets": []}
    hand = show("kitchen", (1280, 800), shots=tmp_path / "shots")
    path = hand.screen.shell.shoot("empty")
    assert path is not None
    assert path.name == "kitchen-empty.png"
    assert path.stat().st_size > 1000
