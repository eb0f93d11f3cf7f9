"""`python -m tests.overload [--quick] [--page]`: see the package."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx
import msgspec

from app.relay import Relay
from tests.faults.world import World
from tests.overload import page
from tests.overload.rush import Memory, Outcome, Rush, quantile
from tests.overload.troubles import TROUBLES

SELLING = 3
COME_TO_REST_S = 180.0
HISTORY = (4000, 90.0)
"""Orders, and seconds in which they come: before a situation that is run by itself."""

REST_S = 5.0
PAGE_EVENTS = 1000


def orders_of(shop: World) -> dict[str, Counter[str]]:
    """How often each machine holds each order, by the events that placed them."""
    found: dict[str, Counter[str]] = {}
    for machine in shop.machines:
        counted: Counter[str] = Counter()
        cursor, more = "", True
        with httpx.Client(timeout=60, headers=machine.headers, base_url=machine.endpoint["api"]) as client:
            while more:
                query = {"after": cursor, "topics": "orders", "limit": PAGE_EVENTS}
                answer = client.get("/v1/events", params=query).json()
                counted.update(e["subject"] for e in answer["events"] if e["type"].startswith("orders.placed/"))
                cursor, more = answer["cursor"], answer["more"]
        found[machine.name] = counted
    return found


def in_step(shop: World) -> float:
    """Seconds until all machines hold the same orders."""
    start = time.monotonic()
    while time.monotonic() < start + COME_TO_REST_S:
        held = [{k: n for k, n in m.get("/v1/frontier").items() if k.endswith("/orders")} for m in shop.machines]
        if all(one == held[0] for one in held):
            return time.monotonic() - start
        time.sleep(0.2)
    return COME_TO_REST_S


def situation(shop: World, memory: Memory, n: int, count: int, within_s: float) -> Outcome:
    name, trouble = TROUBLES[n]
    memory.phase = name
    before = memory.now()
    rush = Rush(shop.terminals[:SELLING], count, within_s)
    with trouble(shop):
        rush.run()
    caught_up = in_step(shop)
    time.sleep(REST_S)
    after = memory.now()
    held = orders_of(shop)
    missing = sum(1 for counted in held.values() for order in rush.placed if order not in counted)
    doubled = sum(1 for counted in held.values() for order in rush.placed if counted[order] > 1)
    return Outcome(name, count, rush.ms, rush.asked_again, missing, doubled, caught_up, before, after)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make overload", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the orders")
    parser.add_argument("--page", action="store_true", help="write docs/overload.md and its picture")
    parser.add_argument("--only", type=int, default=0, metavar="N", help="one situation, after the same rush without")
    arguments = parser.parse_args()
    if not 0 <= arguments.only <= len(TROUBLES):
        parser.error(f"--only is one of 1 to {len(TROUBLES)}")
    wanted = [0, arguments.only - 1] if arguments.only else list(range(len(TROUBLES)))
    if arguments.page and arguments.only:
        parser.error("--page needs all situations")
    share = 10 if arguments.quick else 1
    with tempfile.TemporaryDirectory() as folder, Relay.in_thread() as relay:
        shop = World(Path(folder), 1, relay)
        try:
            shop.open(SELLING + 1)
            memory = Memory(shop.machines)
            memory.start()
            outcomes = []
            if arguments.only:
                Rush(shop.terminals[:SELLING], *HISTORY).run()
                in_step(shop)
            for n in wanted:
                rush = (2000, 60.0) if n == 0 and not arguments.only else (1000, 30.0)
                one = situation(shop, memory, n, rush[0] // share, rush[1] / share)
                outcomes.append(one)
                print(
                    f"{one.name}: {one.orders} orders, p50 {one.p50:.0f} ms, p99 {one.p99:.0f} ms, worst "
                    f"{quantile(one.ms, 1.0):.0f} ms, asked again {one.asked_again}, missing {one.missing}, "
                    f"doubled {one.doubled}, in step after {one.caught_up_s:.1f} s, memory {page.growth(one)} MB",
                    flush=True,
                )
            memory.enough.set()
            memory.join()
        finally:
            for machine in shop.machines:
                machine.kill()
    out = Path("out")
    out.mkdir(exist_ok=True)
    (out / "overload.json").write_bytes(msgspec.json.encode({"outcomes": outcomes, "samples": memory.samples}))
    if arguments.page:
        load = os.getloadavg()[0]
        machine = f"{os.cpu_count()} cores ({platform.system()}, Python {platform.python_version()}, load {load:.1f})"
        Path("docs/overload.md").write_text(page.text(outcomes, machine))
        Path("docs/pictures/overload.svg").write_text(page.plot(memory.samples))
    bad = sum(one.missing + one.doubled for one in outcomes)
    total = sum(one.orders for one in outcomes)
    print(f"{total - bad if bad < total else 0:,} of {total:,} orders on every machine exactly once")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
