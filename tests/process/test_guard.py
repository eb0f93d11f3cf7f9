"""A screen that stands still or dies is before its customer again, with the basket and where they were in paying."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.guard import MOST_FAILURES, Guard
from app.supervisor import read_endpoint, server_runs
from tests.process.shop import Server, eventually
from tests.process.test_card_terminal import MENU
from ui.staff import choices

FROZEN_S = 3.0
PATIENCE_S = 90.0
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="stops processes by signals")


class Watched:
    """A kiosk's screen under a guard, and what it has shown."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[str] = []
        self.plain: list[bool] = []
        offscreen = {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
        self.guard = Guard(
            self._command, frozen_after_s=FROZEN_S, told=self.told.append, environment={**os.environ, **offscreen}
        )
        self._thread = threading.Thread(target=self.guard.run, daemon=True)
        self._thread.start()

    def _command(self, plain: bool) -> list[str]:
        self.plain.append(plain)
        return [sys.executable, "-m", "tests.process.troubled", str(self.folder)]

    def do(self, what: str) -> None:
        (self.folder / what).touch()

    def shown(self) -> list[dict[str, Any]]:
        with contextlib.suppress(OSError):
            return [json.loads(line) for line in (self.folder / "shown.jsonl").read_text().splitlines()]
        return []

    def shows(self, **what: Any) -> dict[str, Any]:
        """Waits until the screen shows it now; `but`: by another process than this."""
        but = what.pop("but", 0)

        def now() -> dict[str, Any] | None:
            last = (self.shown() or [{}])[-1]
            return last if what.items() <= last.items() and last.get("pid") != but else None

        found = eventually(now, PATIENCE_S)
        assert found, (what, self.shown()[-5:], self.told)
        return dict(found)

    def close(self) -> None:
        self.guard.stop()
        self._thread.join(30)
        assert not self._thread.is_alive()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    one = Server(
        tmp_path_factory.mktemp("stays") / "kiosk", "--no-mdns", "--store", "corner", "--role", "kiosk"
    ).start()
    one.command("menu.publish", menu=MENU)
    yield one
    one.stop()


@pytest.fixture
def kiosk(server: Server) -> Iterator[Watched]:
    for left in ("visit.json", "shown.jsonl", "dies"):
        (server.folder / left).unlink(missing_ok=True)
    one = Watched(server.folder)
    yield one
    one.close()


@pytest.mark.timeout(240)
def test_a_screen_that_hangs_is_started_again_and_its_customer_gets_the_basket_back(kiosk: Watched) -> None:
    kiosk.do("order")
    pid = kiosk.shows(page="menu", pieces=1)["pid"]
    kiosk.do("spin")
    kiosk.shows(page="menu", pieces=1, but=pid)
    assert set(kiosk.told) == {"frozen"}  # on a busy machine a well one can be taken for frozen, too


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_whatever_befalls_a_screen_its_customer_is_where_they_were(kiosk: Watched) -> None:
    kiosk.do("order")
    pid = kiosk.shows(page="menu", pieces=1)["pid"]
    kiosk.do("pay")
    kiosk.shows(page="pay", state="choose")
    os.kill(pid, signal.SIGSTOP)
    pid = kiosk.shows(page="pay", state="choose", pieces=1, but=pid)["pid"]
    kiosk.do("blind")
    pid = kiosk.shows(page="pay", state="choose", pieces=1, but=pid)["pid"]
    os.kill(pid, signal.SIGKILL)
    kiosk.shows(page="pay", state="choose", pieces=1, but=pid)
    assert {"frozen", "died"} == set(kiosk.told)
    assert kiosk.told.count("frozen") >= 2
    assert not any(kiosk.plain)


@pytest.mark.slow
@pytest.mark.timeout(480)
def test_a_screen_that_fails_again_and_again_gives_way_to_a_plain_one(kiosk: Watched) -> None:
    assert eventually(lambda: kiosk.guard.seen, PATIENCE_S)
    kiosk.do("dies")
    kiosk.do("die")
    assert eventually(lambda: True in kiosk.plain, MOST_FAILURES * PATIENCE_S), (kiosk.told, kiosk.plain)
    *failures, last = kiosk.told
    assert last == "failing"
    assert len(failures) == MOST_FAILURES
    assert "died" in failures
    assert set(failures) <= {"died", "frozen"}  # on a busy machine it can be taken for frozen before it dies
    assert kiosk.plain == [False] * MOST_FAILURES + [True]


def test_a_screen_that_never_showed_anything_is_not_tried_for_ever(tmp_path: Path) -> None:
    told: list[str] = []
    guard = Guard(lambda plain: [sys.executable, "-c", "raise SystemExit(7)"], frozen_after_s=5, told=told.append)
    assert guard.run() == 7
    assert told == ["died"] * MOST_FAILURES


class Kiosk:
    """The command as an installer starts it: one process watches, the screen and the server are its children."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        offscreen = {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software", **environment}
        words = ["kiosk", "--data", str(folder), "--store", "corner", "--no-mdns"]
        with folder.with_suffix(".log").open("wb") as log:
            self.watcher = subprocess.Popen(
                [sys.executable, "-m", "app.cli", *words], stdout=log, stderr=log, env={**os.environ, **offscreen}
            )
        self.server = Server(folder)

    def ready(self) -> None:
        """The screen is there, and its server answers."""
        assert self.screen()
        self.server.endpoint = eventually(lambda: read_endpoint(self.folder), PATIENCE_S)
        assert eventually(self.lines, PATIENCE_S)

    def screen(self, but: int = 0) -> int:
        """The process that draws; not `but`."""
        found = eventually(
            lambda: screen_of(self.watcher.pid) not in (0, but) and screen_of(self.watcher.pid), PATIENCE_S
        )
        assert found
        return int(found)

    def lines(self) -> list[dict[str, Any]]:
        with contextlib.suppress(httpx.HTTPError, AssertionError):
            found: list[dict[str, Any]] = self.server.get("/v1/screens")
            return found
        return []

    def end(self) -> None:
        self.watcher.send_signal(signal.SIGTERM)
        assert self.watcher.wait(PATIENCE_S) == 0
        assert eventually(lambda: not server_runs(self.folder)), "nothing is left running"


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., Kiosk]]:
    kiosks: list[Kiosk] = []

    def start(**environment: str) -> Kiosk:
        kiosks.append(Kiosk(tmp_path / "kiosk", **environment))
        return kiosks[-1]

    yield start
    for kiosk in kiosks:
        kiosk.watcher.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            kiosk.watcher.wait(PATIENCE_S)
        kiosk.watcher.kill()


@pytest.mark.timeout(240)
def test_a_kiosk_whose_screen_is_stopped_comes_back_and_staff_see_that(started: Callable[..., Kiosk]) -> None:
    kiosk = started(PILOTLIGHT_FROZEN_SECONDS="3")
    kiosk.ready()
    screen = kiosk.screen()
    os.kill(screen, signal.SIGSTOP)
    kiosk.screen(but=screen)
    assert eventually(lambda: kiosk.lines() and kiosk.lines()[0]["failures"] == 1, PATIENCE_S)
    said = kiosk.folder.with_suffix(".log").read_text()
    assert said.count(f"This terminal is a kiosk of the store “corner”. Its data is in {kiosk.folder}.") == 1
    kiosk.end()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_kiosk_whose_screen_always_dies_says_so_and_staff_see_why(started: Callable[..., Kiosk]) -> None:
    kiosk = started()
    kiosk.ready()
    before = 0
    for _ in range(MOST_FAILURES):
        before = kiosk.screen(but=before)
        time.sleep(8)  # it shows something first: one that never did is another story
        os.kill(before, signal.SIGKILL)
    plain = kiosk.screen(but=before)
    assert b"--plain" in Path(f"/proc/{plain}/cmdline").read_bytes()
    assert eventually(lambda: kiosk.lines() and kiosk.lines()[0]["why"] == "failing", PATIENCE_S)
    kiosk.end()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_staff_make_a_kiosk_a_till_and_it_is_one_for_all_others_too(started: Callable[..., Kiosk]) -> None:
    kiosk = started()
    kiosk.ready()
    assert kiosk.lines()[0]["role"] == "kiosk"
    kiosk.end()
    choices.save(kiosk.folder, choices.Choices(role="pos", instead_of="kiosk"))
    till = started()
    till.server.endpoint = eventually(lambda: server_runs(till.folder) and read_endpoint(till.folder), PATIENCE_S)
    assert eventually(lambda: till.lines() and till.lines()[0]["role"] == "pos", PATIENCE_S)
    till.end()


def screen_of(pid: int) -> int:
    """The child of a watching process that draws, which has loaded what it draws with; 0 while there is none."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with contextlib.suppress(OSError):
            if b"libQt6Quick" in Path(f"/proc/{child}/maps").read_bytes():
                return int(child)
    return 0
