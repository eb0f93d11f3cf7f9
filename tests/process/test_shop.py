"""A whole shop of real processes, by the contract alone: four servers, an office, cuts, deaths, late joiners."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.relay import Relay
from tests.process.shop import HTTP, Server, eventually

MENU = {
    "currency": "EUR",
    "name": "Corner",
    "categories": [{"category_id": "c", "name": "All", "item_ids": ["tea", "cake"]}],
    "items": [
        {"item_id": "tea", "name": "Tea", "variations": [{"variation_id": "tea-1", "name": "Cup", "price_minor": 250}]},
        {"item_id": "cake", "name": "Cake", "variations": [{"variation_id": "cake-1", "name": "", "price_minor": 399}]},
    ],
}


class Shop:
    """`n` terminals that know the first one's port, and head office behind a relay that can be cut."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.office = Server(folder / "office", "--port", "0", "--api-port", "0", command="office")
        self.terminals: list[Server] = []
        self.relay: Relay | None = None

    def add(self, *arguments: str, store: str = "corner") -> Server:
        known = [a for t in self.terminals for a in ("--peer", f"127.0.0.1:{t.endpoint['sync_port']}")]
        assert self.relay is not None
        office = ("--office", f"ws://127.0.0.1:{self.relay.port}")
        n = len(self.terminals)
        server = Server(
            self.folder / f"{store}-{n}", "--store", store, "--label", f"T{n}", "--no-mdns", *known, *office, *arguments
        )
        self.terminals.append(server.start())
        return server

    def all(self) -> list[Server]:
        return [*self.terminals, self.office]

    def agree(self) -> bool:
        """Every machine holds the same orders with the same totals and histories."""
        books = [sorted(map(essence, s.get("/v1/orders")), key=lambda o: o["order_id"]) for s in self.all()]
        return all(book == books[0] for book in books)

    def same_frontiers(self) -> bool:
        frontiers = [s.get("/v1/frontier") for s in self.all()]
        return all(f == frontiers[0] for f in frontiers)


def essence(order: dict[str, Any]) -> dict[str, Any]:
    """What must be the same on every machine, order by order: everything."""
    return json.loads(json.dumps(order))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    with Relay.in_thread() as relay:
        shop.office.start()
        relay.aim("127.0.0.1", shop.office.endpoint["sync_port"])
        shop.relay = relay
        try:
            yield shop
        finally:
            for server in shop.all():
                if server.process is not None:
                    server.kill()


def test_four_terminals_and_the_office_agree_through_cuts_deaths_and_late_joiners(shop: Shop) -> None:
    shop.office.command("menu.publish", menu=MENU)
    for _ in range(3):
        shop.add()
    a, b, c = shop.terminals
    assert eventually(lambda: all((t.get("/v1/menu") or {}).get("name") == "Corner" for t in shop.terminals))

    placed = {t.place("tea", 2) for t in shop.terminals}
    assert shop.relay is not None
    shop.relay.cut()
    placed |= {t.place("cake") for t in shop.terminals}
    b.kill()
    placed |= {a.place("tea"), c.place("cake", 3)}
    d = shop.add()
    placed |= {eventually(lambda: placed_on(d))}
    b.start()
    placed |= {b.place("tea")}
    shop.relay.restore()

    assert eventually(lambda: shop.same_frontiers() and shop.agree(), 60)
    orders = shop.office.get("/v1/orders")
    assert {o["order_id"] for o in orders} == placed
    assert len({o["number"] for o in orders}) == len(placed)
    for server in shop.all():
        assert verify(server.folder)["ok"]


def placed_on(server: Server) -> str | None:
    """A late joiner may sell as soon as the menu has come from its neighbours."""
    line = {"item_id": "tea", "quantity": 1, "modifiers": []}
    body = {"command_id": str(uuid.uuid4()), "lines": [line], "dining": "takeaway"}
    answer = server.post("orders.place", body)
    return answer.json()["result"]["order_id"] if answer.status_code == 200 else None


def verify(folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "log", "verify", "--data", str(folder), "--json"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_stores_on_one_network_never_mix(shop: Shop) -> None:
    shop.office.command("menu.publish", menu=MENU)
    ours = shop.add(store="corner")
    theirs = shop.add(store="harbour")
    eventually(lambda: ours.get("/v1/menu") and theirs.get("/v1/menu"))
    mine = ours.place("tea")
    assert eventually(lambda: [o["order_id"] for o in shop.office.get("/v1/orders")] == [mine])
    assert theirs.get("/v1/orders") == []
    assert not any(stream.startswith(ours.endpoint["log_id"]) for stream in theirs.get("/v1/frontier"))


def test_what_ran_out_on_one_terminal_is_out_on_all(shop: Shop) -> None:
    shop.office.command("menu.publish", menu=MENU)
    a, b = shop.add(), shop.add()
    eventually(lambda: a.get("/v1/menu") and b.get("/v1/menu"))
    a.command("stock.out", item_id="cake")
    assert eventually(lambda: b.get("/v1/availability")["cake"]["state"] == "out")
    answer = b.post(
        "orders.place",
        {
            "command_id": str(uuid.uuid4()),
            "lines": [{"item_id": "cake", "quantity": 1, "modifiers": []}],
            "dining": "here",
        },
    )
    assert answer.status_code == 409
    assert answer.json()["code"] == "item_out"
    b.command("stock.back", item_id="cake")
    assert eventually(lambda: a.get("/v1/availability")["cake"]["state"] == "available")


def test_the_same_command_twice_is_one_order_even_across_a_crash(shop: Shop) -> None:
    shop.office.command("menu.publish", menu=MENU)
    a = shop.add()
    eventually(lambda: a.get("/v1/menu"))
    body = {
        "command_id": str(uuid.uuid4()),
        "lines": [{"item_id": "tea", "quantity": 1, "modifiers": []}],
        "dining": "here",
    }
    first = a.post("orders.place", body)
    a.kill()
    a.start()
    again = a.post("orders.place", body)
    assert again.status_code == 200
    assert again.json() == first.json()
    assert len(a.get("/v1/orders")) == 1


def test_a_second_server_on_the_data_folder_is_refused_in_one_sentence(shop: Shop) -> None:
    a = shop.add()
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "server", "--data", str(a.folder)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_one_sentence(shop: Shop, tmp_path: Path) -> None:
    a = shop.add()
    for flag, port in (("--sync-port", a.endpoint["sync_port"]), ("--api-port", a.endpoint["api"].rpartition(":")[2])):
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", "server", "--data", str(tmp_path / "other"), flag, str(port)],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 1
        assert str(port) in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_a_stopped_server_leaves_no_endpoint_and_exits_zero(shop: Shop) -> None:
    a = shop.add()
    assert (a.folder / "endpoint.json").stat().st_mode & 0o777 == 0o600
    assert HTTP.get(a.endpoint["api"] + "/healthz").status_code == 200
    assert a.stop() == 0
    assert not (a.folder / "endpoint.json").exists()
