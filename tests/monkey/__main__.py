"""python -m tests.monkey --seconds 600 [--seed N] [--size 1080x1920] [--menu FILE]: exit status 1 when it found
something; the last line says what it did."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

import msgspec
from PySide6.QtGui import QGuiApplication

from app.importing import read_file
from tests.monkey.monkey import Monkey, Report
from tests.process.shop import Server
from tests.ui.large import demo_menu
from ui.host import Loop
from ui.shell import Screen

LANGUAGES = ["en", "de", "fr", "es", "pl", "tr", "ar", "zh", "ja"]


def size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is no size in pixels, such as 1080x1920")
    return int(width), int(height)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.monkey", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--size", type=size, default=(1080, 1920), metavar="WIDTHxHEIGHT")
    parser.add_argument("--menu", type=Path, default=None)
    wanted = parser.parse_args()
    seed = wanted.seed if wanted.seed is not None else random.randrange(1_000_000)
    print(f"seed {seed}", flush=True)
    menu = msgspec.to_builtins(read_file(wanted.menu, None).menu) if wanted.menu else demo_menu()
    application = QGuiApplication(sys.argv[:1])
    loop = Loop(application)
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as folder, loop:
        server = Server(Path(folder) / "kiosk", "--store", "riverside", "--no-mdns", "--card-delay-ms", "50").start()
        try:
            server.command("menu.publish", menu=menu)
            report = loop.run_until_complete(play(server, seed, wanted.seconds, wanted.size))
        finally:
            server.stop()
    print(report)
    return 1 if report.wrong else 0


async def play(server: Server, seed: int, seconds: float, size: tuple[int, int]) -> Report:
    screen: Any = Screen("kiosk", server.folder, languages=LANGUAGES)
    screen.view.resize(*size)
    screen.view.show()
    screen.client.start()
    try:
        return await Monkey(screen, server, seed).run(seconds)
    finally:
        await screen.client.close()
        screen.dismantle()


if __name__ == "__main__":
    sys.exit(main())
