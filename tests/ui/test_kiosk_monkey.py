"""Fifteen seconds of a customer who touches at random; `make monkey SECONDS=600` is ten minutes of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.monkey.monkey import Monkey
from tests.process.shop import Server
from tests.ui.large import demo_menu
from ui.shell import Screen

SECONDS = 15.0
SEED = 20_260_301


def test_whatever_is_touched_there_is_a_way_on_and_the_sums_are_right(
    tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    server = Server(tmp_path / "kiosk", "--store", "riverside", "--no-mdns", "--card-delay-ms", "50").start()
    server.command("menu.publish", menu=demo_menu())
    screen = Screen("kiosk", server.folder, languages=["en", "de", "ar", "ja"])

    async def play() -> Monkey:
        screen.view.resize(1080, 1920)
        screen.view.show()
        screen.client.start()
        monkey = Monkey(screen, server, SEED)
        await monkey.run(SECONDS)
        await screen.client.close()
        return monkey

    try:
        report = loop.run_until_complete(play()).report
    finally:
        screen.dismantle()
        server.stop()
    print(report)
    assert report.wrong == [], report
    assert report.touches > 10
    assert report.orders + report.ways_out > 0
