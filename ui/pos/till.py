"""Taking money for one order: whole or in parts, cash or card. Every attempt keeps its id until it is answered."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.client import Client, asks
from ui.context import Shell
from ui.line import NOT_KNOWN
from ui.pos import cash
from ui.pos.book import due, refund_plan

CARD_TIMEOUT_S = 160.0
"""A guest looks for the card, types the PIN, tries another one; a card terminal gives them two minutes."""

CODE_DIGITS = 12
"""Of a voucher."""

FindOrder = Callable[[str], dict[str, Any] | None]


class Till(QObject):
    """QML's `vm.till`. `stage` is `closed`, `amount`, `cash`, `voucher`, `waiting`, `failed` or `done`."""

    changed = Signal()

    def __init__(self, client: Client, shell: Shell, find: FindOrder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._shell = shell
        self._find = find
        self._order_id = ""
        self._reset()

    def _reset(self) -> None:
        self._stage = "closed"
        self._digits = ""
        self._entry = ""  # what the keypad is for: "" none, "part" or "tendered"
        self._ways = 1
        self._part: int | None = None  # None: all that is due
        self._tender = ""
        self._error = ""
        self._result: dict[str, Any] = {}
        self._told_due: int | None = None  # by the answer, until the feed says it too
        self._attempt: dict[str, Any] | None = None
        self._called_off = False  # the card terminal was asked to stop; what became of it is still the attempt's answer

    # -- what QML reads -------------------------------------------------------------------------------------------

    @property
    def _due(self) -> int:
        order = self._find(self._order_id)
        if self._told_due is not None:
            return self._told_due
        return due(order) if order else 0

    @property
    def _amount(self) -> int:
        """What is taken now: a typed part, an equal share, or everything."""
        if self._part is not None:
            return min(self._part, self._due)
        return cash.shares(self._due, self._ways)[0] if self._due else 0

    @property
    def _tendered(self) -> int:
        return int(self._digits) if self._entry == "tendered" and self._digits else 0

    @property
    def _uncertain(self) -> bool:
        """It has not been said whether money was taken."""
        return self._stage == "failed" and self._attempt is not None

    def _currency(self) -> str:
        return str((self._find(self._order_id) or {}).get("currency") or self._shell.currency)

    stage = Property(str, lambda self: self._stage, notify=changed)
    number = Property(str, lambda self: (self._find(self._order_id) or {}).get("number", ""), notify=changed)
    dueMinor = Property(int, lambda self: self._due, notify=changed)
    amountMinor = Property(int, lambda self: self._amount, notify=changed)
    partly = Property(bool, lambda self: self._amount < self._due, notify=changed)
    ways = Property(int, lambda self: self._ways if self._part is None else 0, notify=changed)
    entry = Property(str, lambda self: self._entry, notify=changed)
    typedMinor = Property(int, lambda self: 0 if self._entry == "code" else int(self._digits or 0), notify=changed)
    tender = Property(str, lambda self: self._tender, notify=changed)
    changeMinor = Property(int, lambda self: max(0, self._tendered - self._amount), notify=changed)
    shortMinor = Property(int, lambda self: max(0, self._amount - self._tendered), notify=changed)
    enough = Property(bool, lambda self: self._tendered >= self._amount > 0, notify=changed)
    suggestions = Property(
        "QVariantList",
        lambda self: cash.suggestions(self._amount, self._currency()) if self._amount else [],
        notify=changed,
    )
    code = Property(str, lambda self: self._digits if self._entry == "code" else "", notify=changed)
    codeWhole = Property(bool, lambda self: self._entry == "code" and len(self._digits) == CODE_DIGITS, notify=changed)
    calledOff = Property(bool, lambda self: self._called_off, notify=changed)
    error = Property(str, lambda self: self._error, notify=changed)
    uncertain = Property(bool, lambda self: self._uncertain, notify=changed)
    resultChangeMinor = Property(int, lambda self: int(self._result.get("change_minor") or 0), notify=changed)
    resultTender = Property(str, lambda self: str(self._result.get("tender", "")), notify=changed)
    refunds = Property("QVariantList", lambda self: self._refunds(), notify=changed)

    def _refunds(self) -> list[dict[str, Any]]:
        order = self._find(self._order_id)
        return refund_plan(order) if order else []

    # -- what a cashier does --------------------------------------------------------------------------------------

    @Slot(str)
    def open(self, order_id: str) -> None:
        self._order_id = order_id
        self._reset()
        self._stage = "amount"
        self.changed.emit()

    @Slot(str)
    def openCash(self, order_id: str) -> None:
        """All of it, in cash: the shortest way."""
        self.open(order_id)
        self.payCash()

    @Slot(str)
    def openCard(self, order_id: str) -> None:
        self.open(order_id)
        self.payCard()

    @Slot()
    def close(self) -> None:
        """Not while the card terminal is asked: its answer must be seen."""
        if self._stage != "waiting":
            self._reset()
            self.changed.emit()

    @Slot(int)
    def split(self, ways: int) -> None:
        """Equal parts of what is due; 1 is all of it."""
        self._ways, self._part, self._entry, self._digits = ways, None, "", ""
        self.changed.emit()

    @Slot()
    def typePart(self) -> None:
        self._entry, self._digits, self._part = "part", "", None
        self._ways = 1
        self.changed.emit()

    @Slot(str)
    def key(self, key: str) -> None:
        if self._entry == "code":
            typed = self._digits[:-1] if key == "del" else self._digits + key
            self._digits = typed[:CODE_DIGITS]
        else:
            self._digits = cash.typed(self._digits, key)
        if self._entry == "part":
            self._part = int(self._digits) if self._digits else None
        self.changed.emit()

    @Slot(int)
    def suggest(self, minor: int) -> None:
        """A note button: that much was handed over."""
        self._digits = str(minor)
        self.changed.emit()

    @Slot()
    def payCash(self) -> None:
        self._stage, self._tender, self._entry, self._digits = "cash", "cash", "tendered", ""
        self.changed.emit()

    @Slot()
    def back(self) -> None:
        """From a tender back to the amount."""
        self._stage, self._entry, self._digits, self._error = "amount", "", "", ""
        self._attempt = None
        self.changed.emit()

    @Slot()
    def takeCash(self) -> None:
        if self._tendered >= self._amount > 0:
            self._take({"tender": "cash", "amount_minor": self._amount, "tendered_minor": self._tendered}, 15.0)

    @Slot()
    def payCard(self) -> None:
        if self._amount > 0:
            self._tender = "card"
            self._take({"tender": "card", "amount_minor": self._amount}, CARD_TIMEOUT_S)

    @Slot()
    def callOff(self) -> None:
        """Asks the card terminal not to wait for a card any longer. A card that was there already has paid."""
        if self._stage != "waiting" or self._tender != "card" or self._called_off:
            return
        self._called_off, attempt = True, self._attempt
        self.changed.emit()

        def refused(code: str, text: str) -> None:
            if self._stage == "waiting" and self._attempt is attempt:
                self._called_off = False  # it may be asked again
                self.changed.emit()

        body = {"command_id": str(uuid.uuid4()), "order_id": self._order_id}
        asks(self._client, "payments.abort", body, done=lambda _: None, refused=refused)

    @Slot()
    def payVoucher(self) -> None:
        self._stage, self._tender, self._entry, self._digits = "voucher", "voucher", "code", ""
        self.changed.emit()

    @Slot()
    def takeVoucher(self) -> None:
        """All of the amount, or all that the voucher has."""
        if self.codeWhole:
            self._take({"tender": "voucher", "amount_minor": self._amount, "code": self._digits}, 15.0)

    @Slot()
    def retry(self) -> None:
        """After a silence the same attempt, so that nothing is charged twice; after a refusal a new one."""
        if self._attempt is not None:
            self._send(CARD_TIMEOUT_S)
        elif self._tender == "card":
            self.payCard()
        elif self._tender == "voucher":
            self.payVoucher()
        else:
            self.payCash()

    def _take(self, body: dict[str, Any], timeout_s: float) -> None:
        if self._stage == "waiting":
            return
        self._attempt = {"command_id": str(uuid.uuid4()), "order_id": self._order_id, **body}
        self._send(timeout_s)

    def _send(self, timeout_s: float, only_asks: bool = False) -> None:
        """`only_asks`: what became of it; no card is charged by that."""
        self._stage, self._error, self._called_off = "waiting", "", False
        self.changed.emit()
        assert self._attempt is not None
        body = {**self._attempt, "resume": True} if only_asks and self._tender == "card" else self._attempt
        asks(self._client, "payments.capture", body, done=self._done, refused=self._refused, timeout_s=timeout_s)

    def _done(self, result: dict[str, Any]) -> None:
        body = self._attempt or {}
        tendered = body.get("tendered_minor")
        change = result.get("change_minor")
        if change is None and tendered is not None and "amount_minor" in body:
            change = tendered - body["amount_minor"]
        self._result = {"tender": body.get("tender", ""), "change_minor": change or 0}
        self._told_due = result.get("due_minor")
        self._attempt = None
        left = self._ways - 1 if self._part is None else 1
        self._stage, self._part, self._entry, self._digits = "done", None, "", ""
        self._ways = max(1, left)
        self.changed.emit()

    def _refused(self, code: str, text: str) -> None:
        if code != "server_gone" and code not in NOT_KNOWN:
            self._attempt = None
        self._stage, self._error = "failed", self._shell.refusal(code, text, "pos.no_answer")
        self.changed.emit()

    @Slot()
    def nextPart(self) -> None:
        """After one part was paid: the next, or nothing more to do."""
        if self._due > 0:
            self._stage, self._error = "amount", ""
            self.changed.emit()
        else:
            self.close()

    def follow(self, order_id: str) -> None:
        """The order changed, here or elsewhere; what has become of a payment that was not known may be known now."""
        if order_id == self._order_id:
            self._told_due = None
            self.changed.emit()
            if self._uncertain:
                self._send(CARD_TIMEOUT_S, only_asks=True)
