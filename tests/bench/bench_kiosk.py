"""The kiosk's own speed: the real program with its server, five hundred dishes and pictures, on the software renderer,
while nothing else happens and while the server catches up with a neighbour's long history."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.demo.count import percentile
from app.relay import Relay
from tests.bench.figures import Figure
from tests.bench.processes import ROOT, terminal
from tests.bench.scale import Scale
from tests.process.shop import Server
from tests.ui.large import large_menu

DISHES = 500
FIRST_MS, SHEET_MS, FRAME_MS, MEMORY_MB = 1000.0, 100.0, 1000 / 60, 200.0
STORE = "s1"
SIZE = (1080, 1920)
STARTS = 5
START_S = 60.0
END_S = 30.0
LAST = 19
"""The neighbour's niceness: in a shop it is another machine, and takes no core from this one's screen."""


def figures(folder: Path, scale: Scale) -> list[Figure]:
    found = [measured(folder / f"kiosk-{n}", scale.caught_up) for n in range(scale.slow_runs)]
    name = f"kiosk, {DISHES} dishes with pictures, 1080 × 1920, software renderer"
    behind = f"while its server catches up {scale.caught_up:,} events"

    def each(read: Any) -> list[float]:
        return [read(one) for one in found]

    return [
        Figure("kiosk-first", f"{name}: process started → first frame", "ms",
               [ms for one in found for ms in one["first_ms"]], [], FIRST_MS),
        Figure("kiosk-ready", f"{name}: process started → frame with the menu", "ms",
               each(lambda one: one["ready_ms"])),
        Figure("kiosk-sheet", f"{name}: tap on a dish → frame with its sheet, slowest of 20", "ms",
               each(lambda one: max(one["sheet_ms"])), [], SHEET_MS),
        Figure("kiosk-scroll", f"{name}: a display's tick → its frame of a fast scroll, p99", "ms",
               each(lambda one: top(one["quiet"]["frame_ms"])), [], FRAME_MS),
        Figure("kiosk-scroll-busy", f"{name}: the same {behind}, p99", "ms",
               each(lambda one: top(one["busy"]["frame_ms"])), [], FRAME_MS),
        Figure("kiosk-scroll-own", f"{name}: of that the screen's own work, p99", "ms",
               each(lambda one: top(one["busy"]["frame_own_ms"])), [], FRAME_MS),
        Figure("kiosk-scroll-kept", f"{name}: ticks with a frame {behind}", "%",
               each(lambda one: 100 * len(one["busy"]["frame_ms"]) / one["busy"]["ticks"])),
        Figure("kiosk-memory", f"{name}: resident memory after all of that", "MB",
               each(lambda one: one["memory_mb"]["rss"]), [], MEMORY_MB),
        Figure("kiosk-memory-own", f"{name}: of that its own, without what processes share", "MB",
               each(lambda one: one["memory_mb"]["own"])),
    ]  # fmt: skip


def top(values: Sequence[float]) -> float:
    found = percentile(values, 0.99)
    assert found is not None
    return found


def measured(folder: Path, events: int) -> dict[str, Any]:
    """One kiosk in a process of its own, started in the morning: its folder has the menu, its server does not run."""
    evening = Server(folder, "--store", STORE, "--no-mdns").start()
    evening.command("menu.publish", menu=large_menu(DISHES))
    evening.stop()
    first = [first_frame(folder, n) for n in range(STARTS)]
    with terminal(folder.parent / f"{folder.name}-neighbour") as neighbour:
        neighbour.ask(f"fill {events}")
        os.setpriority(os.PRIO_PROCESS, neighbour.pid, LAST)
        host, _, port = neighbour.ready["address"].partition(":")
        with Relay.in_thread(host, int(port)) as line:
            line.cut()
            found = played(folder, line)
    found["first_ms"] = first
    assert found["events"] >= events, found["events"]
    assert found["warnings"] == [], found["warnings"]
    return found


def first_frame(folder: Path, n: int) -> float:
    """Ms from the start of `pilotlight kiosk` to its first frame, full screen: the process that watches it, its server
    and the screen begin at the same time."""
    trace, display = folder.parent / f"{folder.name}-trace-{n}", folder.parent / "display.json"
    display.write_text(
        json.dumps({"screens": [{"name": "kiosk", "x": 0, "y": 0, "width": SIZE[0], "height": SIZE[1]}]})
    )
    begun = time.monotonic_ns()
    kiosk = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "kiosk", *words(folder), "--trace", str(trace)],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": f"offscreen:configfile={display}", "QT_QUICK_BACKEND": "software"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.monotonic_ns() - begun < START_S * 1e9:
            rows = map(json.loads, trace.read_text().splitlines()) if trace.exists() else ()
            drawn = next((row["t_ns"] for row in rows if row["what"] == "drawn"), None)
            if drawn is not None:
                return float((drawn - begun) / 1e6)
            time.sleep(0.02)
        raise TimeoutError(f"no frame within {START_S:.0f} s")
    finally:
        kiosk.terminate()
        kiosk.wait(END_S)


def words(folder: Path) -> list[str]:
    return ["--data", str(folder), "--store", STORE, "--no-mdns"]


def played(folder: Path, line: Relay) -> dict[str, Any]:
    kiosk = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.bench.kiosk_screen",
            *words(folder),
            "--peer",
            f"127.0.0.1:{line.port}",
            "--windowed",
            "--size",
            "x".join(map(str, SIZE)),
        ],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert kiosk.stdin is not None
    assert kiosk.stdout is not None
    found: dict[str, Any] = {}
    for said in kiosk.stdout:
        if not said.startswith("{"):
            continue  # what a terminal says to whoever starts it by hand
        found = json.loads(said)
        if "line" in found:
            line.restore()
            kiosk.stdin.write("open\n")
            kiosk.stdin.flush()
    assert kiosk.wait(END_S) == 0
    return found
