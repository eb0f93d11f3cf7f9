"""A screen's line to its server: it finds it, loses it, finds it again, and nothing happens twice."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.ui.desk import Desk
from ui import client as client_module
from ui.client import Client, CommandRefused, ServerGone, asks


class Ear:
    def __init__(self, client: Client) -> None:
        self.heard: list[tuple[Any, ...]] = []
        client.viewAll.connect(lambda view, value: self.heard.append((view, value)))
        client.viewChanged.connect(lambda view, key, value: self.heard.append((view, key, value)))


@pytest.fixture
def client(loop: asyncio.AbstractEventLoop, desk: Desk) -> Iterator[Client]:
    client = Client(desk.folder, ("menu", "orders", "availability"))

    async def start() -> None:
        client.start()

    loop.run_until_complete(start())
    yield client
    loop.run_until_complete(client.close())


def until(loop: asyncio.AbstractEventLoop, condition: Callable[[], Any]) -> None:
    async def wait() -> None:
        end = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < end, "never happened"
            await asyncio.sleep(0.01)

    loop.run_until_complete(wait())


def test_a_screen_is_told_everything_first_and_then_what_changes(loop, desk, client) -> None:
    desk.views |= {"menu": {"name": "Diner"}, "orders": []}
    ear = Ear(client)
    until(loop, lambda: client.connected and len(ear.heard) == 2)
    desk.tell("orders", "o1", {"order_id": "o1"})
    desk.tell("orders", "o1", None)
    desk.tell("availability", "", {"cola": {"state": "out"}})
    until(loop, lambda: len(ear.heard) == 5)
    assert ear.heard == [
        ("menu", {"name": "Diner"}),
        ("orders", []),
        ("orders", "o1", {"order_id": "o1"}),
        ("orders", "o1", None),
        ("availability", "", {"cola": {"state": "out"}}),
    ]


def test_a_timer_that_outlives_its_screen_asks_for_nothing(loop, desk) -> None:
    client = Client(desk.folder, ("menu",))

    async def live() -> None:
        client.start()
        await client.close()

    loop.run_until_complete(live())
    said: list[Any] = []
    assert asks(client, "screens.open", {}, done=said.append) is None  # without a loop that runs, as from a timer
    assert said == []


def test_a_restarted_server_on_another_port_with_another_token_is_found(loop, desk, client) -> None:
    desk.views["orders"] = []
    until(loop, lambda: client.connected)
    desk.stop()
    until(loop, lambda: not client.connected)
    desk.token = "token-2"
    desk.views["orders"] = [{"order_id": "o7"}]
    ear = Ear(client)
    desk.start()
    until(loop, lambda: ("orders", [{"order_id": "o7"}]) in ear.heard)
    assert client.connected


def test_nobody_is_troubled_by_a_short_absence_and_everybody_by_a_long_one(loop, desk, client) -> None:
    desk.views["orders"] = []
    until(loop, lambda: client.connected)
    desk.stop()
    until(loop, lambda: not client.connected)
    lost = time.monotonic()
    assert not client.troubled
    until(loop, lambda: client.troubled)
    assert time.monotonic() - lost > client_module.TROUBLED_AFTER_MS / 1000 * 0.8
    desk.start()
    until(loop, lambda: client.connected)
    assert not client.troubled


def test_a_command_without_an_answer_is_repeated_with_the_same_id(loop, desk, client) -> None:
    desk.deaf = True
    asked = client.command("orders.place", {"lines": []})

    async def place() -> Any:
        task = asyncio.ensure_future(asked)
        while len(desk.commands) < 2:
            await asyncio.sleep(0.01)
        desk.deaf = False
        return await task

    answer = loop.run_until_complete(place())
    assert answer["result"] == {}
    assert len({body["command_id"] for _, body in desk.commands}) == 1


def test_a_command_waits_for_a_server_that_is_restarting(loop, desk, client) -> None:
    desk.stop()

    async def place() -> Any:
        task = asyncio.ensure_future(client.command("stock.out", {"item_id": "cola"}))
        await asyncio.sleep(0.3)
        desk.start()
        return await task

    assert loop.run_until_complete(place())["events"] == []
    assert [name for name, _ in desk.commands] == ["stock.out"]


def test_a_refusal_is_an_answer_in_the_servers_own_words(loop, desk, client) -> None:
    desk.answer = lambda name, body: (409, {"code": "out_of_stock", "text": "The soup is sold out."})
    with pytest.raises(CommandRefused) as refusal:
        loop.run_until_complete(client.command("orders.place", {}))
    assert (refusal.value.code, refusal.value.text) == ("out_of_stock", "The soup is sold out.")
    assert len(desk.commands) == 1


def test_a_disk_that_could_not_save_is_told_and_not_tried_over_and_over(loop, desk, client) -> None:
    desk.answer = lambda name, body: (503, {"code": "not_saved", "text": "The order was not saved."})
    with pytest.raises(CommandRefused, match="not saved"):
        loop.run_until_complete(client.command("orders.place", {}))
    assert len(desk.commands) == 1


def test_a_server_with_too_much_to_do_is_asked_again_with_the_same_id(loop, desk, client) -> None:
    busy = (503, {"code": "busy", "text": "Nothing was done; send it again in a moment."})
    desk.answer = lambda name, body: (
        busy if len(desk.commands) < 3 else (200, {"events": [], "result": {"number": "A1"}})
    )
    answer = loop.run_until_complete(client.command("orders.place", {}))
    assert answer["result"] == {"number": "A1"}
    assert len(desk.commands) == 3
    assert len({body["command_id"] for _, body in desk.commands}) == 1


def test_a_command_gives_up_after_its_time(loop, desk, client) -> None:
    desk.stop()
    with pytest.raises(ServerGone):
        loop.run_until_complete(client.command("orders.place", {}, timeout_s=0.3))


def test_a_command_that_follows_another_waits_for_no_frame(loop, desk, client) -> None:
    desk.answer = lambda name, body: (200, {"events": [], "result": {"order_id": "o1"}})

    def charge(answer: dict[str, Any]) -> tuple[str, dict[str, Any], float]:
        return "payments.capture", {"order_id": answer["result"]["order_id"], "command_id": "c2"}, 15.0

    async def pay() -> tuple[Any, Any]:
        placed, charged = client.command_then("orders.place", {}, charge)
        until = time.monotonic() + 20
        while len(desk.commands) < 2 and time.monotonic() < until:
            time.sleep(0.01)  # noqa: ASYNC251 (the screen draws, and turns no event loop)
        return await placed, await charged

    placed, charged = loop.run_until_complete(pay())
    assert placed["result"] == charged["result"] == {"order_id": "o1"}
    assert [name for name, _ in desk.commands] == ["orders.place", "payments.capture"]
    assert desk.commands[1][1] == {"order_id": "o1", "command_id": "c2"}


def test_who_hears_the_first_answer_finds_decided_what_follows(loop, desk, client) -> None:
    desk.answer = lambda name, body: (200, {"events": [], "result": {}})
    decided: list[str] = []

    def charge(answer: dict[str, Any]) -> None:
        time.sleep(0.2)  # the screen has time to hear of it
        decided.append("nothing")

    async def pay() -> None:
        placed, charged = client.command_then("orders.place", {}, charge)
        await placed
        assert decided == ["nothing"]
        assert await charged is None

    loop.run_until_complete(pay())


def test_a_command_that_follows_one_that_was_refused_is_never_sent(loop, desk, client) -> None:
    desk.answer = lambda name, body: (409, {"code": "item_out", "text": "The soup is sold out."})

    async def pay() -> Any:
        placed, charged = client.command_then("orders.place", {}, lambda answer: 1 / 0)
        with pytest.raises(CommandRefused):
            await placed
        return await charged

    assert loop.run_until_complete(pay()) is None
    assert [name for name, _ in desk.commands] == ["orders.place"]


def test_a_torn_endpoint_file_is_no_server(loop, desk, client) -> None:
    file = desk.folder / "endpoint.json"
    whole = file.read_text()
    file.write_text(whole[:10])
    assert client.endpoint() is None
    file.write_text(json.dumps(["not", "an", "endpoint"]))
    assert client.endpoint() is None
    file.write_text(whole)
    assert client.endpoint() is not None
