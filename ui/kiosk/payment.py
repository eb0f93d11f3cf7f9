"""From "pay" to the number. One order, one charge, whatever is tapped twice or goes silent in between.

The order is placed first, held back from the kitchen until it is paid; every command keeps its id until it is
answered, so an attempt that is repeated after a silence is the same attempt.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from ui.client import Client, CommandRefused, ServerGone

State = Literal["idle", "choose", "placing", "card", "failed", "silent", "done"]


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
        self.kind: Literal["card", "counter"] = "card"
        self.failure = ""
        self.order_id = ""
        self.number = ""
        self.total_minor = 0
        self._order: dict[str, Any] | None = None
        self._place: dict[str, Any] | None = None
        self._capture_id = ""
        self._tap_ns = 0
        self.changed.emit()

    def _go(self, state: State, failure: str = "") -> None:
        self.state, self.failure = state, failure
        self.changed.emit()

    def begin(self, order: dict[str, Any]) -> None:
        """Asks how to pay. `order` is the body of `orders.place` without its command's id."""
        if self.state in ("placing", "card"):
            return
        if order != self._order:
            self._order = order
            self._place = {**order, "command_id": str(uuid.uuid4()), "order_id": str(uuid.uuid4())}
            self.order_id = self.number = ""
        self._go("choose")

    def pay(self, kind: Literal["card", "counter"]) -> None:
        """A second tap while the first is under way does nothing."""
        if self.state not in ("choose", "failed", "silent") or self._place is None:
            return
        self.kind = kind
        self._tap_ns = time.monotonic_ns()
        self._go("placing")
        self._client.spawn(self._run(self._take))

    def again(self) -> None:
        if self.state == "failed":
            self._capture_id = ""  # another try at the card is another charge
        self.pay(self.kind)

    def cancel(self, then: Callable[[], None]) -> None:
        """Gives the order up; a placed one is voided, so that nobody waits for its money."""
        if self.state in ("placing", "card"):
            return
        if self.order_id:
            body = {"command_id": str(uuid.uuid4()), "order_id": self.order_id, "reason": "cancelled at the kiosk"}
            self._client.spawn(self._void(body))
        self.forget()
        then()

    async def _run(self, work: Callable[[], Any]) -> None:
        try:
            await work()
        except ServerGone:
            self._go("silent")

    async def _take(self) -> None:
        assert self._place is not None
        if not self.order_id:
            try:
                answer = await self._client.command("orders.place", self._place)
            except CommandRefused as e:
                self._order = self._place = None
                self._go("idle")
                self.refused.emit(e.code, e.text)
                return
            result = answer["result"]
            self.order_id, self.number = str(result["order_id"]), str(result["number"])
            self.total_minor = int(result["total_minor"])
        if self.kind == "counter" or self.total_minor == 0:
            self._done()
            return
        self._go("card")
        self._capture_id = self._capture_id or str(uuid.uuid4())
        body = {"command_id": self._capture_id, "order_id": self.order_id, "tender": "card"}
        try:
            await self._client.command("payments.capture", body, timeout_s=60)
        except CommandRefused as e:
            if e.code in ("nothing_due",):
                self._done()
                return
            self._capture_id = ""
            self._go("failed", e.code)
            return
        self._done()

    def _done(self) -> None:
        self._go("done")
        self.placed.emit(self.order_id, self._tap_ns)

    async def _void(self, body: dict[str, Any]) -> None:
        with contextlib.suppress(CommandRefused, ServerGone):  # it stays an open order that staff see and can void
            await self._client.command("orders.void", body)
