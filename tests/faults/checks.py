"""What must hold when a fault is over, by what the machines tell and what the clients were told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import httpx

from tests.faults.customer import PRICES
from tests.faults.ledger import Acknowledged, Ledger
from tests.faults.servers import Machine, eventually

IN_STEP_S = 60.0
"""A slow, busy machine gets so long until everybody holds the same. How quickly it goes is measured elsewhere."""

Books = dict[str, dict[str, dict[str, Any]]]
"""Each machine's orders by id."""


def everything(machines: Sequence[Machine], ledger: Ledger) -> str:
    """All of it; returns one sentence of how much there was."""
    assert not ledger.wrong, ledger.wrong
    assert eventually(lambda: all(m.well() for m in machines), IN_STEP_S), [(m.name, m.health()) for m in machines]
    in_step(machines)
    placed = ledger.placed()
    books = {m.name: m.orders_with(placed) for m in machines}
    equal_books(books)
    for name, book in books.items():
        acknowledged_once(name, book, ledger)
    bumped(machines, ledger)
    bank(machines, books)
    for machine in machines:
        machine.verify()
        assert machine.starved or "Traceback" not in machine.words(), f"{machine.name}: {machine.last_words()}"
    return f"{ledger.summary()}; {len(next(iter(books.values())))} orders on each of {len(books)} machines"


def in_step(machines: Sequence[Machine], seconds: float = IN_STEP_S) -> None:
    """Waits until all hold the same events, and show them all. A machine that opens its log anew is away meanwhile."""

    offices = {m.endpoint["log_id"] for m in machines if m.arguments[0] == "office"}

    def apart() -> str:
        try:
            told = {m.name: shared(m.get("/v1/frontier"), offices) for m in machines}
        except httpx.HTTPError as e:
            return f"a machine does not answer: {e}"
        first = next(iter(told.values()))
        return "" if all(one == first for one in told.values()) else f"not in step: {told}"

    def caught_up() -> bool:
        try:
            books = [json.dumps(sorted(m.orders().items()), sort_keys=True) for m in machines]
        except (httpx.HTTPError, AssertionError):  # away, or not ready to tell
            return False
        return all(book == books[0] for book in books) and not apart()

    together = eventually(lambda: not apart(), seconds)  # a moment later somebody may have said something new
    assert together, apart()
    eventually(caught_up, seconds)  # if not, `equal_books` says in which order


def shared(frontier: dict[str, int], offices: set[str]) -> dict[str, int]:
    """Without what head office notes for itself: its alarms are no shop's."""
    return {s: seq for s, seq in frontier.items() if s.partition("/")[0] not in offices or "/health" not in s}


def equal_books(books: Books) -> None:
    """Every machine tells the same of every order."""
    (first, book), *others = books.items()
    for name, other in others:
        assert set(other) == set(book), f"{first} and {name} hold other orders: {sorted(set(other) ^ set(book))[:5]}"
        for order_id, order in book.items():
            assert other[order_id] == order, f"order {order_id}: {first} says {order}, {name} says {other[order_id]}"


def acknowledged_once(name: str, book: dict[str, dict[str, Any]], ledger: Ledger) -> None:
    """Each acknowledged order once, with what was ordered and paid; nothing that nobody asked for."""
    placed = ledger.placed()
    lost = sorted(set(placed) - set(book))
    assert not lost, f"{name} lost {len(lost)} acknowledged orders: {lost[:5]}"
    maybe = [body for command, body in ledger.unanswered.values() if command == "orders.place"]
    extra = set(book) - set(placed) - ledger.elsewhere
    assert ledger.elsewhere <= set(book), f"{name} lost orders: {sorted(ledger.elsewhere - set(book))}"
    assert len(extra) <= len(maybe), f"{name} has {len(extra)} orders that nobody placed: {sorted(extra)[:5]}"
    called = Counter((o["business_day"], o["number"]) for o in book.values())
    assert max(called.values(), default=0) <= 1, f"{name} called a number twice: {called.most_common(2)}"
    for order_id, told in placed.items():
        same_content(name, book[order_id], told)
    for told in ledger.of("payments.capture"):
        paid_once(name, book[told.body["order_id"]], told)
    for order in book.values():
        taken = sum(t["amount_minor"] - t["refunded_minor"] for t in order["tenders"])
        assert taken == order["paid_minor"], f"{name}: {order}"
        assert order["paid_minor"] <= order["total_minor"], f"{name}: paid twice: {order}"


def same_content(name: str, order: dict[str, Any], told: Acknowledged) -> None:
    """What stands is what was ordered, at the menu's prices, under the number that the customer was given."""
    wanted = Counter({line["item_id"]: line["quantity"] for line in told.body["lines"]})
    stands = Counter({line["item_id"]: line["quantity"] for line in order["lines"]})
    assert stands == wanted, f"{name}: ordered {wanted}, stands {stands}"
    total = sum(PRICES[item] * n for item, n in wanted.items() if item in PRICES)
    assert order["total_minor"] == total, f"{name}: {order['total_minor']} instead of {total} in {order}"
    assert order["number"] == told.answer["result"]["number"], f"{name}: the customer has another number: {order}"


def paid_once(name: str, order: dict[str, Any], told: Acknowledged) -> None:
    ours = [t for t in order["tenders"] if t["payment_id"] == told.answer["result"]["payment_id"]]
    assert len(ours) == 1, f"{name}: an acknowledged payment stands {len(ours)} times in {order}"
    assert order["paid_minor"] == order["total_minor"], f"{name}: not paid in full: {order}"


def bumped(machines: Sequence[Machine], ledger: Ledger) -> None:
    """What the kitchen was thanked for is off every kitchen screen."""
    done = {a.body["order_id"] for a in ledger.of("kitchen.bump")}
    for machine in machines:
        on_screen = {t["order_id"] for t in machine.get("/v1/tickets?done=0")}
        assert not done & on_screen, f"{machine.name} shows tickets that are made: {sorted(done & on_screen)[:5]}"


def bank(machines: Sequence[Machine], books: Books) -> None:
    """Every charge that a card terminal remembers stands on exactly one order."""
    charged: dict[str, str] = {}
    for machine in machines:
        memory = machine.folder / "card-terminal.json"
        if memory.exists():
            try:
                told = json.loads(memory.read_bytes())
            except ValueError:  # a simulated terminal keeps it on our disk, and that has failed; a real one has its own
                continue
            charged |= {payment: machine.name for payment, outcome in told.items() if outcome["answer"] == "approved"}
    for name, book in books.items():
        taken = Counter(t["payment_id"] for o in book.values() for t in o["tenders"] if t["tender"] == "card")
        lost = [payment for payment in charged if taken[payment] != 1]
        assert not lost, f"{name}: cards were charged and not recorded once: {lost[:5]} (at {charged[lost[0]]})"
