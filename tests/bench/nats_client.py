"""A program at a NATS server as a process of its own, told on stdin as `tests.bench.terminal` is.

writer URL        makes the stream        say N GAP_MS · fill N · read N (how fast the events of the log come)
taker URL DOMAIN  hears the hub's stream through its leaf node, which keeps nothing
keeper URL DOMAIN the leaf node mirrors the stream into its own; hears that
                  seen N · hold N (until the mirror holds N)
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid
from itertools import islice
from typing import Any

import nats
from nats.js import JetStreamContext
from nats.js.api import ExternalStream, StorageType, StreamConfig, StreamSource

from server.event import Draft, Stream, decode, encode
from tests.bench.events import order_drafts
from tests.bench.nats_server import HUB

STREAM, MIRROR, SUBJECT = "shop", "shop-copy", "shop.orders"
SAID = Stream("nats", "stock")
POLL_S = 0.002
FLUSH_EVERY = 1000


def payloads(n: int) -> list[bytes]:
    """Events of orders, as our own log encodes them."""
    drafts = islice(order_drafts(n), n)
    return [encode(seq, seq << 40, draft, str(uuid.uuid4())) for seq, draft in enumerate(drafts)]


class Client:
    def __init__(self, connection: Any, js: JetStreamContext) -> None:
        self.connection, self.js = connection, js
        self.seen: list[tuple[int, int]] = []
        self.news = asyncio.Event()

    async def heard(self, message: Any) -> None:
        now = time.monotonic_ns()
        event = decode(SAID, message.data)
        if event.type == "stock.said/1":
            self.seen.append((event.data()["sent_ns"], now))
            self.news.set()

    async def say(self, n: int, gap_ms: float) -> list[float]:
        """Seconds until each was acknowledged."""
        took = []
        for seq in range(n):
            begun = time.perf_counter()
            draft = Draft("stock.said/1", "a", {"sent_ns": time.monotonic_ns()})
            await self.js.publish(SUBJECT, encode(seq, seq << 40, draft, None))
            took.append(time.perf_counter() - begun)
            await asyncio.sleep(gap_ms / 1000)
        return took

    async def place(self, n: int) -> list[float]:
        """The same with orders, one at a time."""
        took = []
        for payload in payloads(n):
            begun = time.perf_counter()
            await self.js.publish(SUBJECT, payload)
            took.append(time.perf_counter() - begun)
        return took

    async def place_at_once(self, n: int, callers: int) -> float:
        """Orders a second, of so many callers who each wait for their acknowledgement."""
        ready = iter(payloads(n))

        async def caller() -> None:
            for payload in ready:
                await self.js.publish(SUBJECT, payload)

        begun = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(callers)))
        return n / (time.perf_counter() - begun)

    async def fill(self, n: int) -> None:
        for seq, payload in enumerate(payloads(n)):
            await self.connection.publish(SUBJECT, payload)
            if seq % FLUSH_EVERY == 0:
                await self.connection.flush()
        await self.connection.flush()
        while (await self.js.stream_info(STREAM)).state.messages < n:
            await asyncio.sleep(POLL_S)

    async def hold(self, n: int) -> Any:
        """Mirrors the hub's stream and answers when all of it is here."""
        begun = time.monotonic_ns()
        await self.mirror()
        while (await self.js.stream_info(MIRROR)).state.messages < n:
            await asyncio.sleep(POLL_S)
        return {"started_ns": begun, "at_ns": time.monotonic_ns()}

    async def mirror(self) -> None:
        source = StreamSource(STREAM, external=ExternalStream(api=f"$JS.{HUB}.API"))
        await self.js.add_stream(StreamConfig(name=MIRROR, mirror=source, storage=StorageType.FILE))

    async def obey(self, verb: str, *numbers: float) -> Any:
        if verb == "say":
            return await self.say(int(numbers[0]), numbers[1])
        if verb == "place":
            return await self.place(int(numbers[0]))
        if verb == "place_at_once":
            return await self.place_at_once(int(numbers[0]), int(numbers[1]))
        if verb == "fill":
            return await self.fill(int(numbers[0]))
        if verb == "hold":
            return await self.hold(int(numbers[0]))
        while len(self.seen) < numbers[0]:
            self.news.clear()
            await self.news.wait()
        return self.seen


async def patiently(work: Any) -> Any:
    """Tries again until the leaf node is connected and its hub answers."""
    until = time.monotonic() + 20
    while True:
        try:
            return await work()
        except Exception:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.1)


async def main(role: str, url: str, domain: str = "") -> None:
    connection = await nats.connect(url)
    client = Client(connection, connection.jetstream())
    if role == "writer":
        await client.js.add_stream(StreamConfig(name=STREAM, subjects=["shop.>"], storage=StorageType.FILE))
    elif role == "taker":
        hub = connection.jetstream(domain=HUB)
        await patiently(lambda: hub.subscribe("shop.>", stream=STREAM, cb=client.heard, ordered_consumer=True))
    else:
        hub = connection.jetstream(domain=HUB)
        await patiently(lambda: hub.stream_info(STREAM))
        if role == "keeper":
            await patiently(client.mirror)
            await patiently(
                lambda: client.js.subscribe("shop.>", stream=MIRROR, cb=client.heard, ordered_consumer=True)
            )
    print(json.dumps({"role": role}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        verb, *numbers = line.split()
        print(json.dumps(await client.obey(verb, *map(float, numbers))), flush=True)
    await connection.close()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(*sys.argv[1:]))
