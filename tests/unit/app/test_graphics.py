"""Who draws: a graphics processor, or the processor by Qt's own renderer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.unit.app.rights import as_nobody
from ui import graphics

linux = pytest.mark.skipif(sys.platform != "linux", reason="asks for Linux's devices")


def device(folder: Path, name: str, mode: int = 0o666) -> Path:
    found = folder / name
    found.parent.mkdir(parents=True, exist_ok=True)
    found.parent.chmod(0o755)  # a server that was run in this process keeps what it makes to itself
    found.touch()
    found.chmod(mode)
    return found


@linux
@pytest.mark.parametrize("platform", ["", "xcb", "wayland;xcb", "xcb:nograb"])
def test_on_a_desktop_it_depends_on_the_machine(tmp_path: Path, platform: str) -> None:
    assert not graphics.draws(platform, tmp_path)
    device(tmp_path, "dri/card0")  # shows pictures, draws none
    assert not graphics.draws(platform, tmp_path)
    device(tmp_path, "dri/renderD128")
    assert graphics.draws(platform, tmp_path)


@pytest.mark.parametrize("platform", ["offscreen", "vnc:port=5900", "linuxfb", "minimal"])
def test_some_platforms_have_no_graphics_processor(tmp_path: Path, platform: str) -> None:
    device(tmp_path, "dri/renderD128")
    assert not graphics.draws(platform, tmp_path)


def test_a_display_without_a_desktop_is_drawn_by_its_driver(tmp_path: Path) -> None:
    assert graphics.draws("eglfs", tmp_path)


@linux
@pytest.mark.parametrize("name", ["nvidia0", "mali0", "dxg"])
def test_a_maker_may_have_a_way_of_its_own(tmp_path: Path, name: str) -> None:
    device(tmp_path, "nvidiactl")
    assert not graphics.draws("", tmp_path)
    device(tmp_path, name)
    assert graphics.draws("", tmp_path)


def test_a_few_cores_do_not_wait_for_each_other_in_the_middle_of_a_frame(tmp_path: Path) -> None:
    assert graphics.settings("offscreen", tmp_path, cores=2)["QT_NO_GUI_THREADPOOL"] == "1"
    assert "QT_NO_GUI_THREADPOOL" not in graphics.settings("offscreen", tmp_path, cores=4)
    assert graphics.settings("eglfs", tmp_path, cores=2) == {"QSG_RENDER_LOOP": "basic"}


@linux
def test_a_device_that_is_shut_to_this_user_draws_nothing() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        device(folder, "dri/renderD128", 0o000)
        with as_nobody():
            assert graphics.there(folder)
            assert not graphics.usable(folder)
            assert not graphics.draws("xcb", folder)


CHOSEN = "import os; from ui.host import choose_renderer; choose_renderer(); print(os.environ['QT_QUICK_BACKEND'])"


@pytest.mark.parametrize(("given", "chosen"), [(None, "software"), ("rhi", "rhi")])
def test_who_names_a_renderer_gets_it(given: str | None, chosen: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "QT_QUICK_BACKEND"} | {"QT_QPA_PLATFORM": "offscreen"}
    if given is not None:
        environment["QT_QUICK_BACKEND"] = given
    told = subprocess.run([sys.executable, "-c", CHOSEN], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == chosen
