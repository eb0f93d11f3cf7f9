"""What the customer has chosen so far: QML's `vm.basket`. It lives in the screen and survives its server."""

from __future__ import annotations

import uuid
from copy import deepcopy
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.context import Shell
from ui.dish import selection as choosing
from ui.dish.menu import MenuIndex
from ui.dish.selection import MAX_QUANTITY, Selection
from ui.kiosk import total, troubles
from ui.kiosk.dishes import picture
from ui.models import DictListModel

ROLES = ("name", "details", "quantity", "most", "price", "image", "trouble", "offer", "room")
MAX_LINES = 100
"""More than anybody orders at a kiosk; the shop's own limit is higher, so checking out never meets it."""


class Basket(QObject):
    changed = Signal()
    removed = Signal(str)  # what was taken out, for the sentence that offers to put it back

    def __init__(self, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._index = MenuIndex()
        self._rows = DictListModel("key", ROLES, self)
        self.lines: dict[str, Selection] = {}
        self._undo: dict[str, Selection] | None = None
        self._swapping = ""  # the line that the next dish takes the place of

    def set_index(self, index: MenuIndex) -> None:
        self._index = index
        self._show()

    def clear(self) -> None:
        self.lines, self._undo, self._swapping = {}, None, ""
        self._show()

    @property
    def tax(self) -> int:
        return total.added_tax(self._index, self.lines.values())

    @property
    def total(self) -> int:
        return sum(total.line_total(self._index, s) for s in self.lines.values()) + self.tax

    @property
    def troubled(self) -> bool:
        return any(row["trouble"] for row in self._rows.rows)

    @property
    def full(self) -> bool:
        return len(self.lines) >= MAX_LINES

    def specs(self) -> list[dict[str, Any]]:
        return [choosing.spec(s) for s in self.lines.values()]

    # -- what goes in and out -------------------------------------------------------------------------------------

    def put(self, selection: Selection, key: str = "") -> None:
        """A new dish, or a changed one under its key; equal dishes share a line. After `swap`, it takes that place."""
        self._undo = None
        if not key and (self._rows.row(self._swapping) or {}).get("trouble"):
            key = self._swapping
        self._swapping = ""
        if key in self.lines:
            self.lines[key] = selection
        else:
            for line in self.lines.values():
                if choosing.same_dish(line, selection):
                    line.quantity = min(MAX_QUANTITY, line.quantity + selection.quantity)
                    break
            else:
                self.lines[uuid.uuid4().hex] = selection
        self._show()

    def swap(self, key: str) -> None:
        """The next dish put in takes this line's place."""
        self._swapping = key if key in self.lines else ""

    def room(self, selection: Selection, key: str = "") -> int:
        """How many of a dish can be in the basket; `key` is its own line, if it has one."""
        own = key or self._swapping
        left = troubles.room(self._index, selection, [s for k, s in self.lines.items() if k != own])
        return MAX_QUANTITY if left is None else min(MAX_QUANTITY, left)

    @Slot(str, int)
    def setQuantity(self, key: str, quantity: int) -> None:
        if key not in self.lines:
            return
        if quantity <= 0:
            self.remove(key)
            return
        self.lines[key].quantity = min(MAX_QUANTITY, quantity)
        self._show()

    @Slot(str)
    def remove(self, key: str) -> None:
        if key in self.lines:
            self._undo = deepcopy(self.lines)
            line = self.lines.pop(key)
            self._show()
            self.removed.emit(self._index.name(line.item_id, self._shell.language))

    @Slot()
    def undo(self) -> None:
        """Puts back what was removed last."""
        if self._undo is not None:
            self.lines, self._undo = self._undo, None
            self._show()

    # -- what is shown --------------------------------------------------------------------------------------------

    def _show(self) -> None:
        before: list[Selection] = []
        rows = []
        for key, selection in self.lines.items():
            rows.append(self._row(key, selection, before))
            before.append(selection)
        self._rows.set_rows(rows)
        self.changed.emit()

    def _row(self, key: str, selection: Selection, before: list[Selection]) -> dict[str, Any]:
        index, shell = self._index, self._shell
        known = selection.item_id in index.items
        trouble, offer, room = self._trouble(selection, before)
        return {
            "key": key,
            "name": choosing.title(index, selection, shell.language) if known else shell.text("kiosk.a_dish"),
            "details": " · ".join(self._details(selection)) if known else "",
            "quantity": selection.quantity,
            "most": self.room(selection, key),
            "price": shell.money(str(total.line_total(index, selection)), ""),
            "image": picture(index.items[selection.item_id].get("image")) if known else "",
            "trouble": trouble,
            "offer": offer,
            "room": room,
        }

    def _details(self, selection: Selection) -> list[str]:
        index, shell = self._index, self._shell
        left_out = [
            shell.text("kiosk.no_ingredient", name=index.name(i, shell.language)) for i in sorted(selection.without)
        ]
        return choosing.details(index, selection, shell.language) + left_out

    def _trouble(self, selection: Selection, before: list[Selection]) -> tuple[str, str, int]:
        """What is wrong with a line in words, what may be offered (`choices`, `fewer`, `dish`), how many are left.

        Of two lines that want the last portion, the later one has the trouble.
        """
        index, shell = self._index, self._shell
        if selection.item_id not in index.items:
            return shell.text("kiosk.off_menu"), "dish", 0
        gone = troubles.gone(index, selection)
        if gone:
            words = shell.text("kiosk.ran_out", names=troubles.names(index, gone, shell.language))
            return words, "choices" if troubles.mendable(index, selection) else "dish", 0
        room = troubles.room(index, selection, before)
        if room is None or room >= selection.quantity:
            return "", "", 0
        if room > 0:
            return shell.text("kiosk.left", n=room), "fewer", room
        return shell.text("kiosk.none_left"), "dish", 0

    def _tax_text(self) -> str:
        return self._shell.text("kiosk.tax_added", price=self._shell.money(str(self.tax), "")) if self.tax else ""

    rows = Property(QObject, lambda self: self._rows, constant=True)
    pieces = Property(int, lambda self: sum(s.quantity for s in self.lines.values()), notify=changed)
    totalText = Property(str, lambda self: self._shell.money(str(self.total), ""), notify=changed)
    taxText = Property(str, _tax_text, notify=changed)
    isTroubled = Property(bool, lambda self: self.troubled, notify=changed)
