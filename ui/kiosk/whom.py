"""For whom a dish is, where several order together: QML's `vm.whom`. The names that were given so far, one touch each,
and the keys for a new one. A name stands on the kitchen's ticket, the receipt and the guest's phone."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.context import Shell
from ui.dish.selection import Selection
from ui.kiosk import keyboard
from ui.kiosk.basket import Basket
from ui.kiosk.sheet_model import Sheet
from ui.text import capital

MAX_LETTERS = 20
"""One line of a kitchen ticket, with room for an arrow; the shop's own limit is higher."""

MAX_NAMES = 12
"""So many are offered; a larger party has them written twice."""


class Whom(QObject):
    """`asking`: a new name is being typed (`typed`)."""

    changed = Signal()

    def __init__(self, shell: Shell, sheet: Sheet, basket: Basket, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._sheet = sheet
        self._basket = basket
        self._asking, self._typed = False, ""
        sheet.changed.connect(self._look)
        basket.changed.connect(self._look)
        shell.languageChanged.connect(self.changed)

    @Slot()
    def _look(self) -> None:
        if self._asking and not self._sheet.isOpen:  # the dish is gone under it
            self._asking = False
        self.changed.emit()

    @Slot()
    def ask(self) -> None:
        """Opens the keys, with the name that the dish has."""
        self._asking, self._typed = True, self._sheet.guest
        self.changed.emit()

    @Slot()
    def forget(self) -> None:
        self._asking = False
        self.changed.emit()

    @Slot(str)
    def press(self, key: str) -> None:
        """A key on the glass: a letter, a sound mark, a space, or `del`."""
        self.type(keyboard.typed(self._typed, key))

    @Slot(str)
    def type(self, text: str) -> None:
        """Every word begins with a capital, where its script has any."""
        words = text.replace("\n", " ").lstrip().split(" ")
        self._typed = " ".join(capital(word, self._shell.language) for word in words)[:MAX_LETTERS]
        self.changed.emit()

    @Slot()
    def done(self) -> None:
        """What is typed is the dish's name now; nothing typed is none."""
        self._asking = False
        self._sheet.setGuest(self._typed.strip())
        self.changed.emit()

    @Slot(str)
    def choose(self, name: str) -> None:
        """A name that is known; the dish's own is taken off by it."""
        self._sheet.setGuest("" if name == self._sheet.guest else name)

    def _names(self) -> list[dict[str, Any]]:
        """`{name, chosen}`, in the order they were given; the dish's own is among them."""
        lines: list[Selection] = list(self._basket.lines.values())
        own = self._sheet.guest
        names = list(dict.fromkeys([line.guest for line in lines if line.guest]))[:MAX_NAMES]
        if own and own not in names:
            names.append(own)
        return [{"name": name, "chosen": name == own} for name in names]

    asking = Property(bool, lambda self: self._asking, notify=changed)
    typed = Property(str, lambda self: self._typed, notify=changed)
    names = Property("QVariantList", _names, notify=changed)
    keys = Property("QVariantList", lambda self: keyboard.letters(self._shell.language), notify=changed)
