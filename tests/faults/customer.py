"""A good client: makes its own command ids, asks again with the same one until it has an answer, remembers them all."""

from __future__ import annotations

import random
import threading
import time
import uuid
from typing import Any

import httpx

from tests.faults.ledger import Ledger
from tests.faults.servers import Machine

PATIENCE_S = 90.0
"""How long one command is asked again. Longer than any fault lasts: who gives up learns nothing."""

ANSWER_S = 8.0
"""How long a client waits for an answer before it asks again."""

AGAIN_S = (0.05, 0.3)
NOT_THERE_YET = frozenset({"unknown_order", "not_released", "no_menu", "payment_in_progress"})
"""Refusals that may be different in a moment, when more has arrived or the card terminal has answered."""

REFUSED_AGAIN = 100
"""Times that a client comes back after such a refusal."""

PRICES = {"tea": 250, "cake": 399, "soup": 620}
MENU: dict[str, Any] = {
    "currency": "EUR",
    "name": "Corner",
    "categories": [{"category_id": "c", "name": "All", "item_ids": list(PRICES)}],
    "items": [
        {
            "item_id": item,
            "name": item.capitalize(),
            "variations": [{"variation_id": f"{item}-1", "name": "", "price_minor": price}],
        }
        for item, price in PRICES.items()
    ],
}


def new_id(rand: random.Random) -> str:
    return str(uuid.UUID(int=rand.getrandbits(128), version=4))


class Customer(threading.Thread):
    """Orders, pays and bumps at one machine, one order after the other, until `enough`; then ends what it began.
    `gone`: it does not wait for answers any more."""

    def __init__(
        self, at: Machine, kitchens: list[Machine], ledger: Ledger, seed: str, pause_s: tuple[float, float]
    ) -> None:
        super().__init__(name=f"customer {seed}", daemon=True)
        self.at, self.kitchens, self.ledger = at, kitchens, ledger
        self.rand = random.Random(seed)
        self.pause_s = pause_s
        self.enough = threading.Event()
        self.gone = threading.Event()
        self._client = httpx.Client(timeout=ANSWER_S)

    def run(self) -> None:
        try:
            while not self.enough.is_set():
                self.order()
                self.enough.wait(self.rand.uniform(*self.pause_s))
        except Exception as e:
            with self.ledger.lock:
                self.ledger.wrong.append(f"{self.name}: {type(e).__name__}: {e}")
        finally:
            self._client.close()

    def order(self) -> None:
        """One order's life."""
        rand = self.rand
        lines = [
            {"item_id": item, "quantity": rand.choice((1, 1, 2, 3)), "modifiers": []}
            for item in rand.sample(list(PRICES), rand.choice((1, 1, 2, 3)))
        ]
        fields: dict[str, Any] = {"lines": lines, "dining": rand.choice(("here", "takeaway"))}
        if rand.random() < 0.5:
            fields["order_id"] = new_id(rand)
        placed = self.do(self.at, "orders.place", fields)
        if placed is None:
            return
        order_id = placed["result"]["order_id"]
        tender = rand.choice(("cash", "card"))
        paid = self.do(self.at, "payments.capture", {"order_id": order_id, "tender": tender})
        if paid is not None and rand.random() < 0.6:
            kitchen = rand.choice(self.kitchens) if rand.random() < 0.5 else self.at
            self.do(kitchen, "kitchen.bump", {"order_id": order_id})

    def do(self, machine: Machine, command: str, fields: dict[str, Any]) -> dict[str, Any] | None:
        """The answer; None when it was refused, or when nobody answered for too long."""
        for _ in range(REFUSED_AGAIN):
            body = {"command_id": new_id(self.rand), **fields}
            status, answer = self.ask(machine, command, body)
            if status == 200:
                if self.rand.random() < 0.03:  # the answer is lost on its way to the screen
                    self.same_again(machine, command, body, answer)
                return answer
            if status is None or answer.get("code") not in NOT_THERE_YET:
                return None
            self.nap()
        return None

    def ask(self, machine: Machine, command: str, body: dict[str, Any]) -> tuple[int | None, dict[str, Any]]:
        """Asks with one command id until there is an answer; status None when there was none for too long."""
        self.ledger.ask(command, body)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and not self.gone.is_set():
            try:
                said = self.post(machine, command, body)
            except httpx.HTTPError as e:
                self.ledger.no_answer(type(e).__name__)
                self.nap()
                continue
            if said.status_code == 503 or (said.status_code == 500 and machine.starved):
                self.ledger.no_answer(f"503 {said.json().get('code')}")
                self.nap()
                continue
            answer = said.json()
            if said.status_code == 200:
                self.ledger.acknowledge(machine.name, command, body, answer)
            else:
                self.ledger.refuse(body, answer.get("code", str(said.status_code)))
                if said.status_code >= 500:
                    raise AssertionError(f"{machine.name} answered {command} with {said.status_code}: {said.text}")
            return said.status_code, answer
        return None, {}

    def same_again(self, machine: Machine, command: str, body: dict[str, Any], answer: dict[str, Any]) -> None:
        status, again = self.ask(machine, command, body)
        if status is not None and self.ledger.logs_lost:
            # A lost log took with it which events were the answer. What they led to stands, and is told.
            again = again | {"events": answer["events"]}
        if status is not None and (status, again) != (200, answer):
            with self.ledger.lock:
                self.ledger.wrong.append(f"{machine.name} answers {command} {body['command_id']} otherwise: {again}")

    def post(self, machine: Machine, command: str, body: dict[str, Any]) -> httpx.Response:
        where = machine.endpoint  # another one after each start
        headers = {"Authorization": f"Bearer {where['token']}"}
        return self._client.post(f"{where['api']}/v1/commands/{command}", json=body, headers=headers)

    def nap(self) -> None:
        time.sleep(self.rand.uniform(*AGAIN_S))
