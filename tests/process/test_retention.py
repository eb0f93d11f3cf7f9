"""A terminal with a long past, a real head office, and what is left on the terminal's disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.clock import wall_ms
from server.log import ls, verify
from tests.process.shop import HTTP, Server, eventually
from tests.retention.history import Past, as_office, write

KEEP = {"PILOTLIGHT_KEEP_SALES_DAYS": "60", "PILOTLIGHT_RETENTION_EVERY_S": "1"}
PAST = Past(orders=1500, days=120, until_ms=0, unpaid=10)


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Server]]:
    for name, value in KEEP.items():
        monkeypatch.setenv(name, value)
    started: list[Server] = []
    yield started
    for server in started:
        server.stop()


def past() -> Past:
    return PAST._replace(until_ms=wall_ms() - 3_600_000)


def order(server: Server, order_id: str) -> tuple[int, Any]:
    answer = HTTP.get(f"{server.endpoint['api']}/v1/orders/{order_id}", headers=server.headers, timeout=30)
    return answer.status_code, answer.json()


def floors(folder: Path) -> dict[tuple[str, str], int]:
    return {(s.log_id, s.topic): s.first_seq - 1 for s in ls(folder)}


def held(folder: Path) -> dict[tuple[str, str], int]:
    return {(s.log_id, s.topic): s.last_seq for s in ls(folder)}


def test_old_sales_leave_a_terminal_and_a_new_one_shows_what_the_others_show(
    tmp_path: Path, servers: list[Server]
) -> None:
    """Head office has them all; what is open stays, whatever its age."""
    found = write(tmp_path / "till", past())
    as_office(tmp_path / "office", tmp_path / "till")
    before = sum(s.events for s in ls(tmp_path / "till"))
    office = Server(tmp_path / "office", "--port", "0", "--api-port", "0", command="office").start()
    servers.append(office)
    line = f"ws://127.0.0.1:{office.endpoint['sync_port']}"
    till = Server(tmp_path / "till", "--no-mdns", "--office", line).start()
    servers.append(till)
    # What is open of the first days does not keep all that came after it on the disk.
    assert eventually(lambda: sum(s.events for s in ls(tmp_path / "till")) < 0.55 * before, 60.0)
    assert order(till, found["settled"][0])[0] == 404
    for order_id in found["unpaid"] + found["young"]:
        assert order(till, order_id)[0] == 200
    for kind in found.values():
        for order_id in kind:
            assert order(office, order_id)[0] == 200
    assert sum(s.events for s in ls(tmp_path / "office")) >= before

    peer = f"127.0.0.1:{till.endpoint['sync_port']}"
    new = Server(tmp_path / "new", "--no-mdns", "--store", PAST.store, "--peer", peer).start()
    servers.append(new)

    def in_step() -> bool:
        return bool(new.get("/v1/frontier") == till.get("/v1/frontier"))

    assert eventually(in_step, 60.0)
    asked = [order_id for kind in found.values() for order_id in kind]
    assert eventually(lambda: [order(new, i) for i in asked] == [order(till, i) for i in asked], 60.0)
    everything = "/v1/orders?limit=500"
    assert eventually(lambda: new.get(everything) == till.get(everything), 60.0)
    shown = [order(till, i) for i in asked]
    for server in (new, till):
        server.stop()
        assert verify(server.folder).ok
    for file in (tmp_path / "till" / "read").iterdir():
        file.unlink()
    till.start()  # its tables are made from what is left of the log
    assert [order(till, i) for i in asked] == shown


def test_nothing_is_dropped_that_head_office_does_not_hold(tmp_path: Path, servers: list[Server]) -> None:
    """It starts with nothing, is killed and started again while it fills; at no time is anything nowhere."""
    write(tmp_path / "till", past())
    office = Server(tmp_path / "office", "--port", "0", "--api-port", "0", command="office").start()
    port = office.endpoint["sync_port"]
    servers.append(office)
    till = Server(tmp_path / "till", "--no-mdns", "--office", f"ws://127.0.0.1:{port}").start()
    servers.append(till)

    def dropped() -> int:
        below = floors(tmp_path / "till")
        there = held(tmp_path / "office")
        for stream, floor in below.items():
            assert floor <= there.get(stream, 0), f"{stream} was dropped up to {floor}; head office does not hold it"
        return sum(below.values())

    for _ in range(3):
        eventually(dropped, 5.0)
        office.kill()
        dropped()
        office = Server(tmp_path / "office", "--port", str(port), "--api-port", "0", command="office").start()
        servers.append(office)
    assert eventually(lambda: dropped() > 1000, 60.0)


def test_a_shop_without_head_office_keeps_everything_unless_told_otherwise(
    tmp_path: Path, servers: list[Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = write(tmp_path / "till", past())
    till = Server(tmp_path / "till", "--no-mdns").start()
    servers.append(till)
    kept = sum(s.events for s in ls(tmp_path / "till"))

    def looked() -> float:
        rows = HTTP.get(till.endpoint["api"] + "/metrics", headers=till.headers, timeout=30).text.splitlines()
        return max(float(row.rpartition(" ")[2]) for row in rows if row.startswith("pilotlight_retention_looks_total "))

    assert eventually(lambda: looked() >= 2)
    assert sum(s.events for s in ls(tmp_path / "till")) >= kept
    till.stop()
    monkeypatch.setenv("PILOTLIGHT_DROP_WITHOUT_OFFICE", "1")
    till.start()
    assert eventually(lambda: order(till, found["settled"][0])[0] == 404)
    assert order(till, found["unpaid"][0])[0] == 200
