"""What the contract promises of each call, over real HTTP."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import uuid
from pathlib import Path
from typing import Any

import pytest

from server.api.openapi import EXAMPLES
from tests.unit.api.serving import Served, serving

ROOT = Path(__file__).parents[3]


async def test_health_and_figures_need_no_token_on_this_machine(shop: Served) -> None:
    answer = await shop.stranger.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "reasons": [], "warnings": []})
    figures = await shop.stranger.get("/metrics")
    assert figures.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "pilotlight_healthy 1" in figures.text
    assert 'pilotlight_api_requests_total{method="GET",status="200"}' in figures.text


async def test_a_server_that_is_not_well_says_so_with_503_and_why(shop: Served) -> None:
    shop.node.log.unhealthy = "The disk is full."
    answer = await shop.http.get("/healthz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["The disk is full."])


async def test_the_device_says_who_it_is(shop: Served) -> None:
    device = await shop.get("/v1/device")
    assert device["label"] == "Counter"
    assert (device["role"], device["store"]) == ("pos", "corner")
    assert (device["device_id"], device["log_id"]) == (shop.node.log.device_id, shop.node.log.log_id)


async def test_an_order_is_priced_here_numbered_and_listed(shop: Served) -> None:
    facts = await shop.command(
        "orders.place",
        lines=[{"item_id": "burger", "quantity": 2, "modifiers": [{"modifier_id": "cheese", "quantity": 1}]}],
        dining="takeaway",
        customer_name="Ada",
    )
    result = facts["result"]
    assert result["total_minor"] == 2 * (1090 + 90)
    order = await shop.get(f"/v1/orders/{result['order_id']}")
    assert (order["number"], order["total_minor"]) == (result["number"], 2360)
    assert order["history"][0]["what"] == "placed"
    assert await shop.get("/v1/orders?status=placed") == [order]
    assert await shop.get(f"/v1/orders?number={result['number'].lower()}") == [order]
    assert await shop.get("/v1/orders?status=ready") == []
    assert await shop.get("/v1/orders?business_day=2020-01-01") == []
    tickets = await shop.get("/v1/tickets")
    assert [ticket["order_id"] for ticket in tickets] == [order["order_id"]]


async def test_the_answer_holds_the_events_as_the_feed_will_tell_them(shop: Served) -> None:
    facts = await shop.command("stock.out", ingredient_id="bacon")
    page = await shop.get("/v1/events?topics=stock")
    assert page["events"] == facts["events"]
    event = page["events"][0]
    assert event["specversion"] == "1.0"
    assert event["id"] == f"{shop.node.log.log_id}/stock/1"
    assert (event["type"], event["subject"]) == ("stock.out/1", "ingredient:bacon")
    assert event["data"]["subject_id"] == "bacon"
    assert (event["deviceid"], event["storeid"]) == (shop.node.log.device_id, "corner")
    assert all(name.isalnum() and name.islower() for name in event)


async def test_the_same_command_gives_the_same_answer_and_does_nothing_twice(shop: Served) -> None:
    body = {
        "command_id": str(uuid.uuid4()),
        "lines": [{"item_id": "tea", "quantity": 1, "modifiers": []}],
        "dining": "here",
    }
    answers = await asyncio.gather(*(shop.post("orders.place", body) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len(await shop.get("/v1/orders")) == 1


async def test_pages_of_events_join_without_a_gap_or_a_double(shop: Served) -> None:
    for _ in range(5):
        await shop.place()
        await shop.command("stock.count", item_id="tea", left=50)
    whole = (await shop.get("/v1/events?limit=1000"))["events"]
    for topics in ("", "&topics=orders", "&topics=stock,orders", "&topics=promotions"):
        seen: list[Any] = []
        cursor = ""
        while True:
            page = await shop.get(f"/v1/events?limit=3&after={cursor}{topics}")
            if not page["events"]:
                break
            seen += page["events"]
            cursor = page["cursor"]
        names = topics.partition("=")[2].split(",") if topics else None
        assert seen == [e for e in whole if names is None or e["id"].split("/")[1] in names]
    assert (await shop.get("/v1/events?after=now"))["events"] == []
    assert (await shop.get("/v1/events?after=0&limit=1"))["events"] == whole[:1]


async def test_availability_has_the_shape_of_the_contract(shop: Served) -> None:
    await shop.command("stock.out", ingredient_id="bacon")
    await shop.command("stock.count", item_id="tea", left=8)
    found = await shop.get("/v1/availability")
    assert (found["burger"]["state"], found["burger"]["because"]) == ("out", ["bacon"])
    assert (found["salad"]["state"], found["salad"]["without"]) == ("without", ["bacon"])
    assert (found["tea"]["state"], found["tea"]["left"]) == ("available", 8)


async def test_the_frontier_names_streams_and_how_far_they_are_held(shop: Served) -> None:
    await shop.place()
    await shop.place()
    assert (await shop.get("/v1/frontier"))[f"{shop.node.log.log_id}/orders"] == 2


async def test_a_disk_that_fails_is_503_not_saved(shop: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log itself is tested elsewhere; here, what a caller is told when it can't write."""

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("server.log.stage.Stage.write", fail)
    answer = await shop.post(
        "orders.place",
        {
            "command_id": str(uuid.uuid4()),
            "lines": [{"item_id": "tea", "quantity": 1, "modifiers": []}],
            "dining": "here",
        },
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "not_saved")
    assert answer.json()["text"]


