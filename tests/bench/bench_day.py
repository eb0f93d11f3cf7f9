"""A shop's day through the API of one server, with a second one beside it: how much memory both have at its end."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from app.demo.run import DEMO_MENU
from app.importing import read_file
from tests.bench.figures import Beside, Figure
from tests.bench.scale import Scale
from tests.process.shop import Server, eventually

AT_MOST_MB = 60.0
STATUS = Path("/proc/self/status")
STEPS = ("accept", "start", "ready", "collect")


def figures(folder: Path, scale: Scale) -> list[Figure]:
    if not STATUS.exists():
        return []  # only Linux says it so
    with ExitStack() as stack:
        first = stack.enter_context(server(folder / "first"))
        peer = f"127.0.0.1:{first.endpoint['sync_port']}"
        second = stack.enter_context(server(folder / "second", "--peer", peer))
        before = [resident_mb(one) for one in (first, second)]
        day(first, scale.day_orders)
        eventually(lambda: second.get("/v1/frontier") == first.get("/v1/frontier"))
        after = [resident_mb(one) for one in (first, second)]
        own = [private_mb(one) for one in (first, second)]
    name = f"a server's memory after a day of {scale.day_orders} orders"
    return [
        Figure("memory", f"{name}, resident", "MB", after, [Beside("before the day", before)], at_most=AT_MOST_MB),
        Figure("memory-own", f"{name}, without what it shares with other processes", "MB", own),
    ]


@contextmanager
def server(folder: Path, *arguments: str) -> Iterator[Server]:
    one = Server(folder, "--store", "s1", "--no-mdns", "--api-port", "0", "--sync-port", "0", *arguments)
    one.start()
    try:
        yield one
    finally:
        one.stop()


def resident_mb(one: Server) -> float:
    return _status_mb(one, "VmRSS")


def private_mb(one: Server) -> float:
    return _status_mb(one, "RssAnon")


def _status_mb(one: Server, word: str) -> float:
    assert one.process is not None
    found = re.search(rf"{word}:\s+(\d+) kB", Path(f"/proc/{one.process.pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def day(first: Server, orders: int) -> None:
    """Each order is placed, paid, cooked and collected."""
    menu = read_file(DEMO_MENU, None).menu
    # All of it is sold at any hour, and no dish asks anything.
    items = [msgspec.structs.replace(item, daypart_ids=[]) for item in menu.items]
    menu = msgspec.structs.replace(menu, items=items, combos=[], dayparts=[])
    plain = [item for item in menu.items if not item.modifier_group_ids and item.variations[0].price_minor is not None]
    with httpx.Client(base_url=first.endpoint["api"], headers=first.headers, timeout=30) as client:

        def command(name: str, **fields: Any) -> dict[str, Any]:
            answer = client.post(f"/v1/commands/{name}", json={"command_id": str(uuid.uuid4()), **fields})
            if answer.status_code != 200:
                raise RuntimeError(f"{name}: {answer.text}")
            facts: dict[str, Any] = answer.json()["result"]
            return facts

        first.command("menu.publish", menu=msgspec.to_builtins(menu), source="bench")
        for n in range(orders):
            lines = [{"item_id": plain[n % len(plain)].item_id, "quantity": 1 + n % 3, "modifiers": []}]
            placed = command("orders.place", lines=lines, dining="here")
            order = client.get(f"/v1/orders/{placed['order_id']}").json()
            command("payments.capture", order_id=order["order_id"], tender="cash", amount_minor=order["total_minor"])
            for step in STEPS:
                command(f"orders.{step}", order_id=order["order_id"])
