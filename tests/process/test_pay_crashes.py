"""Between "pay" and "thank you" the screen, the server or the card terminal dies, at each step. After it has come back
there is one paid order or no charge: the card terminal's own books say what the orders say.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.process.card import CardTerminal
from tests.process.diner import Diner
from tests.process.shop import Server, eventually
from tests.process.test_card_terminal import MENU
from ui.kiosk import memory

STEPS = ("before", "asked", "taken", "written", "thanked")
"""Nothing is sent; the card terminal waits for the card; it has the money and says nothing; the order is paid and the
screen does not know; the number is shown."""

WHO = ("screen", "server", "card")
QUICK = [("screen", "asked"), ("server", "taken")]
REST = [(who, step) for who in WHO for step in STEPS if (who, step) not in QUICK]


class Counter:
    """A kiosk in a shop: its screen, its server and its card terminal, each a process that dies and comes back."""

    def __init__(self, folder: Path) -> None:
        self.card = CardTerminal(folder / "card").start()
        words = ("--no-mdns", "--store", "corner", "--role", "kiosk", "--card-terminal", self.card.url)
        self.server = Server(folder / "kiosk", *words).start()
        self.server.command("menu.publish", menu=MENU)
        self.diner = Diner(folder / "kiosk")

    def close(self) -> None:
        self.diner.kill()
        self.server.stop()
        self.card.stop()

    def kill(self, who: str) -> None:
        {"screen": self.diner, "server": self.server, "card": self.card}[who].kill()

    def revive(self, who: str) -> None:
        if who == "screen":
            self.diner.start()
        elif who == "server":
            self.server.start()
        else:
            self.card.start()

    def visit(self, who: str, step: str) -> None:
        """A customer orders and pays; on the way somebody dies."""
        self.reach(step)
        self.kill(who)
        if step == "written" and who != "screen":
            self.diner.thaw()
        self.revive(who)
        self.diner.go()

    def reach(self, step: str) -> None:
        self.diner.hold()
        self.card.set(
            mode="approve",
            delay_ms=1500 if step in ("asked", "written") else 0,
            tells_after_ms=2500 if step == "taken" else 0,
        )
        before = len(self.card.books())
        (self.diner.folder / memory.FILE).unlink(missing_ok=True)  # time has passed since the last customer
        self.diner.start("order")
        self.diner.sees(state="choose")
        if step == "before":
            return
        self.diner.go()
        if step == "thanked":
            self.diner.sees(page="done")
            return
        eventually(lambda: len(self.card.books()) > before)
        if step == "written":
            self.diner.freeze()
            eventually(lambda: self.orders()[0]["due_minor"] == 0)
        elif step == "taken":
            eventually(lambda: self.card.books()[-1]["state"] == "approved")

    def orders(self) -> list[dict[str, Any]]:
        """Newest first."""
        found: list[dict[str, Any]] = self.server.get("/v1/orders?limit=1000")
        return sorted(found, key=lambda order: str(order["placed_at"]), reverse=True)

    def paid(self) -> dict[str, int]:
        return {
            tender["payment_id"]: tender["amount_minor"] - tender["refunded_minor"]
            for order in self.orders()
            for tender in order["tenders"]
        }

    def agree(self) -> bool:
        return self.paid() == self.card.taken_minor()


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    one = Counter(tmp_path_factory.mktemp("counter"))
    yield one
    one.close()


def one_paid_order(counter: Counter, who: str, step: str) -> None:
    """The customer goes on paying until they see a number, whatever dies."""
    before, charges = {o["order_id"] for o in counter.orders()}, len(counter.card.taken_minor())
    counter.visit(who, step)
    shown = counter.diner.sees(page="done")
    counter.diner.kill()
    eventually(counter.agree)
    assert counter.paid() == counter.card.taken_minor()
    new = [o for o in counter.orders() if o["order_id"] not in before and o["status"] != "voided"]
    assert [o["number"] for o in new] == [shown["number"]], "one order, and its number is shown"
    assert (new[0]["due_minor"], new[0]["overpaid_minor"], len(new[0]["tenders"])) == (0, 0, 1)
    assert len(counter.card.taken_minor()) == charges + 1, "one charge"


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("who", "step"), QUICK)
def test_who_goes_on_paying_pays_once(counter: Counter, who: str, step: str) -> None:
    one_paid_order(counter, who, step)


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize(("who", "step"), REST)
def test_who_goes_on_paying_pays_once_wherever_it_breaks(counter: Counter, who: str, step: str) -> None:
    one_paid_order(counter, who, step)


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("step", STEPS[:4])
def test_who_walks_away_when_it_breaks_has_paid_an_order_or_nothing(counter: Counter, who: str, step: str) -> None:
    """Nobody touches the screen again."""
    before, charges = {o["order_id"] for o in counter.orders()}, len(counter.card.taken_minor())
    counter.reach(step)
    counter.kill(who)
    counter.diner.hold()
    if step == "written" and who != "screen":
        counter.diner.thaw()
    counter.revive(who)
    if step in ("taken", "written"):
        counter.diner.sees(page="done")
    eventually(lambda: settled(counter))
    counter.diner.kill()
    assert counter.paid() == counter.card.taken_minor()
    new = [o for o in counter.orders() if o["order_id"] not in before]
    taken = len(counter.card.taken_minor()) - charges
    assert len(new) <= 1
    assert taken == sum(len(o["tenders"]) for o in new) <= 1
    if step in ("taken", "written"):
        assert taken == 1
        assert new[0]["due_minor"] == new[0]["overpaid_minor"] == 0


def settled(counter: Counter) -> bool:
    """The card terminal has nothing under way, and has told of what it did."""
    return all(one["state"] != "started" for one in counter.card.books()) and counter.agree()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_at_any_moment(counter: Counter) -> None:
    seed = int(time.time())
    print("seed", seed)
    chance = random.Random(seed)
    for n in range(8):
        who, wait_s = chance.choice(WHO), chance.uniform(0.0, 0.6)
        before, charges = {o["order_id"] for o in counter.orders()}, len(counter.card.taken_minor())
        counter.reach("before")
        counter.card.set(mode="approve", delay_ms=200, tells_after_ms=50)
        counter.diner.go()
        time.sleep(wait_s)
        counter.kill(who)
        counter.revive(who)
        counter.diner.sees(page="done")
        counter.diner.kill()
        eventually(counter.agree)
        new = [o for o in counter.orders() if o["order_id"] not in before and o["status"] != "voided"]
        words = f"seed {seed}, visit {n}: {who} after {wait_s:.3f} s"
        assert counter.paid() == counter.card.taken_minor(), words
        assert [o["due_minor"] for o in new] == [0], words
        assert len(counter.card.taken_minor()) == charges + 1, words
