"""A voucher's code, typed. QML's `vm.voucher`; `ui.kiosk.payment` takes it from there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.context import Shell
from ui.kiosk import keyboard, words

CODE_DIGITS = 12


class Voucher(QObject):
    """`asking`: the digits are asked for; `digits` as typed; `failure`: why the last one did not pay, in words.
    `pay(code)` when it is whole."""

    changed = Signal()

    def __init__(self, shell: Shell, pay: Callable[[str], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._pay = pay
        self.forget()

    @Slot()
    def forget(self) -> None:
        self._digits = self._code = ""
        self._asking = False
        self.changed.emit()

    @Slot()
    def ask(self) -> None:
        self._asking = True
        self.changed.emit()

    @Slot(str)
    def press(self, key: str) -> None:
        """A key of the keypad; the twelfth digit is the last."""
        self._code = ""
        self._digits = keyboard.digits(self._digits, key, CODE_DIGITS)
        self.changed.emit()
        if key != "del" and len(self._digits) == CODE_DIGITS:
            digits, self._digits = self._digits, ""
            self._asking = False
            self.changed.emit()
            self._pay(digits)

    @Slot(str)
    def refused(self, code: str) -> None:
        self._code, self._asking = code, True
        self._shell.voice.say(self.why())
        self.changed.emit()

    def why(self) -> str:
        return words.known_or(self._shell, "kiosk.voucher", self._code, "kiosk.voucher.refused") if self._code else ""

    asking = Property(bool, lambda self: self._asking, notify=changed)
    digits = Property(str, lambda self: self._digits, notify=changed)
    failure = Property(str, lambda self: self.why(), notify=changed)
