"""The client and a card terminal over real HTTP: whatever is lost on the way, what became of a payment is found out."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.simulate import rfc3339
from server.cards import client
from server.cards.address import POI_ID, address
from server.cards.client import NexoTerminal
from server.cards.simulator import Behaviour
from server.services.payments.card_terminal import CardOutcome, CardRefund, CardRequest
from tests.unit.cards.counter import Counter


def payment(payment_id: str = "p1", **more: Any) -> CardRequest:
    return CardRequest(payment_id, "o1", 990, "EUR", **more)


def refund(paid: CardOutcome, amount: int = 990, refund_id: str = "r1", **more: Any) -> CardRefund:
    return CardRefund(refund_id, "p1", "o1", amount, "EUR", paid.transaction_id, paid.transaction_at, **more)


@pytest.fixture
async def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter]:
    for name, seconds in (("LOOK_AFTER_S", 0.3), ("LOOK_EVERY_S", 0.1), ("ASK_EVERY_S", 0.05)):
        monkeypatch.setattr(client, name, seconds)
    one = Counter(tmp_path)
    await one.on()
    yield one
    await one.plug_pulled()


async def test_a_card_is_charged_and_given_back(counter: Counter) -> None:
    till = counter.till()
    paid = await till.charge(payment())
    assert (paid.answer, paid.card, paid.amount_minor, paid.offline) == ("approved", "VISA ···· 4242", None, False)
    assert "TOTAL  EUR 9.90" in paid.receipt
    assert await till.status(payment()) == paid
    assert (await till.refund(refund(paid, 400))).answer == "approved"
    assert (await till.refund(refund(paid, 591, "r2"))).answer == "out_of_order", "more than was taken"
    assert (await till.status(refund(paid, 400))).answer == "approved"
    assert counter.taken() == {"p1": "9.90", "r1": "4.00"}


@pytest.mark.parametrize(
    ("mode", "answer"), [("decline", "declined"), ("cancel", "cancelled"), ("offline", "approved")]
)
async def test_it_does_as_it_is_told_while_it_runs(counter: Counter, mode: str, answer: str) -> None:
    url = f"http://127.0.0.1:{counter.port}/control"
    async with httpx.AsyncClient() as http:
        wrong = await http.put(url, json={"mode": "explode"})
        assert wrong.status_code == 400
        assert "approve" in wrong.json()["text"]
        assert (await http.put(url, json={"mode": mode})).json()["mode"] == mode
        books = (await http.get(f"http://127.0.0.1:{counter.port}/books")).json()
    assert books == []
    till = counter.till()
    outcome = await till.charge(payment())
    assert (outcome.answer, outcome.offline) == (answer, mode == "offline")
    assert (await till.status(payment())) == outcome
    condition = await till.condition()
    assert condition is not None
    assert (condition.works, condition.has_line) == (True, mode != "offline")


async def test_without_a_line_nothing_is_accepted_that_the_shop_does_not_allow(counter: Counter) -> None:
    counter.simulator.set(Behaviour("offline", 0))
    assert (await counter.till().charge(payment(online_only=True))).answer == "no_line"
    assert counter.taken() == {}


@pytest.mark.parametrize("late", ["approve", "decline"])
async def test_what_was_accepted_offline_is_forwarded_and_may_be_declined_then(counter: Counter, late: Any) -> None:
    counter.simulator.set(Behaviour("offline", 0))
    till = counter.till()
    assert (await till.charge(payment())).offline
    assert (await till.status(payment())).offline
    counter.simulator.set(Behaviour("approve", 0, late))
    found = await till.status(payment())
    assert (found.answer, found.offline) == ("approved" if late == "approve" else "declined", False)


async def test_an_answer_that_was_lost_with_the_terminal_is_found_when_it_is_back(counter: Counter) -> None:
    counter.simulator.set(Behaviour("die", 0))
    till = counter.till()
    assert (await till.charge(payment())).answer in ("unknown", "approved")  # as soon as it is really gone
    await counter.plug_pulled()
    assert (await till.status(payment())).answer == "unreachable"
    await counter.on()
    assert (await till.status(payment())).answer == "approved"
    assert (await till.charge(payment(again=True))).answer == "approved"
    assert counter.taken() == {"p1": "9.90"}


async def test_a_terminal_that_dies_before_it_takes_the_money_has_taken_none(counter: Counter) -> None:
    counter.simulator.set(Behaviour("approve", 60_000))
    till = counter.till()
    paying = asyncio.create_task(till.charge(payment()))
    while not counter.simulator.book.all():
        await asyncio.sleep(0.01)
    await counter.plug_pulled()
    await counter.on()
    assert (await paying).answer in ("cancelled", "unknown")
    assert (await till.status(payment())).answer == "cancelled"
    assert counter.taken() == {}


async def test_a_payment_that_is_called_off_in_time_takes_nothing_and_one_that_is_not_is_paid(counter: Counter) -> None:
    counter.simulator.set(Behaviour("approve", 60_000))
    till = counter.till()
    paying = asyncio.create_task(till.charge(payment()))
    while not counter.simulator.book.all():
        await asyncio.sleep(0.01)
    await till.abort(payment("another"))
    await till.abort(payment())
    assert (await paying).answer == "cancelled"
    counter.simulator.set(Behaviour("approve", 0, tells_after_ms=60_000))
    paying = asyncio.create_task(till.charge(payment("p2")))
    while not counter.taken():
        await asyncio.sleep(0.01)
    await till.abort(payment("p2"))
    counter.simulator.set(Behaviour("approve", 0))
    assert (await paying).answer == "approved"
    assert counter.taken() == {"p2": "9.90"}
    await counter.plug_pulled()
    await till.abort(payment("p3"))  # nobody hears it, and nothing is said of money
    await counter.on()


async def test_while_a_customer_takes_long_it_is_neither_done_nor_given_up(counter: Counter) -> None:
    counter.simulator.set(Behaviour("approve", 1500))
    till = counter.till()
    paying = asyncio.create_task(till.charge(payment()))
    while not counter.simulator.book.all():
        await asyncio.sleep(0.01)
    assert (await till.status(payment())).answer == "unknown"
    assert (await till.charge(payment("p2"))).answer == "busy"
    assert (await paying).answer == "approved"
    assert counter.taken() == {"p1": "9.90"}


async def test_a_customer_who_takes_too_long_is_told_and_charged_nothing(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "GIVES_UP_S", 0.4)
    counter.simulator.set(Behaviour("approve", 60_000))
    assert (await counter.till().charge(payment())).answer == "cancelled", "it was called off"
    assert counter.taken() == {}


async def test_a_terminal_that_is_not_there_has_charged_nothing(counter: Counter) -> None:
    await counter.plug_pulled()
    till = counter.till()
    assert (await till.charge(payment())).answer == "unreachable"
    assert (await till.charge(payment(again=True))).answer == "unknown", "it may have heard of it before"
    assert await till.condition() is None
    await counter.on()


async def test_a_name_that_was_used_is_not_charged_again(counter: Counter) -> None:
    """A terminal refuses it, and is asked what that name stands for."""
    till = counter.till()
    first = await till.charge(payment())
    assert await till.charge(payment()) == first
    counter.simulator.set(Behaviour("decline", 0))
    assert await till.charge(payment()) == first
    assert counter.taken() == {"p1": "9.90"}


class Nonsense:
    """Something else that listens there, and what it says."""

    def __init__(self, says: bytes) -> None:
        self.says = says

    async def __aenter__(self) -> str:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await reader.readuntil(b"\r\n\r\n")
                writer.write(self.says)
                await writer.drain()
            writer.close()

        self.server = await asyncio.start_server(serve, "127.0.0.1", 0)
        return f"nexo://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_: object) -> None:
        self.server.close()


@pytest.mark.parametrize(
    "says",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{",
    ],
)
async def test_what_is_no_card_terminal_is_never_believed(says: bytes, counter: Counter) -> None:
    async with Nonsense(says) as url:
        where = address(url)
        assert where is not None
        till = NexoTerminal(where, "pilot-1", rfc3339)
        assert (await till.charge(payment())).answer == "unknown"
        assert (await till.status(payment())).answer in ("unknown", "unreachable")
        assert await till.condition() is None


@pytest.mark.parametrize(
    ("text", "url", "poi"),
    [
        ("nexo://192.0.2.9:8443", "http://192.0.2.9:8443/nexo", POI_ID),
        ("nexos://card.local:8443/V400m-1", "https://card.local:8443/nexo", "V400m-1"),
        ("nexo://[::1]:80/", "http://[::1]:80/nexo", POI_ID),
    ],
)
def test_an_address_is_read(text: str, url: str, poi: str) -> None:
    found = address(text)
    assert found is not None
    assert (found.url, found.poi_id) == (url, poi)


@pytest.mark.parametrize(
    "text",
    ["", "nexo://", "nexo://host", "nexo://host:0", "nexo://host:70000", "http://host:1", "nexo://a b:1", "approve"],
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert address(text) is None


async def test_a_port_that_nobody_answers_at_is_found_out(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection, as a terminal does whose program hangs."""
    monkeypatch.setattr(client, "STATUS_S", 0.2)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen(32)
        where = address(f"nexo://127.0.0.1:{s.getsockname()[1]}")
        assert where is not None
        outcome = await NexoTerminal(where, "pilot-1", rfc3339).charge(payment())
    assert outcome.answer == "unknown"
