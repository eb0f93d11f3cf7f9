"""What a long history costs a terminal, and what is left of that once head office holds it.

    python -m tests.retention                    half a million events, some minutes
    python -m tests.retention --events 5000000   ten years of a busy shop
    python -m tests.retention --keep DIR         where the folders are made and stay, to go on from

A real server with a history of its own, a real log and links for head office, sales over HTTP while events are dropped,
and at the end a new terminal that joins. Prints a table, and writes it to out/retention.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from server.clock import wall_ms
from server.log import ls
from tests.process.shop import Server
from tests.process.terminals import Terminal, office
from tests.retention.history import Past, as_office, write

OUT = Path(__file__).resolve().parents[2] / "out"
EVENTS_AN_ORDER = 4.5
KEEP_DAYS = 120
QUIET_S = 15.0
"""Nothing archived or dropped for so long: the backlog is done."""

ROWS: list[tuple[str, str]] = []


def say(what: str, value: str) -> None:
    ROWS.append((what, value))
    print(f"{what:<64} {value}", flush=True)


def megabytes(folder: Path) -> str:
    log = sum(f.stat().st_size for f in folder.glob("log.db*"))
    read = sum(f.stat().st_size for f in (folder / "read").glob("*")) if (folder / "read").exists() else 0
    return f"{log / 1e6:,.0f} MB log, {read / 1e6:,.0f} MB tables"


def metrics(server: Server) -> dict[str, float]:
    text = httpx.get(server.endpoint["api"] + "/metrics", headers=server.headers, timeout=60).text
    found = {}
    for row in text.splitlines():
        name, _, value = row.rpartition(" ")
        if name and not name.startswith("#") and "{" not in name:
            found[name.removeprefix("pilotlight_")] = float(value)
    return found


def started(server: Server) -> float:
    began = time.monotonic()
    server.start()
    return time.monotonic() - began


def starts(folder: Path, *arguments: str, times: int = 3) -> str:
    """From the command to `endpoint.json`, the median of some."""
    taken = []
    for _ in range(times):
        server = Server(folder, "--no-mdns", *arguments)
        taken.append(started(server))
        server.stop()
    return f"{statistics.median(taken):.2f} s"


async def until(question: Callable[[], Any], seconds: float = 120.0) -> float:
    began = time.monotonic()
    while not await asyncio.to_thread(question):
        assert time.monotonic() - began < seconds, "it did not come true in time"
        await asyncio.sleep(0.05)
    return time.monotonic() - began


class Seller:
    """Sells a dish every now and then, and notes how long each sale took."""

    def __init__(self, server: Server) -> None:
        self.server, self.taken_ms, self.on = server, [], True
        self.task = asyncio.create_task(self.run())

    async def run(self) -> None:
        while self.on:
            began = time.perf_counter()
            await asyncio.to_thread(self.server.place, "cola")
            self.taken_ms.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.1)

    async def end(self) -> str:
        self.on = False
        await self.task
        taken = sorted(self.taken_ms)
        p50, p99 = taken[len(taken) // 2], taken[int(len(taken) * 0.99)]
        return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst {taken[-1]:.1f} ms of {len(taken)}"


MENU = {
    "currency": "EUR",
    "name": "Bench",
    "categories": [{"category_id": "all", "name": "All", "item_ids": ["cola"]}],
    "items": [
        {
            "item_id": "cola",
            "name": "Cola",
            "variations": [{"variation_id": "cola-1", "name": "Regular", "price_minor": 290}],
        }
    ],
}


async def drop(server: Server) -> float:
    """Waits until nothing more is dropped."""
    began = quiet_since = time.monotonic()
    last = (0.0, 0.0, 0)
    while time.monotonic() - quiet_since < QUIET_S:
        await asyncio.sleep(1.0)
        m = await asyncio.to_thread(metrics, server)
        size = sum(f.stat().st_size for f in server.folder.rglob("*.db"))
        now = (m["events_archived_total"], m["events_dropped_total"], size)
        if now != last:
            last, quiet_since = now, time.monotonic()
    return quiet_since - began


async def run(work: Path, orders: int, days: int) -> None:
    till, hq = work / "till", work / "office"
    found_file = work / "found.json"
    if not found_file.exists():
        began = time.monotonic()
        past = Past(orders, days, wall_ms() - 3_600_000, unpaid=5)
        found = write(till, past)
        found_file.write_text(json.dumps(found))
        say("history made", f"{time.monotonic() - began:.0f} s")
    found = json.loads(found_file.read_text())
    if not hq.exists():
        as_office(hq, till)
    held = sum(s.events for s in ls(till))
    say("events in the terminal's log, of three terminals, over days", f"{held:,} in {days:,}")
    empty = work / "empty"
    empty.mkdir(exist_ok=True)
    say("start of an empty terminal", starts(empty))
    server = Server(till, "--no-mdns")
    say("first start with the history: its tables are built once", f"{started(server):.0f} s")
    server.command("menu.publish", menu=MENU)
    server.stop()
    say("start with the whole history", starts(till))
    say("on disk", megabytes(till))

    boss: Terminal = office(hq)
    await boss.start()
    arguments = ("--no-mdns", "--office", f"ws://{boss.address}")
    os.environ["PILOTLIGHT_KEEP_SALES_DAYS"] = str(KEEP_DAYS)
    server = Server(till, *arguments)
    os.environ["PILOTLIGHT_RETENTION_EVERY_S"] = "0"
    await asyncio.to_thread(server.start)

    def linked() -> bool:
        return bool(boss.connected())

    say("connecting to head office with the whole history, from ready on", f"{await until(linked):.2f} s")
    seller = Seller(server)
    await asyncio.sleep(30)
    say("a sale, while nothing is dropped", await seller.end())
    await asyncio.to_thread(server.stop)
    os.environ["PILOTLIGHT_RETENTION_EVERY_S"] = "1"
    await asyncio.to_thread(server.start)
    seller = Seller(server)
    await asyncio.sleep(60)
    dropped = (await asyncio.to_thread(metrics, server))["events_dropped_total"]
    say("a sale, while old events are dropped", await seller.end())
    say("dropped meanwhile, with the rests that a server takes", f"{dropped:,.0f} events in 60 s")
    await asyncio.to_thread(server.stop)
    server.module = "tests.retention.eager"
    await asyncio.to_thread(server.start)
    taken = await drop(server)
    dropped = (await asyncio.to_thread(metrics, server))["events_dropped_total"]
    say("the rest of the backlog, without rests", f"{dropped:,.0f} events in {taken:.0f} s")
    server.module = "app.cli"
    say("events left", f"{sum(s.events for s in ls(till)):,}")
    await asyncio.to_thread(server.stop)
    say("on disk", megabytes(till))
    say("start", starts(till))
    await asyncio.to_thread(server.start)
    new = Server(
        work / "new", "--no-mdns", "--store", "riverside", "--peer", f"127.0.0.1:{server.endpoint['sync_port']}"
    )
    shutil.rmtree(work / "new", ignore_errors=True)
    began = time.monotonic()
    await asyncio.to_thread(new.start)

    def in_step() -> bool:
        return bool(new.get("/v1/frontier") == server.get("/v1/frontier"))

    await until(in_step, 600.0)

    def shows() -> bool:
        return bool(metrics(new)["read_model_position"] >= metrics(new)["log_position"])

    await until(shows, 600.0)
    say("a new terminal joins, from its command to all orders shown", f"{time.monotonic() - began:.1f} s")
    asked = [*found["unpaid"], *found["young"][:50], *found["settled"][:20], *found["refunded"][-5:]]
    same = sum(answer(server, i) == answer(new, i) for i in asked)
    kept = sum(server_has(server, i) for i in found["unpaid"])
    say("orders that are the same on both, of those asked for", f"{same} of {len(asked)}")
    say("orders never paid that are still there, of all years", f"{kept} of {len(found['unpaid'])}")
    at_office = sum(s.events for s in ls(hq))
    say("events that head office holds", f"{at_office:,}")
    for one in (new, server):
        await asyncio.to_thread(one.stop)
    await boss.stop()


def answer(server: Server, order_id: str) -> tuple[int, str]:
    said = httpx.get(f"{server.endpoint['api']}/v1/orders/{order_id}", headers=server.headers, timeout=30)
    return said.status_code, said.text


def server_has(server: Server, order_id: str) -> bool:
    return answer(server, order_id)[0] == 200


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.retention")
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--days", type=int, default=0, help="default: 1,370 events a day")
    parser.add_argument("--keep", type=Path, metavar="DIR")
    arguments = parser.parse_args()
    if arguments.events < 1:
        parser.error("--events is one or more, such as 500000")
    days = arguments.days or max(KEEP_DAYS + 30, arguments.events // 1370)
    work = arguments.keep or Path(tempfile.mkdtemp(prefix="pilotlight-retention-"))
    work.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(run(work, round(arguments.events / EVENTS_AN_ORDER), days))
    finally:
        if arguments.keep is None:
            shutil.rmtree(work, ignore_errors=True)
    OUT.mkdir(exist_ok=True)
    (OUT / "retention.json").write_text(json.dumps(ROWS, indent=1) + "\n")


if __name__ == "__main__":
    main()
