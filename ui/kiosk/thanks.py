"""The last page: what comes after the number, and the receipt on paper. QML's `vm.thanks`."""

from __future__ import annotations

import uuid
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.client import Client
from ui.context import Shell
from ui.kiosk import bill, words
from ui.kiosk.payment import Payment
from ui.kiosk.place import Place
from ui.kiosk.said import sentences
from ui.kiosk.shop import Shop
from ui.line import CommandRefused, ServerGone

PRINT_TIMEOUT_S = 35.0
"""A receipt is printed within seconds; the server tells by itself when it is not."""


class Thanks(QObject):
    """`paper`: `""` (nobody asked), `printing`, `printed`, or why there is none."""

    changed = Signal()

    def __init__(
        self, client: Client, shell: Shell, shop: Shop, payment: Payment, place: Place, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._client, self._shell, self._shop, self._payment, self._place = client, shell, shop, payment, place
        self._turn = object()
        self.forget()

    def forget(self) -> None:
        """Nothing of a visit is left."""
        self._turn = object()
        self._wait = self._paper = self._order_id = ""
        self.changed.emit()

    def begin(self) -> None:
        """The number is shown. How long the kitchen will take is said once; not while the order waits for its money."""
        self.forget()
        self._order_id = self._payment.order_id
        if not self._payment.at_counter:
            expected = self._shop.queue.expected(self._order_id, int(self._shell.now().timestamp() * 1000))
            self._wait = words.wait(self._shell, expected)
        self.changed.emit()

    @Slot()
    def printReceipt(self) -> None:
        """A second tap while the first is under way does nothing."""
        if not self._order_id or self._paper in ("printing", "printed"):
            return
        self._paper = "printing"
        self.changed.emit()
        body = {"command_id": str(uuid.uuid4()), "language": self._shell.language}
        self._client.spawn(self._print(f"/v1/orders/{self._order_id}/receipt", body, self._turn))

    async def _print(self, path: str, body: dict[str, Any], turn: object) -> None:
        try:
            told = await self._client.ask(path, body, timeout_s=PRINT_TIMEOUT_S)
            came = str(told.get("state"))
        except (CommandRefused, ServerGone):
            came = "away"
        if turn is self._turn:
            self._paper = came
            self._shell.voice.say(self._paper_text())
            self.changed.emit()

    def _paper_text(self) -> str:
        """What became of the paper, and the way out where there is none."""
        if not self._paper:
            return ""
        return words.known_or(self._shell, "kiosk.receipt", self._paper, "kiosk.receipt.away")

    def _spoken(self) -> str:
        """What a screen reader says on the last page: the number first."""
        number = f"{self._shell.text('kiosk.your_number')} {self._payment.number}"
        return sentences(number, self._wait, self._next().replace("\n", " "))

    def _next(self) -> str:
        """What comes after the number; before it, that a payment could no longer be called off."""
        if self._payment.called_off:
            return f"{self._shell.text('kiosk.pay_too_late')}\n{self._after()}"
        return self._after()

    def _after(self) -> str:
        if self._payment.at_counter:
            key = "kiosk.brought_pay_first" if self._place.told else "kiosk.go_counter"
            return self._shell.text(key, price=bill.facts(self._payment, self._shell, 0)["total"])
        return self._place.told or self._shell.text("kiosk.listen")

    wait = Property(str, lambda self: self._wait, notify=changed)
    next = Property(str, lambda self: self._next(), notify=changed)
    spoken = Property(str, lambda self: self._spoken(), notify=changed)
    printer = Property(bool, lambda self: self._shop.printer, notify=changed)
    paper = Property(str, lambda self: self._paper, notify=changed)
    paperText = Property(str, lambda self: self._paper_text(), notify=changed)
