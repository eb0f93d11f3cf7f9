"""Disks that fail under a running server: it finds it, begins anew on the same ports, and goes on selling."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.log import verify
from server.log.log import DAMAGED
from tests.process.screen import Screen
from tests.process.shop import Server, eventually
from tests.process.test_damage import ORDERS, Two

EVERY_S = 1
"""How often the whole log is read again here; in a shop it is once a day."""


@pytest.fixture
def shop(tmp_path: Path) -> Two:
    """A looks through its log all the time, and everything that it holds is in the file itself, not in the newest
    part beside it."""
    shop = Two(tmp_path)
    shop.a.stop()
    (shop.a.folder / "settings.toml").write_text(f"check_log_every_s = {EVERY_S}\n")
    shop.a.arguments += ["--sync-port", str(shop.a.endpoint["sync_port"])]
    shop.a.start()
    eventually(lambda: [p["state"] for p in shop.a.get("/v1/peers")] == ["connected"])
    return shop


def facts(server: Server) -> dict[str, Any]:
    """What `endpoint.json` says now; {} while there is none."""
    with contextlib.suppress(OSError, ValueError):
        found: dict[str, Any] = json.loads((server.folder / "endpoint.json").read_text())
        return found
    return {}


def sell(server: Server) -> str:
    """An order, asked again with the same id until it is answered, as screens do."""
    line = {"item_id": "tea", "quantity": 1, "modifiers": []}
    body = {"command_id": str(uuid.uuid4()), "lines": [line], "dining": "here"}

    def asked() -> Any:
        with contextlib.suppress(httpx.HTTPError):
            answer = server.post("orders.place", body)
            assert answer.status_code in (200, 503), answer.text
            return answer.status_code == 200 and answer.json()

    answer = eventually(asked, 60)
    assert answer, "nobody answers any more"
    return str(answer["result"]["number"])


def spoil_an_old_order(folder: Path) -> None:
    """One bit of an order's own bytes, in the file of a server that runs."""
    with closing(sqlite3.connect(f"file:{folder / 'log.db'}?mode=ro", uri=True)) as db:
        query = (
            "SELECT raw FROM events JOIN streams USING (stream) WHERE topic LIKE 'orders%' "
            "ORDER BY events.position LIMIT 1 OFFSET 20"
        )
        raw: bytes = db.execute(query).fetchone()[0]
    path = folder / "log.db"
    at = path.read_bytes().find(raw)
    assert at > 0, "the order does not lie in the file yet"
    with path.open("r+b") as file:
        file.seek(at + len(raw) // 2)
        [byte] = file.read(1)
        file.seek(at + len(raw) // 2)
        file.write(bytes([byte ^ 4]))


def test_a_running_server_finds_damage_and_sells_on_at_the_same_ports(shop: Two) -> None:
    a, b = shop.a, shop.b
    before = a.endpoint
    with Screen(a.folder) as screen:
        assert eventually(lambda: len(screen.orders) == ORDERS)
        spoil_an_old_order(a.folder)
        sold = 0
        while facts(a).get("log_id", before["log_id"]) == before["log_id"]:
            sell(a)
            sold += 1
            assert sold < 3000, "the damage was not found"
        for _ in range(5):
            sell(a)
            sold += 1
        assert eventually(lambda: len(screen.orders) == ORDERS + sold)
    now = facts(a)
    assert [now[k] for k in ("api", "sync_port", "device_id", "token")] == [
        before[k] for k in ("api", "sync_port", "device_id", "token")
    ]
    print(f"{sold} sold meanwhile; the screen was without a line for {screen.gaps}")
    assert screen.gaps, "the screen's line was not closed"
    assert set(screen.said) <= {DAMAGED}, "behind the staff door one sentence may be read, for as long as it takes"
    assert a.process is not None
    assert a.process.poll() is None
    assert eventually(shop.agree)
    assert len(shop.numbers()) == len(set(shop.numbers())) == ORDERS + sold
    assert eventually(lambda: a.get("/v1/frontier") == b.get("/v1/frontier"))
    alarms = a.get("/v1/events?after=0&topics=health&limit=500")["events"]
    assert any("log_damaged" in json.dumps(event) for event in alarms)
    assert len(list(a.folder.glob("damaged-*"))) == 1
    shop.stop()
    assert verify(a.folder).ok
