"""From "pay" to the number. One order, one charge, whatever is tapped twice or goes silent in between.

The order is placed first, held back from the kitchen until it is paid; every command keeps its id until it is
answered, so an attempt that is repeated after a silence is the same attempt.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from ui.client import Client, CommandRefused, ServerGone
from ui.context import Shell
from ui.kiosk import words
from ui.line import Step

State = Literal["idle", "choose", "placing", "card", "failed", "silent", "done"]
Kind = Literal["card", "counter"]
Answers = tuple["asyncio.Future[dict[str, Any]]", "asyncio.Future[dict[str, Any] | None]"]
CARD_TIMEOUT_S = 90.0
"""A card terminal gives up before that, whatever the customer does with the card."""

SETTLE_TIMEOUT_S = 600.0
"""For so long what became of a payment is asked after when the customer has left; then staff find the order open."""


class Payment(QObject):
    """`state`: choose → placing → card → done; `failed` (the card) and `silent` (no answer) offer a way on.

    `placed(order_id, tap_ns)` when the customer sees the number.
    """

    changed = Signal()
    placed = Signal(str, object)
    refused = Signal(str, str)  # the order itself can't be placed: code, text

    def __init__(self, client: Client, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self.forget()

    def forget(self) -> None:
        """Nothing of the customer before is left."""
        self.state: State = "idle"
        self.kind: Kind = "card"
        self.failure = ""
        self.order_id = ""
        self.number = ""
        self.total_minor = 0
        self._order: dict[str, Any] | None = None
        self._place: dict[str, Any] | None = None
        self._sent = False  # the order may be there, answered or not
        self._capture: dict[str, Any] | None = None  # a charge that may have happened
        self._tap_ns = 0
        self.changed.emit()

    @property
    def busy(self) -> bool:
        return self.state in ("placing", "card")

    @property
    def uncertain(self) -> bool:
        """Whether money may have been taken that nobody has confirmed: then the order must not be given up."""
        return self._capture is not None

    def facts(self, shell: Shell, basket_total: int) -> dict[str, Any]:
        """What the pages show of it. Until the order is placed its total is the basket's."""
        return {
            "state": self.state,
            "kind": self.kind,
            "failure": words.card_failure(shell, self.failure),
            "number": self.number,
            "total": shell.money(str(self.total_minor or basket_total), ""),
            "uncertain": self.uncertain,
        }

    def _go(self, state: State, failure: str = "") -> None:
        self.state, self.failure = state, failure
        self.changed.emit()

    # -- what the customer does -----------------------------------------------------------------------------------

    def begin(self, order: dict[str, Any]) -> None:
        """Asks how to pay. `order` is the body of `orders.place` without its command's id."""
        if self.busy or self.uncertain:
            return
        if order != self._order:
            self._order = order
            self._place = {**order, "command_id": str(uuid.uuid4()), "order_id": str(uuid.uuid4())}
            self.order_id = self.number = ""
            self.total_minor, self._sent = 0, False
        self._go("choose")

    def pay(self, kind: Kind) -> None:
        """A second tap while the first is under way does nothing."""
        if self.state not in ("choose", "failed", "silent") or self._place is None:
            return
        if kind == "counter" and self.uncertain:
            return
        self.kind = kind
        self._tap_ns = time.monotonic_ns()
        answers = None if self.order_id else self._send()  # before the screen draws that it does so
        self._go("placing")
        self._client.spawn(self._run(answers))

    def again(self) -> None:
        self.pay(self.kind)

    def cancel(self, then: Callable[[], None]) -> None:
        """Gives up an order that is not done yet; a placed one is voided, so that nobody waits for its money."""
        if self.busy or self.uncertain:
            return
        if self._sent and self._place is not None and self.state != "done":  # what is done is the customer's
            self._client.spawn(self._void(self._place["order_id"]))
        self.forget()
        then()

    def leave(self, then: Callable[[], None]) -> None:
        """The customer has gone. A charge that may have happened is asked after until it is known."""
        if self.busy:
            return
        if self.uncertain and self._capture is not None:
            self._client.spawn(self._settle(self._capture))
            self.forget()
            then()
        else:
            self.cancel(then)

    # -- what the server does -------------------------------------------------------------------------------------

    def _send(self) -> Answers:
        """Places and charges: the charge follows as soon as the order is placed, and waits for no frame."""
        assert self._place is not None
        self._sent = True
        return self._client.command_then("orders.place", self._place, self._first_charge())

    async def _run(self, answers: Answers | None) -> None:
        try:
            if answers is None or await self._placed_as(answers[0]):
                await self._charge(answers and answers[1])
        except ServerGone:
            self._go("silent")

    async def _placed_as(self, answer: asyncio.Future[dict[str, Any]]) -> bool:
        try:
            result = (await answer)["result"]
        except CommandRefused as e:
            self.forget()
            self.refused.emit(e.code, e.text)
            return False
        self.order_id, self.number = str(result["order_id"]), str(result["number"])
        self.total_minor = int(result["total_minor"])
        return True

    def _first_charge(self) -> Callable[[dict[str, Any]], Step | None]:
        """What is to be sent when the order is placed: the charge, if there is one."""
        capture = new_capture() if self.kind == "card" else None
        timeout_s = CARD_TIMEOUT_S

        def charge(answer: dict[str, Any]) -> Step | None:
            result = answer["result"]
            if capture is None or not int(result["total_minor"]):
                return None
            capture["order_id"] = str(result["order_id"])
            self._capture = capture  # from here on it may have happened
            return "payments.capture", capture, timeout_s

        return charge

    async def _charge(self, charged: asyncio.Future[dict[str, Any] | None] | None) -> None:
        """`charged`: the answer to the charge that is on its way, if one is."""
        if self.kind == "counter" or self.total_minor == 0:
            self._done()
            return
        self._go("card")
        try:
            if charged is None:
                self._capture = self._capture or {**new_capture(), "order_id": self.order_id}
                await self._client.command("payments.capture", self._capture, timeout_s=CARD_TIMEOUT_S)
            else:
                await charged
        except CommandRefused as e:
            self._capture = None  # it did not happen; another try is another charge
            if e.code == "nothing_due":
                self._done()
            elif e.code == "order_voided":  # by staff, meanwhile
                self.forget()
                self.refused.emit(e.code, e.text)
            else:
                self._go("failed", e.code)
            return
        self._capture = None
        self._done()

    def _done(self) -> None:
        self._go("done")
        self.placed.emit(self.order_id, self._tap_ns)

    async def _void(self, order_id: str) -> None:
        body = {"command_id": str(uuid.uuid4()), "order_id": order_id, "reason": "customer cancelled"}
        with contextlib.suppress(CommandRefused, ServerGone):  # it stays an open order that staff see and can void
            await self._client.command("orders.void", body, timeout_s=SETTLE_TIMEOUT_S)

    async def _settle(self, capture: dict[str, Any]) -> None:
        try:
            await self._client.command("payments.capture", capture, timeout_s=SETTLE_TIMEOUT_S)
        except CommandRefused as e:
            if e.code != "nothing_due":
                await self._void(capture["order_id"])
        except ServerGone:
            pass  # staff see the order, held, with its attempt


def new_capture() -> dict[str, Any]:
    """A charge that is not yet that of an order."""
    return {"command_id": str(uuid.uuid4()), "tender": "card"}
