"""From the kiosk to the customer's phone and back: QML's `vm.phone`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.client import Client
from ui.kiosk import keyboard
from ui.phone import PhoneCode

BASKETS = "/v1/phone/baskets/"
CODE_DIGITS = 6


class Phone(QObject):
    """`picture` and `possible` as of a `PhoneCode`; `digits`: what was typed of a phone's number.
    `taken(lines, dining)` when a phone's basket is here."""

    changed = Signal()
    taken = Signal(list, str)

    def __init__(
        self,
        client: Client,
        specs: Callable[[], list[dict[str, Any]]],
        language: Callable[[], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._code = PhoneCode(client, self)
        self._code.changed.connect(self.changed)
        self._specs, self._language = specs, language
        self._digits = ""
        self._wrong = False

    @Slot()
    def look(self) -> None:
        self._code.look()

    def follow(self, order_id: str) -> None:
        """A code for the order's own page."""
        self._show({"kind": "order", "order_id": order_id})

    @Slot(str)
    def handOver(self, dining: str) -> None:
        """A code with which the phone goes on with this basket."""
        self._show({"kind": "basket", "lines": self._specs(), "dining": dining})

    def _show(self, wanted: dict[str, Any]) -> None:
        self.forget()
        if self._code.possible:
            self._code.show({**wanted, "language": self._language()})

    @Slot(str)
    def press(self, key: str) -> None:
        """A key of the keypad; the sixth digit is the last."""
        self._wrong = False
        self._digits = keyboard.digits(self._digits, key, CODE_DIGITS)
        self.changed.emit()
        if key != "del" and len(self._digits) == CODE_DIGITS:
            self._take_up(self._digits)

    @Slot()
    def forget(self) -> None:
        """Nothing of a visit is left."""
        self._digits = ""
        self._wrong = False
        self._code.forget()

    def _take_up(self, code: str) -> None:
        def told(basket: dict[str, Any] | None) -> None:
            self._digits = ""
            self._wrong = basket is None
            if basket is not None:
                self.taken.emit(basket.get("lines") or [], str(basket.get("dining") or "here"))
            self.changed.emit()

        self._code.ask(BASKETS + code, None, told)

    possible = Property(bool, lambda self: self._code.possible, notify=changed)
    picture = Property(str, lambda self: self._code.picture, notify=changed)
    modules = Property(int, lambda self: self._code.modules, notify=changed)
    digits = Property(str, lambda self: self._digits, notify=changed)
    wrong = Property(bool, lambda self: self._wrong, notify=changed)
