"""A customer with a headset and a navigation pad, who goes by what is said and by nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.blind.desktop import Desktop
from tests.blind.reader import Reader
from tests.process.shop import Server

ROOT = Path(__file__).resolve().parents[2]
MENU = ROOT / "assets/menus/demo.json"
MOST_STEPS = 150
CARD_DELAY_MS = 1500
"""Long enough to be told to turn to the card terminal."""


def demo_menu() -> dict[str, Any]:
    """Without hours, so that all of it is sold whenever this runs."""
    menu: dict[str, Any] = json.loads(MENU.read_text("utf-8"))
    menu["dayparts"] = []
    for item in menu["items"]:
        item["daypart_ids"] = []
    return menu


class Visit:
    """A shop's server, a kiosk in a session of its own, and the reader that listens. Use it with `with`."""

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        self.folder = folder
        self.desktop = Desktop(folder / "session", size)
        self.server = Server(
            folder / "data", "--store", "riverside", "--no-mdns", "--card-delay-ms", str(CARD_DELAY_MS)
        )
        self._kiosk: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Customer:
        self.desktop.__enter__()
        try:
            self.server.start()
            self.server.command("menu.publish", menu=demo_menu())
            self.reader = Reader(self.desktop.bus)
            environment = {
                **self.desktop.environment,
                "QT_QPA_PLATFORM": "xcb",
                "QT_QUICK_BACKEND": "software",
                "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            }
            command = [sys.executable, "-m", "app.cli", "kiosk", "--data", str(self.folder / "data")]
            with (self.folder / "kiosk.log").open("ab") as log:
                self._kiosk = subprocess.Popen(command, env=environment, stderr=log, cwd=ROOT)
            return Customer(self.reader, self.server)
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        if self._kiosk is not None:
            self._kiosk.terminate()
            self._kiosk.wait(20)
        if self.server.process is not None:
            self.server.kill()
            assert self.server.process.stdout is not None
            self.server.process.stdout.close()
        self.desktop.__exit__()


class Customer:
    """`diary`: what was pressed and what was heard, in order."""

    def __init__(self, reader: Reader, server: Server) -> None:
        self.reader = reader
        self.server = server
        self.diary: list[tuple[str, list[str]]] = [("", [])]
        self._from = 0  # where in all that was said the last key was pressed

    @property
    def heard(self) -> list[str]:
        """Since the last key."""
        return self.reader.said[self._from :]

    def press(self, key: str) -> None:
        self.diary[-1] = (self.diary[-1][0], self.heard)
        self._from = len(self.reader.said)
        self.diary.append((key, []))
        self.reader.press(key)

    def hears(self, *words: str) -> str:
        """Listens until all words were said in one go since the last key; returns what was said."""

        def said() -> str:
            return next((line for line in self.heard if all(word in line for word in words)), "")

        found: str = self.reader.until(said, " … ".join(words))
        self.diary[-1] = (self.diary[-1][0], self.heard)
        return found

    def goes(self, key: str) -> str:
        """A step; returns what has the focus then."""
        before = self.reader.focuses
        self.press(key)
        self.reader.until(lambda: self.reader.focuses > before, f"what comes after {key}")
        return self.reader.focused

    def finds(self, words: str, key: str = "down") -> str:
        """Steps until what has the focus is called so."""
        for _ in range(MOST_STEPS):
            if words in self.reader.focused:
                return self.reader.focused
            self.goes(key)
        raise AssertionError(f"{words} is not found with {key}:\n" + "\n".join(self.reader.said[-MOST_STEPS:]))

    def chooses(self, words: str, key: str = "down") -> None:
        self.finds(words, key)
        self.press("enter")


def environment_is_missing() -> str:
    """Why nobody can listen on this machine; empty when somebody can."""
    from tests.blind.desktop import missing

    if not sys.platform.startswith("linux"):
        return "AT-SPI is Linux's"
    packages = missing()
    return f"apt install {' '.join(packages)}" if packages else ""
