"""What an order's way costs more while two hundred megabytes of pictures come down the same line of 1 Mbit/s.

Two lines: to head office, where orders go up and pictures come down; and, harder, between two terminals, where both go
the same way. On each, orders run in turns with and without pictures; beside that, the pictures by a plain download.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import connect

from app.relay import Line, Relay
from tests.bench.figures import Beside, Figure
from tests.bench.scale import Scale
from tests.process.shop import Server, eventually

MBIT = 125_000.0
DELAY_S = 0.02
BLOBS = 4
GAP_S = 0.25
SETTLE_S = 12.0
"""The pace has found the line."""

SIZES_MB = {"full": 50, "quick": 50, "tiny": 1}
ORDERS = {"full": 120, "quick": 60, "tiny": 4}
TURNS = {"full": 5, "quick": 2, "tiny": 1}
AT_MOST = 1.10


def figures(folder: Path, scale: Scale) -> list[Figure]:
    return asyncio.run(bench(folder, scale))


async def bench(folder: Path, scale: Scale) -> list[Figure]:
    found: list[Figure] = []
    pictures = [random.Random(n).randbytes(SIZES_MB[scale.name] * 1_000_000) for n in range(BLOBS)]
    for kind in ("up", "down"):
        line = Line(MBIT, DELAY_S)
        async with shop(folder / kind, kind, line) as (source, sink, giver):
            digests = [put(giver, data) for data in pictures]
            found += await turns(kind, line, source, sink, giver, digests, scale)
        line.close()
    return found


@asynccontextmanager
async def shop(folder: Path, kind: str, line: Line) -> AsyncIterator[tuple[Server, Server, Server]]:
    """Where orders are placed, where they are to arrive, and who has the pictures. `up`: a terminal and head office;
    `down`: a terminal, and another one that gets pictures and orders from it over the line."""
    own = ("--store", "s1", "--no-mdns", "--api-port", "0", "--sync-port", "0")
    office = ("--port", "0", "--api-port", "0")
    far = Server(folder / "far", *office, command="office") if kind == "up" else Server(folder / "far", *own)
    await asyncio.to_thread(far.start)
    relay = Relay("127.0.0.1", far.endpoint["sync_port"], line=line)
    await relay.start()
    to = ("--office", f"ws://127.0.0.1:{relay.port}") if kind == "up" else ("--peer", f"127.0.0.1:{relay.port}")
    near = Server(folder / "near", *own, *to)
    await asyncio.to_thread(near.start)
    try:
        yield (near, far, far) if kind == "up" else (far, near, far)
    finally:
        for server in (near, far):
            await asyncio.to_thread(server.stop)
        await relay.close()


def put(server: Server, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    url = f"{server.endpoint['api']}/v1/blobs/{digest}"
    httpx.put(url, content=data, headers=server.headers, timeout=120).raise_for_status()
    return digest


def publish(server: Server, digests: list[str]) -> None:
    item = {
        "item_id": "dish", "name": "Dish",
        "variations": [{"variation_id": "v", "name": "", "price_minor": 100}],
        "more_images": [f"sha256:{digest}" for digest in digests],
    }  # fmt: skip
    category = {"category_id": "c", "name": "C", "item_ids": ["dish"]}
    menu = {"currency": "EUR", "name": "Bench", "items": [item], "categories": [category]}
    server.command("menu.publish", menu=menu)


async def turns(
    kind: str, line: Line, source: Server, sink: Server, giver: Server, digests: list[str], scale: Scale
) -> list[Figure]:
    alone: list[list[float]] = []
    beside: list[list[float]] = []
    plain: list[list[float]] = []
    shares: list[float] = []
    await asyncio.to_thread(publish, giver, [])
    for server in (source, sink):
        await asyncio.to_thread(eventually, lambda server=server: server.get("/v1/menu"))
    await orders(source, sink, 3)
    for _ in range(TURNS[scale.name]):
        alone.append(await orders(source, sink, ORDERS[scale.name]))
        await asyncio.to_thread(publish, giver, digests)
        await asyncio.sleep(SETTLE_S if scale.name != "tiny" else 1.0)
        before, began = line.carried[False], time.monotonic()
        beside.append(await orders(source, sink, ORDERS[scale.name]))
        shares.append((line.carried[False] - before) / (time.monotonic() - began) / MBIT * 100)
        await asyncio.to_thread(publish, giver, [])
        await asyncio.sleep(1.0)
    async with download(giver, digests[0], line):
        await asyncio.sleep(2.0)
        plain.append(await orders(source, sink, min(20, ORDERS[scale.name])))
    way = "up to head office" if kind == "up" else "from terminal to terminal, the pictures' own way"
    medians = [middle(run) for run in beside]
    return [
        Figure(
            f"blobs-{kind}",
            f"an order {way}, while 200 MB of pictures come over the same 1 Mbit/s: from the tap until it is there",
            "ms",
            medians,
            [
                Beside("without pictures", [middle(run) for run in alone], at_most=AT_MOST),
                Beside("beside a plain download of them", [middle(run) for run in plain]),
            ],
        ),
        Figure(
            f"blobs-{kind}-p90",
            "the same, nine of ten orders",
            "ms",
            [late(run) for run in beside],
            [Beside("without pictures", [late(run) for run in alone])],
        ),
        Figure(f"blobs-{kind}-share", "of the line that pictures and all else take meanwhile", "%", shares),
    ]


def middle(run: list[float]) -> float:
    return sorted(run)[len(run) // 2]


def late(run: list[float]) -> float:
    return sorted(run)[int(len(run) * 0.9)]


async def orders(source: Server, sink: Server, n: int) -> list[float]:
    """Milliseconds from before an order is sent to its terminal until the other server tells of it."""
    seen: dict[str, asyncio.Future[float]] = {}
    chance = random.Random(n)
    address = "ws" + str(sink.endpoint["api"]).removeprefix("http") + "/v1/feed?topics=orders&after=now"
    async with connect(address, additional_headers=sink.headers, compression=None) as feed:

        async def watch() -> None:
            async for message in feed:
                told: Any = json.loads(message)
                future = seen.get(str(told.get("subject")))
                if future is not None and not future.done():
                    future.set_result(time.monotonic())

        watching = asyncio.create_task(watch())
        found = []
        async with httpx.AsyncClient(headers=source.headers, timeout=30) as client:
            for _ in range(n):
                order_id = str(uuid.uuid4())
                seen[order_id] = asyncio.get_running_loop().create_future()
                lines = [{"item_id": "dish", "quantity": 1, "modifiers": []}]
                body = {"command_id": str(uuid.uuid4()), "order_id": order_id, "lines": lines, "dining": "here"}
                began = time.monotonic()
                sent = asyncio.create_task(client.post(f"{source.endpoint['api']}/v1/commands/orders.place", json=body))
                async with asyncio.timeout(60):
                    found.append((await seen[order_id] - began) * 1000)
                (await sent).raise_for_status()
                await asyncio.sleep(GAP_S * (0.5 + chance.random()))
        watching.cancel()
    return found


@asynccontextmanager
async def download(giver: Server, digest: str, line: Line) -> AsyncIterator[None]:
    """As a browser would, over the same line."""
    port = int(str(giver.endpoint["api"]).rpartition(":")[2])
    relay = Relay("127.0.0.1", port, line=line)
    await relay.start()

    async def load() -> None:
        url = f"http://127.0.0.1:{relay.port}/v1/blobs/{digest}"
        async with httpx.AsyncClient(headers=giver.headers, timeout=120) as client, client.stream("GET", url) as answer:
            async for _ in answer.aiter_bytes():
                pass

    loading = asyncio.create_task(load())
    try:
        yield
    finally:
        loading.cancel()
        await asyncio.gather(loading, return_exceptions=True)
        await relay.close()
