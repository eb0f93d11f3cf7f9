"""A kiosk's screen as a process with a customer before it, who is told what to do by a file.

`python -m tests.process.diner FOLDER [order]`: with `order` the customer puts a dish into the basket and goes to pay.
In any case they pay by card when the file `go` is there, try again when it failed, and look at the number. What the
screen shows is printed, a JSON line for each change.
"""

from __future__ import annotations

import asyncio
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

GO = "go"
SIZE = (1080, 1920)
WAIT_S = 60.0


class Diner:
    """The process, and what it has shown so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shown: list[dict[str, Any]] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._process: subprocess.Popen[str] | None = None

    def start(self, *words: str) -> Diner:
        """Sits down before a new screen."""
        self.shown, self._lines = [], queue.Queue()
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
        with (self.folder.parent / "diner.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.process.diner", str(self.folder), *words],
                stdout=subprocess.PIPE, stderr=log, text=True, env=environment,
            )  # fmt: skip
        threading.Thread(target=self._read, args=(self._process, self._lines), daemon=True).start()
        return self

    @staticmethod
    def _read(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line)

    def go(self) -> None:
        (self.folder / GO).touch()

    def hold(self) -> None:
        (self.folder / GO).unlink(missing_ok=True)

    def sees(self, **what: str) -> dict[str, Any]:
        """Waits until the screen has shown it."""
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            for one in self.shown:
                if what.items() <= one.items():
                    return one
            try:
                self.shown.append(json.loads(self._lines.get(timeout=0.2)))
            except queue.Empty:
                continue
        words = (self.folder.parent / "diner.log").read_text()[-2000:]
        raise AssertionError(f"the screen never showed {what}, but {self.shown}; {words}")

    def freeze(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


async def dine(screen: Any, folder: Path, orders: bool) -> None:
    from ui.kiosk.driver import Touch, sellable

    customer, before = Touch(screen), None
    vm = customer.vm
    await customer.until(lambda: vm.ready, what="a menu")
    if orders:
        await customer.enter()
        await customer.choose(*sellable(vm)[0])
        await customer.tap("kiosk.pay")
    while True:
        payment = vm.payment
        seen = {"page": vm.page, "state": payment["state"], "number": payment["number"]}
        if seen != before:
            before = seen
            print(json.dumps(seen), flush=True)
        if (folder / GO).exists():
            for name in ("kiosk.pay.again", "kiosk.pay.card"):
                if customer.sees(name):
                    await customer.tap(name)
                    break
        await asyncio.sleep(0.02)


def main() -> int:
    from ui.shell import run_screen

    folder = Path(sys.argv[1])
    return run_screen(
        "kiosk", data=folder, windowed=True, size=SIZE, idle_seconds=600,
        drive=lambda screen: dine(screen, folder, "order" in sys.argv[2:]),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
