"""Feeds that ask for all history: by turns, built once, and nothing for a client that does not read."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket

import pytest

from server.api import backlog
from server.event import Draft
from tests.unit.api.serving import TOKEN, Served, hear

MANY = 3_000
TEXT = "x" * 1_000


async def history(shop: Served, count: int = MANY) -> int:
    """Records so many events that nobody has to understand; returns how many there are in all."""
    for _ in range(count // 500):
        await shop.node.log.append([Draft("promotions.told/1", f"p{n}", {"text": TEXT}) for n in range(500)])
    return shop.node.position()


@pytest.mark.skipif(not hasattr(socket, "TCP_NOTSENT_LOWAT"), reason="the system takes what it likes here")
async def test_a_feed_that_is_not_read_has_next_to_nothing_built_for_it(shop: Served) -> None:
    await history(shop)
    lines = []
    for _ in range(3):
        reader, writer = await asyncio.open_connection("127.0.0.1", shop.port, limit=4096)
        lines.append(writer)
        writer.write(
            b"GET /v1/feed HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            b"Authorization: Bearer " + TOKEN.encode() + b"\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")  # and then nothing more
    built, before = shop.app.state.backlog.built, -1
    while built != before:  # until it has come to rest
        await asyncio.sleep(0.5)
        before, built = built, shop.app.state.backlog.built
    assert 0 < built < MANY / 2, f"{built} of {MANY} events were built for clients that took none"
    for writer in lines:
        writer.transport.abort()


async def test_what_one_feed_was_told_is_not_built_again_for_the_next(shop: Served) -> None:
    count = await history(shop, 1_000)
    async with shop.socket("/v1/feed") as one, shop.socket("/v1/feed") as other:
        told = [[(await hear(feed))["position"] for _ in range(count)] for feed in (one, other)]
    assert told == [list(range(1, count + 1))] * 2
    assert shop.app.state.backlog.built == count


async def test_feeds_that_catch_up_take_turns_and_orders_come_in_between(
    shop: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "TURN_S", 0.0)  # one event a turn
    monkeypatch.setattr(backlog, "MAX_KEPT_CHARS", 10_000)
    count = await history(shop, 500)
    turns: list[str] = []

    async def read(name: str) -> list[int]:
        async with shop.socket("/v1/feed") as feed:
            positions = []
            for _ in range(count):
                positions.append(json.loads(await feed.recv())["position"])
                turns.append(name)
        return positions

    reading = asyncio.gather(read("a"), read("b"))
    order_id = await shop.place()
    assert not reading.done()
    assert await reading == [list(range(1, count + 1))] * 2
    changes = sum(one != next for one, next in itertools.pairwise(turns))
    assert changes > count / 4, "one feed waited until the other had all"
    assert (await shop.get(f"/v1/orders/{order_id}"))["status"] == "placed"
    assert sum(map(len, shop.app.state.backlog._kept.values())) <= 10_000
