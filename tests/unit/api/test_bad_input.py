"""A caller's mistakes: always a 4xx with code and text, and nothing is written."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.unit.api.serving import MENU, TOKEN, Served, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLACE = "/v1/commands/orders.place"
TEA = {"item_id": "tea", "quantity": 1, "modifiers": []}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """One server for all of these: none of them may change anything."""
    async with serving(tmp_path_factory.mktemp("shop"), store="corner", label="Counter", role="pos") as served:
        await served.publish()
        yield served


def order(**fields: Any) -> dict[str, Any]:
    return {"command_id": str(uuid.uuid4()), "lines": [TEA], "dining": "here", **fields}


async def written(shop: Served) -> dict[str, int]:
    """How far everything is written; but `health`, which a server writes by itself."""
    frontier = await shop.get("/v1/frontier")
    return {stream: seq for stream, seq in frontier.items() if not stream.endswith("/health")}


async def refused(shop: Served, content: bytes, status: int, code: str, path: str = PLACE) -> str:
    """Asserts the refusal and that nothing was written; returns its text."""
    before = await written(shop)
    answer = await shop.http.post(path, content=content)
    problem = answer.json()
    assert set(problem) == {"code", "text"}
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    assert await written(shop) == before
    return str(problem["text"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bad_json"),
        (b"  \n", "bad_json"),
        (b"hello", "bad_json"),
        (b'{"command_id": "', "bad_json"),
        (b'{"a": 1} {"b": 2}', "bad_json"),
        (b"[1, 2]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"null", "not_an_object"),
        (b'{"note": "\xff\xfe"}', "not_utf8"),
        ("{}".encode("utf-16"), "not_utf8"),
        (b"{}", "missing_field"),
        (b'{"command_id": 7}', "bad_field"),
        (b'{"command_id": "seven"}', "bad_field"),
        (b'{"command_id": null}', "bad_field"),
        (b'{"command_id": "0b8e5f4e-3c1f-4c55-9d57-0d2f7c1f4f10", "dining": "here", "dining": "here"}', "bad_json"),
        (
            b'{"command_id": "0b8e5f4e-3c1f-4c55-9d57-0d2f7c1f4f10", "lines": [{"a": 1, "a": 2}]}',
            "bad_json",
        ),
    ],
)
async def test_a_body_that_is_no_command_is_refused_in_words(shop: Served, content: bytes, code: str) -> None:
    assert await refused(shop, content, 400, code)


async def test_a_body_of_brackets_does_no_harm(shop: Served) -> None:
    await refused(shop, b'{"command_id": ' + b"[" * 500_000, 400, "bad_json")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (order(colour="red"), "colour"),
        (order(lines=[{**TEA, "price_minor": 1}]), "price_minor"),
        ({k: v for k, v in order().items() if k != "dining"}, "dining"),
        ({k: v for k, v in order().items() if k != "lines"}, "lines"),
        (order(dining="standing"), "dining"),
        (order(lines=[{**TEA, "quantity": "two"}]), "quantity"),
        (order(lines="tea"), "lines"),
    ],
)
async def test_the_field_that_is_wrong_is_named(shop: Served, body: dict[str, Any], name: str) -> None:
    answer = await shop.post("orders.place", body)
    assert answer.status_code == 400
    assert name in answer.json()["text"]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [{**TEA, "quantity": 0}],
        [{**TEA, "quantity": -1}],
        [{**TEA, "quantity": 10**9}],
        [{**TEA, "item_id": "dragon"}],
        [{"item_id": "burger", "quantity": 1, "modifiers": [{"modifier_id": "cheese", "quantity": 99}]}],
        [{"item_id": "tea", "quantity": 1, "modifiers": [{"modifier_id": "cheese"}]}],
    ],
)
async def test_an_order_that_can_not_be_made_is_a_4xx_and_leaves_no_trace(shop: Served, lines: list[Any]) -> None:
    before = await written(shop)
    answer = await shop.post("orders.place", order(lines=lines))
    assert 400 <= answer.status_code < 500
    assert answer.json()["text"]
    assert await written(shop) == before


async def test_what_is_out_is_refused_with_409(shop: Served) -> None:
    await shop.command("stock.out", ingredient_id="bacon")
    answer = await shop.post("orders.place", order(lines=[{"item_id": "burger", "quantity": 1, "modifiers": []}]))
    assert (answer.status_code, answer.json()["code"]) == (409, "item_out")
    await shop.command("stock.back", ingredient_id="bacon")


async def test_an_unknown_command_is_404_and_says_which_there_are(shop: Served) -> None:
    text = await refused(shop, json.dumps(order()).encode(), 404, "unknown_command", "/v1/commands/orders.steal")
    assert "orders.place" in text


async def test_a_body_over_a_megabyte_is_413_even_when_its_size_is_not_announced(shop: Served) -> None:
    large = json.dumps(order(note="x" * 1_000_000)).encode()
    await refused(shop, large, 413, "too_large")

    async def pieces() -> Any:
        for _ in range(40):
            yield b" " * 100_000

    answer = await shop.http.post(PLACE, content=pieces())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_large_menu_is_published_and_a_huge_one_is_refused(shop: Served) -> None:
    """A menu travels whole, so it may be larger than other commands."""
    items = [{**MENU["items"][0], "item_id": f"tea-{n}", "description": "x" * 900} for n in range(2000)]
    menu = {**MENU, "items": items, "categories": [], "ingredients": []}
    body = {"command_id": str(uuid.uuid4()), "menu": menu}
    assert 1_500_000 < len(json.dumps(body)) < 8_000_000
    assert (await shop.post("menu.publish", body)).status_code == 200
    await shop.publish()
    await refused(shop, b'{"menu": "' + b"x" * 9_000_000 + b'"}', 413, "too_large", "/v1/commands/menu.publish")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/v1/orders/unknown", 404, "not_found"),
        ("DELETE", "/v1/orders", 405, "method_not_allowed"),
        ("GET", "/v1/commands/orders.place", 405, "method_not_allowed"),
        ("GET", "/v1/orders?status=eaten", 400, "bad_field"),
        ("GET", "/v1/orders?business_day=friday", 400, "bad_field"),
        ("GET", "/v1/orders?business_day=2026-02-30", 400, "bad_field"),
        ("GET", "/v1/orders?limit=0", 400, "bad_field"),
        ("GET", "/v1/orders?limit=many", 400, "bad_field"),
        ("GET", "/v1/orders?open=perhaps", 400, "bad_field"),
        ("GET", "/v1/orders?colour=red", 400, "unknown_field"),
        ("GET", "/v1/events?after=yesterday", 400, "bad_cursor"),
        ("GET", "/v1/events?topics=orders,paymnets", 400, "bad_field"),
        ("GET", "/v1/events?after=99999999999999999999.x", 400, "bad_cursor"),
        ("GET", "/v1/events?after=3.otherlog", 410, "cursor_gone"),
        ("GET", "/v1/tickets?done=-1", 400, "bad_field"),
        ("GET", "/%00", 404, "not_found"),
        ("GET", "/v1/orders/%ff%fe", 404, "not_found"),
    ],
)
async def test_every_mistake_has_a_code_and_a_text(
    shop: Served, method: str, path: str, status: int, code: str
) -> None:
    answer = await shop.http.request(method, path)
    assert answer.headers["content-type"].startswith("application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["text"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/v1/device", "/v1/orders", "/v1/events", "/v1/menu"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"Authorization": "Bearer"},
        {"Authorization": b"Bearer \xff\xfe"},
        {"Cookie": "pilotlight=x"},
    ],
)
async def test_nothing_is_told_without_the_token(shop: Served, path: str, headers: Any) -> None:
    answer = await shop.stranger.get(path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_token")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_command_without_the_token_does_nothing(shop: Served) -> None:
    before = await written(shop)
    answer = await shop.stranger.post(PLACE, json=order(), headers={"Authorization": "Bearer guess"})
    assert answer.status_code == 401
    assert (await shop.http.post(PLACE + "?token=" + "x", json=order())).status_code == 400
    assert await written(shop) == before


async def test_a_token_in_the_address_opens_no_http_call(shop: Served) -> None:
    """Addresses end up in histories and logs; only websockets, which can't send headers everywhere, take it there."""
    answer = await shop.stranger.get(f"/v1/device?token={'x' * 43}")
    assert answer.status_code == 401


