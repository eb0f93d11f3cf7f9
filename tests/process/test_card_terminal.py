"""A server and a card terminal, two processes: what the one's books say is what the other's orders say."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.process.card import CardTerminal
from tests.process.shop import Server, eventually

MENU = {
    "currency": "EUR",
    "name": "Corner",
    "categories": [{"category_id": "c", "name": "All", "item_ids": ["tea"]}],
    "items": [
        {"item_id": "tea", "name": "Tea", "variations": [{"variation_id": "cup", "name": "Cup", "price_minor": 250}]}
    ],
}


@pytest.fixture
def card(tmp_path: Path) -> Iterator[CardTerminal]:
    terminal = CardTerminal(tmp_path / "card").start()
    yield terminal
    terminal.stop()


@pytest.fixture
def server(tmp_path: Path, card: CardTerminal) -> Iterator[Server]:
    one = Server(tmp_path / "till", "--no-mdns", "--store", "corner", "--card-terminal", card.url).start()
    one.command("menu.publish", menu=MENU)
    yield one
    one.stop()


def capture(order_id: str) -> dict[str, Any]:
    return {"command_id": str(uuid.uuid4()), "order_id": order_id, "tender": "card"}


def agree(server: Server, card: CardTerminal) -> dict[str, int]:
    """By payment id: what the terminal took is what the orders say was paid."""
    paid = {
        tender["payment_id"]: tender["amount_minor"] - tender["refunded_minor"]
        for order in server.get("/v1/orders?limit=1000")
        for tender in order["tenders"]
        if tender["tender"] == "card"
    }
    assert paid == card.taken_minor()
    return paid


def test_a_card_is_charged_by_the_terminal_that_is_set(server: Server, card: CardTerminal) -> None:
    order_id = server.place("tea")
    result = server.command("payments.capture", order_id=order_id, tender="card")["result"]
    assert result["paid"]
    assert list(agree(server, card).values()) == [250]
    (tender,) = server.get(f"/v1/orders/{order_id}")["tenders"]
    assert tender["card"] == "VISA ···· 4242"


@pytest.mark.parametrize(("mode", "code"), [("decline", "card_declined"), ("cancel", "card_cancelled")])
def test_a_card_that_fails_is_told_and_may_be_tried_again(
    server: Server, card: CardTerminal, mode: str, code: str
) -> None:
    order_id = server.place("tea")
    card.set(mode=mode)
    answer = server.post("payments.capture", capture(order_id))
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert "Nothing was charged" in answer.json()["text"]
    card.set(mode="approve")
    assert server.command("payments.capture", order_id=order_id, tender="card")["result"]["paid"]
    assert len(agree(server, card)) == 1


def test_a_terminal_that_takes_the_money_and_dies_is_asked_until_it_is_back(server: Server, card: CardTerminal) -> None:
    order_id = server.place("tea")
    card.set(mode="die")
    body = capture(order_id)
    answer = server.post("payments.capture", body)
    assert (answer.status_code, answer.json()["code"]) == (503, "card_unknown")
    assert "do not charge the card again" in answer.json()["text"]
    assert server.get(f"/v1/orders/{order_id}")["paid_minor"] == 0
    card.gone()
    card.start()
    eventually(lambda: server.get(f"/v1/orders/{order_id}")["paid_minor"] == 250)
    again = server.post("payments.capture", body)
    assert (again.status_code, again.json()["result"]["paid"]) == (200, True)
    assert list(agree(server, card).values()) == [250]


def test_a_server_that_dies_while_the_money_is_taken_asks_after_it(server: Server, card: CardTerminal) -> None:
    order_id = server.place("tea")
    card.set(delay_ms=1000)
    body = capture(order_id)

    def pay() -> None:
        with contextlib.suppress(httpx.HTTPError):  # nobody answers any more
            server.post("payments.capture", body)

    paying = threading.Thread(target=pay)
    paying.start()
    eventually(lambda: card.books())
    server.kill()
    paying.join()
    eventually(lambda: card.books()[0]["state"] == "approved")
    server.start()
    eventually(lambda: server.get(f"/v1/orders/{order_id}")["paid_minor"] == 250)
    answer = server.post("payments.capture", body)
    assert (answer.status_code, answer.json()["result"]["paid"]) == (200, True)
    assert list(agree(server, card).values()) == [250]


class Paying(threading.Thread):
    """Asks for the money, and keeps the answer."""

    def __init__(self, server: Server, order_id: str) -> None:
        super().__init__()
        self.server, self.body = server, capture(order_id)
        self.answer = httpx.Response(0)
        self.start()

    def run(self) -> None:
        self.answer = self.server.post("payments.capture", self.body)

    def ended(self) -> tuple[int, Any]:
        self.join()
        return self.answer.status_code, self.answer.json()


def test_a_payment_is_called_off_while_the_card_terminal_waits(server: Server, card: CardTerminal) -> None:
    order_id = server.place("tea")
    nothing = server.post("payments.abort", {"command_id": str(uuid.uuid4()), "order_id": order_id})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "not_under_way")
    card.set(delay_ms=60_000)
    paying = Paying(server, order_id)
    eventually(lambda: card.books())
    assert server.command("payments.abort", order_id=order_id)["events"] == []
    status, told = paying.ended()
    assert (status, told["code"]) == (409, "card_cancelled")
    assert "Nothing was charged" in told["text"]
    assert card.books()[0]["condition"] == "Aborted"
    card.set(delay_ms=0)
    assert server.command("payments.capture", order_id=order_id, tender="card")["result"]["paid"]
    assert list(agree(server, card).values()) == [250]


def test_a_payment_that_is_called_off_too_late_is_paid(server: Server, card: CardTerminal) -> None:
    order_id = server.place("tea")
    card.set(delay_ms=0, tells_after_ms=60_000)
    paying = Paying(server, order_id)
    eventually(lambda: [one["state"] for one in card.books()] == ["approved"])
    server.command("payments.abort", order_id=order_id)
    card.set(delay_ms=0, tells_after_ms=0)
    status, told = paying.ended()
    assert (status, told["result"]["paid"]) == (200, True)
    assert list(agree(server, card).values()) == [250]


@pytest.mark.parametrize("taken", [False, True])
def test_a_card_terminal_that_dies_while_a_payment_is_called_off_is_asked_what_became_of_it(
    server: Server, card: CardTerminal, taken: bool
) -> None:
    """Its plug is pulled before it hears of it: with the money taken, or before."""
    order_id = server.place("tea")
    card.set(delay_ms=0 if taken else 60_000, tells_after_ms=60_000)
    paying = Paying(server, order_id)
    eventually(lambda: [one["state"] for one in card.books()] == ["approved" if taken else "started"])
    card.kill()
    server.command("payments.abort", order_id=order_id)
    status, told = paying.ended()
    assert (status, told["code"]) == (503, "card_unknown"), "nobody is told that nothing was charged"
    card.start()
    eventually(lambda: server.post("payments.capture", {**paying.body, "resume": True}).status_code != 503)
    again = server.post("payments.capture", {**paying.body, "resume": True})
    assert (again.status_code, again.json().get("code")) == ((200, None) if taken else (409, "card_cancelled"))
    assert list(agree(server, card).values()) == ([250] if taken else [])


def doctor(folder: Path, url: str) -> dict[str, str]:
    (folder / "settings.toml").write_text(f'card_terminal = "{url}"\n')
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "doctor", "--data", str(folder), "--json"], capture_output=True, check=False
    )
    return next(found for found in json.loads(done.stdout) if found["name"] == "card")


def test_the_doctor_asks_the_card_terminal_and_says_what_is_wrong(tmp_path: Path, card: CardTerminal) -> None:
    assert doctor(tmp_path, card.url)["state"] == "ok"
    card.set(mode="offline")
    assert "no line to the bank" in doctor(tmp_path, card.url)["text"]
    card.kill()
    gone = doctor(tmp_path, card.url)
    assert gone["state"] == "bad"
    assert "Check that it is on" in gone["do"]
    assert "no money is taken" in doctor(tmp_path, "approve")["text"]


def test_money_is_given_back_by_the_terminal_and_only_then_recorded(server: Server, card: CardTerminal) -> None:
    order_id = server.place("tea", 4)
    server.command("payments.capture", order_id=order_id, tender="card")
    card.set(mode="offline")
    refused = server.post("payments.refund", {"command_id": str(uuid.uuid4()), "order_id": order_id, "reason": "cold"})
    assert (refused.status_code, refused.json()["code"]) == (409, "refund_no_line")
    card.set(mode="approve")
    server.command("payments.refund", order_id=order_id, reason="cold", amount_minor=250)
    assert list(agree(server, card).values()) == [750]
    card.set(mode="die")
    body = {"command_id": str(uuid.uuid4()), "order_id": order_id, "reason": "cold", "amount_minor": 500}
    assert server.post("payments.refund", body).json()["code"] == "card_unknown"
    card.gone()
    card.start()
    eventually(lambda: server.get(f"/v1/orders/{order_id}")["paid_minor"] == 250)
    assert server.post("payments.refund", body).status_code == 200
    assert list(agree(server, card).values()) == [250]
