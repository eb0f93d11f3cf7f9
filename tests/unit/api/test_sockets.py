"""The feed and the watch, over real websockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from server.api import connections
from server.api import watch as watching
from server.api.views import Views
from tests.unit.api.serving import MENU, TOKEN, Served, hear, hear_until

EVERYTHING = "status,menu,availability,orders,tickets,peers,sales"


async def closed_with(shop: Served, path: str, token: str | None = TOKEN) -> int:
    async with shop.socket(path, token) as connection, asyncio.timeout(30):
        await connection.wait_closed()
    assert connection.close_code is not None
    return connection.close_code


@pytest.mark.parametrize("path", ["/v1/feed", "/v1/watch?views=orders"])
async def test_a_wrong_token_closes_with_4401(shop: Served, path: str) -> None:
    assert await closed_with(shop, path, "wrong") == 4401
    assert await closed_with(shop, path, None) == 4401
    separator = "&" if "?" in path else "?"
    assert await closed_with(shop, f"{path}{separator}token=wrong", None) == 4401


async def test_a_client_that_speaks_before_its_socket_is_open_is_not_taken_for_a_slow_one(
    shop: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "REQUEST_WITHIN_S", 0.2)
    head = f"GET /v1/watch?views=status&token={TOKEN} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    key = "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ping = b"\x89\x80\0\0\0\0"
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.port)
    writer.write((head + key).encode() + ping)
    said = b""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1.5):
            while more := await reader.read(65536):
                said += more
    assert said.startswith(b"HTTP/1.1 101")
    assert b"408" not in said
    assert not reader.at_eof()
    writer.close()


async def test_an_order_that_is_placed_while_the_only_screen_is_let_in_is_on_it(
    shop: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, has_read, go_on = Views.whole, threading.Event(), threading.Event()

    def slow(self: Views, view: Any) -> str:
        text = whole(self, view)
        has_read.set()
        go_on.wait(20)
        return text

    monkeypatch.setattr(Views, "whole", slow)
    async with shop.socket("/v1/watch?views=orders") as screen:
        await asyncio.to_thread(has_read.wait, 20)
        order_id = await shop.place()
        go_on.set()
        assert (await hear(screen))["all"] == []
        assert (await hear(screen))["id"] == order_id


async def test_the_token_may_stand_in_the_address(shop: Served) -> None:
    async with shop.socket(f"/v1/watch?views=status&token={TOKEN}", None) as connection:
        assert (await hear(connection))["view"] == "status"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/watch", 4400),
        ("/v1/watch?views=", 4400),
        ("/v1/watch?views=orders,secrets", 4400),
        ("/v1/feed?after=yesterday", 4400),
        ("/v1/feed?colour=red", 4400),
        ("/v1/feed?topics=paymnets", 4400),
        ("/v1/feed?after=1.anotherlog", 4410),
    ],
)
async def test_a_wrong_question_is_closed_with_a_code(shop: Served, path: str, code: int) -> None:
    assert await closed_with(shop, path) == code


async def test_the_feed_starts_with_what_was_missed_and_goes_on_live(shop: Served) -> None:
    first = await shop.place()
    async with shop.socket("/v1/feed?topics=orders,stock") as feed:
        missed = await hear(feed)
        assert (missed["type"], missed["subject"]) == ("orders.placed/1", first)
        second = await shop.place()
        live = await hear(feed)
        assert live["subject"] == second
    third = await shop.place()
    await shop.command("stock.out", item_id="tea")
    async with shop.socket(f"/v1/feed?topics=orders,stock&after={live['cursor']}") as feed:
        assert (await hear(feed))["subject"] == third
        assert (await hear(feed))["type"] == "stock.out/1"
    async with shop.socket("/v1/feed?after=now", subprotocols=["cloudevents.json"]) as feed:
        assert feed.subprotocol == "cloudevents.json"
        await shop.command("stock.back", item_id="tea")
        assert (await hear(feed))["type"] == "stock.back/1"


async def test_the_feed_tells_each_event_once_while_they_pour_in(shop: Served) -> None:
    async def pour() -> None:
        for _ in range(30):
            await shop.command("stock.count", item_id="tea", left=100)

    async with shop.socket("/v1/feed?topics=stock") as feed:
        pouring = asyncio.create_task(pour())
        seen = [(await hear(feed))["seq"] for _ in range(30)]
        await pouring
    assert seen == list(range(1, 31))


async def test_watching_starts_with_each_view_whole(shop: Served) -> None:
    order_id = await shop.place()
    async with shop.socket(f"/v1/watch?views={EVERYTHING}") as watch:
        told = [await hear(watch) for _ in EVERYTHING.split(",")]
    views = {one["view"]: one["all"] for one in told}
    assert set(views) == set(EVERYTHING.split(","))
    assert views["menu"]["name"] == "Corner"
    assert views["availability"]["tea"]["state"] == "available"
    assert [order["order_id"] for order in views["orders"]] == [order_id]
    assert [ticket["order_id"] for ticket in views["tickets"]] == [order_id]
    assert views["status"]["currency"] == "EUR"
    assert views["status"]["healthy"] is True
    assert views["peers"] == []
    assert views["sales"]["stores"]["corner"]["orders"] == 1


async def test_every_screen_hears_what_ran_out_and_only_that(shop: Served) -> None:
    async with shop.socket("/v1/watch?views=availability") as a, shop.socket("/v1/watch?views=availability") as b:
        await hear(a)
        await hear(b)
        await shop.command("stock.out", ingredient_id="bacon")
        for watch in (a, b):
            told = await hear(watch)
            assert set(told["changed"]) == {"burger", "salad"}
            assert told["changed"]["burger"]["state"] == "out"
        await shop.command("stock.back", ingredient_id="bacon")
        assert (await hear(a))["changed"]["salad"]["state"] == "available"


async def test_orders_and_tickets_come_with_their_value_when_they_change(shop: Served) -> None:
    async with shop.socket("/v1/watch?views=orders,tickets") as watch:
        await hear(watch)
        await hear(watch)
        order_id = await shop.place()
        assert (await hear_until(watch, view="orders", id=order_id))["value"]["status"] == "placed"
        assert (await hear_until(watch, view="tickets", id=order_id))["value"]["done_ms"] is None
        await shop.command("kitchen.bump", order_id=order_id)
        assert (await hear_until(watch, view="orders", id=order_id))["value"]["status"] == "ready"
        assert (await hear_until(watch, view="tickets", id=order_id))["value"]["done_ms"] is not None


async def test_a_new_menu_comes_whole_with_what_is_available_of_it(shop: Served) -> None:
    async with shop.socket("/v1/watch?views=menu,availability,status") as watch:
        for _ in range(3):
            await hear(watch)
        await shop.publish(name="Corner at night", items=MENU["items"][:1], categories=[], ingredients=[])
        assert (await hear_until(watch, view="menu"))["all"]["name"] == "Corner at night"
        assert set((await hear_until(watch, view="availability"))["all"]) == {"tea"}
        status = await hear_until(watch, view="status")
        assert status["all"]["menu_version"] == shop.node.services.menu_version()


async def test_a_screen_that_joins_in_the_rush_misses_nothing(shop: Served) -> None:
    """However joins and orders interleave: what was told whole and what changed add up to what is."""

    async def rush() -> set[str]:
        return {await shop.place() for _ in range(20)}

    async def watch(start_after: int) -> set[str]:
        while len(shop.node.orders()) < start_after:
            await asyncio.sleep(0.005)
        seen: set[str] = set()
        async with shop.socket("/v1/watch?views=orders") as connection:
            while len(seen) < 20:
                told = await hear(connection)
                seen |= {o["order_id"] for o in told["all"]} if "all" in told else {told["id"]}
        return seen

    placed, *seen = await asyncio.gather(rush(), *(watch(n) for n in (0, 3, 7, 12, 19)))
    assert all(one == placed for one in seen)


async def test_an_unwell_server_tells_its_watchers(shop: Served) -> None:
    async with shop.socket("/v1/watch?views=status") as watch:
        assert (await hear(watch))["all"]["healthy"] is True
        shop.node.log.unhealthy = "The disk is full."
        told = await hear(watch)
        assert (told["all"]["healthy"], told["all"]["reasons"]) == (False, ["The disk is full."])


async def test_a_client_that_does_not_read_is_closed_and_costs_the_others_nothing(
    shop: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "MAX_WAITING_MESSAGES", 3)
    slow = watching.Watcher(frozenset({"orders"}))
    hub = shop.app.state.hub
    async with shop.socket("/v1/watch?views=orders") as quick:
        await hear(quick)
        hub.join(slow)  # a client whose network takes nothing: its queue is never emptied
        for _ in range(6):
            order_id = await shop.place()
            await hear_until(quick, id=order_id)
    assert slow.lost
    with pytest.raises(TimeoutError):
        await slow.get()


async def test_what_waits_for_all_clients_has_a_limit_and_the_slowest_goes_first(
    shop: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "MAX_WAITING_ALL_CHARS", 20_000)
    hub = shop.app.state.hub
    slowest = watching.Watcher(frozenset({"orders", "tickets"}), hub.waiting)
    slow = watching.Watcher(frozenset({"tickets"}), hub.waiting)
    async with shop.socket("/v1/watch?views=orders") as quick:
        await hear(quick)
        hub.join(slowest)
        hub.join(slow)
        for _ in range(200):
            order_id = await shop.place()
            await hear_until(quick, id=order_id)
            assert hub.waiting.chars <= 20_000
            if slowest.lost:
                break
        assert slowest.lost
        assert not slow.lost
        assert slow.waiting > 0
        await hear_until(quick, id=await shop.place())
        hub.leave(slow)
    assert slow.waiting == slowest.waiting == 0
    await asyncio.sleep(0)
    assert hub.waiting.chars == 0, "what waits for nobody is not held"


async def test_who_asks_is_told_together_what_waits_and_no_more_than_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "TOGETHER_CHARS", 30)
    one, several = watching.Watcher(frozenset({"orders"})), watching.Watcher(frozenset({"orders"}), together=True)
    texts = ['{"n": 1}', '{"n": 2}', '{"n": "a long one, which goes alone"}', '{"n": 3}']
    for watcher in (one, several):
        for text in texts:
            watcher.put(text)
    assert [await one.get() for _ in texts] == texts
    assert [json.loads(await several.get()) for _ in range(3)] == [
        [{"n": 1}, {"n": 2}],
        {"n": "a long one, which goes alone"},
        {"n": 3},
    ]
    assert several.waiting == 0


async def test_changes_that_come_together_come_in_order(shop: Served) -> None:
    async with shop.socket("/v1/watch?views=orders&together=1") as watch:
        assert (await hear(watch))["all"] == []
        placed = [await shop.place() for _ in range(5)]
        told: list[dict[str, Any]] = []
        while len({one["id"] for one in told}) < 5:
            heard: Any = await hear(watch)
            told += heard if isinstance(heard, list) else [heard]
    assert list(dict.fromkeys(one["id"] for one in told)) == placed


def test_a_text_that_waits_for_many_is_counted_once() -> None:
    everybody = watching.Waiting()
    watchers = [watching.Watcher(frozenset({"menu"}), everybody) for _ in range(50)]
    text = "x" * 1_000
    for watcher in watchers:
        watcher.put(text)
        watcher.put("y" * 10 + str(id(watcher)))
    assert everybody.chars == 1_000 + sum(len("y" * 10 + str(id(w))) for w in watchers)
    for watcher in watchers:
        watcher.let_go()
        watcher.put(text)
    assert everybody.chars == 0


async def test_watchers_connect_again_when_the_hub_lost_its_place(
    shop: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shop.socket("/v1/watch?views=orders") as watch:
        await hear(watch)
        read = shop.node.order
        monkeypatch.setattr(shop.node, "order", lambda _: 1 / 0)
        await shop.place()
        with pytest.raises(ConnectionClosed):
            await hear(watch)
        monkeypatch.setattr(shop.node, "order", read)
    async with shop.socket("/v1/watch?views=orders") as watch:
        assert len((await hear(watch))["all"]) == 1


async def test_what_a_client_says_is_ignored_unless_it_is_too_long(shop: Served) -> None:
    async with shop.socket("/v1/watch?views=orders") as watch:
        await hear(watch)
        for said in ("hello", json.dumps({"view": "orders"}), b"\x00\xff", ""):
            await watch.send(said)
        order_id = await shop.place()
        assert (await hear(watch))["id"] == order_id
        await watch.send("x" * 100_000)
        async with asyncio.timeout(30):
            await watch.wait_closed()
    assert watch.close_code == 1009


async def test_too_many_clients_are_told_so(shop: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.api.feed.MAX_CLIENTS", 1)
    async with shop.socket("/v1/feed?after=now"):
        while shop.app.state.sockets < 1:
            await asyncio.sleep(0.01)
        assert await closed_with(shop, "/v1/watch?views=orders") == 4429


async def test_sockets_are_counted_back_when_clients_leave(shop: Served) -> None:
    connections: list[Any] = [await shop.socket("/v1/watch?views=orders") for _ in range(5)]
    for connection in connections:
        await hear(connection)
    assert shop.app.state.sockets == 5
    for connection in connections:
        await connection.close()
    async with asyncio.timeout(30):
        while shop.app.state.sockets:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("path", ["/v1/feed", "/v1/watch?views=menu"])
async def test_a_client_whose_network_takes_nothing_is_let_go(
    shop: Served, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr("server.api.outgoing.STALLED_S", 0.3)
    large = [{**MENU["items"][0], "item_id": f"tea-{n}", "description": "x" * 900} for n in range(1500)]
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.port, limit=1024)
    hello = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {TOKEN}", "Upgrade: websocket"]
    hello += ["Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]
    writer.write("\r\n".join([*hello, "", ""]).encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 101")  # and from now on it reads nothing
    async with asyncio.timeout(30):
        while not shop.app.state.sockets:
            await asyncio.sleep(0.01)
        n = 0
        while shop.app.state.sockets:
            n += 1
            await shop.publish(name=f"Menu {n}", items=large, categories=[], ingredients=[])
    assert (await shop.get("/healthz"))["status"] == "ok"
    writer.close()
