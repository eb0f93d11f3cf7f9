"""A card payment that is called off at the till, with a real server and a real card terminal beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process.card import CardTerminal
from tests.process.shop import Server, eventually
from tests.ui.conftest import Hand
from tests.ui.diner import MENU

AGES_MS = 60_000


@pytest.fixture
def card(tmp_path: Path) -> Iterator[CardTerminal]:
    terminal = CardTerminal(tmp_path / "card").start()
    yield terminal
    terminal.stop()


@pytest.fixture
def desk(tmp_path: Path, card: CardTerminal) -> Iterator[Server]:
    """What the screen finds in its folder: a server, and no stand-in for one."""
    server = Server(tmp_path / "data", "--store", "corner", "--no-mdns", "--card-terminal", card.url).start()
    server.command("menu.publish", menu=MENU)
    yield server
    server.stop()


def waits_for_a_card(desk: Server, card: CardTerminal, show, **behaviour: int) -> tuple[Hand, str]:
    """A cola is to be paid by card; returns the till and the order."""
    card.set(**behaviour)
    order_id = desk.place("cola")
    hand = show("pos", (1280, 800), languages=["en", "de"])
    hand.tap(f"pos.order.{order_id}")
    hand.tap("pos.pay.card")
    hand.until(lambda: card.books() and hand.sees("pos.till.cancel"))
    return hand, order_id


def paid_minor(desk: Server, order_id: str) -> int:
    return int(desk.get(f"/v1/orders/{order_id}")["paid_minor"])


def test_a_card_payment_is_called_off_and_nothing_is_charged(desk: Server, card: CardTerminal, show) -> None:
    hand, order_id = waits_for_a_card(desk, card, show, delay_ms=AGES_MS)
    hand.tap("pos.till.cancel")
    hand.until(lambda: hand.vm.till.stage == "failed")
    assert "Nothing was charged" in hand.vm.till.error
    assert (card.taken_minor(), paid_minor(desk, order_id)) == ({}, 0)
    card.set(delay_ms=0)
    hand.tap("pos.till.again")
    hand.until(lambda: hand.vm.till.stage == "done")
    assert not hand.vm.till.calledOff
    assert list(card.taken_minor().values()) == [paid_minor(desk, order_id)]


def test_a_card_payment_that_is_called_off_too_late_is_paid_and_says_so(desk: Server, card: CardTerminal, show) -> None:
    hand, order_id = waits_for_a_card(desk, card, show, delay_ms=0, tells_after_ms=AGES_MS)
    hand.tap("pos.till.cancel")
    hand.until(lambda: not hand.item("pos.till.cancel").isEnabled())
    assert hand.item("pos.till.outcome").property("text") == "The payment is being cancelled"
    card.set(delay_ms=0, tells_after_ms=0)
    hand.until(lambda: hand.vm.till.stage == "done")
    assert hand.item("pos.till.words").property("text") == "The payment had already gone through."
    eventually(lambda: paid_minor(desk, order_id) > 0)
    assert list(card.taken_minor().values()) == [paid_minor(desk, order_id)]


def test_a_card_terminal_that_dies_meanwhile_is_asked_again_and_charges_once(
    desk: Server, card: CardTerminal, show
) -> None:
    hand, order_id = waits_for_a_card(desk, card, show, delay_ms=0, tells_after_ms=AGES_MS)
    eventually(lambda: [one["state"] for one in card.books()] == ["approved"])
    card.kill()
    hand.tap("pos.till.cancel")
    hand.until(lambda: hand.vm.till.stage == "failed")
    assert "Nothing was charged" not in hand.vm.till.error, "nobody knows"
    assert hand.item("pos.till.outcome").property("text") == "Not known yet"
    hand.tap("pos.till.again")
    hand.until(lambda: hand.vm.till.stage == "failed")
    card.start()
    hand.until(lambda: hand.vm.till.stage == "done", "it is told as soon as it is known, without a tap")
    assert paid_minor(desk, order_id) > 0
    assert list(card.taken_minor().values()) == [paid_minor(desk, order_id)]


def test_a_till_speaks_german_while_a_card_is_called_off(desk: Server, card: CardTerminal, show) -> None:
    hand, _ = waits_for_a_card(desk, card, show, delay_ms=AGES_MS)
    hand.do(lambda: hand.screen.shell.set_language("de"))
    assert hand.item("pos.till.cancel").property("text") == "Zahlung abbrechen"
    hand.tap("pos.till.cancel")
    hand.until(lambda: hand.vm.till.stage == "failed")