async def test_before_there_is_a_menu_the_shop_says_so(bare: Served) -> None:
    assert await bare.get("/v1/menu") is None
    assert await bare.get("/v1/availability") == {}
    answer = await bare.post(
        "orders.place",
        {
            "command_id": str(uuid.uuid4()),
            "lines": [{"item_id": "tea", "quantity": 1, "modifiers": []}],
            "dining": "here",
        },
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "no_menu")


async def test_a_fault_of_ours_is_500_without_a_word_of_our_inside(
    shop: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault() -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(shop.node, "peers", fault)
    answer = await shop.http.get("/v1/peers")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text


async def test_the_openapi_document_describes_every_command_with_an_example_that_works(shop: Served) -> None:
    document = (await shop.stranger.get("/v1/openapi.json")).json()
    from server.services.desk import COMMANDS

    paths = document["paths"]
    assert {f"/v1/commands/{name}" for name in COMMANDS} < set(paths)
    place = paths["/v1/commands/orders.place"]["post"]["requestBody"]["content"]["application/json"]
    name = place["schema"]["$ref"].rpartition("/")[2]
    assert {"command_id", "lines", "dining"} <= set(document["components"]["schemas"][name]["required"])
    publish = paths["/v1/commands/menu.publish"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert (await shop.post("menu.publish", publish)).status_code == 200
    for path in ("/healthz", "/v1/orders", "/v1/events", "/v1/menu", "/v1/availability"):
        assert paths[path]["get"]["summary"]


async def test_the_examples_of_the_document_work_with_the_demo_menu(bare: Served) -> None:
    await bare.command("menu.publish", menu=json.loads((ROOT / "assets" / "menus" / "demo.json").read_bytes()))
    order_id = (await bare.command("orders.place", **EXAMPLES["orders.place"][1]))["result"]["order_id"]
    for name in ("orders.accept", "orders.start", "payments.capture", "kitchen.bump", "kitchen.recall"):
        await bare.command(name, **EXAMPLES[name][1] | {"order_id": order_id})
    for name in ("payments.refund", "orders.collect"):
        await bare.command(name, **EXAMPLES[name][1] | {"order_id": order_id})
    for name in ("stock.out", "stock.back", "stock.count"):
        await bare.command(name, **EXAMPLES[name][1])


async def test_the_guide_s_first_order_works_as_it_is_printed(bare: Served) -> None:
    await bare.command("menu.publish", menu=json.loads((ROOT / "assets" / "menus" / "demo.json").read_bytes()))
    guide = (ROOT / "docs" / "api.md").read_text()
    body = guide.partition("orders.place -d '")[2].partition("}'\n```")[0] + "}"
    printed = json.loads(re.sub(r"'\$\(.*\)'", str(uuid.uuid4()), body))
    answer = await bare.post("orders.place", printed)
    assert answer.status_code == 200, answer.text


async def test_every_reference_in_the_openapi_document_leads_somewhere(shop: Served) -> None:
    document = (await shop.http.get("/v1/openapi.json")).json()

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [r for v in value.values() for r in references(v)]
        return [r for v in value for r in references(v)] if isinstance(value, list) else []

    schemas = document["components"]["schemas"]
    assert not [r for r in references(document) if r.rpartition("/")[2] not in schemas]


async def test_a_server_stops_at_once_while_clients_listen(tmp_path: Path) -> None:
    async with serving(tmp_path / "shop", store="corner", label="Counter", role="pos") as served:
        watching = await served.socket("/v1/watch?views=orders")
        feeding = await served.socket("/v1/feed")
        await watching.recv()
    for connection in (watching, feeding):
        async with asyncio.timeout(30):
            await connection.wait_closed()
