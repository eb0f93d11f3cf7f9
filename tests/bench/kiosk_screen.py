"""The real program, `pilotlight kiosk`, with five hundred dishes and pictures, measured from inside by a driver.

python -m tests.bench.kiosk_screen ARGUMENTS…      those of `pilotlight kiosk`

Says JSON lines. `{"line": true}` asks for the line to a neighbour with a long history to be opened, and waits for a
line on stdin; the last one is what was found: ms from the process's birth to its first frame with a menu; ms from each
tap on a dish to the first frame on which its sheet is to be seen; ms from each tick of a display with 60 frames a
second to the frame drawn for it, while nothing else happens and while the server catches up, and the thread's own work
of it (what else a busy machine does is in the first and not in the second); MB of memory.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TAPS = 20
QUIET_FRAMES, BUSY_FRAMES = 240, 6000
HERTZ = 60
TICK_S = 0.001
STEP_PX = 24
"""A fast flick: the whole portrait screen in a second and a third."""

SEEN_PX = 48
"""So much of a sheet that comes up from below is seen."""

BUSY_S = 60.0


def born_ns() -> int:
    """When this process was started, on the monotonic clock; to a hundredth of a second."""
    ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    return time.monotonic_ns() - round((uptime - ticks / os.sysconf("SC_CLK_TCK")) * 1e9)


def memory_mb() -> dict[str, float]:
    """Resident memory, and what of it is the process's own: without what others on this machine may share."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:])
    return {name: int(fields[key].split()[0]) / 1024 for name, key in (("rss", "Rss"), ("own", "Private_Dirty"))}


class Watch:
    """When frames were on the glass, in ns."""

    def __init__(self) -> None:
        self.frames: list[int] = []

    def begin(self, screen: Any) -> None:
        screen.view.frameSwapped.connect(lambda: self.frames.append(time.monotonic_ns()))

    async def frame(self, question: Callable[[], Any] = lambda: True) -> int:
        """The first frame from now on at which the answer is true."""
        drawn = len(self.frames)
        while len(self.frames) == drawn or not question():
            if len(self.frames) > drawn:
                drawn = len(self.frames)
            await asyncio.sleep(TICK_S)
        return self.frames[-1]


async def taps(screen: Any, finger: Any, watch: Watch) -> list[float]:
    """Ms from the tap to the sheet, of dishes all over the menu."""
    from PySide6.QtCore import QPointF

    vm, found = screen.vm, []
    dishes = [row["item_id"] for row in vm.dishes.rows]
    sheet = finger.find("kiosk.sheet.scroll")
    assert sheet is not None
    bottom = screen.view.height()
    for n in range(TAPS):
        await finger.until(lambda: not vm.sheet.isOpen, "a closed sheet")
        await asyncio.sleep(0.5)
        vm.setCategory(f"category-{n % 25}")
        await asyncio.sleep(0.3)
        tile = finger.find(f"kiosk.item.{dishes[(n % 25) * 20]}")
        at = finger.reachable(tile) if tile is not None else None
        assert at is not None, n
        began = time.monotonic_ns()
        await finger.press(at)
        seen = await watch.frame(
            lambda: vm.sheet.isOpen and sheet.isVisible() and sheet.mapToScene(QPointF(0, 0)).y() < bottom - SEEN_PX
        )
        found.append((seen - began) / 1e6)
        await asyncio.sleep(0.6)
        vm.sheet.close()
    await asyncio.sleep(1)
    return found


async def scroll(screen: Any, finger: Any, frames: int, busy: Callable[[], bool] | None = None) -> dict[str, Any]:
    """A finger that goes on and on, at a display's pace; `busy` says whether to go on."""
    from PySide6.QtCore import QCoreApplication, QEvent

    grid, view = finger.find("kiosk.dishes.grid"), screen.view
    assert grid is not None
    screen.vm.setCategory("category-2")
    await asyncio.sleep(1)
    late, own = [], []
    start, tick, way = time.monotonic(), 0, STEP_PX
    while len(late) < frames and (busy is None or busy()):
        tick = max(tick + 1, int((time.monotonic() - start) * HERTZ) + 1)  # a display waits for nobody
        due = start + tick / HERTZ
        while (left := due - time.monotonic()) > 0:
            await asyncio.sleep(left)  # pictures arrive, shelves are made ready, the server speaks: as in a shop
        worked, y = time.thread_time_ns(), grid.property("contentY")
        if not 0 < y + way + view.height() < grid.property("contentHeight") or y + way < 0:
            way = -way
        grid.setProperty("contentY", y + way)
        QCoreApplication.sendEvent(view, QEvent(QEvent.Type.UpdateRequest))
        late.append((time.monotonic() - due) * 1000)
        own.append((time.thread_time_ns() - worked) / 1e6)
    return {"frame_ms": late, "frame_own_ms": own, "ticks": tick}


class Behind:
    """Whether the server still has something to catch up with: asked in a thread, so that no frame waits for it."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.began = self.ended = False
        self.events = 0
        self._until = time.monotonic() + BUSY_S

    async def look(self) -> None:
        while not self.ended and time.monotonic() < self._until:
            figures = await asyncio.to_thread(self._ask)
            log, tables = figures["pilotlight_log_position"], figures["pilotlight_read_model_position"]
            self.events = int(tables)
            behind = figures["pilotlight_events_behind"] + log - tables
            self.began = self.began or behind > 0
            self.ended = self.began and behind == 0
            await asyncio.sleep(0.2)

    def _ask(self) -> dict[str, float]:
        from http.client import HTTPConnection

        place = self.client.endpoint()
        connection = HTTPConnection(place["api"].removeprefix("http://"), timeout=BUSY_S)
        connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {place['token']}"})
        lines = connection.getresponse().read().decode().splitlines()
        connection.close()
        return {name: float(value) for name, _, value in (row.partition(" ") for row in lines if row[:1] != "#")}


async def measure(screen: Any, watch: Watch, born: int) -> dict[str, Any]:
    from ui.kiosk.driver import Touch

    watch.begin(screen)
    finger, vm = Touch(screen), screen.vm
    ready = await watch.frame(lambda: vm.ready)
    await finger.enter()
    await asyncio.sleep(1.5)
    sheets = await taps(screen, finger, watch)
    quiet = await scroll(screen, finger, QUIET_FRAMES)
    print(json.dumps({"line": True}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    behind = Behind(screen.client)
    looking = asyncio.ensure_future(behind.look())
    while not behind.began:
        await asyncio.sleep(TICK_S)
    busy = await scroll(screen, finger, BUSY_FRAMES, lambda: not behind.ended)
    await looking
    return {
        "ready_ms": (ready - born) / 1e6,
        "sheet_ms": sheets,
        "quiet": quiet,
        "busy": busy,
        "events": behind.events,
        "memory_mb": memory_mb(),
        "warnings": list(screen.shell.warnings),
    }


def main() -> int:
    from app.cli import build_parser
    from app.screen import run_terminal

    watch, born = Watch(), born_ns()

    async def drive(screen: Any) -> None:
        print(json.dumps(await measure(screen, watch, born)), flush=True)
        raise SystemExit(0)

    arguments = build_parser().parse_args(["kiosk", *sys.argv[1:]])
    arguments.drive = drive
    return run_terminal(arguments)


if __name__ == "__main__":
    sys.exit(main())