async def test_a_caller_that_goes_away_in_the_middle_is_nobodys_fault(
    shop: Served, caplog: pytest.LogCaptureFixture
) -> None:
    address = shop.http.base_url
    before = await written(shop)
    _, writer = await asyncio.open_connection(address.host, address.port)
    head = f"POST {PLACE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 500\r\n\r\n"
    writer.write(head.encode() + b'{"command_id"')
    await writer.drain()
    await asyncio.sleep(0.2)
    writer.transport.abort()
    await asyncio.sleep(0.2)
    assert await written(shop) == before
    assert not [record for record in caplog.records if record.exc_info]


async def raw(shop: Served, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """What a hand-written request is answered: status, body, and all of it."""
    async with asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", shop.port)
        writer.write(request)
        answer = await reader.read()
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body), answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\xff\xfe\x00\x01\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_refused_in_the_same_shape(shop: Served, request_bytes: bytes) -> None:
    status, problem, answer = await raw(shop, request_bytes)
    assert (status, problem["code"]) == (400, "bad_request")
    assert problem["text"]
    assert b"application/json" in answer


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/v1/openapi.json"])
async def test_a_foreign_page_whose_name_points_here_is_told_nothing(shop: Served, path: str) -> None:
    for host, status in (
        ("evil.example:80", 421),
        ("127.0.0.1", 200),
        ("LOCALHOST:1", 200),
        ("[::1]", 200),
    ):
        answer = await shop.stranger.get(path, headers={"Host": host})
        assert answer.status_code == status, host
    assert (await shop.stranger.get(path, headers={"Host": "evil.example"})).json()["code"] == "wrong_host"
    assert (await shop.http.get(path, headers={"Host": "shop.example"})).status_code == 200, "who has the token may in"
