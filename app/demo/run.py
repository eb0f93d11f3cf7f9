"""The demo's course: start, publish the menu, order, cut, heal, settle, count."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import uuid
import webbrowser
from pathlib import Path
from typing import Any

import msgspec

from app.demo.count import Summary, summarize
from app.demo.shop import LABELS, Shop
from app.demo.windows import HEADLESS, has_display, placed, screen_size
from app.importing import read_file
from app.ports import free_port, port_free
from server.event import Refused
from server.services.menu.events import Menu

DEMO_MENU = Path(__file__).resolve().parents[2] / "assets" / "menus" / "demo.json"
CUT_FROM, CUT_UNTIL = 0.35, 0.7
"""The line to head office is away while this share of the orders is placed."""

SHORTEST_CUT_S = 3.0
ORDER_TIMEOUT_S = 60.0
"""The longest that one order through the kiosk's screen may take, on a slow machine, before the demo gives up."""

SETTLE_TIMEOUT_S = 60.0
VNC_PORT = 5900
"""Where a viewer looks first; another free one where this is taken."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run_demo(arguments: argparse.Namespace) -> int:
    if arguments.orders < 0:
        raise Refused("bad_usage", "--orders must be 0 or more.")
    file: Path = arguments.menu or DEMO_MENU
    menu = read_file(file, None).menu
    if not menu.name:  # a shop's sign needs something to say
        menu = msgspec.structs.replace(menu, name=file.name.partition(".")[0].replace("-", " ").title())
    folder = arguments.data.resolve() if arguments.data else Path(tempfile.mkdtemp(prefix="pilotlight-demo-"))
    try:
        summary = asyncio.run(ended_by_signals(Demo(arguments, folder, menu)))
    except asyncio.CancelledError:
        return 128 + signal.SIGINT
    finally:
        if not arguments.data and not os.environ.get("PILOTLIGHT_KEEP_DEMO"):
            shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(msgspec.to_builtins(summary)), flush=True)
    return 0 if summary.well else 1


async def ended_by_signals(demo: Demo) -> Summary:
    """Ctrl-C and SIGTERM close the shop in order, however often they come; a dozen processes are not left behind."""
    course = asyncio.ensure_future(demo.course())

    def end() -> None:
        if not demo.stopping:
            course.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # on Windows
            asyncio.get_running_loop().add_signal_handler(number, end)
    return await course


class Demo:
    """One run. `arguments` are those of `pilotlight demo`."""

    def __init__(self, arguments: argparse.Namespace, folder: Path, menu: Menu) -> None:
        self.arguments = arguments
        self.menu = menu
        self.orders: int = arguments.orders
        self.vnc = not arguments.headless and not has_display()
        self.headless: bool = arguments.headless or self.vnc
        self.vnc_port = VNC_PORT if port_free(VNC_PORT) else free_port()
        self.shots: Path | None = arguments.shots.resolve() if arguments.shots else None
        self.shop = Shop(folder, HEADLESS if self.headless else {})
        self.resume_ms: float | None = None
        self.notes: list[str] = []
        self.stopping = False

    async def course(self) -> Summary:
        try:
            await self.start()
            if self.orders:
                await self.order_all()
            else:
                await self.until_closed()
            summary = await self.settle()
        finally:
            self.stopping = True
            await self.shop.stop()
        if self.shots is not None:  # each screen's last picture is taken as it closes
            summary.shots = sorted(str(path) for path in self.shots.glob("*.png"))
        return summary

    async def start(self) -> None:
        say("Starting head office …")
        await self.shop.start_office()
        body = {"command_id": str(uuid.uuid4()), "menu": msgspec.to_builtins(self.menu), "source": "demo"}
        await self.shop.office.command("menu.publish", body)
        screen = None if self.headless else screen_size()
        for role in ("kitchen", "pos", "board", "kiosk"):
            say(f"Starting {LABELS[role]} …")
            await self.shop.start_terminal(role, *self.screen_arguments(role, screen))
        await self.wait_for_menu()
        page = f"{self.shop.office.endpoint['api']}/?token={self.shop.office.endpoint['token']}"
        say(f"\nThe shop is open.\n  Head office's page: {page}")
        if self.vnc:
            say(f"  There is no display here. The kiosk: a VNC viewer at 127.0.0.1:{self.vnc_port}")
        elif not self.headless and not self.orders and not os.environ.get("PILOTLIGHT_NO_BROWSER"):
            await asyncio.to_thread(webbrowser.open, page)
        say(f"  Data and logs: {self.shop.folder}\n")

    def screen_arguments(self, role: str, screen: tuple[int, int] | None) -> tuple[list[str], dict[str, str] | None]:
        """A screen's extra arguments, and its environment where it differs from the others'."""
        extra = placed(role, screen) if screen else []
        if self.shots is not None:
            extra += ["--shots", str(self.shots)]
        environment = None
        if role == "kiosk":
            if self.orders:
                # Nobody holds a card here: what is measured is the shop, not a simulated customer's wallet.
                extra += ["--drive", f"orders:{self.orders}", "--card-delay-ms", "0"]
            elif self.headless:
                extra += ["--size", "540x960"]
            if self.vnc:
                environment = {**self.shop.environment, "QT_QPA_PLATFORM": f"vnc:size=540x960:port={self.vnc_port}"}
        return extra, environment

    async def wait_for_menu(self) -> None:
        """Until the menu has come down from head office to every terminal."""
        until = time.monotonic() + SETTLE_TIMEOUT_S
        while time.monotonic() < until:
            menus = await asyncio.gather(*(api.get("/v1/menu") for api in self.shop.terminals.values()))
            if all(m and len(m.get("items", [])) == len(self.menu.items) for m in menus):
                return
            await asyncio.sleep(0.1)
        raise Refused("demo_failed", "The menu did not reach every terminal within a minute. See the logs.")

    def placed(self) -> list[str]:
        """Ids of the orders that the kiosk's screen confirmed with a number."""
        return [row["order_id"] for row in self.shop.trace("kiosk") if row.get("what") == "placed"]

    async def order_all(self) -> None:
        """Waits for the kiosk to tap its orders; cuts and restores the line on the way."""
        say(f"Ordering {self.orders} times through the kiosk's screen …")
        cut_at: float | None = None
        last, progress = -1, time.monotonic()
        while True:
            done = len(self.placed())
            if done != last:
                last, progress = done, time.monotonic()
            if self.arguments.cut and self.resume_ms is None:
                if cut_at is None and done >= max(1, int(self.orders * CUT_FROM)):
                    say(f"  after order {done}: the line to head office is cut")
                    self.relay.cut()
                    cut_at = time.monotonic()
                elif (
                    cut_at is not None
                    and done >= min(self.orders, int(self.orders * CUT_UNTIL) + 1)
                    and time.monotonic() - cut_at > SHORTEST_CUT_S
                ):
                    await self.restore(done)
            cut_is_over = not self.arguments.cut or self.resume_ms is not None
            if done >= self.orders and cut_is_over:
                return
            if time.monotonic() - progress > ORDER_TIMEOUT_S or "kiosk" in self.shop.closed():
                self.notes.append(f"the kiosk stopped ordering after {done} of {self.orders}")
                if cut_at is not None and self.resume_ms is None:
                    await self.restore(done)
                return
            await asyncio.sleep(0.05)

    @property
    def relay(self) -> Any:
        assert self.shop.relay is not None
        return self.shop.relay

    async def restore(self, done: int) -> None:
        """The line is back: how long until head office holds every order placed so far?"""
        say(f"  after order {done}: the line is back")
        missing = set(self.placed())
        started = time.monotonic()
        self.relay.restore()
        while missing and time.monotonic() - started < SETTLE_TIMEOUT_S:
            missing -= {o["order_id"] for o in await self.shop.office.get("/v1/orders")}
            await asyncio.sleep(0.01)
        self.resume_ms = (time.monotonic() - started) * 1000

    async def until_closed(self) -> None:
        """A shop to play with: until all windows are closed or Ctrl-C."""
        with contextlib.suppress(asyncio.CancelledError):
            while len(self.shop.closed()) < len(LABELS):
                await asyncio.sleep(0.3)

    async def books(self) -> dict[str, list[dict[str, Any]]]:
        """Every machine's orders, by its own API."""
        apis = {**self.shop.terminals, "office": self.shop.office}
        apis = {name: api for name, api in apis.items() if name not in self.shop.closed()}
        answers = await asyncio.gather(*(api.get("/v1/orders") for api in apis.values()), return_exceptions=True)
        return {name: a for name, a in zip(apis, answers, strict=True) if not isinstance(a, BaseException)}

    async def settle(self) -> Summary:
        """Waits until all machines tell the same, at most a minute, and counts."""
        until = time.monotonic() + (SETTLE_TIMEOUT_S if self.orders else 2.0)
        while True:
            books = await self.books()
            everywhere = {o["order_id"] for orders in books.values() for o in orders}
            summary = summarize(
                self.placed() if self.orders else sorted(everywhere),  # played by hand: whatever any screen placed
                books,
                self.shop.trace("kiosk"),
                self.shop.trace("kitchen"),
                self.resume_ms,
                must_be_cooked=bool(self.orders),
            )
            enough = not self.orders or summary.orders_placed >= self.orders
            if (summary.well and enough) or time.monotonic() > until:
                break
            await asyncio.sleep(0.2)
        summary.notes = self.notes
        if self.orders and summary.orders_placed < self.orders:
            summary.lost += self.orders - summary.orders_placed
        return summary
