"""Where an order that is eaten here is brought: the number of a table, or of a stand from the counter (`vm.place`).

The shop says which of them it has (`dine_in`), or that guests come for their food. Asked once, before paying.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.context import Shell
from ui.kiosk import keyboard

MAX_DIGITS = 4
"""No shop has ten thousand tables; a finger that slips is seen."""


class Place(QObject):
    """`digits` as typed. `missing`: the customer went on without a number, and is told."""

    changed = Signal()

    def __init__(self, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self.forget()

    def forget(self) -> None:
        """Nothing of a visit is left."""
        self._digits = ""
        self._missing = False
        self.settled = False  # it was answered, with a number or that there is none
        self.changed.emit()

    def asked(self, dining: str) -> bool:
        """Whether an order has to be asked where it is brought."""
        return self._shell.dine_in != "counter" and dining == "here"

    def remember(self, order: dict[str, Any]) -> None:
        """As an order has it that a process before this one began."""
        self._digits = str(order.get(self._shell.dine_in) or "")
        self.settled = True
        self.changed.emit()

    def fields(self, dining: str) -> dict[str, str]:
        """What of it belongs into the order."""
        return {self._shell.dine_in: self._digits} if self.asked(dining) and self._digits else {}

    @Slot(str)
    def press(self, key: str) -> None:
        """A key of the keypad."""
        self._missing = False
        self._digits = keyboard.digits(self._digits, key, MAX_DIGITS).lstrip("0")
        self.changed.emit()

    def settle(self, with_number: bool) -> bool:
        """The customer goes on. False, and told, when the number is missing."""
        if not with_number:
            self._digits = ""
        self._missing = with_number and not self._digits
        self.settled = not self._missing
        self.changed.emit()
        return self.settled

    def text(self) -> str:
        """`Table 12`; empty when it is not brought."""
        return self._shell.text(f"kiosk.{self._shell.dine_in}", number=self._digits) if self._digits else ""

    def brought(self) -> str:
        """What the last page says about it; empty when it is not brought."""
        return self._shell.text(f"kiosk.brought_{self._shell.dine_in}", number=self._digits) if self._digits else ""

    kind = Property(str, lambda self: self._shell.dine_in, constant=True)
    digits = Property(str, lambda self: self._digits, notify=changed)
    missing = Property(bool, lambda self: self._missing, notify=changed)
    said = Property(str, text, notify=changed)
    told = Property(str, brought, notify=changed)
