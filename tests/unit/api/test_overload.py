"""More than a server can do, and clients slower than it may wait for: refused in one sentence, let go, never kept."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar, Request, get, post
from litestar.handlers import HTTPRouteHandler

from server import engine
from server.api import connections, turnstile
from server.api.app import serve
from server.api.metrics import Tally
from tests.unit.api.serving import MENU, TOKEN, Served

SOON_S = 10.0
ANSWER = b"a" * 40_000_000
"""More than the system's buffers between two sockets take."""


@get("/large")
async def large() -> bytes:
    return ANSWER


@post("/read", status_code=200)
async def read(request: Request[Any, Any, Any]) -> str:
    return str(len(await request.body()))


@contextlib.asynccontextmanager
async def open_door(*more: HTTPRouteHandler) -> AsyncIterator[int]:
    """The product's server in front of some small handlers; yields the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    stop = asyncio.Event()
    task = asyncio.create_task(serve(Litestar([large, read, *more], request_max_body_size=None), listener, stop))
    try:
        yield listener.getsockname()[1]
    finally:
        stop.set()
        await task


async def all_of(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(SOON_S):
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""


def order(**fields: Any) -> dict[str, Any]:
    lines = [{"item_id": "tea", "quantity": 1, "modifiers": []}]
    return {"command_id": str(uuid.uuid4()), "lines": lines, "dining": "here", **fields}


# -- commands ---------------------------------------------------------------------------------------------------------


async def test_an_order_too_many_is_told_to_come_again_and_comes_through_with_the_same_id(
    shop: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MAX_COMMANDS", 8)
    monkeypatch.setattr(engine, "MAX_NEW_ORDERS", 5)
    bodies = [order() for _ in range(40)]

    async def until_done(body: dict[str, Any]) -> int:
        turned_away = 0
        while True:
            answer = await shop.post("orders.place", body)
            if answer.status_code == 200:
                return turned_away
            assert answer.status_code == 503, answer.text
            assert answer.json()["code"] == "busy"
            assert answer.headers["retry-after"] == "1"
            turned_away += 1
            await asyncio.sleep(0.01)

    turned_away = sum(await asyncio.gather(*map(until_done, bodies)))
    assert turned_away > 0
    assert shop.node.engine.turned_away == turned_away
    assert shop.node.engine.most_waiting == 5
    assert len(await shop.get("/v1/orders")) == len(bodies)
    metrics = (await shop.http.get("/metrics")).text
    assert f"pilotlight_commands_busy_total {turned_away}\n" in metrics
    assert "pilotlight_commands_waiting 0\n" in metrics


async def test_who_has_ordered_can_pay_when_new_orders_are_refused(
    shop: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = await shop.place()
    monkeypatch.setattr(engine, "MAX_NEW_ORDERS", 0)
    assert (await shop.post("orders.place", order())).json()["code"] == "busy"
    paid = await shop.command("payments.capture", order_id=order_id, tender="cash")
    assert paid["result"]["due_minor"] == 0
    monkeypatch.setattr(engine, "MAX_COMMANDS", 0)
    assert (await shop.post("kitchen.bump", {"command_id": str(uuid.uuid4()), "order_id": order_id})).status_code == 503


# -- requests ---------------------------------------------------------------------------------------------------------


async def test_requests_too_many_are_refused_by_one_sentence_and_health_still_answers(
    shop: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turnstile, "MAX_REQUESTS", 0)
    refused = await shop.http.get("/v1/orders")
    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert refused.json()["text"].count(". ") == 1
    assert refused.headers["retry-after"] == "1"
    assert (await shop.http.get("/healthz")).status_code == 200
    assert "pilotlight_api_turned_away_total 1\n" in (await shop.http.get("/metrics")).text


async def test_bodies_of_all_requests_together_have_a_limit(shop: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "MAX_BODIES_BYTES", 100_000)
    refused = await shop.post(
        "menu.publish", {"command_id": str(uuid.uuid4()), "menu": {**MENU, "name": "x" * 200_000}}
    )
    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    for _ in range(3):  # what was held of it is given back
        assert (await shop.post("orders.place", order(customer_name="x" * 40))).status_code == 200


async def test_large_answers_are_read_a_few_at_a_time_and_orders_do_not_wait_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turnstile, "MAX_LARGE_READS", 2)
    monkeypatch.setattr(turnstile, "MAX_LARGE_WAITING", 3)
    reading, most, go_on = 0, 0, asyncio.Event()

    @get("/v1/orders")
    async def orders() -> bytes:
        nonlocal reading, most
        reading += 1
        most = max(most, reading)
        await go_on.wait()
        reading -= 1
        return ANSWER

    async with open_door(orders) as port:

        async def ask(path: bytes) -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            said = await all_of(reader)
            writer.close()
            return said

        asked = [asyncio.create_task(ask((b"/v1/orders", b"/v1/orders/")[n % 2])) for n in range(8)]
        done, _ = await asyncio.wait(asked, timeout=SOON_S, return_when=asyncio.FIRST_COMPLETED)
        while sum(task.done() for task in asked) < 3:
            await asyncio.sleep(0.01)
        assert all(task.result().startswith(b"HTTP/1.1 503") for task in done), "two are read, three wait, three go"
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /read HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
        assert (await all_of(reader)).startswith(b"HTTP/1.1 200")
        writer.close()
        go_on.set()
        answers = await asyncio.gather(*asked)
        assert sorted(answer[9:12] for answer in answers) == [b"200"] * 5 + [b"503"] * 3
        assert most == 2


async def test_who_takes_a_large_answer_slowly_keeps_nobody_from_reading() -> None:
    @get("/v1/orders")
    async def orders() -> bytes:
        return ANSWER

    async with open_door(orders) as port:
        lines = []
        for _ in range(2 * turnstile.MAX_LARGE_READS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
            writer.write(b"GET /v1/orders HTTP/1.1\r\nHost: x\r\n\r\n")
            async with asyncio.timeout(SOON_S):
                assert (await reader.readline()).startswith(b"HTTP/1.1 200")  # and takes no more
            lines.append(writer)
        for writer in lines:
            writer.transport.abort()


def test_methods_that_nobody_knows_are_counted_together() -> None:
    tally = Tally()
    for n in range(1000):
        tally.count({"method": f"M{n}"}, {"type": "http.response.start", "status": 405, "headers": []})  # type: ignore[typeddict-item]
    tally.count({"method": "GET"}, {"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[typeddict-item]
    assert tally.answers == {("other", 405): 1000, ("GET", 200): 1}


# -- connections ------------------------------------------------------------------------------------------------------


async def test_connections_too_many_are_told_so_and_there_is_room_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 3)
    async with open_door() as port:
        inside = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        await asyncio.sleep(0.05)
        refused, writer = await asyncio.open_connection("127.0.0.1", port)
        head, _, body = (await all_of(refused)).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503"), head
        assert json.loads(body)["code"] == "busy"
        writer.close()
        for _, one in inside:
            one.close()
            await one.wait_closed()
        await asyncio.sleep(0.1)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /read HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
        assert (await all_of(reader)).startswith(b"HTTP/1.1 200")
        writer.close()


async def test_a_request_that_never_arrives_whole_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "REQUEST_WITHIN_S", 0.3)
    async with open_door() as port:
        for begun in (b"", b"GET /lar", b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(begun)
            said = await all_of(reader)
            assert said.startswith(b"HTTP/1.1 408"), (begun, said)
            assert b"too_slow" in said
            writer.close()


async def test_who_takes_nothing_of_his_answer_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "TAKEN_WITHIN_S", 0.3)
    async with open_door() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.sleep(1.0)
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        assert len(await all_of(reader)) < len(ANSWER)
        writer.close()


async def test_what_is_on_its_way_to_all_clients_has_a_limit_and_the_slowest_is_let_go(
    shop: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.api.outgoing.MAX_ON_ITS_WAY_CHARS", 3_000_000)
    await shop.publish(
        categories=[{"category_id": f"c{n}", "name": "x" * 1_000, "item_ids": ["tea"]} for n in range(2_000)]
    )
    outgoing = shop.app.state.outgoing
    lines = []
    for _ in range(2):  # two million characters each, of which nothing is taken
        reader, writer = await asyncio.open_connection("127.0.0.1", shop.port, limit=4096)
        writer.write(
            b"GET /v1/watch?views=menu HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            b"Authorization: Bearer " + TOKEN.encode() + b"\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")  # and then nothing more
        lines.append(writer)
        async with asyncio.timeout(2 * SOON_S):
            while outgoing.chars < 2_000_000:
                await asyncio.sleep(0.01)
    async with asyncio.timeout(2 * SOON_S):
        while shop.app.state.sockets != 1:
            await asyncio.sleep(0.01)
    assert outgoing.chars <= 3_000_000
    async with shop.socket("/v1/watch?views=menu") as watch:
        assert len(json.loads(await watch.recv())["all"]["categories"]) == 2_000
    for writer in lines:
        writer.transport.abort()
    async with asyncio.timeout(2 * SOON_S):
        while outgoing.chars:
            await asyncio.sleep(0.01)


async def test_a_feed_that_is_not_read_is_closed_and_goes_on_from_its_cursor(
    shop: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.api.outgoing.STALLED_S", 0.3)
    name = "x" * 4_000
    for n in range(20):
        await shop.publish(
            name=f"{n} {name}", categories=[{"category_id": "c", "name": name * 200, "item_ids": ["tea"]}]
        )
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.port, limit=4096)
    writer.write(
        b"GET /v1/feed HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Authorization: Bearer " + TOKEN.encode() + b"\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")  # and then nothing more
    for open_sockets in (1, 0):
        async with asyncio.timeout(2 * SOON_S):
            while shop.app.state.sockets != open_sockets:
                await asyncio.sleep(0.01)
    writer.transport.abort()
    async with shop.socket("/v1/feed") as feed:
        assert json.loads(await feed.recv())["seq"] == 1
