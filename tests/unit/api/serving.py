"""A real node behind its real API, in the test's event loop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import uuid
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar
from websockets.asyncio.client import ClientConnection, connect

from app.child import command
from server.api.app import make_app, serve
from server.node import Node, NodeSettings
from server.office import pages
from server.phone.room import Phone
from server.phone.serving import open_for_phones
from server.printing.serving import open_for_receipts

TOKEN = "test-token-of-more-than-thirty-two-characters"
PATIENCE_S = 30.0

MENU: dict[str, Any] = {
    "currency": "EUR",
    "name": "Corner",
    "categories": [{"category_id": "c", "name": "All", "item_ids": ["tea", "burger", "salad"]}],
    "items": [
        {"item_id": "tea", "name": "Tea", "variations": [{"variation_id": "t1", "name": "Cup", "price_minor": 250}]},
        {
            "item_id": "burger",
            "name": "Bacon burger",
            "variations": [{"variation_id": "b1", "name": "", "price_minor": 1090}],
            "modifier_group_ids": ["extras"],
            "ingredient_ids": ["bacon"],
        },
        {
            "item_id": "salad",
            "name": "Salad",
            "variations": [{"variation_id": "s1", "name": "", "price_minor": 890}],
            "ingredient_ids": ["bacon"],
        },
    ],
    "modifier_groups": [
        {
            "modifier_group_id": "extras",
            "name": "Extras",
            "min": 0,
            "max": 2,
            "modifiers": [{"modifier_id": "cheese", "name": "Extra cheese", "price_minor": 90}],
        }
    ],
    "ingredients": [{"ingredient_id": "bacon", "name": "Bacon", "removable_from": ["salad"]}],
}


class Served:
    """The server's address, a client that has its token (`http`) and one that has not (`stranger`)."""

    def __init__(self, node: Node, app: Litestar, port: int) -> None:
        self.node = node
        self.app = app
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        # Without `verify=False` each reads the certificates of all authorities, which takes longer than many a test.
        plain: dict[str, Any] = {"base_url": self.url, "timeout": PATIENCE_S, "trust_env": False, "verify": False}
        self.http = httpx.AsyncClient(**plain, headers={"Authorization": f"Bearer {TOKEN}"})
        self.stranger = httpx.AsyncClient(**plain)

    async def get(self, path: str) -> Any:
        answer = await self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, name: str, body: Any) -> httpx.Response:
        return await self.http.post(f"/v1/commands/{name}", json=body)

    async def command(self, name: str, **fields: Any) -> dict[str, Any]:
        answer = await self.post(name, {"command_id": str(uuid.uuid4()), **fields})
        assert answer.status_code == 200, answer.text
        facts: dict[str, Any] = answer.json()
        return facts

    async def publish(self, **fields: Any) -> dict[str, Any]:
        return await self.command("menu.publish", menu={**MENU, **fields})

    async def place(self, item_id: str = "tea", quantity: int = 1, **fields: Any) -> str:
        facts = await self.command(
            "orders.place", lines=[{"item_id": item_id, "quantity": quantity, "modifiers": []}], dining="here", **fields
        )
        return str(facts["result"]["order_id"])

    def socket(self, path: str, token: str | None = TOKEN, **options: Any) -> connect:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return connect(
            f"ws://127.0.0.1:{self.port}{path}", additional_headers=headers, max_size=None, proxy=None, **options
        )


async def hear(connection: ClientConnection) -> dict[str, Any]:
    """The next frame."""
    async with asyncio.timeout(PATIENCE_S):
        told: dict[str, Any] = json.loads(await connection.recv())
        return told


async def hear_until(connection: ClientConnection, **wanted: Any) -> dict[str, Any]:
    """Frames until one has these fields; returns it."""
    while True:
        told = await hear(connection)
        if all(told.get(key) == value for key, value in wanted.items()):
            return told


@contextlib.asynccontextmanager
async def serving(
    data: Path,
    *,
    network: bool = False,
    port: int = 0,
    draw: Sequence[str] = (),
    brand_colour: str = "",
    **settings: Any,
) -> AsyncIterator[Served]:
    """A node and its API; with `network` its sync port is open too. `draw`: another command than the product's own for
    drawing lines of receipts. `brand_colour`: of the phones' pages."""
    listener = socket.create_server(("127.0.0.1", port))
    listener.setblocking(False)
    node = await Node.open(NodeSettings(data=data, mdns=False, card_delay_ms=0, time_zone="Europe/Berlin", **settings))
    stop = asyncio.Event()
    try:
        if network:
            await node.start(listener.getsockname()[1])
        app = make_app(node, TOKEN, pages.HANDLERS if node.settings.role == "office" else ())
        if node.settings.role != "office":
            here = f"127.0.0.1:{listener.getsockname()[1]}"
            phone = Phone(node, "127.0.0.1", listener.getsockname()[1], here, brand_colour)
            open_for_phones(app, phone)
            draws = draw or command("draw-receipt")
            open_for_receipts(app, node, phone, node.settings.printer, node.settings.printer_columns, draws)
        task = asyncio.create_task(serve(app, listener, stop))
        served = Served(node, app, listener.getsockname()[1])
        try:
            yield served
        finally:
            await served.http.aclose()
            await served.stranger.aclose()
            stop.set()
            await task
    finally:
        await node.close()
