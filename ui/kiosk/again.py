"""Again, as last time: a receipt's dishes, by its digits or by its code under a scanner. QML's `vm.again`.

Prices are today's, and so is what there is: what is gone, must be chosen anew or costs something else is said.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Property, QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent

from ui.client import Client
from ui.context import Shell
from ui.dish import selection as choosing
from ui.dish.menu import MenuIndex
from ui.dish.selection import Selection
from ui.kiosk import keyboard, troubles
from ui.line import CommandRefused, ServerGone
from ui.text import joined

AGAIN = "/v1/receipts/again"
CODE_DIGITS = 9
MARK = "/phone/o/"
"""In the address of a receipt's QR code."""

BURST_S = 0.08
"""Between two keys of a scanner; nobody types so fast for as long as an address is."""

BURST_KEYS = 6
"""From so many on that begin an address it is a scanner, and the keys are nobody else's."""

ADDRESS = "http"

MAX_SCANNED = 400


class Again(QObject):
    """`digits` as typed; `wrong`: no receipt has them; `notes`: what is different from last time, a sentence each.
    `taken(selections, dining)` when the dishes are here."""

    changed = Signal()
    taken = Signal(list, str)

    def __init__(
        self, client: Client, shell: Shell, index: Callable[[], MenuIndex], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._client, self._shell, self._index = client, shell, index
        self._scanned = ""
        self._last_key = 0.0
        self.listens: Callable[[], bool] = lambda: False
        self.forget()
        shell.guard(self._takes_key, frozenset({QEvent.Type.KeyPress}))

    @Slot()
    def forget(self) -> None:
        """Nothing of a visit is left."""
        self._digits, self._wrong, self._notes, self._title = "", False, [], ""
        self._turn = object()
        self.changed.emit()

    @Slot(str)
    def press(self, key: str) -> None:
        """A key of the keypad; the ninth digit is the last."""
        self._wrong = False
        self._digits = keyboard.digits(self._digits, key, CODE_DIGITS)
        self.changed.emit()
        if key != "del" and len(self._digits) == CODE_DIGITS:
            self.find(self._digits)

    @Slot()
    def seen(self) -> None:
        """What is different has been read."""
        self._notes = []
        self.changed.emit()

    def tell(self, title: str, notes: list[str]) -> None:
        """What is different, to be read before anything else; `title` is a text's key."""
        self._title, self._notes = title, notes
        self.changed.emit()

    def find(self, code: str) -> None:
        self._client.spawn(self._find(code, self._turn))

    async def _find(self, code: str, turn: object) -> None:
        try:
            given = await self._client.ask(AGAIN, {"code": code})
        except (CommandRefused, ServerGone):
            given = {}
        if turn is not self._turn:
            return
        self._digits = ""
        self._wrong = not given
        if given:
            selections, notes = as_today(self._index(), given, self._shell)
            self.tell("kiosk.again_almost", notes)
            self.taken.emit(selections, str(given.get("dining") or "here"))
        self.changed.emit()

    # -- a scanner types what it reads, and Enter -----------------------------------------------------------------

    def _takes_key(self, watched: QObject, event: QEvent) -> bool:
        """Asked before the window is: True keeps the key from it."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or not watched.isWindowType():
            return False
        now = time.monotonic()
        if now - self._last_key > BURST_S:
            self._scanned = ""
        self._last_key = now
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            scanned, self._scanned = self._scanned, ""
            if len(scanned) >= BURST_KEYS and MARK in scanned:
                if self.listens():
                    self.find(scanned)
                return True
            return False
        if event.key() == Qt.Key.Key_Shift:
            return False  # a scanner's large letters
        if event.isAutoRepeat() or not event.text().isprintable() or not event.text():
            self._scanned = ""  # a key that is held, or one that moves: somebody goes through the page quickly
            return False
        self._scanned = (self._scanned + event.text())[-MAX_SCANNED:]
        return len(self._scanned) > BURST_KEYS and self._scanned.lower().startswith(ADDRESS)

    digits = Property(str, lambda self: self._digits, notify=changed)
    wrong = Property(bool, lambda self: self._wrong, notify=changed)
    notes = Property("QStringList", lambda self: self._notes, notify=changed)
    title = Property(str, lambda self: self._title, notify=changed)


def as_today(index: MenuIndex, given: dict[str, Any], shell: Shell) -> tuple[list[Selection], list[str]]:
    """The dishes as they can be ordered now, and what is different, in sentences. A dish that is sold out comes along:
    the basket offers another in its place. `given`: `lines`, and where they are known the `names` that the dishes had
    then and the `prices` of one of each."""
    found: list[Selection] = []
    gone, anew = [], []
    before = after = 0
    lines = given["lines"]
    names = given.get("names") or [shell.text("kiosk.a_dish")] * len(lines)
    for line, name, price in zip(lines, names, given.get("prices") or [None] * len(lines), strict=True):
        selection = choosing.from_spec(index, line)
        if selection is None or choosing.asks_price(index, selection):
            gone.append(str(name))
            continue
        today = index.name(selection.item_id, shell.language)
        if choosing.missing(index, selection):
            anew.append(today)
            continue
        if _choices(choosing.spec(selection)) != _choices(line) or not choosing.same_sizes(selection, line):
            anew.append(today)
        elif price is not None and not troubles.gone(index, selection):  # what can't be had costs nothing today
            before += int(price) * selection.quantity
            after += choosing.unit_price(index, selection) * selection.quantity
        found.append(selection)
    notes = [shell.text("kiosk.again_gone", names=joined(dict.fromkeys(gone), shell.language))] if gone else []
    if anew:
        notes.append(shell.text("kiosk.again_choose", names=joined(anew, shell.language)))
    if before != after:
        was, now = shell.money(str(before), ""), shell.money(str(after), "")
        notes.append(shell.text("kiosk.again_price", was=was, now=now))
    return found, notes


def _choices(line: dict[str, Any]) -> Any:
    """What was chosen of a dish, however it is written down."""
    inside = [
        (c["slot_id"], c["item_id"], _counts(c), sorted(c.get("without") or ())) for c in line.get("choices") or ()
    ]
    return _counts(line), sorted(line.get("without") or ()), sorted(inside)


def _counts(line: dict[str, Any]) -> list[tuple[str, int]]:
    return sorted((m["modifier_id"], int(m.get("quantity") or 1)) for m in line.get("modifiers") or ())
