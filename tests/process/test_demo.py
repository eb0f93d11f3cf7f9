"""The demo, as a visitor starts it: real screens, real servers, the line cut in the middle."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process.shop import eventually

ORDERS = 4


@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled_while_the_line_is_cut() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "demo", "--headless", "--orders", str(ORDERS), "--cut", "--json"],
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.stdout.strip(), done.stderr[-3000:]
    summary = json.loads(done.stdout)
    assert done.returncode == 0, summary
    assert summary["orders_placed"] == summary["orders_in_kitchen"] == summary["orders_at_office"] == ORDERS
    assert (summary["lost"], summary["duplicated"], summary["totals_equal"]) == (0, 0, True)
    assert summary["tap_to_kitchen_ms"]["n"] == ORDERS
    assert summary["office_resume_ms"] is not None


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("after", "number", "group", "times"),
    [("Starting Counter", signal.SIGTERM, False, 1), ("The shop is open", signal.SIGINT, True, 2)],
    ids=["asked to end while it starts", "Ctrl-C, twice"],
)
def test_whoever_ends_it_leaves_nothing_behind(
    tmp_path: Path, after: str, number: signal.Signals, group: bool, times: int
) -> None:
    words = [sys.executable, "-m", "app.cli", "demo", "--headless", "--data", str(tmp_path)]
    said: list[str] = []
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, start_new_session=True) as demo:
        assert demo.stderr is not None
        for line in demo.stderr:
            said.append(line)
            if line.startswith(after):
                for _ in range(times):  # a terminal tells all of its processes
                    os.killpg(demo.pid, number) if group else demo.send_signal(number)
    assert "Traceback" not in "".join(said)
    assert eventually(lambda: not of(tmp_path), 60), of(tmp_path)


def of(folder: Path) -> list[str]:
    """The commands of the processes that work in it."""
    found = []
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in (words := one.read_bytes()):
                found.append(words.replace(b"\0", b" ").decode())
    return found
