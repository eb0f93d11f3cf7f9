"""A server dies while a voucher pays, at any moment. Back again it has taken the money once or not at all, the order
and the voucher say the same, and the same command ends it."""

from __future__ import annotations

import random
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.services.vouchers.events import check_digit
from tests.process.shop import Server
from tests.process.test_card_terminal import MENU

CODE = "47110815123" + check_digit("47110815123")
AMOUNT = 1_000_000
"""Enough for every order of a test."""


def ask(server: Server, body: dict[str, Any]) -> None:
    try:
        server.post("payments.capture", body)
    except httpx.HTTPError:
        return  # it died before it could answer


def crash(folder: Path, rounds: int) -> None:
    seed = int(time.time())
    print("seed", seed)
    chance = random.Random(seed)
    server = Server(folder / "till", "--no-mdns", "--store", "corner", "--role", "pos").start()
    try:
        server.command("menu.publish", menu=MENU)
        item_id = MENU["items"][0]["item_id"]
        server.command("vouchers.issue", code=CODE, amount_minor=AMOUNT)
        spent = 0
        for n in range(rounds):
            lines = [{"item_id": item_id, "quantity": 1}]
            placed = server.command("orders.place", lines=lines, dining="here", hold_until_paid=True)["result"]
            body = {"command_id": str(uuid.uuid4()), "order_id": placed["order_id"], "tender": "voucher", "code": CODE}
            asking = threading.Thread(target=ask, args=(server, body))
            wait_s = 0.0 if n == 0 else chance.uniform(0.0, 0.06)
            asking.start()
            time.sleep(wait_s)
            server.kill()
            asking.join()
            server.start()
            words = f"seed {seed}, round {n}: killed after {wait_s:.4f} s"
            before = server.get(f"/v1/orders/{placed['order_id']}")["paid_minor"]
            left = server.get(f"/v1/vouchers/{CODE}")["balance_minor"]
            assert before in (0, placed["total_minor"]), words
            assert left == AMOUNT - spent - before, f"{words}; the order and the voucher differ"
            for _ in range(2):  # whoever asked asks again
                answer = server.post("payments.capture", body)
                assert answer.status_code == 200, f"{words}; {answer.text}"
                assert answer.json()["result"]["amount_minor"] == placed["total_minor"], words
            spent += placed["total_minor"]
            order = server.get(f"/v1/orders/{placed['order_id']}")
            assert (order["due_minor"], len(order["tenders"])) == (0, 1), words
            assert server.get(f"/v1/vouchers/{CODE}")["balance_minor"] == AMOUNT - spent, words
    finally:
        server.stop()


@pytest.mark.timeout(240)
def test_a_voucher_pays_once_though_the_server_dies(tmp_path: Path) -> None:
    crash(tmp_path, 2)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_voucher_pays_once_whenever_the_server_dies(tmp_path: Path) -> None:
    crash(tmp_path, 25)
