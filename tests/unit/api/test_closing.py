"""The server ends while somebody waits for an answer."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

import httpx

from tests.unit.api.serving import PATIENCE_S, TOKEN, serving


async def test_who_still_waits_when_the_server_ends_is_told_so(tmp_path: Path) -> None:
    body = {"command_id": str(uuid.uuid4()), "kind": "item", "item_id": "tea"}
    head = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(headers=head, timeout=PATIENCE_S, trust_env=False, verify=False) as client:
        async with serving(tmp_path / "shop", store="corner", label="Counter", role="pos") as shop:
            await shop.publish()
            shop.node.engine.hearing = asyncio.Event()  # it hears neighbours first, for longer than the server has left
            asked = asyncio.create_task(client.post(f"{shop.url}/v1/commands/stock.out", json=body))
            while not shop.app.state.turnstile.under_way:
                await asyncio.sleep(0.01)
        answer = await asked
    assert answer.status_code == 503
    assert answer.json()["code"] == "closing"
    assert "same command_id" in answer.json()["text"]
